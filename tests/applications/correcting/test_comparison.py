"""The comparison of a correction before it is sent, and two pages at once."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.changes import changes_of, untouched
from applications.claims import Overtaken, draft_save, draft_version
from applications.evidence import document_of, evidence_add, evidence_remove
from applications.models import Event, State
from tests.factories import declared, make_file

from .steps import BANK, BANK_PARTICULARS, EXHIBITION, LOANS, back, page_of, read, send

pytestmark = pytest.mark.django_db


# --- The comparison before it is sent ------------------------------------------------------------------


def test_the_comparison_shows_old_and_new_with_the_reviewers_words(as_owner, exhibited, firm, owner):
    photo = exhibited.evidence.filter(document="photos").first()
    evidence_remove(claim=exhibited, evidence_id=photo.pk, actor=owner)
    new = evidence_add(
        claim=exhibited,
        document=document_of(exhibited.rule, "photos"),
        file=make_file(firm, "展位照片.jpg"),
        actor=owner,
    )
    answer = as_owner.post(page_of(exhibited), {"booth_cny": "9,000", "action": "submit"})
    assert answer.headers["Location"] == page_of(exhibited, "claim_check")
    text = read(as_owner, exhibited, "claim_check")
    for words in (
        '<del class="diff">100,000.00</del>',
        '<ins class="diff">9,000.00</ins>',
        "减少 91,000.00",
        "相差十倍以上，请核对位数",
        "押金不属于展位费。",
        "看不清展位号。",
        f"新增 {new.file.name}",
        "70,000.00",
        "6,300.00",
        "确认重新提交",
    ):
        assert words in text
    assert "还没有改动的内容" not in text
    send(as_owner, exhibited, explanation="已扣除押金。")
    event = Event.objects.filter(claim=exhibited, kind="claim.resubmitted").get()
    assert event.data["reason"] == "已扣除押金。"
    assert event.data["corrections"][0] == {
        "label": "展位费",
        "old": "100,000.00",
        "new": "9,000.00",
        "note": "押金不属于展位费。",
        "difference": "-91000.00",
    }
    assert "已扣除押金。" in read(as_owner, exhibited, "claim")


def test_what_was_asked_for_and_not_touched_is_said_and_can_be_explained(as_owner, exhibited, commerce):
    as_owner.post(page_of(exhibited), {"booth_cny": "90000", "action": "submit"})
    text = read(as_owner, exhibited, "claim_check")
    assert "审核要求补正，但还没有改动的内容" in text
    assert "<b>材料：参展照片</b>：看不清展位号。" in text
    assert send(as_owner, exhibited).status_code == 302
    commerce_client = Client()
    commerce_client.force_login(commerce)
    desk = commerce_client.get(reverse("review:claim", args=[exhibited.number])).content.decode()
    assert "企业已补正：改动 1 处" in desk
    assert "1 处没有改动" in desk
    assert '<del class="diff">100,000.00</del>' in desk
    assert '<ins class="diff">90,000.00</ins>' in desk
    assert "没有改动：材料：参展照片" in desk


def test_nothing_changed_asks_for_words_and_goes_with_them(as_owner, exhibited):
    assert "没有改动" in read(as_owner, exhibited, "claim_check")
    answer = send(as_owner, exhibited)
    assert answer.status_code == 422
    assert "没有改动任何内容。请先返回修改，或者写明为什么不改。" in answer.content.decode()
    exhibited.refresh_from_db()
    assert exhibited.state == State.RETURNED
    assert send(as_owner, exhibited, explanation="照片没有问题。").status_code == 302
    exhibited.refresh_from_db()
    assert exhibited.state == State.COMMERCE_REVIEW


def test_words_to_the_reviewer_are_kept_on_the_way_back_to_the_form(as_owner, exhibited):
    as_owner.post(page_of(exhibited, "claim_check"), {"explanation": "照片稍后说明。", "action": "back"})
    as_owner.post(page_of(exhibited, "claim_autosave"), {"booth_cny": "90000"})
    assert "照片稍后说明。" in read(as_owner, exhibited, "claim_check")
    send(as_owner, exhibited, explanation="照片稍后说明。")
    exhibited.refresh_from_db()
    assert "explanation" not in exhibited.draft


def test_words_to_the_reviewer_outlive_the_session(client, owner, exhibited):
    answer = client.post(page_of(exhibited, "claim_check"), {"explanation": "照片没有问题。"})
    assert page_of(exhibited, "claim_check") in answer.headers["Location"]
    client.force_login(owner)
    assert "照片没有问题。" in read(client, exhibited, "claim_check")


def test_a_second_click_on_the_comparison_sends_once(as_owner, exhibited):
    as_owner.post(page_of(exhibited), {"booth_cny": "90000", "action": "submit"})
    shown = as_owner.get(page_of(exhibited, "claim_check")).context
    fields = {"token": shown["token"], "version": shown["version"], "statement": "on"}
    for _ in range(2):
        answer = as_owner.post(page_of(exhibited, "claim_check"), fields, follow=True)
    assert "这件申报已经提交" in answer.content.decode()
    assert Event.objects.filter(claim=exhibited, kind="claim.resubmitted").count() == 1


def test_a_row_taken_out_above_leaves_the_rows_below_unchanged(lent, commerce):
    claim = back(lent, commerce, {"loans": "请删去第一笔。"})
    what = declared(
        {"bank_fees_cny": "8000", "loans": LOANS[1:]},
        {**BANK_PARTICULARS, "loans": BANK_PARTICULARS["loans"][1:]},
    )
    (change,) = changes_of(claim, what)
    assert change.label == "贷款 1（删除）"
    assert "贷款本金 5,000,000.00" in change.old
    assert change.note == "请删去第一笔。"
    assert untouched(claim, [change]) == []


def test_rows_that_come_and_values_that_change_are_told_apart(lent, commerce):
    claim = back(lent, commerce, {"loans": "请核对。"})
    third = {"principal_cny": "1.00", "issued_on": "2025-05-01", "interest_paid_cny": "0.00"}
    rows = [{**LOANS[0], "interest_paid_cny": "150000.00"}, LOANS[1], third]
    beside = [*BANK_PARTICULARS["loans"], {"loan_number": "L3", "lender": "示例银行"}]
    found = changes_of(claim, declared({**BANK, "loans": rows}, {**BANK_PARTICULARS, "loans": beside}))
    assert [(change.label, change.difference) for change in found] == [
        ("贷款 1，当年实付利息", -10000),
        ("贷款 3（新增）", None),
    ]


def test_an_amount_written_in_another_way_is_no_change(exhibited):
    assert changes_of(exhibited, declared({"booth_cny": "100000", "freight_cny": "0"}, EXHIBITION)) == []


# --- Two pages at once -----------------------------------------------------------------------------------


def test_a_correction_saved_elsewhere_meanwhile_is_not_overwritten(exhibited, owner, colleague):
    seen = draft_version(exhibited)
    draft_save(claim_id=exhibited.pk, actor=colleague, draft={"facts": {"booth_cny": "1"}}, version=seen)
    with pytest.raises(Overtaken, match=f"同事{colleague.name}在"):
        draft_save(claim_id=exhibited.pk, actor=owner, draft={"facts": {"booth_cny": "2"}}, version=seen)
