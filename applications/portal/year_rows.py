"""The rows of a year: its claims with who holds them, and the parts of the limit's bar with their numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from applications.marks import claim_marks
from applications.models import Claim, State
from applications.models.states import COUNTED_STATES, LIVE_STATES
from applications.portal.failed_payment import Stage, failed_payments
from applications.portal.story import expected_of_all, office_in
from measures.money import ZERO
from measures.registry import ITEMS

S = State


@dataclass(frozen=True)
class ClaimRow:
    """One claim in the list. Amounts are yuan, None while nothing has been computed or the claim counts no more.

    `fill` colours its part of the bar; `holder` has it now and is expected to be done by `expected` (None: unknown).
    What the enterprise itself has is due on `due`.
    """

    claim: Claim
    marks: list
    fill: int = 0
    holder: str = ""
    expected: date | None = None
    is_past: bool = False
    due: date | None = None

    @property
    def after_overlap(self):
        """What the claim comes to before the combined limit."""
        return self.claim.after_overlap_cny if self.claim.state in COUNTED_STATES else None

    @property
    def payable(self):
        """What the claim is paid."""
        return self.claim.payable_cny if self.claim.state in COUNTED_STATES else None

    @property
    def cut(self):
        """What the combined limit takes away; a locked claim may keep more than it would get."""
        return None if self.payable is None else max(self.after_overlap - self.payable, ZERO)


@dataclass(frozen=True)
class BarRow:
    """One part of the limit's bar and one row of its table, yuan; `what_if` ones have not been filed and no colour."""

    label: str
    name: str
    about: str
    stage: str
    after_overlap: Decimal
    payable: Decimal
    fill: int
    what_if: bool = False

    @property
    def cut(self):
        """What the combined limit takes away."""
        return max(self.after_overlap - self.payable, ZERO)


@dataclass(frozen=True)
class Bar:
    """The year's bar: its rows in the order in which the limit is filled, the limit, and the item that sets it."""

    rows: tuple
    limit: Decimal
    setter: str = ""

    @property
    def after_overlap(self):
        """The sum before the limit."""
        return sum((row.after_overlap for row in self.rows), ZERO)

    @property
    def payable(self):
        """The sum under the limit."""
        return sum((row.payable for row in self.rows), ZERO)

    @property
    def cut(self):
        """What the limit takes in all."""
        return sum((row.cut for row in self.rows), ZERO)

    @property
    def cut_items(self):
        """The codes of the items that are cut, each once."""
        return "、".join(dict.fromkeys(row.label for row in self.rows if row.cut))

    @property
    def what_ifs(self):
        """How many of its rows have not been filed."""
        return sum(row.what_if for row in self.rows)

    @property
    def setter_name(self):
        """The item that sets the limit, with what it is called."""
        return f"{self.setter} {ITEMS[self.setter].short_title}" if self.setter else ""


def claim_rows(claims, *, is_computing, closing, bar=None):
    """All claims as ClaimRow in the order of the page: live ones first, then by item; coloured as in the Bar shown.

    `closing` is {claim id: the last day on which a draft may be submitted}.
    """
    fills = {row.about: row.fill for row in bar.rows if not row.what_if} if bar else {}
    ends, today = expected_of_all(claims), timezone.localdate()
    failed = failed_payments(claims)
    rows = []
    for claim in sorted(claims, key=lambda each: (each.state not in LIVE_STATES, each.item, each.pk)):
        end = ends.get(claim.pk)
        rows.append(
            ClaimRow(
                claim,
                claim_marks(claim, computing=is_computing),
                fills.get(claim.number, 0),
                holder(claim, failed.get(claim.pk)),
                end[0] if end else None,
                bool(end and end[0] < today),
                claim.return_due_on if claim.state == S.RETURNED else closing.get(claim.pk),
            )
        )
    return rows


def holder(claim, failed=None):
    """Who has the claim now, as the enterprise reads it; "" where nobody has to do anything any more.

    `failed` is its FailedPayment: once another account is on its way or confirmed, the firm has nothing left to do.
    """
    state = S(claim.state)
    if state in (S.DRAFT, S.RETURNED):
        return "在您这里"
    if state == S.PAYABLE and failed and failed.stage is Stage.FIRM:
        return "等待您核对账户"
    if state == S.REJECTED and not claim.reconsidered:
        return "可以申请一次复议"
    if state in (S.PAID, S.WITHDRAWN, S.REJECTED) or (state == S.APPROVED and not claim.owed_cny):
        return ""
    if state == S.IN_NOTICE:
        return "正在公示"
    return office_in(claim, state)


def totals(rows):
    """Sums of what has been computed and counts, None where nothing has."""
    computed = [row for row in rows if row.payable is not None]
    if not computed:
        return None
    return {
        "after_overlap": sum((row.after_overlap for row in computed), ZERO),
        "cut": sum((row.cut for row in computed), ZERO),
        "payable": sum((row.payable for row in computed), ZERO),
        "paid": sum((row.claim.paid_cny for row in rows), ZERO),
        "count": len(computed),
    }


def bar_filed(claims, settled):
    """The Bar of what has been filed, as settled; None before anything has been settled."""
    if settled is None or settled.limit_cny is None:
        return None
    rows = tuple(
        BarRow(
            label=claim.item,
            name=claim.rule.title,
            about=claim.number,
            stage=S(claim.state).label,
            after_overlap=claim.after_overlap_cny or ZERO,
            payable=claim.payable_cny or ZERO,
            fill=number,
        )
        for number, claim in enumerate(_filling(claims), 1)
    )
    return Bar(rows, settled.limit_cny, settled.limit_claim.item if settled.limit_claim else "")


def bar_of_all(claims, found):
    """The Bar of the year with everything that can still be filed; `found` is the year's WhatIf."""
    filed = {str(claim.pk): claim for claim in claims if claim.state in COUNTED_STATES}
    further = {one.id: one for one in found.further}
    order = sorted(
        (each for each in found.whole.claims if each.after_overlap or each.payable),
        key=lambda each: (each.locked is None, -(each.ceiling or ZERO), -each.after_overlap),
    )
    rows, number = [], 0
    for each in order:
        one, claim = further.get(each.id), filed.get(each.id)
        number += one is None
        rows.append(
            BarRow(
                label=each.item,
                name=ITEMS[each.item].title,
                about=_about(one) if one else claim.number,
                stage=_stage(one) if one else S(claim.state).label,
                after_overlap=each.after_overlap,
                payable=each.payable,
                fill=0 if one else number,
                what_if=one is not None,
            )
        )
    setter = next((each.item for each in order if each.id == found.whole.limit_claim), "")
    return Bar(tuple(rows), found.whole.limit, setter)


def _about(one):
    return one.draft.number if one.draft else one.about


def _stage(one):
    if one.draft is None or one.item.prepared:
        return "待您确认"
    return "草稿"


def _filling(claims):
    """The claims that have a part of the bar: locked ones first, then by ceiling and amount, then as filed."""
    counted = [claim for claim in claims if claim.state in COUNTED_STATES]
    return sorted((claim for claim in counted if claim.after_overlap_cny or claim.locked_cny), key=_order)


def _order(claim):
    return (
        claim.locked_cny is None,
        -(claim.ceiling_cny or ZERO),
        -(claim.after_overlap_cny or ZERO),
        claim.first_submitted_at,
        claim.pk,
    )
