"""The payments of a batch with what the bank has said of them, as `compare` takes them."""

from collections import defaultdict

from django.db import connection
from django.utils import timezone

from applications.models import Event
from review.bank.columns import R
from review.bank.compare import Batch, Known
from review.models import PaymentLine, PayoutBatch

#: One import at a time looks up and writes references of the bank; the number is this lock's alone.
_REFERENCES = 6_201_106
#: Events of a batch that say in data["return_references"] by which references payments came back: {position: reference}.
_RETURN_KINDS = ("batch.result_recorded", "batch.results_imported")


def payments_known(batch, positions=None):
    """{position: Known} of a locked batch, of those positions alone where some are given: all lines of a payment share its
    result. Two queries."""
    found, back = {}, return_references([batch.number])
    lines = PaymentLine.objects.filter(batch=batch, payment__isnull=False).select_related("payment")
    if positions is not None:
        lines = lines.filter(payment__position__in=positions)
    for line in lines.order_by("payment__position", "pk"):
        position = line.payment.position
        if position not in found:
            found[position] = known_of(line.payment, line, back.get((batch.number, position), ""))
    return found


def return_references(numbers):
    """{(batch number, position): reference} by which payments of these batches came back, where the bank gave one. One query."""
    found = {}
    topics = [f"batch:{number}" for number in numbers]
    events = Event.objects.filter(topic__in=topics, kind__in=_RETURN_KINDS, data__has_key="return_references")
    for topic, returned in events.order_by("pk").values_list("topic", "data__return_references"):
        for position, reference in returned.items():
            found[topic.removeprefix("batch:"), int(position)] = reference
    return found


def return_references_of_all():
    """The same of every batch in which something came back. Two queries."""
    returned = PayoutBatch.objects.filter(lines__result=R.RETURNED).order_by()
    return return_references(list(returned.values_list("number", flat=True).distinct()))


def known_of(payment, line, return_reference=""):
    """A payment as it stands by one of its lines."""
    return Known(
        position=payment.position,
        payee_name=payment.payee_name,
        payee_account=payment.payee_account,
        amount_cny=payment.amount_cny,
        result=R(line.result),
        reference=line.bank_reference,
        return_reference=return_reference,
        note=line.result_note,
        day=timezone.localdate(line.result_at) if line.result_at else None,
    )


def references_lock():
    """Until the transaction ends nobody else records a reference of the bank. Comes after every other lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REFERENCES])


def references_used(references):
    """{reference: {(batch number, position)}} of the given ones that stand at payments or returns, of whatever batch."""
    found = defaultdict(set)
    if not (references := set(references)):
        return found
    rows = PaymentLine.objects.filter(bank_reference__in=references, payment__isnull=False)
    for reference, batch, position in rows.values_list(
        "bank_reference", "batch__number", "payment__position"
    ).order_by():
        found[reference].add((batch, position))
    for place, reference in return_references_of_all().items():
        if reference in references:
            found[reference].add(place)
    return found


def batch_facts(batch, sheet):
    """The Batch that a Sheet is compared with. At most five queries, however many lines there are."""
    return Batch(
        number=batch.number,
        locked_on=timezone.localdate(batch.locked_at),
        payments=payments_known(batch),
        references=references_used(line.reference for line in sheet.lines if line.reference),
    )
