"""Objections against public notices: what waits to be decided, and one objection beside the claim that it is about."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.explanations import stored_steps
from applications.lifecycle import claim_token
from applications.lifecycle.people import authority, check_who, office_name
from applications.lifecycle.possible import officers_who_may
from applications.models import Objection
from applications.notice_list import rows_of
from applications.notices import is_running
from applications.objections import REASON_LENGTH, UPHOLD, is_about_supplement, objection_decide
from applications.official import working_calendar
from applications.portal.claim import declared_lines
from applications.visibility import objections_for_office
from review.console.access import office_page
from review.console.money_fields import sent_whole

ROWS = 50
DECIDERS = (Role.COMMERCE, Role.CITY_COMMERCE)
READERS = (*DECIDERS, Role.AUDITOR)
OPEN = Objection.Standing.OPEN


class DecideForm(forms.Form):
    """Whether the objection was right, and why."""

    use_required_attribute = False

    result = forms.ChoiceField(
        label="处理结果",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择异议是否成立。"},
    )
    reason = forms.CharField(
        label="核查情况和处理意见",
        help_text="企业和提出异议的人都会看到。请写明查了什么、依据是什么，不要写提出异议的人是谁。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": "请写明核查情况和处理意见。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )

    def __init__(self, *args, claim, **more):
        super().__init__(*args, **more)
        sent_whole(self, "reason")
        upheld = "撤回这次补发" if is_about_supplement(claim) else "退回商务审核"
        self.fields["result"].choices = [
            (Objection.Standing.DISMISSED, "异议不成立，按公示的结果办理"),
            (Objection.Standing.UPHELD, f"异议成立，撤出公示，{upheld}"),
        ]


@require_safe
@office_page(*READERS)
def objections(request):
    """Objections that the person's office decides about, open ones by how long they wait; or those that have a result."""
    visible = objections_for_office(request.user)
    counts = visible.aggregate(
        open=Count("pk", filter=Q(standing=OPEN)), done=Count("pk", filter=~Q(standing=OPEN))
    )
    tab = "done" if request.GET.get("tab") == "done" else "open"
    found = visible.exclude(standing=OPEN) if tab == "done" else visible.filter(standing=OPEN)
    words = request.GET.get("q", "").strip()[:120]
    if words:
        found = found.filter(
            Q(number__icontains=words)
            | Q(line__enterprise_name__icontains=words)
            | Q(line__credit_code__iexact=words)
            | Q(claim__number__icontains=words)
        )
    found = found.select_related("line__notice", "claim")
    order = ("-decided_at", "-pk") if tab == "done" else ("filed_at", "pk")
    page = Paginator(found.order_by(*order), ROWS).get_page(request.GET.get("page"))
    _waited(page.object_list)
    context = {
        "tabs": [("open", "处理中", counts["open"]), ("done", "已有结果", counts["done"])],
        "tab": tab,
        "q": words,
        "page": page,
    }
    return render(request, "console/objections.html", context)


def _waited(found):
    """Sets on each the working days from the day after it was filed until today, or until it got its result."""
    calendar, today = working_calendar(), timezone.localdate()
    for each in found:
        until = timezone.localdate(each.decided_at) if each.decided_at else today
        each.waited = calendar.count_working_days(timezone.localdate(each.filed_at), until)
        each.is_due = each.standing == OPEN and not is_running(each.line.notice)


def _objection_or_404(user, number):
    found = objections_for_office(user).select_related(
        "line__notice", "claim__enterprise", "claim__period", "decided_by"
    )
    return get_object_or_404(found, number=number)


@require_safe
@office_page(*READERS)
def objection(request, number):
    """One objection beside the facts of its claim."""
    found = _objection_or_404(request.user, number)
    return _page(request, found, DecideForm(claim=found.claim))


@require_http_methods(["POST"])
@office_page(*DECIDERS)
def objection_end(request, number):
    """Decides; what was written stays where it is refused."""
    found = _objection_or_404(request.user, number)
    form = DecideForm(request.POST, claim=found.claim)
    if found.standing == OPEN and not form.is_valid():
        return _page(request, found, form, status=422)
    upheld = request.POST.get("result") == Objection.Standing.UPHELD
    supplement = is_about_supplement(found.claim)
    try:
        objection_decide(
            objection_id=found.pk,
            upheld=upheld,
            reason=request.POST.get("reason", "")[:REASON_LENGTH],
            token=request.POST.get("token", ""),
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 409
        shown = _objection_or_404(request.user, number)
        if isinstance(refusal, Stale) and shown.standing != OPEN:
            messages.info(request, refusal.message)
            return redirect("review:objection", number)
        return _page(request, shown, form, refusal=refusal.message, status=status)
    messages.success(request, _done(upheld, supplement))
    return redirect("review:objection", number)


def _done(upheld, supplement):
    if not upheld:
        return "异议不成立，已记录。"
    if supplement:
        return "异议成立，这次补发已撤回，申报已撤出公示。"
    return "异议成立，申报已撤出公示，退回商务审核。"


def _page(request, found, form, *, refusal="", status=200):
    claim = found.claim
    _waited([found])
    [row] = rows_of([found.line])
    context = {
        "objection": found,
        "claim": claim,
        "notice": found.line.notice,
        "notice_runs": is_running(found.line.notice),
        "row": row,
        "declared": declared_lines(claim),
        "steps": stored_steps(claim) if claim.payable_cny is not None else [],
        "others": _others(found),
        "form": form,
        "token": claim_token(claim),
        "supplement": is_about_supplement(claim),
        "refusal": refusal,
        **_may(request.user, found),
    }
    return render(request, "console/objection.html", context, status=status)


def _others(found):
    """The other objections of the claim, the newest first."""
    return Objection.objects.filter(claim=found.claim).exclude(pk=found.pk).order_by("-pk")


def _may(user, found):
    """Whether this person may decide, what stands in the way, and who else may."""
    if found.standing != OPEN:
        return {"may_decide": False}
    try:
        check_who(UPHOLD, found.claim, user)
    except Refused as refusal:
        names = "、".join(officer.name for officer in officers_who_may(UPHOLD, found.claim))
        office = office_name(*authority(UPHOLD, found.claim))
        barred = refusal.message if user.has_post(*DECIDERS) else ""
        return {"may_decide": False, "barred": barred, "office": office, "names": names}
    return {"may_decide": True}
