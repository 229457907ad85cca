"""What a bundle of proof holds about money: what was published and objected to, budget and shortage, payments and what the bank
said of them, accounts, what was demanded back, came in or was kept back, and what was added.
"""

from django.db.models import Sum

from applications.models import BankAccount, Receipt
from review.audit.stored import row_of, signed
from review.budget import budget_topic, key_of
from review.models import AccountConfirmation, Appropriation, BankResult
from review.shortage import shortage_topic

#: Of an objection a bundle keeps what became of it; who objected, and in which words, stays with those who decide it.
_WHO_OBJECTED = ("name", "contact", "text", "source_ip")


def claim_money(claim):
    """[(name, data)] of a claim that the caller has locked; `data` is what becomes JSON."""
    return [
        ("公示.json", [_published(line) for line in _notice_lines(claim)]),
        ("异议.json", [signed(each, *_WHO_OBJECTED) for each in _by_key(claim.objections)]),
        ("收款账户.json", _accounts(claim)),
        ("拨付.json", [_paid(line) for line in _lines(claim)]),
        ("银行回执.json", results_of({line.batch_id for line in _lines(claim)})),
        ("预算.json", budget_of(key_of(claim))),
        ("预算不足分配.json", [_share(share) for share in _shares(claim)]),
        ("追回.json", _recovery(claim)),
        ("补发.json", [signed(each) for each in _by_key(claim.supplements)]),
        ("审核提示.json", [signed(each) for each in _by_key(claim.flags)]),
    ]


def claim_topics(claim):
    """What else has been recorded that bears on a claim's money: the topics of its notices, batches, demands and budget."""
    topics = {f"notice:{line.notice.number}" for line in _notice_lines(claim)}
    topics |= {f"batch:{line.batch.number}" for line in _lines(claim)}
    topics |= {shortage_topic(share.decision.number) for share in _shares(claim)}
    topics |= set(claim.ledger_entries.exclude(topic="").order_by().values_list("topic", flat=True))
    topics |= {f"demand:{each.number}" for each in claim.demands.all()}
    return sorted({*topics, budget_topic(claim.year, claim.payer)} if claim.payer else topics)


def batch_money(batch):
    """[(name, data)] of a batch: its payments, the bank's results, confirmed accounts, and the budgets it is paid from."""
    confirmed = AccountConfirmation.objects.filter(line__batch=batch).order_by("pk")
    lines = batch.lines.select_related("claim").only("claim__item", "claim__year", "claim__payer")
    return [
        ("支付.json", [row_of(payment) for payment in batch.payments.order_by("position")]),
        ("银行回执.json", results_of([batch.pk])),
        ("账户确认.json", [signed(each) for each in confirmed.select_related("confirmed_by")]),
        ("预算.json", [budget_of(key) for key in sorted({key_of(line.claim) for line in lines})]),
    ]


def batch_results(batch):
    """[(name, bytes)] of the sheets that the bank sent about a batch, as they were imported."""
    rows = BankResult.objects.filter(batch=batch).order_by("pk")
    return [(f"银行回执/{row.pk:06}", bytes(row.file)) for row in rows]


def results_of(batch_ids):
    """What was imported of the bank about batches, without the sheets themselves."""
    rows = BankResult.objects.filter(batch__in=batch_ids).defer("file").select_related("batch", "imported_by")
    rows = rows.defer("file", "batch__file").order_by("pk")
    return [{**signed(row, "file"), "batch_number": row.batch.number} for row in rows]


def budget_of(key):
    """Every document by which a key's money was appropriated or taken away, and what they come to."""
    rows = Appropriation.objects.filter(measure=key.measure, year=key.year, payer=key.payer)
    return {
        **key._asdict(),
        "appropriated_cny": rows.aggregate(sum=Sum("amount_cny"))["sum"] or 0,
        "documents": [signed(row) for row in rows.select_related("entered_by").order_by("pk")],
    }


def _by_key(rows):
    return rows.order_by("pk")


def _notice_lines(claim):
    return claim.notice_lines.select_related("notice__published_by").order_by("pk")


def _published(line):
    return {**row_of(line), "notice": signed(line.notice)}


def _accounts(claim):
    """The accounts that the firm ever gave, and those given for this claim's payee, each with the hash of its paper."""
    own = BankAccount.objects.filter(enterprise=claim.enterprise_id).order_by("pk")
    others = claim.payee_accounts.select_related("file").order_by("pk")
    return {
        "enterprise": [signed(account) for account in own],
        "payee": [{**signed(account), "file_sha256": account.file.sha256} for account in others],
    }


def _lines(claim):
    found = claim.payment_lines.select_related("batch__maker", "batch__checker", "payment")
    return found.defer("batch__file").order_by("pk")


def _paid(line):
    confirmed = AccountConfirmation.objects.filter(line=line).select_related("confirmed_by").first()
    return {
        **row_of(line),
        "batch": signed(line.batch, "file"),
        "payment": row_of(line.payment) if line.payment else None,
        "confirmation": signed(confirmed) if confirmed else None,
    }


def _shares(claim):
    return claim.shortage_shares.select_related("decision__decided_by").order_by("pk")


def _share(share):
    return {**row_of(share), "decision": signed(share.decision)}


def _recovery(claim):
    """Demands with their instalments and receipts; and what of this claim's own money was kept back for other demands."""
    demands = [
        {
            **row_of(demand),
            "instalments": [signed(each) for each in _by_key(demand.instalments)],
            "receipts": [_receipt(each) for each in _receipts(demand=demand)],
        }
        for demand in _by_key(claim.demands)
    ]
    return {"demands": demands, "kept_back": [_receipt(each) for each in _receipts(against=claim)]}


def _receipts(**which):
    return Receipt.objects.filter(**which).select_related("demand__claim", "against").order_by("pk")


def _receipt(receipt):
    return {
        **signed(receipt),
        "demand_number": receipt.demand.number,
        "demanded_of": receipt.demand.claim.number,
        "kept_back_of": receipt.against.number if receipt.against else None,
    }
