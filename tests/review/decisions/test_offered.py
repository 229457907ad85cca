"""Which steps are offered to whom: by post, by four eyes, and on a page that is no longer true."""

import re

import pytest
from django.urls import reverse

from accounts.models import Post
from accounts.roles import Role
from applications.lifecycle import claim_token, transition
from applications.models import Claim, State
from review.verification import value_verify
from tests.factories import make_claim, make_firm, settle_all

from .steps import act, actions, booth

pytestmark = pytest.mark.django_db


# --- What is offered -----------------------------------------------------------------------------


def test_each_post_is_offered_its_own_steps_and_no_others(officers, claim):
    assert actions(claim, officers.commerce) == {"return": "", "reject": "", "approve": ""}
    for name in ("city", "finance", "cityfin", "auditor", "customs", "admin"):
        assert actions(claim, getattr(officers, name)) == {}
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert actions(claim, officers.finance) == {"send_back": "", "finance_approve": ""}
    assert actions(claim, officers.commerce) == {"recall": ""}
    assert actions(claim, officers.commerce2) == {}


def test_while_the_amount_is_computed_an_approval_says_why_it_waits(officers, sign_in, claim):
    value_verify(claim_id=claim.pk, path="booth_cny", value="1000", reason="减少。", actor=officers.commerce)
    offered = actions(claim, officers.commerce)
    assert "正在重新计算" in offered["approve"]
    assert offered["return"] == ""
    page = sign_in(officers.commerce).get(reverse("review:claim", args=[claim.number])).content.decode()
    assert re.search(r"disabled>按此金额通过", page)
    answer = act(sign_in(officers.commerce), claim, "approve")
    assert answer.status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_an_ineligible_claim_cannot_be_approved(officers, sign_in, period):
    claim = make_claim(make_firm("示例乙公司"), "1.1", period)
    assert claim.eligibility == "ineligible"
    assert "不符合条件" in actions(claim, officers.commerce)["approve"]
    answer = act(sign_in(officers.commerce), claim, "approve")
    assert answer.status_code == 409
    assert "不能通过" in answer.content.decode()
    assert claim.state == State.COMMERCE_REVIEW


# --- Four eyes -----------------------------------------------------------------------------------


def test_who_approved_cannot_make_the_second_check_and_is_told_who_can(officers, sign_in, claim):
    Claim.objects.filter(pk=claim.pk).update(drawn=True)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert "另一位同事" in actions(claim, officers.commerce)["confirm"]
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:claim", args=[claim.number])).content.decode()
    assert "现在可以办理的有：示例审核员乙" in page
    answer = act(client, claim, "confirm")
    assert answer.status_code == 403
    assert claim.state == State.SECOND_CHECK
    assert act(sign_in(officers.commerce2), claim, "confirm").status_code == 302
    assert claim.state == State.FINANCE_REVIEW


def test_an_officer_who_would_be_alone_reads_that_nobody_else_can(officers, sign_in, claim):
    officers.commerce2.posts.all().delete()
    Claim.objects.filter(pk=claim.pk).update(drawn=True)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    page = sign_in(officers.commerce).get(reverse("review:claim", args=[claim.number])).content.decode()
    assert "请联系系统管理员指定代理人" in page


def test_one_person_with_two_posts_decides_at_one_stage_only(officers, sign_in, claim):
    Post.objects.create(user=officers.commerce, role=Role.FINANCE)
    client = sign_in(officers.commerce)
    act(client, claim, "approve")
    assert claim.state == State.FINANCE_REVIEW
    assert act(client, claim, "finance_approve").status_code == 403
    assert claim.state == State.FINANCE_REVIEW


def test_a_member_of_the_firm_decides_nothing_about_it(officers, sign_in, period):
    claim = booth(make_firm("示例乙公司", owner=officers.commerce), period)
    client = sign_in(officers.commerce)
    for action in ("approve", "return", "reject"):
        typed = {"clause": "5.1", "ground": "not_met", "reason": "理由。", "days": "10"}
        assert act(client, claim, action, **typed).status_code == 403
    assert claim.state == State.COMMERCE_REVIEW


# --- Stale pages ---------------------------------------------------------------------------------


def test_a_page_that_is_no_longer_true_does_nothing_and_says_what_happened(officers, sign_in, claim):
    old = claim_token(claim)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce2, reason="请补材料。")
    answer = act(sign_in(officers.commerce), claim, "approve", token=old)
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    assert "示例审核员乙" in answer.content.decode()
    assert claim.state == State.RETURNED


def test_a_second_click_decides_once_and_gets_a_sentence(officers, sign_in, claim):
    client, token = sign_in(officers.commerce), claim_token(claim)
    assert act(client, claim, "approve", token=token).status_code == 302
    second = act(client, claim, "approve", token=token)
    assert second.status_code == 409
    assert "商务审核通过" in second.content.decode()
    assert claim.events.filter(kind="claim.commerce_approved").count() == 1


def test_an_amount_that_changed_since_the_page_was_drawn_is_not_approved(officers, sign_in, claim):
    old = claim_token(claim)
    value_verify(claim_id=claim.pk, path="booth_cny", value="1000", reason="减少。", actor=officers.commerce2)
    settle_all()
    assert act(sign_in(officers.commerce), claim, "approve", token=old).status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_a_form_without_a_token_does_nothing(officers, sign_in, claim):
    assert act(sign_in(officers.commerce), claim, "approve", token="").status_code == 409
    assert claim.state == State.COMMERCE_REVIEW
