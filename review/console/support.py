"""Requests of measures 8 to 12 on the departments' side: what waits, the exchange, answering and asking back."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.cities import City
from accounts.departments import Department
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import SupportState
from applications.support import OPEN, RUNNING, closes_on, department_of, support_answer, support_ask
from applications.visibility import support_requests_for_office
from measures import registry
from review.console.access import DECIDERS, office_page

ROWS = 20
READERS = (*DECIDERS, Role.DEPARTMENT, Role.AUDITOR)
_DOING = {
    "answer": (support_answer, "答复已发给企业。"),
    "ask": (support_ask, "已请企业补充，期限暂停计算。"),
}
#: (key, label, states) of the tabs.
TABS = (
    ("open", "办理中", RUNNING),
    ("asked", "等待企业补充", {SupportState.ASKED}),
    ("answered", "已答复", {SupportState.ANSWERED}),
    ("closed", "已办结", {SupportState.CLOSED}),
)


class AnswerForm(forms.Form):
    """A word of a department to the enterprise."""

    text = forms.CharField(
        label="内容",
        help_text="企业会看到。",
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "请写明内容，对方会看到。"},
    )


@require_safe
@office_page(*READERS)
def support(request):
    """Requests routed to the person's departments, the nearest due date first."""
    visible = support_requests_for_office(request.user)
    tab = next((each for each in TABS if each[0] == request.GET.get("tab")), TABS[0])
    words = request.GET.get("q", "").strip()
    found = visible.filter(state__in=tab[2]).select_related("enterprise")
    if words:
        found = found.filter(
            Q(enterprise__name__icontains=words) | Q(number__icontains=words) | Q(subject__icontains=words)
        )
    order = ("due_on", "pk") if tab[0] in ("open", "asked") else ("-answered_at", "-pk")
    counts = visible.aggregate(**{key: Count("pk", filter=Q(state__in=states)) for key, _, states in TABS})
    page = Paginator(found.order_by(*order), ROWS).get_page(request.GET.get("page"))
    for each in page.object_list:
        _name(each)
    context = {
        "tabs": [(key, label, counts[key]) for key, label, _ in TABS],
        "tab": tab[0],
        "q": words,
        "page": page,
        "today": timezone.localdate(),
    }
    return render(request, "console/support.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*READERS)
def support_request(request, number):
    """One request with its exchange; POST answers (`do=answer`) or asks the enterprise back (`do=ask`)."""
    asked = get_object_or_404(
        support_requests_for_office(request.user).select_related("enterprise"), number=number
    )
    if request.method != "POST":
        return _page(request, asked, AnswerForm())
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


def _name(asked):
    """Sets on a request the words behind its codes."""
    asked.title = registry.item(asked.item).short_title
    asked.lead_name = Department(asked.lead).label
    asked.city_name = City(asked.city).label


def _page(request, asked, form, *, refusal="", status=200):
    _name(asked)
    department = department_of(request.user, asked)
    context = {
        "asked": asked,
        "item": registry.item(asked.item),
        "exchange": asked.messages.select_related("author").order_by("pk"),
        "department": department,
        "may_answer": department is not None and asked.state in OPEN,
        "may_ask": department is not None and asked.state in RUNNING,
        "closes_on": closes_on(asked) if asked.state == SupportState.ANSWERED else None,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "console/support_request.html", context, status=status)
