"""Choosing what goes into a notice among thousands of approved claims: rows, filters, and ticks that travel with the page.

Everything that was ticked goes along in one hidden field, so that neither a filter nor a page loses a tick, two windows do
not mix theirs, and the back button shows what was there.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from accounts.cities import City
from applications.models import Claim
from applications.notice_list import Part, measure_label
from measures import registry
from review.notices import claims_to_publish

_IDS = re.compile(r"\d{1,18}(-\d{1,18})?(,\d{1,18}(-\d{1,18})?)*")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Publishable:
    """An approved claim as the choice needs it; yuan, and the day of its approval by finance."""

    pk: int
    item: str
    city: str
    approved_on: date
    amount_cny: Decimal

    @property
    def measure(self):
        """The number of its measure."""
        return registry.measure_of(self.item).number


def publishable(payer, year):
    """Everything of a payer and year that could be published now, in order; one query."""
    found = claims_to_publish(payer).filter(year=year).select_related(None)
    fields = found.annotate(owed=F("locked_cny") - F("committed_cny") - F("paid_cny")).values_list(
        "pk", "item", "city", "locked_at", "owed"
    )
    return [
        Publishable(pk, item, city, timezone.localdate(locked_at), owed)
        for pk, item, city, locked_at, owed in fields
    ]


def rows_filtered(rows, *, measure=None, city="", approved_from=None, approved_to=None):
    """The rows of a measure (its number), a city, approved from one day to another; what is not given does not matter."""
    return [
        row
        for row in rows
        if (not measure or row.measure == measure)
        and (not city or row.city == city)
        and (approved_from is None or row.approved_on >= approved_from)
        and (approved_to is None or row.approved_on <= approved_to)
    ]


def sum_of(rows):
    """What rows add up to, yuan."""
    return sum((row.amount_cny for row in rows), ZERO)


@dataclass(frozen=True)
class MeasureSum:
    """What can be published under one measure, and what of it is ticked."""

    number: int
    label: str
    all: Part
    chosen: Part


def sums_by_measure(rows, chosen):
    """One MeasureSum for each measure that has rows; `chosen` are the ids of ticked ones."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.measure].append(row)
    found = []
    for number, members in sorted(groups.items()):
        ticked = [row for row in members if row.pk in chosen]
        label = measure_label(members[0].item)
        found.append(
            MeasureSum(
                number,
                label,
                Part(label, len(members), sum_of(members)),
                Part(label, len(ticked), sum_of(ticked)),
            )
        )
    return found


def cities_of(rows):
    """[(code, name)] of the cities that have rows, in their order."""
    return [(code, City(code).label) for code in sorted({row.city for row in rows})]


def ids_write(ids):
    """Ids as one short text: 3-9,12."""
    runs = []
    for pk in sorted(ids):
        if runs and runs[-1][1] == pk - 1:
            runs[-1][1] = pk
        else:
            runs.append([pk, pk])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def ids_read(text, known):
    """Those of the known ids that a text of `ids_write` names; none for what is no such text."""
    if not _IDS.fullmatch(text):
        return set()
    runs = [part.split("-") for part in text.split(",")]
    spans = sorted((int(run[0]), int(run[-1])) for run in runs)
    found, position = set(), 0
    for pk in sorted(known):
        while position < len(spans) and spans[position][1] < pk:
            position += 1
        if position < len(spans) and spans[position][0] <= pk:
            found.add(pk)
    return found


def chosen_now(data, rows):
    """The ids that are ticked according to what the page sent: those it carried, with the boxes that it showed."""
    known = {row.pk for row in rows}
    carried = ids_read(data.get("chosen", ""), known)
    shown = ids_read(data.get("shown", ""), known)
    ticked = {int(pk) for pk in data.getlist("claim") if pk.isdecimal() and len(pk) < 19}
    return (carried - shown) | (ticked & known)


def claims_of(ids):
    """Claims with their enterprises, in the order in which a notice lists them."""
    claims = Claim.objects.filter(pk__in=ids).select_related("enterprise")
    return list(claims.order_by("city", "enterprise__name", "item", "pk"))
