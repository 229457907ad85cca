"""What flags rest on besides the inputs of a settlement, for many enterprise-years in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field

from applications.models import DiscreditedEnterprise, FilingPeriod, Flag


@dataclass
class Noticed:
    """What is known about one enterprise-year besides its claims and figures."""

    #: Flags that stand, dismissed ones too, by claim.
    flags: dict = field(default_factory=dict)
    #: Entries of the discredited list with a day in the year, as pairs of ISO days or None.
    discredited: list = field(default_factory=list)
    #: Deadlines of the periods of claims that were submitted late.
    deadlines: dict = field(default_factory=dict)


def flags_load(sources):
    """Sets `noticed` on each YearInput, its claims and official data being loaded."""
    for source in sources:
        source.noticed = Noticed()
    _standing(sources)
    _discredited(sources)
    _deadlines(sources)


def _standing(sources):
    owners = {claim.pk: source for source in sources for claim in source.claims}
    for flag in Flag.objects.filter(claim__in=owners, lifted_at=None):
        owners[flag.claim_id].noticed.flags.setdefault(flag.claim_id, []).append(flag)


def _discredited(sources):
    listed = defaultdict(list)
    codes = {_code(source) for source in sources}
    rows = DiscreditedEnterprise.objects.filter(credit_code__in=codes, struck_reason="")
    for row in rows.order_by("since", "pk"):
        listed[row.credit_code].append(row)
    for source in sources:
        source.noticed.discredited = [
            [_iso(row.since), _iso(row.until)]
            for row in listed[_code(source)]
            if row.counts_in(source.row.year)
        ]


def _deadlines(sources):
    periods = {claim.period_id for source in sources for claim in source.claims if claim.late}
    if not periods:
        return
    deadlines = dict(FilingPeriod.objects.filter(pk__in=periods).values_list("pk", "deadline"))
    for source in sources:
        source.noticed.deadlines = deadlines


def _code(source):
    return source.row.enterprise.credit_code


def _iso(day):
    return day and day.isoformat()
