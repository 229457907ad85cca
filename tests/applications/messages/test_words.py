"""Every event of an enterprise is told in whole sentences, or deliberately not at all."""

import re
from decimal import Decimal

import pytest

from applications.lifecycle import TRANSITIONS
from applications.messages.kinds import KINDS, SILENT, TOLD_EVENTS
from applications.messages.reminder_kinds import REMINDERS
from applications.messages.topics import TOPIC_WORDS, Topic
from applications.messages.writing import kinds_of, topic_of
from applications.models import Event
from applications.record import EVENT_TITLES
from applications.support import support_request_file
from tests.factories import NOW

pytestmark = pytest.mark.django_db


PREFIXES = ("claim.", "enterprise.", "support.", "matter.", "deadline.")


def test_every_event_of_an_enterprise_is_told_or_deliberately_silent():
    events = {kind for kind in EVENT_TITLES if kind.startswith(PREFIXES)}
    events |= {row.event for row in TRANSITIONS.values()}
    assert events - TOLD_EVENTS - SILENT == set(), "say in applications/messages/kinds.py what becomes of it"
    assert set() == TOLD_EVENTS & SILENT
    assert (TOLD_EVENTS | SILENT) - events == set(), "an event that is gone"


def test_every_kind_of_message_has_a_topic_and_every_topic_says_what_it_brings():
    assert set(TOPIC_WORDS) == set(Topic)
    assert {topic_of(kind) for kind in [*KINDS, *REMINDERS]} == set(Topic)
    assert sorted(kind for topic in Topic for kind in kinds_of(topic)) == sorted([*KINDS, *REMINDERS])
    assert all(len(kind) <= 40 for kind in [*KINDS, *REMINDERS])


AMOUNTS = {
    "computed_cny": "364000.00",
    "capped_cny": "300000.00",
    "after_overlap_cny": "300000.00",
    "payable_cny": "300000.00",
}
LESS = {**AMOUNTS, "payable_cny": "1000.00"}
BACK = {"from": "finance_review", "reason": "请再核对"}
PERSON = {"person": 1, "name": "示例同事"}
#: For each kind what its event carries, and where the claim is then.
DEMAND = {"demand": "ZH2026-0001", "reason": "资金周转困难"}
DUE = {"due_on": "2026-04-30", "certain": False}
EVENTS = {
    "claim.submitted": ({"from": "draft"}, "commerce_review"),
    "claim.resubmitted": ({"from": "returned"}, "commerce_review"),
    "claim.withdrawn": ({"from": "commerce_review"}, "withdrawn"),
    "claim.reconsidered": ({"from": "rejected", "reason": "不对"}, "commerce_review"),
    "claim.city_passed": ({"from": "city_review"}, "commerce_review"),
    "claim.commerce_approved": ({"from": "commerce_review", **AMOUNTS}, "second_check"),
    "claim.sent_back": (BACK, "commerce_review"),
    "claim.returned": (
        {"from": "commerce_review", "reason": "缺页", "due_on": "2026-03-16", "certain": False, "days": 10},
        "returned",
    ),
    "claim.due_extended": ({"old": "2026-03-16", "new": "2026-03-20", "reason": "路远"}, "returned"),
    "claim.asked": (
        {"stage": "commerce_review", "text": "请说明", "due_on": "2026-03-09", "certain": True, "days": 5},
        "commerce_review",
    ),
    "claim.question_answered": ({"stage": "commerce_review", "text": "说明", "files": []}, "commerce_review"),
    "claim.question_withdrawn": ({"stage": "commerce_review"}, "commerce_review"),
    "claim.rejected": ({"from": "returned", "reason": "不符合"}, "rejected"),
    "claim.recalled": ({"from": "returned", "recalled": "claim.returned"}, "commerce_review"),
    "claim.objected": ({"objection": "YY2025-00001", "others": 0}, "in_notice"),
    "claim.objection_dismissed": (
        {"objection": "YY2025-00001", "reason": "发票属实", "stage": "commerce_review"},
        "in_notice",
    ),
    "claim.objection_upheld": ({"from": "in_notice", "reason": "发票不实"}, "commerce_review"),
    "claim.supplement_taken_back": (
        {"from": "in_notice", "reason": "发票不实", "amount": "14000.00", "objection": "YY2025-00001"},
        "paid",
    ),
    "claim.re_examined": ({**BACK, "from": "approved"}, "commerce_review"),
    "claim.published": (
        {"from": "approved", "notice": "GS2025-001", "until": "2026-03-09", "certain": True},
        "in_notice",
    ),
    "claim.finance_approved": ({"from": "finance_review", "locked_cny": "300000.00"}, "approved"),
    "claim.notice_closed": ({"from": "in_notice"}, "payable"),
    "claim.paid": ({"from": "committed", "amount": "300000.00", "account": "0017"}, "paid"),
    "claim.paid_partly": ({"from": "committed", "amount": "1.00", "result": "paid"}, "payable"),
    "claim.payment_failed": ({"from": "committed", "amount": "1.00", "result": "failed"}, "payable"),
    "claim.payment_returned": ({"from": "paid", "amount": "1.00", "reason": "销户"}, "payable"),
    "claim.payee_account_refused": ({"account": "0017", "reason": "没有盖章"}, "payable"),
    "claim.account_confirmed": ({"from": "payable", "account": "0017", "same": True}, "payable"),
    "claim.supplemented": ({"from": "paid", "amount": "1.00", "reason": "更正"}, "approved"),
    "claim.amount_changed": ({"from": "finance_review", "old": AMOUNTS, "new": LESS}, "commerce_review"),
    "claim.limit_changed": ({"old": AMOUNTS, "new": LESS}, "finance_review"),
    "claim.unlocked": ({"from": "approved", "locked_cny": "300000.00", **LESS}, "commerce_review"),
    "claim.lock_reduced": ({"old": "2.00", "new": "1.00", "entitled": "1.00"}, "payable"),
    "claim.demanded": ({"old": "1.00", "new": "2.00", **DEMAND, **DUE}, "paid"),
    "claim.receipt_added": ({"amount": "1.00", "open": "2.00", **DEMAND}, "paid"),
    "claim.receipt_reversed": (
        {"amount": "1.00", "open": "2.00", "reference": "凭证1", **DEMAND, **DUE},
        "paid",
    ),
    "claim.offset": ({"amount": "1.00", "open": "0.00", "against": "2026-5.1-00001", **DEMAND}, "paid"),
    "claim.offset_paid": ({"amount": "1.00", "rest": "0.00", "demanded": "2025-5.1-00001", **DEMAND}, "paid"),
    "claim.instalments_set": ({"parts": [["2026-05-01", "1.00"], ["2026-06-01", "2.00"]], **DEMAND}, "paid"),
    "claim.demand_extended": ({**DUE, **DEMAND}, "paid"),
    "claim.demand_ended": ({"old": "1.00", "new": "0.00"}, "paid"),
    "enterprise.verified": ({}, None),
    "enterprise.refused": ({"note": "没有盖章"}, None),
    **{
        f"enterprise.account_{what}": ({"account": 0}, None)
        for what in ("confirmed", "in_force", "withdrawn")
    },
    "enterprise.account_changed": ({"account": 0}, None),
    "enterprise.account_declined": ({"account": 0, "reason": "不是我们的"}, None),
    "enterprise.join_asked": (PERSON, None),
    "enterprise.join_accepted": (PERSON, None),
    "enterprise.invitation_accepted": (PERSON, None),
    "enterprise.member_removed": (PERSON, None),
    "enterprise.member_left": (PERSON, None),
    "enterprise.handed_over": (PERSON, None),
    "deadline.extended": ({"period": "2025 年度申报", "until": "2026-06-30", "reason": "火灾"}, None),
    **{f"support.{what}": ({"department": "tax"}, None) for what in ("filed", "answered", "asked", "closed")},
    "support.handed_over": ({"department": "customs", "to": "tax"}, None),
}


@pytest.mark.parametrize("kind", sorted({*KINDS, *EVENTS}))
def test_every_message_is_made_of_whole_sentences_and_names_no_officer(firm, owner, claim, commerce, kind):
    data, state = EVENTS[kind]
    event = Event(kind=kind, enterprise=firm, data=data, at=NOW, actor=commerce if state else None)
    about = claim
    if kind.startswith("support."):
        about = support_request_file(
            enterprise=firm, item="8.1", actor=owner, facts={"subject": "班列", "details": "舱位"}, at=NOW
        )
    elif state:
        claim.state, claim.returned_from = state, "commerce_review"
        claim.locked_cny = Decimal("300000.00")
    words = KINDS[kind].words(event, about)
    assert 2 < len(words.title) < 60
    assert not words.title.endswith("。")
    assert words.text.endswith("。")
    for text in (words.title, words.text):
        assert not re.search(r"None|。。|示例审核员|[{}!！]|[a-z]{3}", text), text
    if state:
        assert claim.number in words.text
