"""Correcting a returned claim: what is open, what stays whatever is sent, and the comparison before it is sent again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from applications.changes import changes_of, untouched
from applications.claims import Overtaken, claim_submit, draft_save, draft_version
from applications.correction import PASSES_NO_MORE, STILL_MISSING, WITH_DAY, WITH_SUPPORT, opened_of
from applications.errors import Refused
from applications.evidence import document_of, evidence_add, evidence_remove
from applications.lifecycle import claim_token, transition
from applications.models import Claim, ClaimEvidence, Event, State, TradeFigures, VerifiedValue
from applications.official_changes import official_save
from applications.places import places_of
from applications.refiling import claim_refile
from measures import registry
from tests.factories import (
    NOW,
    declared,
    make_claim,
    make_figures,
    make_file,
    make_period,
    make_user,
    owner_of,
)

pytestmark = pytest.mark.django_db

MONEY_ITEMS = [item for item in registry.ITEMS.values() if not item.support]
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


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE)


def back(claim, commerce, fields=None, reason="请补正。"):
    """The claim, returned with words at places."""
    transition(
        claim_id=claim.pk, action="return", actor=commerce, reason=reason, data={"fields": fields or {}}
    )
    claim.refresh_from_db()
    return claim


@pytest.fixture
def exhibited(firm, period, commerce):
    """A claim of 5.1 that was returned about the booth and the photos."""
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100000.00"}, particulars=EXHIBITION)
    return back(claim, commerce, {"booth_cny": "押金不属于展位费。", "ev-photos": "看不清展位号。"})


@pytest.fixture
def lent(firm, period):
    """A submitted claim of 4.2 with two loans."""
    make_figures(firm, local_product_export_cny="90000000.00")
    return make_claim(firm, "4.2", period, facts=BANK, particulars=BANK_PARTICULARS)


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


# --- What is open ----------------------------------------------------------------------------------


def test_a_draft_is_open_as_a_whole(firm, period):
    assert opened_of(make_claim(firm, "5.1", period, submit=False)).is_whole


def test_only_what_the_reviewer_named_is_open(exhibited):
    opened = opened_of(exhibited)
    assert opened.places == {"booth_cny", "ev-photos"}
    assert opened.document("photos")
    assert not opened.document("invoices")
    assert not opened.table("invoices")


def test_words_alone_open_everything_but_what_the_claim_is_about(firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    opened = opened_of(back(claim, commerce))
    assert opened.everything
    assert opened.at("organiser")
    assert opened.document("photos")
    assert not opened.at("exhibition_name")
    assert not opened.at("starts_on")


def test_what_the_claim_is_about_is_open_where_the_reviewer_named_it(firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    opened = opened_of(back(claim, commerce, {"exhibition_name": "名称与合同不符。"}))
    assert opened.at("exhibition_name")
    assert not opened.at("starts_on")


def test_days_that_are_compared_open_together_and_say_why(firm, period, commerce, lent):
    opened = opened_of(back(lent, commerce, {"loans[1].repaid_on": "与凭证不符。"}))
    assert opened.along == {"loans[1].issued_on": WITH_DAY}
    assert not opened.cell("loans", 0, "issued_on")


def test_other_support_opens_with_its_answer_amount_and_document(exhibited, commerce, firm, period):
    claim = make_claim(firm, "1.1", period)
    opened = opened_of(back(claim, commerce, {"other_support_cny": "请上传批复。"}))
    assert opened.along == {"ev-other_support": WITH_SUPPORT}
    assert opened.document("other_support")


def test_what_a_submission_would_find_missing_is_open_too(firm, period, commerce):
    sparse = {key: value for key, value in EXHIBITION.items() if key != "organiser"}
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=sparse)
    claim.evidence.filter(document="travel_records").delete()
    opened = opened_of(back(claim, commerce, {"booth_cny": "请核对。"}))
    assert opened.along["organiser"] == STILL_MISSING
    assert opened.document("travel_records")


def test_what_the_form_takes_no_more_is_open_too_so_that_nothing_is_a_dead_end(lent, exhibited, commerce):
    returned = back(lent, commerce, {"bank_fees_cny": "请核对。"})
    returned.facts["loans"][1]["issued_on"] = "前年"
    opened = opened_of(returned)
    assert opened.along["loans[1].issued_on"] == PASSES_NO_MORE
    assert not opened.cell("loans", 0, "issued_on")
    exhibited.particulars |= {"country": "ZZ", "organiser": "会" * 121}
    exhibited.particulars["invoices"][1]["amount_cny"] = "-1"
    opened = opened_of(exhibited)
    assert {place for place, why in opened.along.items() if why == PASSES_NO_MORE} == {
        "country",
        "organiser",
        "invoices",
    }


@pytest.mark.parametrize("place", ["*", "ev-*", "loans", "invoices"])
def test_the_office_can_open_a_whole_table_every_document_and_everything(lent, commerce, place):
    if place not in places_of(lent):
        assert place == "invoices"
        place = "declarations"
    opened = opened_of(back(lent, commerce, {place: "请全部核对。"}))
    assert {
        "*": opened.everything,
        "ev-*": all(opened.document(each.code) for each in lent.rule.evidence),
        "loans": opened.table("loans") and not opened.table("declarations"),
        "declarations": opened.table("declarations") and not opened.table("loans"),
    }[place]


@pytest.mark.parametrize("item", MONEY_ITEMS, ids=lambda item: item.code)
def test_nothing_but_the_named_fields_says_what_a_claim_is_about(item):
    def some(fields, word):
        return {each.name: f"{word} {each.name}" for each in fields}

    facts, particulars = some(item.facts, "甲"), some(item.particulars, "甲")
    before = item.subject(facts, particulars)
    for each in (*item.facts, *item.particulars):
        changed = (facts | {each.name: "乙"}) if each in item.facts else facts
        beside = (particulars | {each.name: "乙"}) if each in item.particulars else particulars
        assert (item.subject(changed, beside) != before) == (each.name in item.subject_fields)


# --- What stays, whatever is sent --------------------------------------------------------------------


def test_the_page_has_inputs_for_what_is_open_alone(as_owner, exhibited):
    text = read(as_owner, exhibited)
    assert 'name="booth_cny"' in text
    assert "审核意见：押金不属于展位费。" in text
    assert "审核意见：看不清展位号。" in text
    for closed in (
        "organiser",
        "exhibition_name",
        "other_support",
        "invoices-0-amount_cny",
        "evidence-invoices",
    ):
        assert f'name="{closed}"' not in text
    for shown in ("示例主办单位", "没有退回，不能更改", "100,000.00 元"):
        assert shown in text
    assert '<a href="#id_booth_cny">展位费</a>' in text
    assert '<a href="#ev-photos">材料：参展照片</a>' in text


def test_where_everything_is_open_the_page_says_so(as_owner, firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    text = read(as_owner, back(claim, commerce))
    assert "审核没有指明具体项目，整份申报都可以修改。" in text
    assert "只有展会名称、展期第一天不能改" in text
    assert 'name="organiser"' in text
    assert 'name="exhibition_name"' not in text


TAMPERED = {
    "booth_cny": "90000",
    "freight_cny": "7",
    "organiser": "别的单位",
    "exhibition_name": "别的展会",
    "other_support": "yes",
    "other_support_cny": "5",
    "invoices-TOTAL_FORMS": "1",
    "invoices-INITIAL_FORMS": "0",
    "invoices-0-invoice_number": "别的",
}


@pytest.mark.parametrize("address", ["claim_edit", "claim_autosave"])
def test_what_is_closed_stays_whatever_is_posted(as_owner, exhibited, address):
    as_owner.post(page_of(exhibited, address), TAMPERED)
    exhibited.refresh_from_db()
    assert exhibited.draft["facts"] == {"booth_cny": "90000"}
    assert exhibited.draft["particulars"] == EXHIBITION
    assert exhibited.draft["other_support"] == {"answer": "no", "amount": ""}
    send(as_owner, exhibited)
    exhibited.refresh_from_db()
    assert exhibited.state == State.COMMERCE_REVIEW
    assert exhibited.facts == {"booth_cny": "90000.00"}
    assert exhibited.particulars == EXHIBITION
    assert exhibited.other_support_cny == 0


def test_the_estimate_takes_no_notice_of_closed_fields(as_owner, exhibited):
    answer = as_owner.post(page_of(exhibited, "claim_estimate"), TAMPERED)
    assert answer.context["expected"]["amount"] == 63000


def test_what_is_closed_stays_for_callers_without_a_form(exhibited, owner):
    what = declared(
        {"booth_cny": "90000.00", "freight_cny": "7.00"}, {**EXHIBITION, "organiser": "别的"}, "5"
    )
    claim = claim_submit(claim_id=exhibited.pk, actor=owner, declared=what)
    assert claim.facts == {"booth_cny": "90000.00"}
    assert claim.particulars == EXHIBITION
    assert claim.other_support_cny == 0


@pytest.mark.parametrize("button", [{"add_row": "invoices"}, {"remove_row": "invoices-0"}])
def test_rows_of_a_closed_table_neither_come_nor_go(as_owner, exhibited, button):
    as_owner.post(page_of(exhibited), {"booth_cny": "1", **button})
    exhibited.refresh_from_db()
    assert exhibited.draft["particulars"]["invoices"] == EXHIBITION["invoices"]


def test_one_value_of_a_row_is_open_and_the_rows_stay(as_owner, lent, commerce):
    claim = back(lent, commerce, {"loans[1].interest_paid_cny": "按回单填写。"})
    text = read(as_owner, claim)
    assert 'name="loans-1-interest_paid_cny"' in text
    for closed in ("loans-0-interest_paid_cny", "loans-1-principal_cny", "add_row", "remove_row"):
        assert f'name="{closed}"' not in text
    posted = {
        "loans-TOTAL_FORMS": "1",
        "loans-INITIAL_FORMS": "0",
        "loans-0-interest_paid_cny": "1",
        "loans-1-interest_paid_cny": "18000",
        "loans-1-principal_cny": "9",
    }
    as_owner.post(page_of(claim), {**posted, "loans-TOTAL_FORMS": "2"})
    claim.refresh_from_db()
    rows = claim.draft["facts"]["loans"]
    assert [row["interest_paid_cny"] for row in rows] == ["160000.00", "18000"]
    assert rows[1]["principal_cny"] == "2000000.00"
    as_owner.post(page_of(claim), posted)
    claim.refresh_from_db()
    assert len(claim.draft["facts"]["loans"]) == 2


def test_a_row_that_must_stay_cannot_be_emptied(as_owner, lent, commerce):
    open_all = {f"loans[0].{name}": "请核对。" for name in ("issued_on", "loan_number")}
    claim = back(lent, commerce, open_all)
    posted = {"loans-TOTAL_FORMS": "2", "loans-INITIAL_FORMS": "0", "action": "submit"}
    answer = as_owner.post(page_of(claim), posted)
    assert answer.status_code == 422
    assert "贷款 1，发放日期：请填写这一项。" in answer.content.decode()


def test_files_of_closed_documents_neither_come_nor_go(as_owner, exhibited, firm, owner):
    closed, opened = (document_of(exhibited.rule, code) for code in ("invoices", "photos"))
    use = exhibited.evidence.get(document="invoices")
    with pytest.raises(Refused, match="这项材料没有退回"):
        evidence_add(claim=exhibited, document=closed, file=make_file(firm), actor=owner)
    with pytest.raises(Refused, match="这项材料没有退回"):
        evidence_remove(claim=exhibited, evidence_id=use.pk, actor=owner)
    as_owner.post(reverse("portal:evidence_remove", args=[exhibited.number, use.pk]))
    use.refresh_from_db()
    assert use.removed_at is None
    evidence_add(claim=exhibited, document=opened, file=make_file(firm), actor=owner)
    assert exhibited.evidence.filter(document="photos", removed_at=None).count() == 3


def test_a_file_that_was_short_can_be_replaced_after_it_has_come(firm, owner, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    claim.evidence.filter(document="travel_records").delete()
    back(claim, commerce, {"booth_cny": "请核对。"})
    document = document_of(claim.rule, "travel_records")
    use = evidence_add(claim=claim, document=document, file=make_file(firm), actor=owner)
    evidence_remove(claim=claim, evidence_id=use.pk, actor=owner)


def test_the_draft_begins_as_what_was_last_submitted(as_owner, exhibited, commerce, owner):
    Claim.objects.filter(pk=exhibited.pk).update(draft={"facts": {"booth_cny": "77"}}, draft_saved_at=None)
    assert 'value="100000.00"' in read(as_owner, exhibited)


def test_what_was_typed_stays_when_the_return_is_taken_back_and_made_anew(as_owner, exhibited, commerce):
    as_owner.post(page_of(exhibited, "claim_autosave"), {"booth_cny": "88000"})
    transition(claim_id=exhibited.pk, action="recall", actor=commerce)
    exhibited.refresh_from_db()
    text = read(as_owner, back(exhibited, commerce, {"booth_cny": "请核对。", "organiser": "请填全称。"}))
    assert 'value="88000"' in text
    assert 'value="示例主办单位"' in text


def test_a_verified_value_of_what_was_not_changed_stays_in_force(exhibited, owner, commerce):
    value = VerifiedValue.objects.create(
        claim=exhibited, path="booth_cny", declared="100000.00", value="90000.00", reason="押金。",
        entered_by=commerce, entered_at=NOW,
    )  # fmt: skip
    claim_submit(claim_id=exhibited.pk, actor=owner, declared=declared({"booth_cny": "100000"}, EXHIBITION))
    value.refresh_from_db()
    assert value.lapsed_at is None


def test_what_a_claim_is_about_stays_though_it_has_left_the_register(as_owner, firm, period, commerce):
    claim = make_claim(firm, "3.4", period, facts={"warehouse": "W9"})
    back(claim, commerce)
    as_owner.post(page_of(claim), {"warehouse": "", "other_support": "no", "action": "submit"})
    assert send(as_owner, claim, explanation="没有变化。").status_code == 302
    claim.refresh_from_db()
    assert claim.facts == {"warehouse": "W9"}


def test_figures_that_changed_meanwhile_are_told(as_owner, firm, period, commerce, lent):
    claim = back(lent, commerce, {"bank_fees_cny": "请核对。"})
    row = TradeFigures.objects.get(credit_code=firm.credit_code, year=2025)
    row.local_product_export_cny = "80000000"
    official_save(row, actor=commerce)
    words = "2025 年地产品出口额由 90,000,000.00 元 变为 80,000,000.00 元"
    assert words in read(as_owner, claim)


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


# --- Withdrawing and filing anew -----------------------------------------------------------------------


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


# --- Two pages at once -----------------------------------------------------------------------------------


def test_a_correction_saved_elsewhere_meanwhile_is_not_overwritten(exhibited, owner, colleague):
    seen = draft_version(exhibited)
    draft_save(claim_id=exhibited.pk, actor=colleague, draft={"facts": {"booth_cny": "1"}}, version=seen)
    with pytest.raises(Overtaken, match=f"同事{colleague.name}在"):
        draft_save(claim_id=exhibited.pk, actor=owner, draft={"facts": {"booth_cny": "2"}}, version=seen)


# --- Anything at all -------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        "booth_cny", "travellers", "starts_on", "ends_on", "country", "organiser", "other_support",
        "other_support_cny", "bank_fees_cny", "loans-TOTAL_FORMS", "loans-INITIAL_FORMS", "invoices-TOTAL_FORMS",
        "invoices-INITIAL_FORMS", "invoices-0-amount_cny", "invoices-0-cost", "loans-0-issued_on",
        "loans-0-principal_cny", "loans-1-repaid_on", "add_row", "remove_row", "action", "version", "page",
        "take_over", "token", "explanation", "statement",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "submit", "leave", "send", "back", "yes", "no", "on", "-1", "2.61万", "1e999", "NaN", "９９", "2025-02-30",
         "loans", "loans-0", "invoices", "invoices-0", "999999999999999", "JP", "\x00", "0001-01-01"]
    ),
)  # fmt: skip
POSTED = st.dictionaries(NAMES, VALUES, max_size=12)


@pytest.fixture
def open_claims(firm, period, commerce):
    """A draft, a claim of which a table is open, and one that is open as a whole."""
    make_figures(firm, local_product_export_cny="90000000.00")
    lent = make_claim(firm, "4.2", period, facts=BANK, particulars=BANK_PARTICULARS)
    shown = make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    return [
        make_claim(firm, "5.1", period, submit=False),
        back(lent, commerce, {"loans": "请核对。", "bank_fees_cny": "请核对。"}),
        back(shown, commerce),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
@given(posted=POSTED, which=st.sampled_from([0, 1, 2]))
def test_whatever_is_posted_is_answered_with_a_page_that_shows_what_was_kept(
    as_owner, open_claims, posted, which
):
    claim = open_claims[which]
    with transaction.atomic():
        for name in ("claim_edit", "claim_autosave", "claim_estimate", "claim_check"):
            answer = as_owner.post(page_of(claim, name), posted)
            assert answer.status_code in (200, 302, 409, 422), (name, answer.status_code)
        text = read(as_owner, claim)
        claim.refresh_from_db()
        kept = claim.draft.get("facts", {}).get("booth_cny", "")
        assert escape(kept) in text
        transaction.set_rollback(True)
