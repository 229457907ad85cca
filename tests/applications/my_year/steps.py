"""The page of a year as it is read, and what official data and claims bring to it."""

import re

from django.urls import reverse
from django.utils import timezone

from applications.lifecycle import transition
from applications.models import DualCirculationEntry, FilingPeriod, OverseasWarehouse
from applications.trade_figures import figures_derive
from tests.factories import exhibition, make_claim, make_figures, make_month

THIS_YEAR = timezone.localdate().year


def do(action, claim, actor, **fields):
    claim.refresh_from_db()
    return transition(claim_id=claim.pk, action=action, actor=actor, **fields)


def shown(client, year=2025, **query):
    answer = client.get(reverse("portal:my_year", args=[year], query=query))
    assert answer.status_code == 200
    return answer


def text_of(client, year=2025, **query):
    return shown(client, year, **query).content.decode()


def words(client, year=2025, **query):
    """The page as it is read: without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(client, year, **query)))


def show_at(firm, item="5.1", booth="520000", *, submit=True, name="示例展会"):
    """A claim of an exhibition, at 70% of its booth."""
    period = FilingPeriod.objects.get()
    return make_claim(
        firm, item, period, facts={"booth_cny": booth}, particulars=exhibition(name), submit=submit
    )


def cross_border(firm, value="100000000", year=2025):
    return make_figures(firm, year, cross_border_cny=value)


def warehouse(firm, number):
    OverseasWarehouse.objects.create(
        number=number, name=f"示例海外仓{number}", operator_code=firm.credit_code, designated_on="2025-03-01"
    )


def dual_circulation(firm):
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)


def detail(firm, month, **row):
    make_month(firm.credit_code, month, **row)
    figures_derive({(firm.credit_code, int(month[:4]))})


def premiums(amount):
    return {"premiums": [{"premium_cny": amount, "market": "US", "new_mode": False}]}
