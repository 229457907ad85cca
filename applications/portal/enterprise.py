"""The enterprise's own page: what it is, whether it has been checked, its people and its bank accounts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone

from applications.bank_accounts import account_in_force, change_pending, change_to_confirm
from applications.enterprises import CHANGEABLE_ALWAYS, enterprise_update
from applications.errors import Refused
from applications.files import file_store
from applications.firm_record import firm_entry, firm_events
from applications.forms.enterprise import PAPERS, ProfileForm
from applications.invitations import invitations_shown
from applications.membership import is_owner
from applications.models import JoinRequest
from applications.portal.access import firm_required, owner_only
from applications.visibility import firm_of

#: Entries of the record: on a page of it, and those that the firm's own page shows.
A_PAGE, LATEST = 20, 5


@firm_required
def enterprise(request):
    """Profile, verification, people and accounts."""
    firm = firm_of(request.user)
    owns = is_owner(request.user, firm)
    members = firm.memberships.filter(ended_at=None).select_related("user").order_by("since", "pk")
    asking = firm.join_requests.filter(answer=JoinRequest.Answer.OPEN).select_related("user")
    context = {
        "firm": firm,
        "members": members,
        "asking": asking if owns else [],
        "invitations": invitations_shown(firm, at=timezone.now()) if owns else [],
        "account": account_in_force(firm.pk),
        "change": change_pending(firm.pk),
        "to_confirm": change_to_confirm(request.user),
        "is_owner": owns,
        "is_alone": owns and len(members) == 1,
        "entries": [firm_entry(event) for event in firm_events(firm)[:LATEST]],
    }
    return render(request, "portal/enterprise.html", context)


@firm_required
def enterprise_edit(request):
    """Changes the profile; what has been checked is shown and stays."""
    firm = firm_of(request.user)
    owner_only(request.user, firm)
    form = ProfileForm(
        *(request.POST, request.FILES) if request.method == "POST" else (),
        initial={name: getattr(firm, name) for name in ("name", "city", *CHANGEABLE_ALWAYS)},
        store=lambda upload: file_store(upload=upload, enterprise=firm, user=request.user, sheets=False),
        mine=firm.files.all(),
        papers={name: getattr(firm, name) for name in PAPERS},
    )
    if firm.is_verified:
        for name in set(form.fields) - set(CHANGEABLE_ALWAYS):
            form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            enterprise_update(
                enterprise_id=firm.pk,
                actor=request.user,
                profile=form.profile(),
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "企业资料已保存。")
            return redirect("portal:enterprise")
    return render(request, "portal/enterprise_edit.html", {"firm": firm, "form": form})


@firm_required
def enterprise_history(request):
    """Who changed what from what to what, newest first."""
    page = Paginator(firm_events(firm_of(request.user)), A_PAGE).get_page(request.GET.get("page"))
    context = {"firm": firm_of(request.user), "page": page, "entries": [firm_entry(event) for event in page]}
    return render(request, "portal/enterprise_history.html", context)
