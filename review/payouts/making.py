"""Filling a draft: what goes into a batch, what leaves it, what it is called."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import claims_lock
from applications.models import Claim, State
from applications.numbers import number_next
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_check
from review.shortage import payable_now

from .titles import DOCUMENT_MOST, TITLE_MOST, batch_event, text_checked

#: More sentences than this help nobody.
_SENTENCES = 20
_TITLE = "外贸支持资金拨付"

R = PaymentLine.Result
S = PayoutBatch.Standing


def batch_make(*, payer, claim_ids, title, actor, document="", scope=None, at=None, source_ip=None):
    """A draft batch with what can be paid of each claim now. Raises Refused, naming every claim that cannot be put in.

    `scope` is how the claims were chosen (`choosing.scope_stored`), kept as it is.
    """
    at = at or timezone.now()
    title = text_checked(title, TITLE_MOST, "title") or _TITLE
    document = text_checked(document, DOCUMENT_MOST, "document")
    payer_check(actor, payer)
    with transaction.atomic():
        claims = _claims_locked(claim_ids)
        batch = PayoutBatch.objects.create(
            number=number_next(
                f"BF{timezone.localtime(at):%Y}{'' if payer == Claim.PROVINCE else '-' + payer}", width=4
            ),
            title=title,
            document=document,
            payer=payer,
            maker=actor,
            made_at=at,
            scope=scope or {},
        )
        _lines_make(batch, claims)
        totals_write(batch)
        batch_event(
            batch, "batch.made", actor, at, source_ip, count=batch.line_count, total=str(batch.total_cny)
        )
    return batch


def lines_add(*, batch_id, claim_ids, actor, at=None, source_ip=None):
    """Puts further payable claims into a draft. Raises Refused, naming every claim that cannot be put in."""
    at = at or timezone.now()
    with transaction.atomic():
        claims = _claims_locked(claim_ids)
        batch = draft_locked(batch_id, actor)
        _lines_make(batch, claims)
        totals_write(batch)
        added = {"count": len(claims), "total": str(batch.total_cny)}
        batch_event(batch, "batch.lines_added", actor, at, source_ip, **added)
    return batch


def _claims_locked(claim_ids):
    """The claims in the order in which they stand on the sheets; their years and rows are locked."""
    claims = [claim for claim, _ in claims_lock(claim_ids)]
    if not claims:
        raise Refused("请至少选择一件待拨付的申报。")
    return sorted(claims, key=lambda one: (one.year, one.item, one.city, one.first_submitted_at, one.pk))


def _lines_make(batch, claims):
    now = payable_now(claims)
    live = PaymentLine.objects.filter(claim__in=claims, live=True)
    elsewhere = dict(live.order_by().values_list("claim", "batch__number"))
    faults = [fault for claim in claims if (fault := _fault(batch, claim, now[claim.pk], elsewhere))]
    if faults:
        rest = f"另有 {len(faults) - _SENTENCES} 件。" if len(faults) > _SENTENCES else ""
        raise Refused("".join(faults[:_SENTENCES]) + rest)
    lines = [PaymentLine(batch=batch, claim=claim, amount_cny=now[claim.pk]) for claim in claims]
    PaymentLine.objects.bulk_create(lines, batch_size=2000)


def _fault(batch, claim, now, elsewhere):
    """Why a claim cannot be put in, as a sentence; nothing where it can."""
    if claim.state != State.PAYABLE or claim.payer != batch.payer:
        return f"{claim.number} 现在不是本支付方的待拨付申报，没有列入。请刷新后重选。"
    if claim.pk in elsewhere:
        return f"{claim.number} 已在批次 {elsewhere[claim.pk]} 中，不能重复列入。"
    if not now:
        return f"{claim.number} 现在没有可拨付的金额：预算不足，要先在“预算”中决定怎样分配或增加预算。"
    return ""


def draft_locked(batch_id, actor):
    """The draft, locked, for finance of its payer. Raises Stale where it is no draft any more."""
    batch = PayoutBatch.objects.select_for_update(of=("self",)).defer("file").get(pk=batch_id)
    payer_check(actor, batch.payer)
    if batch.standing != S.DRAFT:
        raise Stale(f"这个批次现在是“{batch.get_standing_display()}”，刚才的操作没有执行。请刷新后查看。")
    return batch


def batch_rename(*, batch_id, title, document, actor, at=None, source_ip=None):
    """Gives a draft another title and document number; both stand on the sheets."""
    title = text_checked(title, TITLE_MOST, "title")
    document = text_checked(document, DOCUMENT_MOST, "document")
    if not title:
        raise Refused("请填写批次名称。", field="title")
    with transaction.atomic():
        batch = draft_locked(batch_id, actor)
        if (batch.title, batch.document) != (title, document):
            batch.title, batch.document = title, document
            batch.save(update_fields=["title", "document"])
            named = {"title": title, "document": document}
            batch_event(batch, "batch.renamed", actor, at or timezone.now(), source_ip, **named)
    return batch


def line_drop(*, line_id, actor, at=None, source_ip=None):
    """Takes a line out of a draft batch; the claim stays payable."""
    at = at or timezone.now()
    with transaction.atomic():
        batch = draft_locked(PaymentLine.objects.values_list("batch", flat=True).get(pk=line_id), actor)
        line = batch.lines.select_related("claim").get(pk=line_id)
        if line.live:
            line_end(line, R.DROPPED, at)
            totals_write(batch)
            batch_event(batch, "batch.line_dropped", actor, at, source_ip, claim=line.claim.number)
    return batch


def line_end(line, result, at, note="", reference=""):
    """A line is over: what became of it, and when."""
    line.live, line.result, line.result_at = False, result, at
    line.result_note, line.bank_reference = note, reference
    line.save(update_fields=["live", "result", "result_at", "result_note", "bank_reference"])


def claim_left_payable(sender, *, claim, source, actor, at, **_):
    """A claim that leaves payable otherwise than into its batch drops out of its draft batch, and the maker sees it."""
    if source != State.PAYABLE or claim.state == State.COMMITTED:
        return
    live = PaymentLine.objects.filter(claim=claim, live=True)
    drafts = PayoutBatch.objects.select_for_update().defer("file").filter(standing=S.DRAFT, lines__in=live)
    for batch in drafts:
        # Somebody may have taken it out while we waited for the batch.
        for line in batch.lines.filter(claim=claim, live=True):
            line_end(line, R.DROPPED, at, note="申报不再待拨付，自动移出。")
            totals_write(batch)
            batch_event(batch, "batch.line_dropped", actor, at, None, claim=claim.number, automatic=True)


def totals_write(batch, *, save=True):
    """Control totals over the lines that count."""
    counted = batch.lines.exclude(result=R.DROPPED).aggregate(sum=Sum("amount_cny"), count=Count("pk"))
    batch.total_cny, batch.line_count = counted["sum"] or Decimal("0.00"), counted["count"]
    if save:
        batch.save(update_fields=["total_cny", "line_count"])
