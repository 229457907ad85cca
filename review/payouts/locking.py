"""Locking a batch: its money is committed, its payments are made, its file is sealed."""

import hashlib

from django.db import transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claims_lock
from applications.lifecycle.together import perform_together
from applications.models import Event
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_check
from review.payees import payees_of
from review.sheets.payout import controls_of, payout_bytes

from .checks import batch_problems
from .making import totals_write
from .payments import payments_make
from .titles import batch_event, batch_topic

#: More sentences than this are read on the page of the batch.
_SENTENCES = 20
S = PayoutBatch.Standing


def draft_digest(batch, lines, payees):
    """Sixteen hex digits over what the page of a draft shows: what its checker has seen is what is locked, or nothing is."""
    parts = [(line.claim_id, str(line.amount_cny), *payees[line.claim_id]) for line in lines]
    return hashlib.sha256(repr((batch.title, batch.document, parts)).encode()).hexdigest()[:16]


def batch_lock(*, batch_id, actor, seen=None, at=None, source_ip=None):
    """Locks a batch: commits its money, seals its spreadsheet. Only by someone who put nothing into it.

    `seen` is the `draft_digest` of the page that was looked at. Raises Stale where the batch is another one by now, and
    Refused with everything that the checks find wrong; two who lock at once: one wins, the other is told. Locks are taken
    in the order of the house: years, claims, the batch, budgets.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claim_ids = PaymentLine.objects.filter(batch_id=batch_id, live=True).values_list(
            "claim_id", flat=True
        )
        locked = {claim.pk: (claim, year) for claim, year in claims_lock(list(claim_ids))}
        batch = _batch_locked(batch_id, actor)
        lines = _lines_of(batch, locked)
        payees = payees_of([claim for claim, _ in locked.values()])
        if seen is not None and seen != draft_digest(batch, lines, payees):
            raise Stale("您打开这一页以后，批次的内容有变化，没有锁定。下面是现在的内容，请再核对一遍。")
        problems = batch_problems(batch, lines, locked, payees)
        if problems:
            rest = (
                f"另有 {len(problems) - _SENTENCES} 处，请看下面的检查。"
                if len(problems) > _SENTENCES
                else ""
            )
            raise Refused("批次还不能锁定：" + "".join(problems[:_SENTENCES]) + rest)
        payments = payments_make(batch, lines, payees)
        _commit(batch, lines, locked, actor, at, source_ip)
        batch.checker, batch.locked_at, batch.standing = actor, at, S.LOCKED
        totals_write(batch, save=False)
        batch.controls = controls_of(lines)
        batch.file = payout_bytes(batch, lines)
        batch.file_sha256 = hashlib.sha256(batch.file).hexdigest()
        batch.save()
        batch_event(
            batch,
            "batch.locked",
            actor,
            at,
            source_ip,
            sha256=batch.file_sha256,
            total=str(batch.total_cny),
            count=batch.line_count,
            payments=len(payments),
        )
    return batch


def _batch_locked(batch_id, actor):
    """The draft with its row locked; people are on it because their names go on the sheets."""
    batch = PayoutBatch.objects.select_for_update(of=("self",)).select_related("maker").get(pk=batch_id)
    payer_check(actor, batch.payer)
    if batch.standing != S.DRAFT:
        raise Stale(f"这个批次现在是“{batch.get_standing_display()}”，刚才的操作没有执行。")
    if why := why_not_lock(batch, actor):
        raise NotAllowed(why)
    return batch


def why_not_lock(batch, person):
    """Why this person of finance may not lock the draft, as a sentence: who has put claims into it; "" for anybody else."""
    if batch.maker_id == person.pk:
        return "批次要由编制人以外的另一位财政人员锁定。"
    added = Event.objects.filter(topic=batch_topic(batch), kind="batch.lines_added", actor=person)
    if added.exists():
        return "您给这个批次补充过申报，要由您和编制人以外的财政人员锁定。没有这样的人员的，请撤销批次后重新编制。"
    return ""


def _lines_of(batch, locked):
    """The live lines in order, on the claims that are locked."""
    lines = list(batch.lines.filter(live=True).order_by("pk"))
    if {line.claim_id for line in lines} != set(locked):
        raise Stale("批次的内容刚刚有变化，刚才的操作没有执行。请刷新后重新核对。")
    for line in lines:
        line.claim, _ = locked[line.claim_id]
    return lines


def _commit(batch, lines, locked, actor, at, source_ip):
    """Each claim commits the amount of its line."""
    amounts = {line.claim_id: line for line in lines}

    def needs(claim):
        line = amounts[claim.pk]
        return {
            "amount": line.amount_cny,
            "batch": batch.number,
            "topic": batch_topic(batch),
            "account": line.payee_account[-4:],
        }

    pairs = [locked[line.claim_id] for line in lines]
    perform_together(pairs, "commit", actor=actor, data=needs, at=at, source_ip=source_ip)
