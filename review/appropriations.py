"""Entering what documents appropriate for a measure, year and payer. All amounts in yuan."""

import unicodedata
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused
from applications.ledger import entry
from applications.lifecycle import claims_lock
from applications.lifecycle.people import deputy_of_payer
from applications.models import Claim, LedgerEntry, LedgerKind
from applications.record import event_add
from measures.money import grouped
from review.budget import ZERO, Key, budget_lock, budget_topic, budgets, claims_of, measures_of
from review.models import Appropriation
from review.notices import payer_check, payer_name

#: Beyond this a slip of the pen is certain: no appropriation of the province comes near it.
MOST = Decimal("100000000000.00")
DOCUMENT_LENGTH, NOTE_LENGTH = 80, 300


@transaction.atomic
def appropriation_add(
    *,
    measure,
    year,
    payer,
    amount,
    document,
    document_on,
    note="",
    again=False,
    seen=None,
    actor,
    at=None,
    source_ip=None,
):
    """Enters what a document appropriates for a measure, year and payer, or takes away again (a negative amount).

    Only by the payer's own finance. Raises NotAllowed, or Refused with the field: what is committed and paid stays
    covered, and what measures the payer does not bear get no money. A document that has given the measure money (or taken
    it) already is refused with the field "again", unless `again` says that it is another sum of the same document: the
    same paper entered twice would be money that does not exist. `seen` is the key of the newest entry that the page of
    whoever says so had listed: a second click does not say it twice.
    """
    at = at or timezone.now()
    payer_check(actor, payer)
    document, note = document.strip(), note.strip()
    _appropriation_check(measure, payer, amount, document, document_on, at)
    if len(note) > NOTE_LENGTH:
        raise Refused(f"说明最多 {NOTE_LENGTH} 个字，现在有 {len(note)} 个，请写短一些。", field="note")
    key = Key(measure, year, payer)
    claims_lock(_withheld(key))
    budget_lock([key])
    _once_check(key, document, amount, again, seen)
    now = budgets([key])[key]
    _covered_check(now, amount)
    added = Appropriation.objects.create(
        measure=measure,
        year=year,
        payer=payer,
        amount_cny=amount,
        document=document,
        document_on=document_on,
        note=note,
        entered_by=actor,
        entered_at=at,
    )
    if now.is_short and now.balance + amount >= 0:
        _shortage_end(key, at, budget_topic(year, payer))
    _event(added, now.appropriated, source_ip)
    return added


def _event(added, old, source_ip):
    """What was entered, and what it made of the sum that was appropriated before."""
    event_add(
        kind="budget.appropriated",
        actor=added.entered_by,
        at=added.entered_at,
        source_ip=source_ip,
        topic=budget_topic(added.year, added.payer),
        data={
            "measure": added.measure,
            "amount": str(added.amount_cny),
            "old": str(old),
            "new": str(old + added.amount_cny),
            "document": added.document,
            "document_on": added.document_on.isoformat(),
            **({"note": added.note} if added.note else {}),
            **deputy_of_payer(added.entered_by, added.payer, added.entered_at),
        },
    )


def _appropriation_check(measure, payer, amount, document, document_on, at):
    borne = [each.number for each in measures_of(payer)]
    if measure not in borne:
        named = "、".join(map(str, borne))
        raise Refused(f"{payer_name(payer)}只承担措施 {named}，请重新选择。", field="measure")
    if not amount:
        raise Refused("请填写金额，要大于 0。增加还是减少，请在上面选择。", field="amount")
    if abs(amount) > MOST:
        raise Refused("金额超过 1000 亿元，请核对单位是不是元。", field="amount")
    if not document or len(document) > DOCUMENT_LENGTH:
        raise Refused(f"请填写文号，最多 {DOCUMENT_LENGTH} 个字，例如 黑财指〔2026〕1号。", field="document")
    if document_on > timezone.localdate(at):
        raise Refused("发文日期还没有到，请核对。", field="document_on")


def _covered_check(now, amount):
    """Refuses to take away what is committed and paid already."""
    if amount < 0 and now.left + amount < 0:
        spent = now.committed + now.paid
        raise Refused(
            f"现有预算 {grouped(now.appropriated)} 元，其中 {grouped(spent)} 元已列入批次或已拨付，"
            f"最多可以减少 {grouped(max(now.left, ZERO))} 元。",
            field="amount",
        )


def _once_check(key, document, amount, again, seen):
    """Refuses what a document has done already, unless the page of whoever says `again` showed it; what was entered and
    taken back under its number counts for nothing."""
    rows = Appropriation.objects.filter(measure=key.measure, year=key.year, payer=key.payer)
    before = [row for row in rows.select_related("entered_by") if _same_document(row.document, document)]
    done = sum((row.amount_cny for row in before), ZERO)
    if done * amount <= 0:
        return
    word, last = "增加" if done > 0 else "减少", max(before, key=lambda row: row.pk)
    if again and (seen is None or last.pk <= seen):
        return
    entered = f"{last.entered_by.name}在 {timezone.localtime(last.entered_at):%Y-%m-%d %H:%M} 录入"
    if again:
        raise Refused(
            f"您打开这一页以后，文号 {last.document} 刚由{entered} {grouped(last.amount_cny)} 元，这次没有再录。"
            "请看列表；确实还有一笔，请再录入一次。",
            field="again",
        )
    raise Refused(
        f"文号 {last.document} 已经给这条措施{word} {grouped(abs(done))} 元，{entered}。"
        "不用再录；确实是同一文件的另一笔，请勾选“仍然录入”。",
        field="again",
    )


def _same_document(one, other):
    """Whether two numbers name one document, however brackets, width and spaces are typed."""
    return _letters(one) == _letters(other)


def _letters(document):
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", document))).casefold() or document


def _withheld(key):
    """The ids of claims of a key of which the newest entry of shortage still withholds something."""
    newest = (
        LedgerEntry.objects.filter(kind=LedgerKind.SHORTAGE, claim__in=claims_of(key))
        .order_by("claim_id", "-pk")
        .distinct("claim_id")
    )
    return sorted(claim for claim, amount in newest.values_list("claim_id", "amount_cny") if amount)


def _shortage_end(key, at, topic):
    """Says in the ledger, by an entry of 0.00, that nothing is withheld from the claims of a key any more; `topic` is what
    ended the shortage. The caller holds the claims of `_withheld`."""
    claims = Claim.objects.only("pk", "enterprise_id", "year").in_bulk(_withheld(key))
    LedgerEntry.objects.bulk_create(
        (
            entry(claim=claim, kind=LedgerKind.SHORTAGE, amount=ZERO, at=at, topic=topic)
            for claim in claims.values()
        ),
        batch_size=2000,
    )
