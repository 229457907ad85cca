"""A year in which money has gone every way: approved, published, payable, committed, paid, failed and given back."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.roles import Role
from applications.claims import claim_withdraw
from applications.lifecycle import transition as step
from applications.models import CityRate, Holiday
from applications.notices import notices_close
from review.bank.reports import payment_report
from review.notices import notice_publish
from review.payouts import batch_lock, batch_make
from tests.factories import (
    NOW,
    exhibition,
    make_appropriation,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.review.officers import officers_make

#: The claims of the year by how far they got: (item, what is declared).
COURSES = {
    "filed": ("5.1", {"booth_cny": "30000"}),
    "approved": ("5.1", {"booth_cny": "40000"}),
    "in_notice": ("5.1", {"booth_cny": "50000"}),
    "payable": ("5.1", {"booth_cny": "60000"}),
    "draft": ("5.1", {"booth_cny": "70000"}),
    "committed": ("5.1", {"booth_cny": "80000"}),
    "paid": ("5.1", {"booth_cny": "90000.50"}),
    "failed": ("5.1", {"booth_cny": "100000"}),
}


@pytest.fixture
def year(year_kept, db):
    """What :func:`year_kept` made, to be used up."""
    return deepcopy(year_kept)


@pytest.fixture(scope="module")
def year_kept(rows_kept):
    """Claims of 2025 of the province by how far they got, one that was withdrawn, and one that Harbin has paid itself.

    `claims` are by the names of COURSES, `withdrawn` and `city`; `batch` is locked, `settled` reported on, `drawn_up` a draft.
    """
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    people = SimpleNamespace(
        **vars(officers_make()),
        finance2=make_user("finance2", role=Role.FINANCE, name="示例财政员乙"),
        cityfin2=make_user("cityfin2", role=Role.CITY_FINANCE, city="2301", name="示例市财政员乙"),
    )
    CityRate.objects.create(city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW)
    make_appropriation(actor=people.finance)
    make_appropriation(payer="2301", actor=people.cityfin)
    period = make_period()
    claims = {name: filed(period, name, *course) for name, course in COURSES.items()}
    claims["withdrawn"] = filed(period, "withdrawn", "5.1", {"booth_cny": "10000"})
    claims["city"] = filed(period, "city", "5.4", {"credit_report_cny": "10000"})
    settle_all()
    claim_withdraw(claim_id=claims["withdrawn"].pk, actor=owner_of(claims["withdrawn"].enterprise), at=NOW)
    city = claims["city"]
    for name in list(COURSES)[1:]:
        approve(claims[name], people.commerce, people.finance)
    approve(city, people.city, people.cityfin)
    settle_all()
    publish(people.finance, [claims[name] for name in list(COURSES)[3:]])
    publish(people.cityfin, [city])
    notices_close(today=date(2026, 3, 20))
    notice = publish(people.finance, [claims["in_notice"]])
    settled = batch(people.finance, people.finance2, [claims["paid"], claims["failed"]])
    of_city = batch(people.cityfin, people.cityfin2, [city])
    for found, result in ((claims["paid"], "paid"), (claims["failed"], "failed"), (city, "paid")):
        report(found, result, people.cityfin if found is city else people.finance)
    settle_all()
    locked = batch(people.finance, people.finance2, [claims["committed"]])
    drawn_up = batch_make(
        payer="province", claim_ids=[claims["draft"].pk], title="下一批", actor=people.finance, at=NOW
    )
    for claim in claims.values():
        claim.refresh_from_db()
    return SimpleNamespace(
        people=people,
        claims=claims,
        notice=notice,
        settled=settled,
        batch=locked,
        of_city=of_city,
        drawn_up=drawn_up,
    )


def filed(period, name, item, facts):
    firm = make_firm(f"示例{name}公司")
    return make_claim(
        firm, item, period, facts=facts, particulars=exhibition(f"示例展会{name}"), settle=False
    )


def approve(claim, commerce, finance):
    step(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    step(claim_id=claim.pk, action="finance_approve", actor=finance, at=NOW)


def publish(finance, claims):
    return notice_publish(
        payer=claims[0].payer,
        year=2025,
        claim_ids=[claim.pk for claim in claims],
        title="2025 年度公示",
        actor=finance,
        at=NOW,
    )


def batch(maker, checker, claims):
    made = batch_make(
        payer=claims[0].payer, claim_ids=[claim.pk for claim in claims], title="第一批", actor=maker, at=NOW
    )
    return batch_lock(batch_id=made.pk, actor=checker, at=NOW)


def report(claim, result, finance):
    """What the bank did with the claim's live line."""
    line = claim.payment_lines.get(live=True)
    why = {"note": "账号不符"} if result == "failed" else {"reference": f"示例流水{claim.pk}"}
    payment_report(payment_id=line.payment_id, result=result, actor=finance, at=NOW, **why)
