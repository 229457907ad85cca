"""What the enterprise reads on its claim while part of it waits for money."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from applications.models import Claim, LedgerEntry, LedgerKind
from review.appropriations import appropriation_add
from review.ledger.words import Bases, Basis, basis_words
from review.shortage import shortage_decide, shortage_simulate
from tests.factories import NOW, make_appropriation, make_period, make_user, owner_of
from tests.review.budget_world import FIVE, locked_claim, locked_claims, money

pytestmark = pytest.mark.django_db


def decide(at):
    """Money goes out in the order of locking."""
    actor = make_user(f"finance{at:%d}", role=Role.FINANCE)
    token = shortage_simulate(FIVE).token
    shortage_decide(key=FIVE, method="in_order", reason="示例纪要", token=token, actor=actor, at=at)


def said(claim):
    """The page of a claim, as its owner reads it."""
    client = Client()
    client.force_login(owner_of(claim.enterprise))
    page = client.get(reverse("portal:claim", args=[claim.number])).content.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.fixture
def claims():
    """Three locks and money for one and a bit, shared in order."""
    period = make_period()
    found = locked_claims(period, "100.00", "50.00", "30.00")
    make_appropriation(5, amount="120")
    decide(NOW + timedelta(days=1))
    return found


def test_the_claim_says_how_much_is_paid_later_and_why(claims):
    full, part, nothing = map(said, claims)
    assert "后续预算" not in full
    assert "30.00 元要等后续预算安排后再拨付。这条措施 2025 年度的预算暂时不足" in part
    assert "仍然应付给您" in part
    assert "30.00 元要等后续预算安排后再拨付" in nothing
    assert "已先列入批次或拨付" not in part


def test_once_its_share_is_paid_it_says_so_and_once_all_is_nothing(claims):
    Claim.objects.filter(pk=claims[1].pk).update(paid_cny=money("20"))
    assert "已先列入批次或拨付 20.00 元" in said(claims[1])
    Claim.objects.filter(pk=claims[1].pk).update(paid_cny=money("20"), committed_cny=money("30"))
    assert "后续预算" not in said(claims[1])


def test_of_what_waits_for_money_alone_no_office_is_expected_to_be_done_by_a_day(claims):
    expected = "预计"
    full, part, nothing = map(said, claims)
    assert expected in full
    assert expected in part, "a share of it can be paid now"
    assert expected not in nothing
    Claim.objects.filter(pk=claims[1].pk).update(paid_cny=money("20"))
    rest = said(claims[1])
    assert "已拨付 20.00 元，还有 30.00 元等待省财政厅拨付" in rest
    assert "公示已经结束，等待" not in rest
    assert expected not in rest
    finance = make_user("finance", role=Role.FINANCE)
    enter = {"measure": 5, "year": 2025, "payer": "province", "actor": finance, "document_on": NOW.date()}
    appropriation_add(**enter, amount=money("60"), document="示例指〔2026〕2号")
    assert expected in said(claims[1]), "now the money is there"


def test_a_later_decision_that_withholds_nothing_takes_the_note_away(claims):
    locked_claim("500000", locked="100", period=claims[0].period, at=NOW + timedelta(days=2))
    make_appropriation(5, amount="70")
    decide(NOW + timedelta(days=3))
    assert "后续预算" not in said(claims[2])


def test_the_document_that_covers_everything_takes_the_note_away_and_leads_to_itself(claims):
    finance = make_user("finance", role=Role.FINANCE)
    enter = {"measure": 5, "year": 2025, "payer": "province", "actor": finance, "document_on": NOW.date()}
    appropriation_add(**enter, amount=money("59.99"), document="示例指〔2026〕2号")
    assert "30.00 元要等后续预算安排" in said(claims[2])
    appropriation_add(**enter, amount=money("0.01"), document="示例指〔2026〕3号")
    assert "后续预算" not in said(claims[1])
    assert "后续预算" not in said(claims[2])
    ended = LedgerEntry.objects.filter(kind=LedgerKind.SHORTAGE, amount_cny=0)
    assert sorted(entry.claim_id for entry in ended) == sorted(claim.pk for claim in claims[1:])
    assert {Bases(finance).of(entry) for entry in ended} == {
        Basis("预算指标", "", "/console/budget/2025/province/documents/")
    }
    assert {basis_words(entry.topic, entry.kind) for entry in ended} == {"预算指标"}
    withheld = LedgerEntry.objects.filter(kind=LedgerKind.SHORTAGE, amount_cny__lt=0)
    assert {basis_words(entry.topic, entry.kind) for entry in withheld} == {"预算分配 FP2025-5-001"}
    appropriation_add(**enter, amount=money("1"), document="示例指〔2026〕4号")
    assert ended.count() == 2, "what has ended does not end again"


def test_a_reviewer_reads_on_the_claim_what_may_be_paid_now_and_by_which_decision(claims):
    client = Client()
    client.force_login(make_user("auditor", role=Role.AUDITOR))

    def desk(claim):
        page = client.get(reverse("review:claim", args=[claim.number])).content.decode()
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))

    full, part, nothing = map(desk, claims)
    assert "按分配 FP2025-5-001，本件现在可以列入批次 100.00 元。" in full
    assert "本件现在可以列入批次 20.00 元；30.00 元仍然应付，等后续预算或下一次分配" in part
    assert "本件现在不能列入批次；30.00 元仍然应付" in nothing
    make_appropriation(5, amount="-1")
    assert "还没有决定怎样分配，决定以前本件不能列入批次" in desk(claims[0])
    make_appropriation(5, amount="100")
    assert "预算不足" not in desk(claims[0])


def test_a_lock_set_anew_does_not_carry_the_note_of_the_old_one(claims):
    Claim.objects.filter(pk=claims[2].pk).update(locked_at=NOW + timedelta(days=2))
    assert "后续预算" not in said(claims[2])
