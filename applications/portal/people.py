"""The firm's people: letting in who asks, inviting by mail, removing, leaving, and handing the firm over."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.errors import Refused
from applications.forms.enterprise import InviteForm
from applications.invitations import VALID, invitation_make, invitation_send_again, invitation_withdraw
from applications.leaving import membership_end, membership_leave, owner_hand_over
from applications.membership import join_request_answer
from applications.portal.access import firm_required, owner_only
from applications.visibility import firm_of


@firm_required
def invite(request):
    """The owner invites a colleague by mail."""
    firm = firm_of(request.user)
    owner_only(request.user, firm)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitation_make(
                enterprise_id=firm.pk,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, f"邀请已发往 {invitation.email}，{VALID.days} 天内有效。")
            return redirect("portal:enterprise")
    return render(request, "portal/invite.html", {"firm": firm, "form": form, "days": VALID.days})


def _answered(request, done, service, **arguments):
    """Does what the button asks for, says how it went, and goes back to the firm's page."""
    try:
        service(source_ip=request.META["REMOTE_ADDR"], **arguments)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("portal:enterprise")


@firm_required
@require_POST
def invitation_answer(request, pk, again):
    """The owner sends an invitation again or takes it back; one of another firm does not exist here."""
    found = get_object_or_404(firm_of(request.user).invitations, pk=pk)
    service = invitation_send_again if again else invitation_withdraw
    done = (
        f"邀请已重新发往 {found.email}，以前的链接不再有效。"
        if again
        else f"发往 {found.email} 的邀请已撤回。"
    )
    return _answered(request, done, service, invitation_id=found.pk, actor=request.user)


@firm_required
@require_POST
def join_answer(request, pk, accept):
    """The owner lets a person in or not; a request to another firm does not exist here."""
    asked = get_object_or_404(firm_of(request.user).join_requests.select_related("user"), pk=pk)
    done = f"{asked.user}{'已加入本企业' if accept else '的申请没有同意'}。"
    return _answered(
        request, done, join_request_answer, request_id=asked.pk, actor=request.user, accept=accept
    )


def _member(request, pk):
    return get_object_or_404(firm_of(request.user).memberships.select_related("user"), pk=pk)


@firm_required
@require_POST
def member_remove(request, pk):
    """The owner ends a clerk's membership."""
    membership = _member(request, pk)
    done = f"{membership.user}不再是本企业的经办人，原来的申报和草稿仍属于企业。"
    return _answered(request, done, membership_end, membership_id=membership.pk, actor=request.user)


@firm_required
@require_POST
def member_owner(request, pk):
    """The owner makes a colleague the owner."""
    membership = _member(request, pk)
    done = f"{membership.user}现在是企业负责人，您是经办人。"
    return _answered(request, done, owner_hand_over, membership_id=membership.pk, actor=request.user)


@firm_required
@require_POST
def member_leave(request):
    """A clerk leaves the firm."""
    firm = firm_of(request.user)
    try:
        membership_leave(user=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("portal:enterprise")
    messages.success(request, f"您已退出{firm}，不能再查看和办理它的申报。")
    return redirect("portal:home")
