"""The transfers of a batch: one for each line, but one for all lines that go to the same payee other than their firms."""

from applications.settlement.write import copy_update
from review.models import Payment, PaymentLine

_COLUMNS = {
    "payment_id": "bigint",
    "payee_name": "varchar(120)",
    "payee_bank": "varchar(120)",
    "payee_account": "varchar(40)",
}


def payments_grouped(lines, payees):
    """[(payee, [lines])] in the order of the first line of each; `payees` is {claim id: (holder, bank, number)}.

    Lines that go to their own firm stay single, so that each award arrives by itself; those of a third party (7.1's
    insurer) with the same holder, bank and account are one transfer. Every line stands in exactly one group.
    """
    groups = {}
    for line in lines:
        payee = payees[line.claim_id]
        third = line.claim.rule.payee(line.claim.particulars) is not None
        groups.setdefault(payee if third else line.pk, (payee, []))[1].append(line)
    return list(groups.values())


def payments_plan(batch, lines, payees):
    """The payments of a batch with position numbers, not stored; each line names its payment and payee in memory."""
    payments = []
    for position, (payee, members) in enumerate(payments_grouped(lines, payees), start=1):
        payment = Payment(
            batch=batch,
            position=position,
            payee_name=payee[0],
            payee_bank=payee[1],
            payee_account=payee[2],
            amount_cny=sum(line.amount_cny for line in members),
        )
        payments.append(payment)
        for line in members:
            line.payment = payment
            line.payee_name, line.payee_bank, line.payee_account = payee
    return payments


def payments_make(batch, lines, payees):
    """Writes the payments of a batch, and the payee on each line: the account in force at this moment.

    A number of statements that does not grow with the lines, but for parts of some thousands. Returns the payments.
    """
    payments = payments_plan(batch, lines, payees)
    Payment.objects.bulk_create(payments, batch_size=5000)
    for line in lines:
        # A line remembers the key that its payment had when it was set: none.
        line.payment = line.payment
    rows = [(line.pk, *(getattr(line, name) for name in _COLUMNS)) for line in lines]
    copy_update(PaymentLine._meta.db_table, _COLUMNS, rows)
    return payments
