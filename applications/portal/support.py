"""Support items of measures 8 to 12 on the enterprise's side: a list, a form for each item, and the exchange of words."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.departments import Department
from accounts.ui import error_links
from applications.declared import tables_of
from applications.errors import Refused
from applications.forms.support import SupportForm, WordForm
from applications.models import SupportState
from applications.official import year_settings
from applications.portal.access import firm_required
from applications.portal.formdata import rows_pressed
from applications.portal.progress import row_gaps
from applications.portal.words import item_words
from applications.support import (
    RUNNING,
    FiledBefore,
    closes_on,
    support_close,
    support_reopen,
    support_reply,
    support_request_file,
)
from applications.visibility import firm_of, support_requests_of_firm
from measures import registry

A_PAGE = 20


@firm_required
def support(request):
    """The firm's requests, the newest first, and the items that one can make a request for."""
    found = support_requests_of_firm(request.user)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "requests": [
            {
                "request": each,
                "item": registry.item(each.item),
                "lead": Department(each.lead).label,
                "running": each.state in RUNNING,
            }
            for each in page
        ],
        "items": [
            {
                "item": item,
                "words": item_words(item),
                "numeral": registry.measure_of(item.code).numeral,
            }
            for item in registry.ITEMS.values()
            if item.support
        ],
    }
    return render(request, "portal/support.html", context)


@firm_required
def support_new(request, item):
    """The form of an item; filed, it is routed at once."""
    rule = registry.ITEMS.get(item)
    if rule is None or not rule.support:
        raise Http404
    data = rows_pressed(request.POST) if request.method == "POST" else None
    filing = data is request.POST
    form = SupportForm(rule, data, strict=filing)
    if filing and form.is_valid():
        try:
            filed = support_request_file(
                enterprise=firm_of(request.user),
                item=item,
                actor=request.user,
                facts=form.facts(),
                particulars=form.particulars(),
                once=True,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except FiledBefore as filed:
            messages.info(request, filed.message)
            return redirect("portal:support_request", filed.request.number)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"已提交，编号 {filed.number}，由{filed.get_lead_display()}牵头办理。")
            return redirect("portal:support_request", filed.number)
    context = {
        "rule": rule,
        "words": item_words(rule),
        "measure": registry.measure_of(item),
        "with_city": Department.CITY.label in registry.measure_of(item).departments,
        "numeral": registry.measure_of(item).numeral,
        "form": form,
        "errors": _errors(form),
        "firm": firm_of(request.user),
        "days": year_settings(timezone.localdate().year).support_days,
    }
    return render(request, "portal/support_new.html", context)


def _errors(form):
    """The lines of the error summary in the order of the page, as the tag takes them."""
    links = [*(link for rows in form.rows for link in row_gaps(rows)), *error_links(form)]
    return [(link.target, link.label, link.text) for link in links]


@firm_required
def support_request(request, number):
    """One request: what was asked, who deals with it until when, and what has been said."""
    found = get_object_or_404(support_requests_of_firm(request.user), number=number)
    return _page(request, found, WordForm())


def _page(request, found, form, *, action="", status=200):
    rule = registry.item(found.item)
    running = found.state in RUNNING
    context = {
        "request_": found,
        "rule": rule,
        "measure": registry.measure_of(found.item),
        "tables": tables_of(rule, found.facts),
        "messages_": [
            {"message": each, "who": _who(each)}
            for each in found.messages.select_related("author").order_by("-pk")
        ],
        "running": running,
        # Set by the administration's side where the request is on the list of the joint conference.
        "joint": getattr(found, "joint_matter", None),
        "closes_on": closes_on(found) if found.state == SupportState.ANSWERED else None,
        "can_reply": found.state == SupportState.ASKED,
        "can_reopen": found.state in (SupportState.ANSWERED, SupportState.CLOSED),
        "can_close": found.state != SupportState.CLOSED,
        "form": form,
        "action": action,
    }
    return render(request, "portal/support_request.html", context, status=status)


def _who(message):
    return Department(message.department).label if message.department else f"企业，{message.author.name}"


_ACTIONS = {
    "reply": (support_reply, "补充内容已送达，办理继续。"),
    "reopen": (support_reopen, "已重新交办。"),
}


@firm_required
@require_POST
def support_say(request, number, action):
    """A reply to a question, or the wish to have the matter taken up again."""
    found = get_object_or_404(support_requests_of_firm(request.user), number=number)
    service, done = _ACTIONS[action]
    form = WordForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, action=action, status=422)
    try:
        service(
            request_id=found.pk,
            actor=request.user,
            text=form.cleaned_data["text"],
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        form.add_error("text", refusal.message)
        found.refresh_from_db()
        return _page(request, found, form, action=action, status=409)
    messages.success(request, done)
    return redirect("portal:support_request", number)


@firm_required
@require_POST
def support_finish(request, number):
    """The enterprise says that the matter is settled."""
    found = get_object_or_404(support_requests_of_firm(request.user), number=number)
    try:
        support_close(request_id=found.pk, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "服务事项已办结。以后需要时可以重新提出。")
    return redirect("portal:support_request", number)
