"""Sums to compare a typed one with: a slip by a factor of ten is asked about while it is typed, and refused nowhere."""

from dataclasses import dataclass
from decimal import Decimal

from applications.forms.reading import Unreadable, read_amount
from applications.models import Claim
from measures.contradictions import AboveFigures
from measures.declaration import Amount
from measures.money import grouped

#: From how many times more or less a sum is asked about.
TIMES = 10


@dataclass(frozen=True)
class Usual:
    """A sum in yuan that the field may be expected to be near, and where it comes from."""

    sum: Decimal
    source: str
    #: Whether what the page holds now is so far off that the question shows.
    asked: bool

    @property
    def typed(self):
        """The sum as it is typed."""
        return str(self.sum)

    @property
    def words(self):
        """The question."""
        return f"与{self.source} {grouped(self.sum)} 元相差十倍以上，请核对有没有多写或少写一位。确实如此的，不用改。"


def usual_mark(form, claim, *, trade):
    """Tells the sums of a claim's form what they may be expected to be near, as `usual`; one query.

    The firm's last claim for the item comes first, then the official figure that a sum is a part of. `trade` is
    {year: figures} of the firm, empty where it may not see them.
    """
    found = _official(claim, trade) | _earlier(claim)
    for bound in form:
        if bound.name in found:
            value, source = found[bound.name]
            bound.usual = Usual(value, source, _far_off(bound.data, value))


def _far_off(typed, usual):
    try:
        value = read_amount(typed) if typed else None
    except Unreadable:
        return False
    return bool(value) and (value >= usual * TIMES or value * TIMES <= usual)


def _earlier(claim):
    sums = [field.name for field in claim.rule.facts if isinstance(field, Amount)]
    last = (
        Claim.objects.filter(enterprise_id=claim.enterprise_id, item=claim.item, submitted_at__isnull=False)
        .exclude(pk=claim.pk)
        .order_by("-submitted_at")
        .first()
        if sums
        else None
    )
    if last is None:
        return {}
    declared = {name: Decimal(last.facts.get(name) or 0) for name in sums}
    return {name: (value, f" {last.number} 填的") for name, value in declared.items() if value}


def _official(claim, trade):
    figures = trade.get(claim.year)
    found = {}
    for check in claim.rule.contradictions:
        if not isinstance(check, AboveFigures) or figures is None:
            continue
        for names in check.sums:
            values = [getattr(figures, name) for name in names]
            if None not in values and sum(values):
                found[check.fact] = (sum(values), f"海关 {claim.year} 年的统计")
                break
    return found
