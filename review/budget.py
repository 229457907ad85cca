"""What may be spent: appropriations by measure, year and payer, and what is left of them. All amounts in yuan."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from applications.errors import Refused
from applications.models import Claim
from applications.models.states import LOCKED_STATES
from applications.record import event_add
from measures import registry
from measures.money import grouped
from review.models import Appropriation
from review.notices import payer_check, payer_name

#: What the events of a budget are called.
TITLES = {"budget.appropriated": "录入预算指标", "budget.shortage_decided": "决定预算不足时的分配"}

ZERO = Decimal("0.00")
#: Beyond this a slip of the pen is certain: no appropriation of the province comes near it.
MOST = Decimal("100000000000.00")
DOCUMENT_LENGTH, NOTE_LENGTH = 80, 300
#: The first half of the advisory locks of budgets; the second says which.
_LOCKS = 20220007


class Key(NamedTuple):
    """What an appropriation is for: the number of a measure, a year, and a payer ("province" or a city's code)."""

    measure: int
    year: int
    payer: str


@dataclass
class Budget:
    """What is appropriated for a key, locked by approvals, committed by batches, and paid."""

    appropriated: Decimal = ZERO
    approved: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def left(self):
        """What batches may still take."""
        return self.appropriated - self.committed - self.paid

    @property
    def owed(self):
        """What locks still wait for: neither committed nor paid."""
        return self.approved - self.committed - self.paid

    @property
    def balance(self):
        """What no approval has claimed yet; below 0 the appropriation does not suffice."""
        return self.appropriated - self.approved

    @property
    def is_short(self):
        """Whether the locks that are owed exceed what is left."""
        return self.balance < 0


def key_of(claim):
    """The key that a claim is paid from."""
    return Key(registry.measure_of(claim.item).number, claim.year, claim.payer)


def _money_measures(payer):
    """Measures of which the payer bears an item."""
    side = "province" if payer == Claim.PROVINCE else "city"
    return tuple(
        measure
        for measure in registry.MEASURES
        if any(not item.support and item.payer == side for item in measure.items)
    )


_PROVINCE_MEASURES = _money_measures(Claim.PROVINCE)
_CITY_MEASURES = _money_measures("city")


def measures_of(payer):
    """Measures of which the payer bears an item: the province of all seven, a city of those with items of its own."""
    return _PROVINCE_MEASURES if payer == Claim.PROVINCE else _CITY_MEASURES


def items_of(measure, payer):
    """The codes of a measure's items that the payer bears."""
    side = "province" if payer == Claim.PROVINCE else "city"
    return [item.code for item in registry.MEASURES[measure - 1].items if item.payer == side]


def claims_of(key):
    """The claims that are paid from a key, in whatever state."""
    return Claim.objects.filter(
        year=key.year, payer=key.payer, item__in=items_of(key.measure, key.payer)
    ).order_by()


def claims_locked(key):
    """The claims of a key with a locked amount."""
    return claims_of(key).filter(state__in=LOCKED_STATES)


def budgets(keys):
    """{Key: Budget} of any number of keys, in two queries; a key without an appropriation has 0."""
    found = {Key(*key): Budget() for key in keys}
    if not found:
        return found
    among = {"year__in": {key.year for key in found}, "payer__in": {key.payer for key in found}}
    granted = Appropriation.objects.filter(**among).values_list("measure", "year", "payer")
    for *key, amount in granted.annotate(sum=Sum("amount_cny")).order_by():
        if (budget := found.get(Key(*key))) is not None:
            budget.appropriated += amount
    sums = Claim.objects.filter(**among, state__in=LOCKED_STATES).values_list("item", "year", "payer")
    sums = sums.annotate(Sum("locked_cny"), Sum("committed_cny"), Sum("paid_cny")).order_by()
    for item, year, payer, locked, committed, paid in sums:
        budget = found.get(Key(registry.measure_of(item).number, year, payer))
        if budget is not None:
            budget.approved += locked
            budget.committed += committed
            budget.paid += paid
    return found


def budget_left(keys):
    """{Key: yuan} that batches may still take: appropriated − committed − paid. Two queries for any number of keys."""
    return {key: budget.left for key, budget in budgets(keys).items()}


def budget_lock(keys):
    """Holds the budgets of some keys until the transaction ends, so that two who spend at once cannot both take the last
    fen. Taken after every other lock, always in the same order. Whoever commits money or changes an appropriation holds it.
    """
    numbers = sorted({_lock_number(Key(*key)) for key in keys})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, number])


def _lock_number(key):
    payer = 0 if key.payer == Claim.PROVINCE else int(key.payer)
    return (key.year - 2000) * 100_000 + payer * 10 + key.measure


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
    actor,
    at=None,
    source_ip=None,
):
    """Enters what a document appropriates for a measure, year and payer, or takes away again (a negative amount).

    Only by the payer's own finance. Raises NotAllowed, or Refused with the field: what is committed and paid stays
    covered, and what measures the payer does not bear get no money. A document that has given the measure money (or taken
    it) already is refused with the field "again", unless `again` says that it is another sum of the same document: the
    same paper entered twice would be money that does not exist.
    """
    at = at or timezone.now()
    payer_check(actor, payer)
    document, note = document.strip(), note.strip()[:NOTE_LENGTH]
    _appropriation_check(measure, payer, amount, document, document_on, at)
    key = Key(measure, year, payer)
    budget_lock([key])
    if not again:
        _once_check(key, document, amount)
    now = budgets([key])[key]
    if amount < 0 and now.left + amount < 0:
        spent = now.committed + now.paid
        raise Refused(
            f"现有预算 {grouped(now.appropriated)} 元，其中 {grouped(spent)} 元已列入批次或已拨付，"
            f"最多可以减少 {grouped(max(now.left, ZERO))} 元。",
            field="amount",
        )
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
    event_add(
        kind="budget.appropriated",
        actor=actor,
        at=at,
        source_ip=source_ip,
        topic=budget_topic(year, payer),
        data={
            "measure": measure,
            "amount": str(amount),
            "old": str(now.appropriated),
            "new": str(now.appropriated + amount),
            "document": document,
            "document_on": document_on.isoformat(),
            **({"note": note} if note else {}),
        },
    )
    return added


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


def _once_check(key, document, amount):
    """Refuses what a document has done already; what was entered and taken back under its number counts for nothing."""
    rows = Appropriation.objects.filter(measure=key.measure, year=key.year, payer=key.payer)
    before = [row for row in rows.select_related("entered_by") if _same_document(row.document, document)]
    done = sum((row.amount_cny for row in before), ZERO)
    if done * amount <= 0:
        return
    word, last = "增加" if done > 0 else "减少", max(before, key=lambda row: row.pk)
    raise Refused(
        f"文号 {last.document} 已经给这条措施{word} {grouped(abs(done))} 元，"
        f"{last.entered_by.name}在 {timezone.localtime(last.entered_at):%Y-%m-%d %H:%M} 录入。"
        "不用再录；确实是同一文件的另一笔，请勾选“仍然录入”。",
        field="again",
    )


def _same_document(one, other):
    """Whether two numbers name one document, however brackets, width and spaces are typed."""
    return _letters(one) == _letters(other)


def _letters(document):
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", document))).casefold() or document


def budget_topic(year, payer):
    """The topic of events on a payer's budget of a year."""
    return f"budget:{year}-{payer}"


def totals(found):
    """The sum of several Budgets."""
    whole = defaultdict(lambda: ZERO)
    for budget in found:
        for name in ("appropriated", "approved", "committed", "paid"):
            whole[name] += getattr(budget, name)
    return Budget(**whole)
