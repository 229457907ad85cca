"""What can still be filed in a year, period by period, and what official data bar for now."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from applications.models import FilingPeriod
from applications.models.states import LIVE_STATES
from applications.offers import Likely, Offer
from measures import registry
from measures.item import Item
from measures.money import ZERO, in_wan


@dataclass(frozen=True)
class Unfit:
    """An item that would bring nothing now, and why; `entry` is what the register calls the subject."""

    item: Item
    reasons: tuple[str, ...]
    entry: str = ""


@dataclass(frozen=True)
class Possible:
    """An item whose amount rests on what the enterprise declares; `likely` where official data speak for it.

    `room` says what the year's limit leaves for it, "" where that is the item's own cap or where no cap is stated.
    """

    item: Item
    likely: Likely | None = None
    room: str = ""


@dataclass
class OpenItems:
    """What can be filed in a period: prepared items that are payable (`offered`), items whose amount rests on what is
    declared, likely ones first, and items that bring nothing now."""

    period: FilingPeriod | None
    offered: list[Offer] = field(default_factory=list)
    possible: list[Possible] = field(default_factory=list)
    unfit: list[Unfit] = field(default_factory=list)


def open_items(periods, claims, offered, *, lacking=None):
    """An OpenItems for each period; `offered` are the YearOffers of `applications.offers`.

    `lacking` is {item: what its figures lack}. Left out is what has a live claim that names no subject: what is claimed
    once a year, and drafts just begun, which a new claim would only open again.
    """
    taken = {claim.item for claim in claims if claim.state in LIVE_STATES and not claim.subject}
    found = []
    for period in periods:
        items = OpenItems(period)
        for code, item in registry.ITEMS.items():
            if item.support or code in taken or (period and period.items and code not in period.items):
                continue
            _sort_in(items, item, offered, lacking or {})
        items.possible.sort(key=lambda each: each.likely is None)
        found.append(items)
    return found


def foreseen(periods, year, claims, offered):
    """What official data open in a year that cannot be filed yet; None where it can be, or could be and is over."""
    today = timezone.localdate()
    known = FilingPeriod.objects.filter(year=year, published_at__isnull=False)
    if any(period.year == year for period in periods) or known.filter(deadline__lt=today).exists():
        return None
    [items] = open_items([None], claims, offered)
    items.possible = [each for each in items.possible if each.likely]
    return items if items.offered or items.possible else None


def _sort_in(items, item, offered, lacking):
    code = item.code
    short = (lacking[code],) if code in lacking else ()
    if code in offered.barred:
        items.unfit.append(Unfit(item, offered.barred[code] + short))
    elif code not in offered.prepared:
        items.possible.append(Possible(item, offered.likely.get(code), room(item, offered.filed)))
    for offer in offered.prepared.get(code, []):
        if offer.estimate:
            items.offered.append(offer)
        else:
            items.unfit.append(Unfit(item, offer.reasons + short, offer.entry))


def room(item, result):
    """What the year's limit leaves for a claim of an item whose cap is stated, as a sentence.

    The year's total can rise to the limit, or to the item's cap where that is higher, and by no more than the cap.
    """
    if result is None or item.CAP is None or not result.claims:
        return ""
    most = min(item.CAP, max(ZERO, max(result.limit, item.CAP) - result.total))
    if not most:
        return "总额度已经用完，现在申报，全年合计不增加。"
    return "" if most == item.CAP else f"受总额度限制，全年最多还能多得 {_sum(most)}。"


def _sum(amount: Decimal) -> str:
    return in_wan(amount) if amount % 100 == 0 else f"{amount:,.2f} 元"
