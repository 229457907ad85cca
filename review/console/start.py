"""The console's own address: leads everybody to the page that their post works on."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.roles import Role
from review.console.access import office_page
from review.navigation import first_page


@require_safe
@office_page(*Role)
def start(request):
    """`/console/`, the address that an officer keeps."""
    return redirect(first_page(request.user))
