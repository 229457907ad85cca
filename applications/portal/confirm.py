"""Confirming what official data have prepared in full: one page that shows it, one question, one press."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applications.claims import claim_confirm, draft_open
from applications.errors import Refused
from applications.explanations import result_steps
from applications.forms.claim_form import NO, SUPPORT_QUESTION, YES
from applications.matching.entries import entry_in_force, entry_text
from applications.models.states import LIVE_STATES
from applications.offers import offers
from applications.official import filing_periods_for
from applications.portal.access import firm_required
from applications.portal.filing_page import effects_sentence
from applications.visibility import claims_of_firm, firm_of
from applications.wording import official_lines
from measures import registry
from measures.money import grouped

GONE = "这一项现在没有可以直接确认的申报，请看本页的最新情况。"


class ConfirmForm(forms.Form):
    """The one thing that official data do not tell."""

    use_required_attribute = False
    other_support = forms.ChoiceField(
        label=SUPPORT_QUESTION,
        help_text="同一事项不重复支持。已从本省其他政策得到支持的，只补足差额，需要填写金额并上传文件。",
        choices=[(NO, "没有"), (YES, "有，已获支持")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择“没有”或“有，已获支持”。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@firm_required
def confirm(request, item):
    """Shows a prepared claim with what it rests on; POST files it. `period` and `subject` say which one it is."""
    rule = registry.ITEMS.get(item)
    if rule is None or not rule.prepared:
        raise Http404("nothing to confirm")
    firm, given = firm_of(request.user), request.POST or request.GET
    period = _period(firm, item, given.get("period"))
    if period is None:
        messages.error(request, "这个申报批次现在不受理，请从列表中重新选择。")
        return redirect("portal:my_year")
    claims = list(claims_of_firm(request.user).filter(year=period.year))
    found = offers(enterprise=firm, year=period.year, claims=claims)
    offer = found.offer(item, given.get("subject", ""))
    if offer is None:
        return _gone(request, claims, item, given.get("subject", ""), period)
    if request.method != "POST":
        return _page(request, found.source, period, offer, ConfirmForm())
    return _received(request, found.source, period, offer)


def _period(firm, item, key):
    """The period as it is open to the firm, where it takes the item."""
    periods = filing_periods_for(firm, timezone.localdate())
    found = (each for each in periods if str(each.pk) == key and item in (each.items or registry.ITEMS))
    return next(found, None)


def _gone(request, claims, item, subject, period):
    """Nothing is offered (any more): after a second click, because it has been filed."""
    same = (claim for claim in claims if (claim.item, claim.subject) == (item, subject))
    live = next((claim for claim in same if claim.state in LIVE_STATES), None)
    if live:
        return _opened(request, live)
    verified = firm_of(request.user).is_verified
    messages.warning(request, GONE if verified else "企业还没有通过核验，通过后才能确认申报。")
    return redirect("portal:my_year", period.year)


def _opened(request, claim):
    messages.info(request, f"这个事项已有一件申报 {claim.number}，已为您打开。")
    return redirect("portal:claim_edit" if claim.is_editable else "portal:claim", claim.number)


def _received(request, source, period, offer):
    form = ConfirmForm(request.POST)
    if request.POST.get("shown") != str(offer.payable):
        words = f"数据刚有变化，金额现在是 {grouped(offer.payable)} 元。请核对后再确认。"
        return _page(request, source, period, offer, form, refusal=words, status=409)
    if not form.is_valid():
        return _page(request, source, period, offer, form, status=422)
    by = {
        "enterprise": firm_of(request.user),
        "item": offer.item.code,
        "period": period,
        "actor": request.user,
        "source_ip": request.META["REMOTE_ADDR"],
    }
    if form.cleaned_data["other_support"] == YES:
        return _with_support(request, offer, by)
    try:
        claim, filed = claim_confirm(facts=offer.facts, **by)
    except Refused as refusal:
        return _page(request, source, period, offer, form, refusal=refusal.message, status=409)
    if not filed:
        return _opened(request, claim)
    messages.success(request, f"{claim.number} 已提交。您可以在这一页看到办理进度和金额。")
    return redirect("portal:claim", claim.number)


def _with_support(request, offer, by):
    """Support from elsewhere needs its amount and a document: that is what the form of a claim is for."""
    draft = {"facts": offer.facts, "particulars": {}, "other_support": {"answer": YES, "amount": ""}}
    claim, _ = draft_open(draft=draft, **by)
    messages.info(request, "请填写已获支持的金额，并上传文件，然后确认申报。")
    return redirect("portal:claim_edit" if claim.is_editable else "portal:claim", claim.number)


def _page(request, source, period, offer, form, *, refusal="", status=200):
    firm = firm_of(request.user)
    entry = entry_in_force(source, offer.item.code, offer.subject)
    context = {
        "firm": firm,
        "rule": offer.item,
        "period": period,
        "offer": offer,
        "entry": entry_text(entry) if entry else "",
        "official": official_lines(offer.item, source, firm.city),
        "steps": result_steps(offer.estimate.claim),
        "effects": effects_sentence(offer.estimate, filed_before=False),
        "days_left": (period.closes_on - timezone.localdate()).days,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "portal/confirm.html", context, status=status)
