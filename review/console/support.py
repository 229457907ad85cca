"""Requests of measures 8 to 12 on the departments' side: what waits, the exchange, answering and asking back."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.cities import City
from accounts.departments import Department, department_named
from accounts.roles import Role
from applications.declared import tables_of
from applications.errors import NotAllowed, Refused
from applications.models import SupportState
from applications.official import working_calendar
from applications.support import (
    OPEN,
    RUNNING,
    SHORT_DAYS,
    can_hand_over,
    closes_on,
    days_to,
    department_of,
    support_answer,
    support_ask,
    support_hand_over,
)
from applications.visibility import support_requests_for_office
from measures import registry
from review.console.access import DECIDERS, office_page
from review.matters import can_raise, departments_of, matters_for_office
from review.refund_times import reads_refund_times

ROWS = 20
READERS = (*DECIDERS, Role.DEPARTMENT, Role.AUDITOR)
_DOING = {
    "answer": (support_answer, "答复已发给企业。"),
    "ask": (support_ask, "已请企业补充，期限暂停计算。"),
}
STATES = [
    ("routed", "办理中"),
    ("reopened", "重新办理"),
    ("asked", "等待企业补充"),
    ("answered", "已答复"),
    ("closed", "已办结"),
]
ITEMS = [(code, f"{code} {item.short_title}") for code, item in registry.ITEMS.items() if item.support]


class AnswerForm(forms.Form):
    """A word of a department to the enterprise."""

    text = forms.CharField(
        label="内容",
        help_text="企业会看到。",
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "请写明内容，对方会看到。"},
    )


class HandOverForm(forms.Form):
    """Which department leads instead, and why."""

    use_required_attribute = False

    to = forms.ChoiceField(
        label="转交给",
        error_messages={"required": "请选择部门。", "invalid_choice": "请选择列表中的部门。"},
    )
    text = forms.CharField(
        label="原因",
        help_text="企业和接手的部门都会看到。",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "请写明转交的原因。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        named = [department_named(name) for name in asked.route]
        inside = [(each.value, each.label) for each in named if each != asked.lead]
        outside = [(each.value, each.label) for each in Department if each not in named]
        groups = [("措施列明的部门", inside), ("措施没有列明的部门", outside)]
        self.fields["to"].choices = [("", "请选择"), *(group for group in groups if group[1])]


class SupportFilter(forms.Form):
    """What one can look for among requests; all of it optional."""

    q = forms.CharField(
        label="企业、编号、主题", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    item = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *ITEMS])
    city = forms.ChoiceField(label="市（地）", required=False, choices=[("", "全部"), *City.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])

    def apply(self, found):
        """The requests that fit; a filter that cannot be read hides nothing."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        words = asked.pop("q", "")
        if words:
            found = found.filter(
                Q(enterprise__name__icontains=words)
                | Q(number__icontains=words)
                | Q(subject__icontains=words)
            )
        return found.filter(**asked)

    @property
    def is_used(self):
        """Whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)


def _views(user, today, calendar):
    """The tabs of the list as {key: (label, which requests)}."""
    running = Q(state__in=RUNNING)
    soon = calendar.add_working_days(today, SHORT_DAYS)[0]
    leads = Q(pk__in=[])
    for department, city in departments_of(user):
        leads |= Q(lead=department, city=city) if city else Q(lead=department)
    views = {
        "open": ("办理中", running),
        "mine": ("待我部门答复", running & leads),
        "partner": ("我部门配合", running & ~leads),
        "late": ("已过期限", running & Q(due_on__lt=today)),
        "nearly": ("即将到期", running & Q(due_on__gte=today, due_on__lte=soon)),
        "asked": ("等待企业补充", Q(state=SupportState.ASKED)),
        "answered": ("已答复", Q(state=SupportState.ANSWERED)),
        "closed": ("已办结", Q(state=SupportState.CLOSED)),
        "all": ("全部", Q()),
    }
    if not departments_of(user):
        del views["mine"], views["partner"]
    return views


@require_safe
@office_page(*READERS)
def support(request):
    """Requests routed to the person's departments, the nearest due date first."""
    today, calendar = timezone.localdate(), working_calendar()
    views = _views(request.user, today, calendar)
    tab = request.GET.get("tab") if request.GET.get("tab") in views else "open"
    visible = support_requests_for_office(request.user)
    asked_for = SupportFilter(request.GET)
    found = asked_for.apply(visible.filter(views[tab][1]).select_related("enterprise"))
    order = ("-answered_at", "-pk") if tab in ("answered", "closed") else ("due_on", "pk")
    counts = visible.aggregate(**{key: Count("pk", filter=where) for key, (_, where) in views.items()})
    page = Paginator(found.order_by(*order), ROWS).get_page(request.GET.get("page"))
    for each in page.object_list:
        _name(each)
        _clock(each, today, calendar)
    context = {
        "tabs": [(key, label, counts[key]) for key, (label, _) in views.items()],
        "tab": tab,
        "filter": asked_for,
        "page": page,
        "may_see_refund_times": reads_refund_times(request.user),
    }
    return render(request, "console/support.html", context)


def _clock(asked, today, calendar):
    """Sets on a request whether its clock runs, and how many working days are left or over."""
    asked.runs, asked.uncertain = asked.state in RUNNING, not asked.due_certain
    left = days_to(asked.due_on, today, calendar)
    asked.days_to, asked.days_over = left, -left
    asked.is_late = asked.runs and asked.due_on < today
    asked.is_near = asked.runs and not asked.is_late and left <= SHORT_DAYS


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*READERS)
def support_request(request, number):
    """One request with its exchange; POST answers (`do=answer`) or asks the enterprise back (`do=ask`)."""
    asked = get_object_or_404(
        support_requests_for_office(request.user).select_related("enterprise"), number=number
    )
    if request.method != "POST":
        return _page(request, asked, AnswerForm())
    if request.POST.get("do") == "hand_over":
        return _hand_over(request, asked)
    form = AnswerForm(request.POST)
    if not form.is_valid() or request.POST.get("do") not in _DOING:
        return _page(request, asked, form, status=409)
    service, sentence = _DOING[request.POST["do"]]
    try:
        service(
            request_id=asked.pk,
            officer=request.user,
            text=form.cleaned_data["text"],
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        asked.refresh_from_db()
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, asked, form, refusal=refusal.message, status=status)
    messages.success(request, sentence)
    return redirect("review:support_request", number)


def _hand_over(request, asked):
    form = HandOverForm(request.POST, asked=asked, prefix="hand")
    if not form.is_valid():
        return _page(request, asked, AnswerForm(), hand_over=form, status=409)
    try:
        support_hand_over(
            request_id=asked.pk,
            officer=request.user,
            source_ip=request.META["REMOTE_ADDR"],
            **form.cleaned_data,
        )
    except Refused as refusal:
        asked.refresh_from_db()
        status = 403 if isinstance(refusal, NotAllowed) else 409
        page = {"hand_over": form, "refusal": refusal.message, "status": status}
        return _page(request, asked, AnswerForm(), **page)
    messages.success(request, "已转交，期限不变。")
    return redirect("review:support_request", asked.number)


def _name(asked):
    """Sets on a request the words behind its codes."""
    asked.title = registry.item(asked.item).short_title
    asked.lead_name = Department(asked.lead).label
    asked.city_name = City(asked.city).label


def _page(request, asked, form, *, hand_over=None, refusal="", status=200):
    _name(asked)
    _clock(asked, timezone.localdate(), working_calendar())
    department = department_of(request.user, asked)
    matter = getattr(asked, "joint_matter", None)
    context = {
        "asked": asked,
        "item": registry.item(asked.item),
        "tables": tables_of(registry.item(asked.item), asked.facts),
        "exchange": asked.messages.select_related("author").order_by("pk"),
        "department": department,
        "may_answer": department is not None and asked.state in OPEN,
        "may_ask": department is not None and asked.state in RUNNING,
        "may_hand_over": can_hand_over(request.user, asked),
        "hand_over": hand_over or HandOverForm(asked=asked, prefix="hand"),
        "closes_on": closes_on(asked) if asked.state == SupportState.ANSWERED else None,
        "matter": matter,
        "may_open_matter": matter and matters_for_office(request.user).filter(pk=matter.pk).exists(),
        "may_raise": len(asked.route) > 1 and can_raise(request.user, asked),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "console/support_request.html", context, status=status)
