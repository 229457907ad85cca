"""Fingerprints of claims: which numbers and files they are made of, and how they follow what was submitted."""

from types import SimpleNamespace

import pytest

from accounts.roles import Role
from applications.claims import claim_submit
from applications.fingerprints import number_normal
from applications.lifecycle import transition
from applications.models import EvidenceFile, Fingerprint, TraceMove, YearSettings
from measures.declaration import FINGERPRINTS
from tests.factories import (
    NOW,
    declared,
    exhibition,
    make_claim,
    make_file,
    make_firm,
    make_period,
    make_user,
    owner_of,
)

pytestmark = pytest.mark.django_db


def invoice(number, paid_on="2025-06-16"):
    """One row of the invoices of 5.1."""
    return {"invoice_number": number, "cost": "booth_cny", "amount_cny": "100", "paid_on": paid_on}


@pytest.fixture
def officers():
    """Nobody is drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return SimpleNamespace(
        commerce=make_user("commerce", role=Role.COMMERCE), finance=make_user("finance", role=Role.FINANCE)
    )


@pytest.fixture
def claim():
    """A claim with two invoices, submitted."""
    rows = {"invoices": [invoice("0112 3456"), invoice("ab-77")]}
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100"}, particulars=exhibition() | rows
    )


def stored(claim):
    """(kind, value, place) of the fingerprints, files aside."""
    rows = claim.fingerprints.exclude(kind="file").order_by("place", "pk")
    return [(row.kind, row.value, row.place) for row in rows]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("01123456", "01123456"),
        (" 0112 3456 ", "01123456"),
        ("０１１２－３４５６", "01123456"),
        ("0112—3456", "01123456"),
        ("sl-2025/a_7", "SL2025A7"),
        ("黑A-0001号", "黑A0001号"),
        ("INV№12", "INVNO12"),
        ("123", ""),
        ("无", ""),
        ("见附件清单", ""),
        ("", ""),
        ("9" * 200, "9" * 100),
    ],
)
def test_two_ways_of_typing_a_number_meet_and_what_is_no_number_meets_nothing(typed, number):
    assert number_normal(typed) == number


def test_every_kind_of_number_that_items_declare_can_be_stored():
    assert {*FINGERPRINTS, "file"} == set(Fingerprint.Kind.values)


def test_a_submitted_claim_has_one_for_every_number_and_every_file(claim):
    assert stored(claim) == [
        ("invoice", "01123456", "invoices[0].invoice_number"),
        ("invoice", "AB77", "invoices[1].invoice_number"),
    ]
    files = claim.fingerprints.filter(kind="file")
    assert set(files.values_list("value", "place")) == set(
        claim.evidence.values_list("file__sha256", "document")
    )


def test_numbers_in_rows_of_facts_count_as_well():
    firm, period = make_firm(), make_period()
    loan = {"principal_cny": "1", "issued_on": "2025-02-10", "repaid_on": None, "interest_paid_cny": "1"}
    loans = make_claim(
        firm, "4.2", period, facts={"bank_fees_cny": "1", "loans": [loan, loan]},
        particulars={
            "loans": [{"loan_number": "借字2025-1"}, {"loan_number": "借字2025-2"}],
            "declarations": [{"declaration_number": "190220250000000001"}],
        },
    )  # fmt: skip
    policy = make_claim(
        firm, "7.3", period, facts={"premium_cny": "1"}, particulars={"policy_number": "P-0001"}
    )
    assert stored(loans) == [
        ("declaration", "190220250000000001", "declarations[0].declaration_number"),
        ("loan", "借字20251", "loans[0].loan_number"),
        ("loan", "借字20252", "loans[1].loan_number"),
    ]
    assert stored(policy) == [("policy", "P0001", "policy_number")]


def test_a_draft_has_none():
    draft = make_claim(
        make_firm(),
        "5.1",
        make_period(),
        particulars=exhibition() | {"invoices": [invoice("01123456")]},
        submit=False,
    )
    assert not draft.fingerprints.exists()


def test_they_follow_what_is_submitted_again_and_not_what_is_being_corrected(officers, claim):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请更正。")
    old, new = claim.evidence.first(), make_file(claim.enterprise)
    before = set(claim.fingerprints.values_list("value", flat=True))
    old.file = new
    old.save()
    assert set(claim.fingerprints.values_list("value", flat=True)) == before
    given = declared(
        {"booth_cny": "100"}, exhibition() | {"invoices": [invoice("ab77"), invoice("01129999")]}
    )
    claim_submit(claim_id=claim.pk, actor=owner_of(claim.enterprise), declared=given)
    assert stored(claim) == [
        ("invoice", "AB77", "invoices[0].invoice_number"),
        ("invoice", "01129999", "invoices[1].invoice_number"),
    ]
    assert claim.fingerprints.filter(value=new.sha256).exists()


def test_steps_between_offices_write_nothing(officers, claim):
    TraceMove.objects.all().delete()
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    transition(claim_id=claim.pk, action="send_back", actor=officers.finance, reason="请核对。")
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请更正。")
    assert not TraceMove.objects.exists()


def test_the_number_of_a_file_that_is_given_for_two_documents_is_kept_once_for_each(claim):
    firm = claim.enterprise
    draft = make_claim(
        firm, "5.1", claim.period, facts={"booth_cny": "9"}, particulars=exhibition("另一展会"), submit=False
    )
    EvidenceFile.objects.filter(uses__claim=draft).update(sha256="a" * 64)
    given = declared({"booth_cny": "9"}, exhibition("另一展会"))
    claim_submit(claim_id=draft.pk, actor=owner_of(firm), declared=given)
    places = draft.fingerprints.filter(value="a" * 64).values_list("place", flat=True)
    assert sorted(places) == ["booth_contract", "invoices", "photos", "travel_records"]


def test_what_is_returned_and_recalled_is_what_the_enterprise_left(officers, claim):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请更正。")
    claim.evidence.filter(document="photos").update(removed_at=claim.submitted_at)
    transition(claim_id=claim.pk, action="recall", actor=officers.commerce)
    assert not claim.fingerprints.filter(place="photos").exists()
