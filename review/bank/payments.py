"""The payments of a batch with what the bank has said of them, as `compare` takes them."""

from collections import defaultdict

from django.db import connection
from django.utils import timezone

from review.bank.columns import R
from review.bank.compare import Batch, Known
from review.models import PaymentLine

#: One import at a time looks up and writes references of the bank; the number is this lock's alone.
_REFERENCES = 6_201_106


def payments_known(batch):
    """{position: Known} of a locked batch: all lines of a payment share its result. One query."""
    found = {}
    lines = PaymentLine.objects.filter(batch=batch, payment__isnull=False).select_related("payment")
    for line in lines.order_by("payment__position", "pk"):
        found.setdefault(line.payment.position, known_of(line.payment, line))
    return found


def known_of(payment, line):
    """A payment as it stands by one of its lines."""
    return Known(
        position=payment.position,
        payee_name=payment.payee_name,
        payee_account=payment.payee_account,
        amount_cny=payment.amount_cny,
        result=R(line.result),
        reference=line.bank_reference,
        note=line.result_note,
        day=timezone.localdate(line.result_at) if line.result_at else None,
    )


def references_lock():
    """Until the transaction ends nobody else records a reference of the bank. Comes after every other lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REFERENCES])


def references_used(references):
    """{reference: {(batch number, position)}} of the given ones that stand at payments, of whatever batch."""
    found = defaultdict(set)
    rows = PaymentLine.objects.filter(bank_reference__in=set(references), payment__isnull=False)
    for reference, batch, position in rows.values_list(
        "bank_reference", "batch__number", "payment__position"
    ).order_by():
        found[reference].add((batch, position))
    return found


def batch_facts(batch, sheet):
    """The Batch that a Sheet is compared with. Two queries, however many lines there are."""
    return Batch(
        number=batch.number,
        locked_on=timezone.localdate(batch.locked_at),
        payments=payments_known(batch),
        references=references_used(line.reference for line in sheet.lines if line.reference),
    )
