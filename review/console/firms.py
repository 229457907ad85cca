"""Who acts for which enterprise, and handing one over whose staff have left. Administrators have no business with its money."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from applications.credit_code import credit_code_normal
from applications.errors import NotAllowed, Refused
from applications.firm_record import firm_entry, firm_events
from applications.leaving import REASON_MOST, firm_candidates, firm_hand_over
from applications.models import JoinRequest, Membership
from applications.visibility import enterprises_for_office
from review.console.access import office_page

ROWS = 20
#: Events that the page of a firm shows.
LATEST = 20
READERS = (Role.ADMINISTRATOR, Role.AUDITOR)
LEAVES, STAYS = "leaves", "stays"


class HandOverForm(forms.Form):
    """Who is to be the owner, what becomes of the owner before, and why."""

    use_required_attribute = False

    person = forms.TypedChoiceField(
        label="新的负责人",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择新的负责人。",
            "invalid_choice": "这个人现在不能接手，请重新选择。",
        },
    )
    owner = forms.ChoiceField(
        label="原负责人",
        choices=[(LEAVES, "已经离职，移出企业"), (STAYS, "仍在企业，改为经办人")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择原负责人是否仍在企业。"},
    )
    reason = forms.CharField(
        label="原因和核实的依据",
        max_length=REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text="企业的人员会看到。例如：原负责人已离职，企业来函（盖章）并电话核实。",
        error_messages={"required": "请写明移交的原因和核实的依据。"},
    )

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(each[0].pk, _words(*each)) for each in candidates]


def _words(user, since, asked):
    """A candidate as one reads it beside the choice."""
    when = timezone.localtime(since or asked)
    what = "经办人，" if since else "申请加入，"
    return f"{user.name}（用户名 {user.username}，{what}{when:%Y-%m-%d} {'加入' if since else '申请'}）"


@require_safe
@office_page(*READERS)
def firms(request):
    """Every enterprise with its owner and how many act for it."""
    owner = Membership.objects.filter(enterprise=OuterRef("pk"), role=Membership.Role.OWNER, ended_at=None)
    found = enterprises_for_office(request.user).annotate(
        owner_name=Subquery(owner.values("user__name")[:1]),
        owner_seen=Subquery(owner.values("user__last_login")[:1]),
        people=Count("memberships", filter=Q(memberships__ended_at=None)),
    )
    words = request.GET.get("q", "").strip()
    if words:
        code = credit_code_normal(words)
        found = found.filter(Q(name__icontains=words) | Q(credit_code__startswith=code))
    page = Paginator(found.order_by("name", "pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "console/firms.html", {"q": words, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*READERS)
def firm(request, pk):
    """The people of one enterprise; administrators hand it over here."""
    found = get_object_or_404(enterprises_for_office(request.user), pk=pk)
    may = request.user.has_post(Role.ADMINISTRATOR)
    candidates = firm_candidates(found)
    if request.method != "POST":
        return _page(request, found, candidates, HandOverForm(candidates=candidates), may)
    if not may:
        raise PermissionDenied
    form = HandOverForm(request.POST, candidates=candidates)
    if not form.is_valid():
        return _page(request, found, candidates, form, may, status=409)
    try:
        membership = firm_hand_over(
            enterprise_id=found.pk,
            actor=request.user,
            person_id=form.cleaned_data["person"],
            owner_stays=form.cleaned_data["owner"] == STAYS,
            reason=form.cleaned_data["reason"],
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, found, firm_candidates(found), form, may, status=status)
    messages.success(request, f"{found}已移交给{membership.user}。")
    return redirect("review:firm", found.pk)


def _page(request, found, candidates, form, may, *, status=200):
    events = firm_events(found)
    if not request.user.has_post(Role.AUDITOR):
        events = events.exclude(kind__startswith="enterprise.account_")
    context = {
        "firm": found,
        "members": found.memberships.filter(ended_at=None).select_related("user").order_by("since", "pk"),
        "asking": found.join_requests.filter(answer=JoinRequest.Answer.OPEN).select_related("user"),
        "candidates": candidates,
        "form": form,
        "may": may,
        "entries": [firm_entry(event) for event in events[:LATEST]],
    }
    return render(request, "console/firm.html", context, status=status)
