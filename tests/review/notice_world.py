"""Claims on their way through a notice, by the real services."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from applications.lifecycle import claim_token
from applications.lifecycle import transition as step
from applications.models import CityRate, Claim, FilingPeriod, Holiday
from applications.objections import objection_decide, objection_file
from review.notices import notice_publish
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, settle_all

WORDS = {
    "name": "示例举报人",
    "contact": "0451-12345678",
    "text": "展位发票的金额与展会公布的价格不符，请核查。",
}


def holidays_known():
    """The holidays of the years that tests run in: last days of notices are certain."""
    years = {2026, timezone.localdate().year, timezone.localdate().year + 1}
    Holiday.objects.bulk_create(Holiday(day=date(year, 1, 1), kind="off") for year in sorted(years))


def approved(officers, firm=None, *, item="5.1", name="示例展会", facts=None, at=NOW, **fields):
    """A claim that finance has approved: 5.1 of a booth for 100,000 yuan pays 70,000."""
    if item == "5.4":
        rate = {"city": "2301", "year": 2025, "item": item, "rate": Decimal("0.4")}
        CityRate.objects.get_or_create(**rate, defaults={"published_at": NOW, "source": "示例"})
    period = FilingPeriod.objects.filter(year=2025).first() or make_period()
    claim = make_claim(
        firm or make_firm(f"示例{name}公司"),
        item,
        period,
        facts=facts or {"booth_cny": "100000"},
        particulars=exhibition(name) if item == "5.1" else None,
        at=at,
        **fields,
    )
    city_run = claim.is_city_run
    commerce = officers.city if city_run else officers.commerce
    finance = officers.cityfin if city_run else officers.finance
    step(claim_id=claim.pk, action="approve", actor=commerce, at=at)
    settle_all()
    step(claim_id=claim.pk, action="finance_approve", actor=finance, at=at)
    return settle_all(claim)


def publish(officers, *claims, at=None, **fields):
    """A notice with these claims, published now unless told otherwise."""
    values = {"payer": claims[0].payer, "year": 2025, "title": "2025 年度拟支持名单公示"}
    values["actor"] = officers.cityfin if claims[0].is_city_run else officers.finance
    return notice_publish(
        claim_ids=[claim.pk for claim in claims], at=at or timezone.now(), **{**values, **fields}
    )


def line_of(claim):
    """The newest line of a claim."""
    return claim.notice_lines.order_by("pk").last()


def object_to(claim, *, at=None, **words):
    """An objection by somebody of the public."""
    return objection_file(line_id=line_of(claim).pk, at=at, source_ip="192.0.2.7", **{**WORDS, **words})


def decide(objection, officer, *, upheld, reason="已核对发票和付款凭证。", at=None, token=None):
    """A decision on the page as it is now."""
    claim = Claim.objects.get(pk=objection.claim_id)
    return objection_decide(
        objection_id=objection.pk,
        upheld=upheld,
        reason=reason,
        token=token or claim_token(claim),
        actor=officer,
        at=at,
    )


def after(notice):
    """The day after the last of a notice."""
    return notice.last_day + timedelta(days=1)
