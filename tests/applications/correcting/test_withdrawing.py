"""Withdrawing a claim, and filing it anew with its content."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.claims import claim_submit
from applications.errors import Refused
from applications.lifecycle import claim_token, transition
from applications.models import Claim, ClaimEvidence, State
from applications.refiling import claim_refile
from tests.factories import declared, make_claim, make_period, owner_of

from .steps import EXHIBITION, page_of, read

pytestmark = pytest.mark.django_db


def test_the_page_says_until_when_a_claim_can_be_withdrawn(as_owner, exhibited, commerce):
    assert "财政审核开始后不能再撤回。" in read(as_owner, exhibited, "claim")


def test_withdrawing_from_a_stale_page_does_nothing_and_says_what_happened(as_owner, exhibited, owner):
    token = claim_token(exhibited)
    claim_submit(claim_id=exhibited.pk, actor=owner, declared=declared({"booth_cny": "1"}, EXHIBITION))
    answer = as_owner.post(page_of(exhibited, "claim_withdraw"), {"token": token})
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    exhibited.refresh_from_db()
    assert exhibited.state == State.COMMERCE_REVIEW


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        ("draft", True), ("city_review", True), ("commerce_review", True), ("second_check", True),
        ("finance_review", False), ("rejected", False),
    ],
)  # fmt: skip
def test_a_claim_can_be_withdrawn_until_finance_reviews_it(as_owner, firm, period, state, possible):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    Claim.objects.filter(pk=claim.pk).update(state=state)
    text = read(as_owner, claim, "claim")
    assert ("撤回这件申报？" in text or "作废这份草稿？" in text) == possible
    assert ("财政审核已经开始，不能再撤回。" in text) == (state == "finance_review")
    claim.refresh_from_db()
    answer = as_owner.post(page_of(claim, "claim_withdraw"), {"token": claim_token(claim)})
    assert answer.status_code == (302 if possible else 409)
    claim.refresh_from_db()
    assert claim.state == (State.WITHDRAWN if possible else state)


def test_a_withdrawn_claim_is_filed_anew_with_its_content_and_files(as_owner, firm, period):
    old = make_claim(firm, "5.1", period, facts={"booth_cny": "100000.00"}, particulars=EXHIBITION, other="5")
    period.deadline = timezone.localdate() + timedelta(days=1)
    period.save()
    transition(claim_id=old.pk, action="withdraw", actor=owner_of(firm))
    assert "重新申报" in read(as_owner, old, "claim")
    answer = as_owner.post(page_of(old, "claim_refile"), {"with_files": "on"})
    new = Claim.objects.get(enterprise=firm, state=State.DRAFT)
    assert answer.headers["Location"] == page_of(new)
    assert new.subject == old.subject
    assert new.draft["facts"] == old.facts
    assert new.draft["other_support"] == {"answer": "yes", "amount": "5.00"}
    files = old.evidence.values_list("document", "file_id")
    assert set(new.evidence.values_list("document", "file_id")) == set(files)
    text = read(as_owner, new)
    assert 'value="100000.00"' in text
    again = as_owner.post(page_of(old, "claim_refile"), {"with_files": "on"})
    assert again.headers["Location"] == page_of(new)
    assert ClaimEvidence.objects.filter(claim=new).count() == len(files)


def test_a_draft_with_a_name_that_is_too_long_is_filed_anew_once(as_owner, firm, period):
    old = make_claim(firm, "5.1", period, submit=False)
    period.deadline = timezone.localdate() + timedelta(days=1)
    period.save()
    as_owner.post(page_of(old, "claim_autosave"), {"exhibition_name": "展" * 300})
    transition(claim_id=old.pk, action="withdraw", actor=owner_of(firm))
    first, second = (as_owner.post(page_of(old, "claim_refile")).headers["Location"] for _ in range(2))
    new = Claim.objects.get(enterprise=firm, state=State.DRAFT)
    assert first == second == page_of(new)
    assert new.draft["particulars"]["exhibition_name"] == "展" * 300


def test_nothing_is_filed_anew_without_an_open_period_or_before_it_is_withdrawn(firm, owner):
    closed = make_period(2020)
    claim = make_claim(firm, "5.1", closed, submit=False)
    with pytest.raises(Refused):
        claim_refile(claim_id=claim.pk, actor=owner)
    transition(claim_id=claim.pk, action="withdraw", actor=owner)
    with pytest.raises(Refused):
        claim_refile(claim_id=claim.pk, actor=owner)
