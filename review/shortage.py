"""Where a measure's locks exceed its appropriation: what each may be paid now, and the decision how the money is shared.

A shortage is a fact (what is locked exceeds what is appropriated), never a state that somebody switches on: it begins with the
approval and ends with the document that changes one of the two. While it lasts, money goes out by the newest decision alone;
when it is over, everything is payable again.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.ledger import entry
from applications.lifecycle import claims_lock
from applications.lifecycle.people import deputy_of_payer
from applications.models import Claim, LedgerEntry, LedgerKind
from applications.numbers import number_next
from applications.record import event_add
from review.budget import Budget, Key, budget_lock, budgets, claims_locked, key_of
from review.models import ShortageDecision, ShortageShare
from review.notices import payer_check
from review.sharing import Owed, share_in_order, share_proportionally

ZERO = Decimal("0.00")
REASON_LENGTH = 500
_BATCH = 2000


@dataclass
class Standing:
    """How a key stands: its Budget, the newest decision (None without one), and what that still leaves to claims."""

    budget: Budget
    decision: ShortageDecision | None = None
    promised: Decimal = ZERO

    @property
    def in_force(self):
        """Whether money goes out by the decision: the shortage lasts, and what it promised is still there."""
        return self.budget.is_short and self.decision is not None and self.promised <= self.budget.left

    @property
    def unshared(self):
        """What is left and promised to nobody: it waits for a decision; 0 without a shortage."""
        if not self.budget.is_short:
            return ZERO
        return max(self.budget.left - (self.promised if self.in_force else ZERO), ZERO)


def standings(keys):
    """{Key: Standing}, in at most four queries for any number of keys."""
    return standings_of(budgets(keys))


def standings_of(known):
    """`standings` for whoever has the budgets already, as {Key: Budget}; at most two queries."""
    found = {key: Standing(budget) for key, budget in known.items()}
    short = [key for key, standing in found.items() if standing.budget.is_short]
    if not short:
        return found
    newest = (
        ShortageDecision.objects.filter(
            measure__in={key.measure for key in short},
            year__in={key.year for key in short},
            payer__in={key.payer for key in short},
        )
        .order_by("measure", "year", "payer", "-id")
        .distinct("measure", "year", "payer")
    )
    for decision in newest:
        standing = found.get(Key(decision.measure, decision.year, decision.payer))
        if standing is not None and standing.budget.is_short:
            standing.decision = decision
    decided = {s.decision.pk: s for s in found.values() if s.decision}
    if decided:
        sums = _remaining().filter(decision__in=decided).values_list("decision").order_by()
        for decision, promised in sums.annotate(Sum("remaining")):
            decided[decision].promised = promised
    return found


def _remaining():
    """Shares with `remaining`: what of each is still to be paid. A payment that comes back is in it again; what became
    of a lock since (lowered, lifted, set anew after the decision) never makes it more than is owed.
    """
    zero = Value(ZERO, output_field=DecimalField(max_digits=15, decimal_places=2))
    drawn = F("claim__committed_cny") + F("claim__paid_cny")
    kept = ShortageShare.objects.filter(claim__locked_at__lte=F("decision__decided_at"))
    return kept.annotate(
        remaining=Greatest(
            zero,
            Least(F("share_cny") - drawn + F("drawn_cny"), Coalesce(F("claim__locked_cny"), zero) - drawn),
        )
    )


def payable_now(claims):
    """{claim id: yuan} that a batch may take of each claim: all that is owed, or, while the money of its measure, year and
    payer does not suffice, what the newest decision in force leaves to it; 0 where none does.

    At most five queries for any number of claims, which are taken as they are given: whoever pays has locked them.
    """
    claims = list(claims)
    keys = {claim.pk: key_of(claim) for claim in claims}
    found = standings(set(keys.values()))
    short = [claim for claim in claims if found[keys[claim.pk]].budget.is_short]
    shares = {}
    if decisions := [s.decision.pk for s in found.values() if s.in_force]:
        rows = ShortageShare.objects.filter(decision__in=decisions, claim__in=[claim.pk for claim in short])
        shares = {row.claim_id: row for row in rows.select_related("decision")}
    return {
        claim.pk: _left_of(shares.get(claim.pk), claim)
        if found[keys[claim.pk]].budget.is_short
        else claim.owed_cny or ZERO
        for claim in claims
    }


def _left_of(share, claim):
    """`_remaining` of a claim that the caller holds."""
    if share is None or claim.locked_cny is None or claim.locked_at > share.decision.decided_at:
        return ZERO
    drawn = claim.committed_cny + claim.paid_cny - share.drawn_cny
    return max(ZERO, min(share.share_cny - drawn, claim.owed_cny))


@dataclass(frozen=True)
class Simulation:
    """What both ways of sharing would give: `rows` are the locks that are owed in the order of filing, the two mappings
    {claim id: yuan}. `token` names these figures: a decision holds for them alone.
    """

    key: Key
    standing: Standing
    rows: list
    in_order: dict
    proportional: dict
    token: str

    @property
    def available(self):
        """What is shared."""
        return max(self.standing.budget.left, ZERO)

    @property
    def owed(self):
        """What all of them wait for."""
        return sum((row.owed for row in self.rows), ZERO)

    def shares(self, method):
        """{claim id: yuan} by one of the methods."""
        return self.in_order if method == ShortageDecision.Method.IN_ORDER else self.proportional


def shortage_simulate(key):
    """The Simulation of a key, whether or not its money suffices. Four queries, however many claims wait."""
    standing = standings([key])[key]
    drawn = F("committed_cny") + F("paid_cny")
    waiting = claims_locked(key).filter(locked_cny__gt=drawn).order_by("first_submitted_at", "pk")
    rows = [
        Owed(claim_id=pk, owed=locked - before, locked_at=locked_at, filed_at=filed_at, drawn=before)
        for pk, locked, before, locked_at, filed_at in waiting.values_list(
            "pk", "locked_cny", drawn, "locked_at", "first_submitted_at"
        )
    ]
    available = max(standing.budget.left, ZERO)
    newest = standing.decision.pk if standing.decision else 0
    figures = repr((key, available, [(row.claim_id, row.owed, row.locked_at) for row in rows]))
    return Simulation(
        key=key,
        standing=standing,
        rows=rows,
        in_order=share_in_order(rows, available),
        proportional=share_proportionally(rows, available),
        token=f"{newest}-{hashlib.sha256(figures.encode()).hexdigest()[:32]}",
    )


@transaction.atomic
def shortage_decide(*, key, method, reason, token, actor, at=None, source_ip=None):
    """Shares what is left of a key over the locks that are owed, as the page with this `token` showed it.

    Only by the payer's own finance, with a reason or document. Writes the decision, a share for every claim, an entry of
    shortage for what each is not paid of yet, and one event. Raises Stale where the figures have moved since, Refused
    where there is nothing to decide. Returns the ShortageDecision.
    """
    at, reason = at or timezone.now(), reason.strip()
    payer_check(actor, key.payer)
    if method not in ShortageDecision.Method.values:
        raise Refused("请选择一种分配方式。", field="method")
    if not reason or len(reason) > REASON_LENGTH:
        raise Refused(f"请写明依据，例如会议纪要或文号，最多 {REASON_LENGTH} 个字。", field="reason")
    claims_lock([row.claim_id for row in shortage_simulate(key).rows])
    budget_lock([key])
    now = shortage_simulate(key)
    if now.token != token:
        raise Stale(_moved(now, token))
    if not now.standing.budget.is_short:
        raise Refused("现在预算足够，全部都可以拨付，不需要分配。")
    if not now.available:
        raise Refused("已经没有可以分配的预算。请先录入新的预算指标。")
    decision = ShortageDecision.objects.create(
        number=number_next(_series(key), width=3),
        measure=key.measure,
        year=key.year,
        payer=key.payer,
        method=method,
        available_cny=now.available,
        owed_cny=now.owed,
        reason=reason,
        decided_by=actor,
        decided_at=at,
    )
    _shares_write(decision, now, now.shares(method), at)
    event_add(
        kind="budget.shortage_decided",
        actor=actor,
        at=at,
        source_ip=source_ip,
        topic=shortage_topic(decision.number),
        data={
            "measure": key.measure,
            "year": key.year,
            "payer": key.payer,
            "method": method,
            "available": str(now.available),
            "owed": str(now.owed),
            "claims": len(now.rows),
            "reason": reason,
            **deputy_of_payer(actor, key.payer, at),
        },
    )
    return decision


def _moved(now, token):
    """Why a decision on other figures was not carried out: somebody else has decided, or the figures have moved."""
    newest = now.standing.decision
    if newest is not None and token.partition("-")[0] != str(newest.pk):
        who = f"{newest.decided_by.name}已决定分配 {newest.number}（{newest.get_method_display()}）"
        return f"{who}，您的决定没有执行。需要改的，请核对下面的模拟结果后重新决定。"
    return "预算或申报的金额刚刚有变化，您的决定没有执行。下面是新的模拟结果，请重新核对后再决定。"


def _shares_write(decision, simulation, shares, at):
    """A share for every claim, and an entry for what it is not paid of yet. Where an earlier decision withheld something
    and this one nothing, an entry of 0.00 says so."""
    rows = simulation.rows
    ShortageShare.objects.bulk_create(
        (
            ShortageShare(
                decision=decision,
                claim_id=row.claim_id,
                owed_cny=row.owed,
                share_cny=shares[row.claim_id],
                drawn_cny=row.drawn,
            )
            for row in rows
        ),
        batch_size=_BATCH,
    )
    ids = [row.claim_id for row in rows]
    before = set(
        LedgerEntry.objects.filter(claim__in=ids, kind=LedgerKind.SHORTAGE).values_list("claim_id", flat=True)
    )
    claims = Claim.objects.only("pk", "enterprise_id", "year").in_bulk(ids)
    topic = shortage_topic(decision.number)
    LedgerEntry.objects.bulk_create(
        (
            entry(claim=claims[row.claim_id], kind=LedgerKind.SHORTAGE, amount=-missing, at=at, topic=topic)
            for row in rows
            if (missing := row.owed - shares[row.claim_id]) or row.claim_id in before
        ),
        batch_size=_BATCH,
    )


def shortage_topic(number):
    """The topic of events and ledger entries of a decision."""
    return f"shortage:{number}"


def decisions_of(key):
    """The decisions on a key, the newest first, with who took them."""
    found = ShortageDecision.objects.filter(measure=key.measure, year=key.year, payer=key.payer)
    return found.select_related("decided_by").order_by("-id")


def _series(key):
    """FP2025-5 of the province; FP2025-5-2301 of a city."""
    city = "" if key.payer == Claim.PROVINCE else f"-{key.payer}"
    return f"FP{key.year}-{key.measure}{city}"
