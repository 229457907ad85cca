"""Verified values: who enters them, what they must be, what they change, and when they lapse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.claims import claim_submit
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claim_token, transition
from applications.models import EnterpriseYear, Event, LprRate
from review.verification import Change, lines_to_verify, value_verify, values_in_force, values_verify
from tests.factories import (
    NOW,
    declared,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def claim(officers):
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


def verify(claim, officer, path="booth_cny", value="90000.00", reason="发票合计只有 9 万元。", **more):
    return value_verify(
        claim_id=claim.pk, path=path, value=value, reason=reason, actor=officer, at=LATER, **more
    )


def test_a_verified_value_is_computed_with_and_the_declared_one_stays(claim, officers):
    verify(claim, officers.commerce)
    settle_all(claim)
    assert claim.payable_cny == Decimal("63000.00")
    assert claim.facts["booth_cny"] == "100000"
    event = claim.events.get(kind="claim.verified")
    assert event.actor == officers.commerce
    assert event.data == {
        "path": "booth_cny",
        "label": "展位费",
        "old": "100000",
        "new": "90000.00",
        "reason": "发票合计只有 9 万元。",
    }


def test_verifying_marks_the_year_for_settlement(claim, officers):
    assert not EnterpriseYear.objects.get().is_computing
    verify(claim, officers.commerce)
    assert EnterpriseYear.objects.get().is_computing


def test_a_second_value_makes_the_first_lapse_and_keeps_it(claim, officers):
    verify(claim, officers.commerce)
    verify(claim, officers.commerce2, value="80000")
    assert list(claim.verified_values.values_list("value", "lapsed_at")) == [
        ("90000.00", LATER),
        ("80000", None),
    ]
    assert values_in_force(claim)["booth_cny"].entered_by == officers.commerce2


def test_a_value_that_is_taken_back_lets_the_declared_one_count_again(claim, officers):
    verify(claim, officers.commerce)
    settle_all()
    values_verify(claim_id=claim.pk, changes=[Change("booth_cny", None)], actor=officers.commerce, at=LATER)
    settle_all(claim)
    assert claim.payable_cny == Decimal("70000.00")
    assert values_in_force(claim) == {}
    assert claim.verified_values.count() == 1


def test_support_by_other_policies_is_verified_like_a_fact(claim, officers):
    verify(claim, officers.commerce, path="other_support_cny", value="20000", reason="另有市里补贴。")
    settle_all(claim)
    assert claim.after_overlap_cny == Decimal("50000.00")


@pytest.mark.parametrize(
    ("path", "value", "reason", "field"),
    [
        ("booth_cny", "90000", " ", "reason:booth_cny"),
        ("booth_cny", "100000.00", "一致。", "value:booth_cny"),
        ("booth_cny", "-5", "负数。", "value:booth_cny"),
        ("booth_cny", 12.5, "浮点数。", "value:booth_cny"),
        ("other_support_cny", "一万", "文字。", "value:other_support_cny"),
        ("exhibition_name", "别的展会", "不是事实。", ""),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_place(claim, officers, path, value, reason, field):
    with pytest.raises(Refused) as refused:
        verify(claim, officers.commerce, path=path, value=value, reason=reason)
    assert refused.value.field == field
    assert not claim.verified_values.exists()
    assert not EnterpriseYear.objects.get().is_computing


def test_several_changes_are_made_together_or_not_at_all(claim, officers):
    changes = [Change("booth_cny", "90000", "减少。"), Change("freight_cny", "x", "错。")]
    with pytest.raises(Refused):
        values_verify(claim_id=claim.pk, changes=changes, actor=officers.commerce)
    assert not claim.verified_values.exists()


@pytest.mark.parametrize("name", ["finance", "city", "heihe", "auditor", "admin"])
def test_other_posts_cannot_verify_what_lies_with_commerce(claim, officers, name):
    with pytest.raises(NotAllowed):
        verify(claim, getattr(officers, name))


def test_the_city_verifies_in_its_first_check_and_no_other_city_does(officers):
    claim = make_claim(
        make_firm(),
        "5.1",
        make_period(city_first_check=True),
        facts={"booth_cny": "100000"},
        particulars=exhibition(),
    )
    with pytest.raises(NotAllowed):
        verify(claim, officers.heihe)
    with pytest.raises(NotAllowed):
        verify(claim, officers.commerce)
    verify(claim, officers.city)


def test_a_member_of_the_firm_cannot_verify_its_claim(officers):
    firm = make_firm(owner=officers.commerce)
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition())
    with pytest.raises(NotAllowed):
        verify(claim, officers.commerce)
    verify(claim, officers.commerce2)


def test_nothing_is_verified_while_finance_has_the_claim(claim, officers):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce, at=LATER)
    with pytest.raises(Refused, match="财政审核"):
        verify(claim, officers.commerce)


def test_a_page_from_before_another_step_verifies_nothing(claim, officers):
    token = claim_token(claim)
    verify(claim, officers.commerce2)
    with pytest.raises(Stale, match="核定申报数"):
        verify(claim, officers.commerce, value="50000", token=token)


def test_a_verified_value_lapses_when_the_declared_one_changes_on_resubmission(claim, officers):
    verify(claim, officers.commerce)
    verify(claim, officers.commerce, path="other_support_cny", value="100", reason="另有补贴。")
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。", at=LATER)
    claim_submit(
        claim_id=claim.pk,
        actor=owner_of(claim.enterprise),
        declared=declared({"booth_cny": "95000"}, exhibition()),
        at=LATER,
    )
    settle_all(claim)
    assert set(values_in_force(claim)) == {"other_support_cny"}
    assert claim.computed_cny == Decimal("66500.00")
    assert claim.verified_values.get(path="booth_cny").lapsed_at == LATER


def test_loans_are_verified_row_by_row(officers):
    firm = make_firm()
    make_figures(firm, local_product_export_cny="60000000")
    LprRate.objects.create(published_on=date(2024, 10, 21), one_year_percent=Decimal("3.10"))
    loan = {"principal_cny": "1000000", "issued_on": "2025-01-01", "interest_paid_cny": "20000"}
    claim = make_claim(firm, "4.2", make_period(), facts={"bank_fees_cny": "0", "loans": [loan]})
    assert [line.path for line in lines_to_verify(claim)][1:4] == [
        "loans[0].principal_cny",
        "loans[0].issued_on",
        "loans[0].repaid_on",
    ]
    before = claim.payable_cny
    verify(
        claim, officers.commerce, path="loans[0].interest_paid_cny", value="10000", reason="回单只有一万元。"
    )
    settle_all(claim)
    assert (before, claim.payable_cny) == (Decimal("10000.00"), Decimal("5000.00"))
    with pytest.raises(Refused) as refused:
        verify(claim, officers.commerce, path="loans[0].repaid_on", value="2024-01-01", reason="早于发放。")
    assert refused.value.field == "value:loans[0].repaid_on"


def test_a_correction_after_payment_is_commerces_and_leaves_an_event(claim, officers):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce, at=LATER)
    settle_all()
    transition(claim_id=claim.pk, action="finance_approve", actor=officers.finance, at=LATER)
    settle_all(claim)
    claim.state, claim.paid_cny = "paid", claim.locked_cny
    claim.save()
    with pytest.raises(NotAllowed):
        verify(claim, officers.finance)
    verify(claim, officers.commerce2)
    assert Event.objects.filter(kind="claim.verified", actor=officers.commerce2).exists()
