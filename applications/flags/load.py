"""What flags rest on besides the inputs of a settlement, for many enterprise-years in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field

from applications.models import DiscreditedEnterprise, FilingPeriod, Flag

from .reuse import reuse_load
from .traces import sharers, traces_of


@dataclass
class Noticed:
    """What is known about one enterprise-year besides its claims and figures."""

    #: Flags that stand, dismissed ones too, by claim.
    flags: dict = field(default_factory=dict)
    #: Entries of the discredited list with a day in the year, as pairs of ISO days or None.
    discredited: list = field(default_factory=list)
    #: Filing periods of the claims, by key.
    periods: dict = field(default_factory=dict)
    #: What claims have in common with others (`reuse.Same`), by claim.
    same: dict = field(default_factory=dict)
    #: Pairs of what the firm is known by (kind, value) and the credit codes of others that share it.
    shared: list = field(default_factory=list)


#: Other firms that a flag names; whether there are more is said.
MOST_FIRMS = 5


def flags_load(sources):
    """Sets `noticed` on each YearInput, its claims and official data being loaded."""
    for source in sources:
        source.noticed = Noticed()
    _standing(sources)
    _discredited(sources)
    _periods(sources)
    _shared(sources)
    same = reuse_load([claim.pk for source in sources for claim in source.claims])
    for source in sources:
        source.noticed.same = {claim.pk: same[claim.pk] for claim in source.claims if claim.pk in same}


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


def _periods(sources):
    periods = FilingPeriod.objects.in_bulk({claim.period_id for source in sources for claim in source.claims})
    for source in sources:
        source.noticed.periods = periods


def _shared(sources):
    """Everything is about firms that have claims; their other years come to the same."""
    firms = {source.row.enterprise_id for source in sources if source.claims}
    traces = traces_of(firms)
    holders = sharers({trace for of_firm in traces.values() for trace in of_firm}, most=MOST_FIRMS + 2)
    for source in sources:
        own = source.row.enterprise_id
        for trace in sorted(traces.get(own, ())):
            others = [code for firm, code in holders[trace] if firm != own]
            if others:
                source.noticed.shared.append((trace, list(dict.fromkeys(others))))


def _code(source):
    return source.row.enterprise.credit_code


def _iso(day):
    return day and day.isoformat()
