"""The console's site: who may enter, and the entries of its dark bar."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from review.navigation import first_page


class ConsoleSite(AdminSite):
    """Django's admin site for registers and settings; its front page is the officer's own work."""

    site_title = "龙江外贸政策兑现平台"
    site_header = "龙江外贸政策兑现平台 审核端"
    index_title = "数据与名单"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request):
        """Officers only: whoever holds a post today."""
        return request.user.is_authenticated and request.user.is_officer

    def login(self, request, extra_context=None):
        """One sign-in page for everybody; a clerk without a post has nothing to do here."""
        if request.user.is_authenticated:
            return redirect("portal:home")
        return redirect_to_login(request.get_full_path(), resolve_url("accounts:sign_in"))

    def index(self, request, extra_context=None):
        """Leads to the page that the officer's post works on."""
        return redirect(first_page(request.user) or reverse(f"{self.name}:data"))


console = ConsoleSite(name="console")
