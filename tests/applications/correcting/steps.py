"""What is declared, a return, and the pages on which a claim is corrected and sent again."""

from django.urls import reverse

from applications.lifecycle import transition

EXHIBITION = {
    "exhibition_name": "示例展会",
    "country": "JP",
    "starts_on": "2025-09-16",
    "ends_on": "2025-09-19",
    "organiser": "示例主办单位",
    "travellers": 2,
    "invoices": [
        {"invoice_number": "1", "cost": "booth_cny", "amount_cny": "100000.00", "paid_on": "2025-08-01"},
        {"invoice_number": "2", "cost": "booth_cny", "amount_cny": "200.00", "paid_on": "2025-08-02"},
    ],
}
LOANS = [
    {"principal_cny": "5000000.00", "issued_on": "2025-03-01", "interest_paid_cny": "160000.00"},
    {
        "principal_cny": "2000000.00",
        "issued_on": "2025-01-20",
        "repaid_on": "2025-06-30",
        "interest_paid_cny": "20000.00",
    },
]
BANK = {"bank_fees_cny": "8000.00", "loans": LOANS}
BANK_PARTICULARS = {
    "loans": [{"loan_number": f"L{n}", "lender": "示例银行"} for n in (1, 2)],
    "declarations": [{"declaration_number": "D1"}],
    "fee_receipts": [],
}


def back(claim, commerce, fields=None, reason="请补正。"):
    """The claim, returned with words at places."""
    transition(
        claim_id=claim.pk, action="return", actor=commerce, reason=reason, data={"fields": fields or {}}
    )
    claim.refresh_from_db()
    return claim


def page_of(claim, name="claim_edit"):
    return reverse(f"portal:{name}", args=[claim.number])


def read(client, claim, name="claim_edit"):
    answer = client.get(page_of(claim, name))
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def send(client, claim, **fields):
    shown = client.get(page_of(claim, "claim_check")).context
    seen = {"token": shown["token"], "version": shown["version"], "statement": "on"}
    return client.post(page_of(claim, "claim_check"), {**seen, **fields})
