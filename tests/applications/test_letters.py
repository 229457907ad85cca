"""Papers that an enterprise takes away: when they are issued, what they say, and whether they still count."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from accounts.roles import Role
from applications.claims import claim_submit
from applications.errors import Refused
from applications.letters.check import ALPHABET, check_code_read, check_code_shown, number_read
from applications.letters.form import preview_content
from applications.letters.issue import letter_issue
from applications.letters.pdf import letter_pdf, preview_pdf
from applications.letters.standing import letters_standing
from applications.letters.verify import letter_find
from applications.lifecycle import transition
from applications.models import Claim, Enterprise, Letter, YearSettings
from measures.money import grouped, in_words
from review.verification import value_verify
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

COSTS = {"booth_cny": "100000", "freight_cny": "20000.50"}


@pytest.fixture
def officers():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return {
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "commerce2": make_user("commerce2", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
    }


@pytest.fixture
def claim(firm, period):
    return make_claim(firm, "5.1", period, facts=COSTS, particulars=exhibition("示例哈尔滨展"))


def step(claim, action, who, **more):
    transition(claim_id=claim.pk, action=action, actor=who, at=NOW, **more)
    return settle_all(claim)


def approve(claim, officers):
    step(claim, "approve", officers["commerce"])
    return step(claim, "finance_approve", officers["finance"])


def resubmit(claim, facts=COSTS):
    what = declared(facts, exhibition("示例哈尔滨展"))
    claim_submit(claim_id=claim.pk, actor=owner_of(claim.enterprise), declared=what, at=NOW)
    return settle_all(claim)


def numbers(claim):
    return list(Letter.objects.filter(claim=claim).values_list("number", flat=True))


def standings(claim):
    """{the end of the number: (counts, words)}."""
    letters = Letter.objects.filter(claim=claim).select_related("claim", "event")
    return {each.letter.number[-2:]: (each.counts, each.text) for each in letters_standing(letters)}


def words(content):
    """The printed text without spaces and line breaks, which setting puts anywhere."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def printed(letter):
    return words(letter_pdf(letter))


def says(text, *wanted):
    missing = [each for each in wanted if "".join(str(each).split()) not in text]
    assert not missing, missing


# --- Issuing -------------------------------------------------------------------------------------


def test_a_submission_issues_an_application_form_in_its_own_transaction(claim):
    letter = Letter.objects.get()
    assert (letter.kind, letter.number) == ("application", f"{claim.number}-S1")
    assert (letter.event.kind, letter.issued_at) == ("claim.submitted", NOW)
    assert len(letter.check_code) == 12
    assert set(letter.check_code) <= set(ALPHABET)


def test_every_submission_after_a_return_gives_a_form_with_a_new_number_and_code(claim, officers):
    step(claim, "return", officers["commerce"], reason="展位费有误。")
    resubmit(claim, {"booth_cny": "90000"})
    assert numbers(claim) == [f"{claim.number}-S1", f"{claim.number}-S2"]
    first, second = Letter.objects.order_by("pk")
    assert first.check_code != second.check_code
    says(printed(second), "90,000.00", "补正后重新提交", "本次补正的改动", "100,000.00")


def test_an_approval_issues_a_letter_and_so_does_each_further_one(claim, officers):
    approve(claim, officers)
    step(claim, "recall", officers["finance"])
    step(claim, "finance_approve", officers["finance"])
    assert numbers(claim) == [f"{claim.number}-{mark}" for mark in ("S1", "J1", "J2")]


def test_what_is_refused_issues_nothing(claim, officers):
    with pytest.raises(Refused):
        transition(claim_id=claim.pk, action="finance_approve", actor=officers["finance"])
    with pytest.raises(Refused):
        transition(claim_id=claim.pk, action="reject", actor=officers["commerce"], reason=" ", data=UNMET)
    assert numbers(claim) == [f"{claim.number}-S1"]


def test_the_steps_between_issue_nothing(claim, officers):
    step(claim, "approve", officers["commerce"])
    step(claim, "send_back", officers["finance"], reason="请再核对。")
    assert numbers(claim) == [f"{claim.number}-S1"]


def test_a_letter_of_decision_costs_an_approval_few_queries(claim, officers):
    approve(claim, officers)
    letter = Letter.objects.select_related("event").get(kind="decision")
    locked = Claim.objects.select_related("enterprise", "period").get(pk=claim.pk)
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        pytest.raises(Exception, match="unique"),
    ):
        letter_issue(event=letter.event, claim=locked)
    # How many letters there are, the verified values, the account, the letter.
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) <= 4


# --- What they say -------------------------------------------------------------------------------


def test_the_form_says_who_declares_what_with_which_evidence(firm, claim):
    Enterprise.objects.filter(pk=firm.pk).update(name="改名后的示例公司")
    letter = Letter.objects.get()
    text = printed(letter)
    says(text, "示例甲公司", firm.credit_code, "哈尔滨市", "示例联系人", "没有")
    says(text, f"尾号 {firm.bank_accounts.get().number[-4:]}")
    says(text, claim.number, letter.number, "5.1 线下境外展会补贴", "黑政办规〔2022〕6号", "第五条")
    says(text, "示例哈尔滨展", "2025-09-16", "100,000.00", "20,000.50", "120,000.50", "壹拾贰万元零伍角")
    for use in claim.evidence.select_related("file"):
        says(text, use.file.name, use.file.sha256[:16])
    says(text, "以上内容真实、完整", "2026 年 3 月 2 日 10:00", "企业（盖章）", "法定代表人（签字）")
    says(text, check_code_shown(letter.check_code), "/verify/")
    assert "改名后" not in text
    assert firm.bank_accounts.get().number not in text


def test_the_form_gives_every_row_with_its_particulars_and_the_sum(firm, period):
    make_figures(firm, local_product_export_cny="60000000")
    loans = [
        {"principal_cny": "1000000", "issued_on": "2025-01-10", "interest_paid_cny": f"{number}000.10"}
        for number in (1, 2)
    ]
    beside = [{"loan_number": f"示例合同{number}", "lender": "示例银行"} for number in (1, 2)]
    claim = make_claim(
        firm, "4.2", period, facts={"bank_fees_cny": "500", "loans": loans}, particulars={"loans": beside}
    )
    text = printed(Letter.objects.get(claim=claim))
    says(
        text,
        "共 2 行",
        "示例合同1",
        "示例合同2",
        "1,000.10",
        "2,000.10",
        "3,000.20",
        "2,000,000.00",
        "500.00",
    )
    says(text, "所用官方数据", "60,000,000.00")


def test_a_decision_letter_agrees_with_the_claim_to_the_fen(firm, claim, officers):
    approve(claim, officers)
    assert claim.locked_cny == Decimal("84000.35")
    letter = Letter.objects.get(kind="decision")
    text = printed(letter)
    says(text, "示例甲公司：您于 2026 年 3 月 2 日申报的 2025 年度“5.1 线下境外展会补贴”", "决定批准")
    says(text, f"{grouped(claim.locked_cny)} 元", in_words(claim.locked_cny))
    for data in claim.steps:
        says(text, grouped(Decimal(data["amount"])))
    says(text, "第五条", "总额度不超过最高单项补贴上限", "省商务厅、省财政厅")
    says(text, f"尾号 {firm.bank_accounts.get().number[-4:]}")
    assert letter.content["public"]["amount_cny"] == str(claim.locked_cny)


def test_a_decision_letter_gives_each_cut_and_each_verified_value_with_its_reason(firm, period, officers):
    facts = {"booth_cny": "500000", "freight_cny": "100000"}
    claim = make_claim(firm, "5.1", period, facts=facts, particulars=exhibition(), other="50000")
    value_verify(
        claim_id=claim.pk,
        path="freight_cny",
        value="90000",
        reason="票面金额不含税。",
        actor=officers["commerce"],
    )
    settle_all(claim)
    approve(claim, officers)
    text = printed(Letter.objects.get(kind="decision"))
    says(text, "413,000.00", "-113,000.00", "-50,000.00", "250,000.00", "企业年度最高补贴30万元")
    says(text, "100,000.00", "90,000.00", "票面金额不含税。")


def test_an_approval_of_nothing_says_that_nothing_is_paid(firm, period, officers):
    claim = make_claim(firm, "5.1", period, facts=COSTS, particulars=exhibition(), other="900000")
    approve(claim, officers)
    says(printed(Letter.objects.get(kind="decision")), "0.00 元", "零元整", "无需公示和拨付")


def test_a_rejection_says_why_and_that_a_reconsideration_may_be_asked_for_once(claim, officers):
    step(claim, "reject", officers["commerce"], reason="发票抬头不是本企业。", data=UNMET)
    first = printed(Letter.objects.get(kind="decision"))
    says(first, "决定不予支持", "发票抬头不是本企业。", "可以在平台上申请一次复议", "省商务厅")
    assert "批准金额" not in first
    step(claim, "reconsider", owner_of(claim.enterprise), reason="抬头是本企业曾用名。")
    step(claim, "reject", officers["commerce2"], reason="曾用名没有登记。", data=UNMET)
    second = printed(Letter.objects.get(number=f"{claim.number}-J2"))
    says(second, "曾用名没有登记。", "复议后作出的决定", "只能申请一次复议")


def test_a_rejection_gives_what_the_rules_find_missing(firm, period, officers):
    claim = make_claim(firm, "1.1", period)
    step(claim, "reject", officers["commerce"], reason="没有海关统计数据。", data=UNMET)
    says(printed(Letter.objects.get(kind="decision")), "按规则核对的结果", "2025")


def test_a_city_run_item_is_decided_by_the_offices_of_its_city(firm, period, officers):
    claim = make_claim(firm, "5.4", period, facts={"credit_report_cny": "100"})
    city = make_user("city", role=Role.CITY_COMMERCE, city="2301")
    step(claim, "reject", city, reason="不属于资信调查。", data=UNMET)
    says(printed(Letter.objects.get(kind="decision")), "哈尔滨市商务局")


def test_a_paper_prints_the_same_bytes_whatever_has_changed_since(claim, officers):
    approve(claim, officers)
    before = [letter_pdf(letter) for letter in Letter.objects.all()]
    Enterprise.objects.update(name="改名后的示例公司", address="新址")
    claim.evidence.all().delete()
    assert [letter_pdf(letter) for letter in Letter.objects.all()] == before


# --- Whether they still count --------------------------------------------------------------------


def test_the_newest_form_counts_and_the_earlier_one_does_not(claim, officers):
    assert standings(claim) == {"S1": (True, "")}
    step(claim, "return", officers["commerce"], reason="展位费有误。")
    assert standings(claim)["S1"] == (True, "这件申报已退回企业补正，重新提交后以新的申请表为准。")
    resubmit(claim)
    assert standings(claim)["S1"] == (False, "企业其后补正并重新提交，以新的申请表为准。")
    assert standings(claim)["S2"] == (True, "")


def test_the_form_of_a_withdrawn_claim_does_not_count(claim):
    step(claim, "withdraw", owner_of(claim.enterprise))
    assert standings(claim)["S1"] == (False, "企业其后撤回了这件申报。")


@pytest.mark.parametrize(
    ("action", "who", "more", "text"),
    [
        ("recall", "finance", {}, "收回"),
        ("re_examine", "finance", {"reason": "公示前发现票据有误。"}, "退回重审"),
        ("unlock", None, {}, "重新计算"),
    ],
)
def test_an_approval_that_is_taken_back_does_not_count_and_the_next_one_does(
    claim, officers, action, who, more, text
):
    approve(claim, officers)
    assert standings(claim)["J1"] == (True, "")
    step(claim, action, officers.get(who), **more)
    assert standings(claim)["J1"][0] is False
    assert text in standings(claim)["J1"][1]
    if action != "recall":
        step(claim, "approve", officers["commerce"])
    step(claim, "finance_approve", officers["finance"])
    assert (standings(claim)["J1"][0], standings(claim)["J2"]) == (False, (True, ""))
    assert standings(claim)["S1"] == (True, "")


def test_a_rejection_ends_with_its_recall_or_with_a_reconsideration(claim, officers):
    step(claim, "reject", officers["commerce"], reason="不符合。", data=UNMET)
    step(claim, "recall", officers["commerce"])
    assert "收回" in standings(claim)["J1"][1]
    step(claim, "reject", officers["commerce"], reason="仍不符合。", data=UNMET)
    step(claim, "reconsider", owner_of(claim.enterprise), reason="请复议。")
    assert {mark: counts for mark, (counts, _) in standings(claim).items()} == {
        "S1": True,
        "J1": False,
        "J2": False,
    }
    assert "复议" in standings(claim)["J2"][1]


def test_a_lock_that_has_changed_is_told_beside_the_letter_that_still_counts(claim, officers):
    approve(claim, officers)
    Claim.objects.filter(pk=claim.pk).update(locked_cny="80000.00")
    assert standings(claim)["J1"] == (True, "批准后金额有调整，现在是 80,000.00 元。")


def test_the_standing_of_many_papers_is_one_question(claim, officers, django_assert_num_queries):
    approve(claim, officers)
    make_claim(make_firm("示例乙公司"), "5.1", claim.period, facts=COSTS, particulars=exhibition())
    letters = list(Letter.objects.select_related("claim", "event"))
    with django_assert_num_queries(1):
        assert len(letters_standing(letters)) == 3


# --- Numbers and codes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["3467-9ACD-EFGH", " 3467 9acd efgh ", "３４６７－９ａｃｄ—ｅｆｇｈ", "34679acdefgh"]
)
def test_a_code_may_be_typed_in_any_case_and_width(typed):
    assert check_code_read(typed) == "34679ACDEFGH"


@pytest.mark.parametrize("typed", ["2025-5.1-00214-s1", " 2025－5．1－00214－Ｓ1", "2025—5。1—00214—S1 "])
def test_a_number_may_be_typed_with_wide_signs(typed):
    assert number_read(typed) == "2025-5.1-00214-S1"


def test_a_paper_is_found_by_number_and_code_together_alone(claim):
    letter = Letter.objects.get()
    shown = check_code_shown(letter.check_code)
    assert letter_find(number=letter.number.lower(), code=shown.lower()) == letter
    other = letter.check_code[:-1] + ("A" if letter.check_code[-1] != "A" else "C")
    assert letter_find(number=letter.number, code=other) is None
    assert letter_find(number="2025-5.1-99999-S1", code=shown) is None
    assert letter_find(number="2025-5.1-99999-S1", code="-" * 12) is None
    assert letter_find(number="", code="") is None


def test_no_code_has_letters_that_look_alike():
    assert set(ALPHABET).isdisjoint("0O1IL2Z5S8BUV")


# --- Drafts --------------------------------------------------------------------------------------


def test_a_draft_is_printed_as_typed_and_says_that_it_is_one(firm, period):
    claim = make_claim(
        firm,
        "5.1",
        period,
        facts={"booth_cny": "12 万", "freight_cny": "2000"},
        particulars={"exhibition_name": "示例展", "invoices": [{"invoice_number": "N1"}]},
        submit=False,
    )
    text = words(preview_pdf(preview_content(claim)))
    says(text, "草稿，未提交", "12 万（待改正）", "2,000.00", "N1", "示例展", "还没有回答")
    assert "校验码" not in text.replace("带编号和校验码的申请表", "")
    assert not Letter.objects.exists()


def test_an_empty_draft_is_printed_too(firm, period):
    for item in ("5.1", "4.2", "2.1", "7.2", "1.1"):
        claim = make_claim(firm, item, period, submit=False)
        says(words(preview_pdf(preview_content(claim))), "草稿，未提交", claim.number)
