"""After a decision: the next claim, taking back, city-run items, and the smaller steps."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.lifecycle import claim_token, transition
from applications.models import CityRate, EnterpriseYear, State
from review.verification import values_in_force
from tests.factories import NOW, make_claim, make_firm, make_period, settle_all

from .steps import act, actions, booth

pytestmark = pytest.mark.django_db


# --- The way on ----------------------------------------------------------------------------------


def test_after_a_decision_the_next_claim_of_the_queue_opens(officers, sign_in, claim, period):
    second = booth(make_firm("示例乙公司"), period, at=NOW + timedelta(days=1))
    third = booth(make_firm("示例丙公司"), period, at=NOW + timedelta(days=2))
    client = sign_in(officers.commerce)
    answer = act(client, second, "approve")
    assert answer["Location"] == reverse("review:claim", args=[third.number])
    assert "已办理“按此金额通过”" in client.get(answer["Location"]).content.decode()
    # After the last one comes the first that is left.
    assert act(client, third, "approve")["Location"] == reverse("review:claim", args=[claim.number])
    assert act(client, claim, "approve")["Location"] == reverse("review:queue")


def test_who_decided_takes_it_back_while_nothing_else_has_happened(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "approve")
    settle_all()
    assert actions(claim, officers.commerce2) == {}
    assert act(client, claim, "recall").status_code == 302
    assert claim.state == State.COMMERCE_REVIEW
    settle_all()
    act(client, claim, "approve")
    transition(claim_id=claim.pk, action="send_back", actor=officers.finance, reason="请看。")
    assert "recall" not in actions(claim, officers.commerce)
    assert act(client, claim, "recall").status_code in (403, 409)
    assert claim.state == State.COMMERCE_REVIEW


def test_finance_approval_locks_what_was_shown_and_its_recall_unlocks(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    client = sign_in(officers.finance)
    act(client, claim, "finance_approve")
    assert (claim.state, claim.locked_cny) == (State.APPROVED, Decimal("70000.00"))
    settle_all()
    act(client, claim, "recall")
    assert (claim.state, claim.locked_cny) == (State.FINANCE_REVIEW, None)


# --- City-run items ------------------------------------------------------------------------------


def test_a_city_run_item_runs_its_whole_course_in_the_city(officers, sign_in):
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例文件"
    )
    period = make_period(city_first_check=True)
    claim = make_claim(make_firm(), "5.4", period, facts={"credit_report_cny": "10000"})
    assert claim.state == State.COMMERCE_REVIEW
    assert act(sign_in(officers.commerce), claim, "approve").status_code == 403
    assert act(sign_in(officers.heihe), claim, "approve").status_code == 404
    assert act(sign_in(officers.city), claim, "approve").status_code == 302
    assert act(sign_in(officers.finance), claim, "finance_approve").status_code == 403
    assert claim.state == State.FINANCE_REVIEW
    assert act(sign_in(officers.cityfin), claim, "finance_approve").status_code == 302
    assert (claim.state, claim.locked_cny) == (State.APPROVED, Decimal("4000.00"))


def test_the_citys_first_check_passes_to_the_province(officers, sign_in):
    claim = booth(make_firm(), make_period(city_first_check=True))
    assert act(sign_in(officers.commerce), claim, "city_pass").status_code == 403
    assert act(sign_in(officers.city), claim, "city_pass").status_code == 302
    assert claim.state == State.COMMERCE_REVIEW


# --- Smaller steps -------------------------------------------------------------------------------


def test_taking_and_handing_back_are_recorded_and_decide_nothing(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    client.post(reverse("review:take", args=[claim.number]), {"token": claim_token(claim)})
    claim.refresh_from_db()
    assert (claim.assignee, claim.state) == (officers.commerce, State.COMMERCE_REVIEW)
    other = sign_in(officers.commerce2)
    refused = other.post(reverse("review:hand_back", args=[claim.number]), {"token": claim_token(claim)})
    assert refused.status_code == 409
    client.post(reverse("review:hand_back", args=[claim.number]), {"token": claim_token(claim)})
    claim.refresh_from_db()
    assert claim.assignee is None
    taken = sign_in(officers.finance).post(
        reverse("review:take", args=[claim.number]), {"token": claim_token(claim)}
    )
    assert taken.status_code == 403


def test_the_date_of_a_correction_can_be_put_off(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    claim.refresh_from_db()
    old = claim.return_due_on
    client, later = sign_in(officers.commerce2), old + timedelta(days=10)
    early = act(client, claim, "extend", until=old.isoformat(), reason="企业申请。")
    assert early.status_code == 409
    assert "要晚于" in early.content.decode()
    assert act(client, claim, "extend", until=later.isoformat(), reason="企业申请。").status_code == 302
    assert claim.return_due_on == later
    assert claim.events.get(kind="claim.due_extended").data == {
        "old": old.isoformat(),
        "new": later.isoformat(),
        "reason": "企业申请。",
    }
    assert act(sign_in(officers.finance), claim, "extend", until="2099-01-01", reason="x").status_code == 403


def test_values_are_verified_in_the_table(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    address = reverse("review:verify", args=[claim.number])
    typed = {
        "token": claim_token(claim),
        "value:booth_cny": "90,000",
        "reason:booth_cny": "发票合计 9 万元。",
    }
    assert client.post(address, typed).status_code == 302
    settle_all(claim)
    assert claim.payable_cny == Decimal("63000.00")
    # The same again changes nothing; an emptied value is taken back.
    client.post(address, {**typed, "token": claim_token(claim)})
    assert claim.verified_values.count() == 1
    client.post(address, {"token": claim_token(claim), "value:booth_cny": "", "reason:booth_cny": "x"})
    assert values_in_force(claim) == {}
    assert EnterpriseYear.objects.get().is_computing


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value:booth_cny": "九万", "reason:booth_cny": "看发票。"}, "请只填数字"),
        ({"value:booth_cny": "90000"}, "请写明核定理由"),
        ({"value:booth_cny": "100000", "reason:booth_cny": "一致。"}, "与申报数相同"),
    ],
)
def test_a_verified_value_that_cannot_be_is_refused_with_what_was_typed(
    officers, sign_in, claim, typed, sentence
):
    answer = sign_in(officers.commerce).post(
        reverse("review:verify", args=[claim.number]), {"token": claim_token(claim), **typed}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    assert f'value="{typed["value:booth_cny"]}"' in page
    assert not claim.verified_values.exists()


def test_the_form_of_a_decision_opens_beside_values_that_were_typed_and_not_saved(officers, sign_in, claim):
    client, address = sign_in(officers.commerce), reverse("review:verify", args=[claim.number])
    desk = client.get(reverse("review:claim", args=[claim.number])).content.decode()
    assert re.search(r'<button [^>]*form="verify"[^>]*name="do" value="return"', desk)
    typed = {"value:booth_cny": "90000", "reason:booth_cny": "看发票。"}
    answer = client.post(address, {"token": claim_token(claim), "do": "return", **typed})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="90000"' in page
    assert 'value="看发票。"' in page
    assert "data-unsaved" in page
    assert "需要补正什么" in page
    assert "核定数有改动，还没有保存，办理后不会保留。" in page
    assert not claim.verified_values.exists()
    assert 'href="?' not in page, "papers are opened at the claim's own address, not at that of the form"


def test_the_form_of_a_decision_has_an_address_where_nothing_was_typed(officers, sign_in, claim):
    address = reverse("review:verify", args=[claim.number])
    answer = sign_in(officers.commerce).post(address, {"token": claim_token(claim), "do": "return"})
    assert answer["Location"] == reverse("review:claim", args=[claim.number]) + "?do=return#decide"


def test_verifying_from_an_old_page_or_without_the_post_changes_nothing(officers, sign_in, claim):
    typed = {"value:booth_cny": "90000", "reason:booth_cny": "看发票。"}
    address = reverse("review:verify", args=[claim.number])
    assert sign_in(officers.commerce).post(address, {"token": "old", **typed}).status_code == 409
    finance = sign_in(officers.finance).post(address, {"token": claim_token(claim), **typed})
    assert finance.status_code == 403
    assert not claim.verified_values.exists()
