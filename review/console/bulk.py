"""Many claims together: passing them, with a page that says what it will do and a report of what it did; taking and
handing back."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from applications.lifecycle.possible import OFFICE_STEPS
from applications.visibility import claims_for_office
from review.bulk import bulk_pass, bulk_preview
from review.console.access import DECIDERS, office_page
from review.console.worklist import LIST, worklist_read
from review.hands import claims_hand_back, claims_take

#: More than this at once is more than anybody has looked at.
MOST = 200
NOT_CHOSEN = "预览里没有要办理的步骤，没有办理。请从队列重新选择。"
_PASSING = frozenset(step.action for step in OFFICE_STEPS if step.stage)
#: way: (service, what was done, what was not).
_HANDS = {
    "take": (claims_take, "已领办 {} 件。", "没有领办"),
    "hand-back": (claims_hand_back, "已交回 {} 件，本岗位的同事都可以办理。", "没有交回"),
}


@require_POST
@office_page(*DECIDERS)
def bulk(request):
    """Without `confirm` the preview; with it, what the preview showed is done for the rows it listed."""
    back = _back(request)
    claims = _chosen(request).select_related("enterprise", "period").order_by("state_since", "pk")
    if not claims:
        return _nothing(request, back, "预览批量通过")
    if "confirm" not in request.POST:
        context = {
            "preview": bulk_preview(claims, request.user),
            "left_out": max(0, len(set(request.POST.getlist("claim"))) - MOST),
            "back": back,
            "list": request.POST.get(LIST, ""),
        }
        return render(request, "console/bulk.html", context)
    report = _passed(request, claims)
    done = [claim for claim, refusal in report if not refusal]
    seen = {claim.number for claim in claims}
    unseen = [number for number in _numbers(request) if number not in seen]
    context = {
        "report": report,
        "unseen": unseen,
        "count": len(report) + len(unseen),
        "done": done,
        "total": sum((claim.payable_cny for claim in done), Decimal("0.00")),
        "back": back,
    }
    return render(request, "console/bulk_report.html", context)


def _passed(request, claims):
    """Does for each claim what the preview said, and returns [(claim, sentence or "")] in the order of the preview."""
    rows = [
        (claim, request.POST.get(f"action-{claim.number}"), request.POST.get(f"token-{claim.number}", ""))
        for claim in claims
        if request.POST.get(f"action-{claim.number}") in _PASSING
    ]
    outcome = bulk_pass(rows, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    return [(claim, outcome.get(claim.pk, NOT_CHOSEN)) for claim in claims]


@require_POST
@office_page(*DECIDERS)
def hands(request, way):
    """Takes the chosen claims in hand, or hands them back, and says of each that could not be why."""
    if way not in _HANDS:
        raise Http404
    service, done_words, refused_words = _HANDS[way]
    back = _back(request)
    claims = list(_chosen(request).select_related("enterprise").order_by("pk"))
    if not claims:
        return _nothing(request, back, "领办所选" if way == "take" else "交回所选")
    outcome = service(claims, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    refused = [(claim, sentence) for claim, sentence in outcome if sentence]
    if len(refused) < len(outcome):
        messages.success(request, done_words.format(len(outcome) - len(refused)))
    if refused:
        rows = format_html_join(
            "", "<br>{} {}：{}", ((claim.enterprise.name, claim.number, words) for claim, words in refused)
        )
        messages.warning(request, format_html("{} 件{}：{}", len(refused), refused_words, rows))
    return redirect(back)


def _back(request):
    """The address of the view of the queue that the claims were chosen in."""
    query = request.POST.get(LIST)
    return worklist_read(request.user, QueryDict(query)).url if query else reverse("review:queue")


def _chosen(request):
    return claims_for_office(request.user).filter(number__in=_numbers(request))


def _numbers(request):
    """The numbers that were chosen, each once, as many as go together."""
    return list(dict.fromkeys(request.POST.getlist("claim")))[:MOST]


def _nothing(request, back, button):
    messages.warning(request, f"还没有选择申报。请在列表左侧勾选，再点“{button}”。")
    return redirect(back)
