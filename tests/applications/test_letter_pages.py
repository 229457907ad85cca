"""Taking papers away in the portal, looking at a draft of the form, and the public page that checks a paper."""

from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.letters.check import check_code_shown
from applications.lifecycle import transition
from applications.models import Letter, YearSettings
from tests.factories import NOW, exhibition, make_claim, make_user, owner_of, settle_all

pytestmark = pytest.mark.django_db

COSTS = {"booth_cny": "100000"}
VERIFY = "/verify/"


@pytest.fixture
def claim(firm, period):
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_claim(firm, "5.1", period, facts=COSTS, particulars=exhibition())


@pytest.fixture
def finance():
    return make_user("finance", role=Role.FINANCE)


@pytest.fixture
def approved(claim, finance):
    for action, who in (("approve", make_user("commerce", role=Role.COMMERCE)), ("finance_approve", finance)):
        transition(claim_id=claim.pk, action=action, actor=who)
        settle_all(claim)
    return claim


def ask(client, letter, **changed):
    return client.get(VERIFY, {"number": letter.number, "code": letter.check_code, **changed})


# --- Taking away ---------------------------------------------------------------------------------


def test_a_paper_opens_in_the_browser_and_is_saved_under_a_chinese_name(as_owner, claim):
    letter = Letter.objects.get()
    answer = as_owner.get(reverse("portal:letter", args=[claim.number, letter.number]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert unquote(answer["Content-Disposition"]) == f"inline; filename*=utf-8''申请表 {letter.number}.pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_paper_is_not_found_under_another_claim(as_owner, firm, claim):
    other = make_claim(firm, "5.1", claim.period, facts=COSTS, particulars=exhibition("另一个展会"))
    number = Letter.objects.get(claim=claim).number
    assert as_owner.get(reverse("portal:letter", args=[other.number, number])).status_code == 404


def test_the_claims_page_lists_its_papers_and_whether_they_count(as_owner, approved, finance):
    page = as_owner.get(reverse("portal:claim", args=[approved.number])).content.decode()
    for mark in ("S1", "J1"):
        assert reverse("portal:letter", args=[approved.number, f"{approved.number}-{mark}"]) in page
    assert "已失效" not in page
    transition(claim_id=approved.pk, action="recall", actor=finance)
    page = as_owner.get(reverse("portal:claim", args=[approved.number])).content.decode()
    assert "已失效" in page
    assert "作出决定的部门其后收回了这个决定。" in page


def test_a_draft_can_be_printed_before_it_is_submitted_and_not_after(as_owner, firm, period):
    draft = make_claim(firm, "5.1", period, particulars=exhibition(), submit=False)
    address = reverse("portal:form_preview", args=[draft.number])
    assert address in as_owner.get(reverse("portal:claim", args=[draft.number])).content.decode()
    answer = as_owner.get(address)
    assert answer.content.startswith(b"%PDF-")
    assert unquote(answer["Content-Disposition"]).endswith(f"申请表草稿 {draft.number}.pdf")
    transition(claim_id=draft.pk, action="withdraw", actor=owner_of(firm))
    assert as_owner.get(address).status_code == 404


# --- Checking ------------------------------------------------------------------------------------


def test_the_empty_page_asks_for_number_and_code(client):
    page = client.get(VERIFY)
    assert page.status_code == 200
    assert "核验文书" in page.content.decode()
    assert "error-summary" not in page.content.decode()


def test_a_genuine_paper_is_shown_with_what_it_says_and_nothing_private(client, firm, approved):
    letter = Letter.objects.get(kind="decision")
    page = ask(client, letter, code=check_code_shown(letter.check_code).lower())
    text = page.content.decode()
    assert page.status_code == 200
    for wanted in (
        "现在仍然有效。",
        "办理结果通知书",
        letter.number,
        firm.name,
        "5.1 线下境外展会补贴",
        "2025 年",
        "批准",
        "70,000.00",
        "柒万元整",
        f"{timezone.localtime(letter.issued_at):%Y-%m-%d}",
    ):
        assert wanted in text, wanted
    account = firm.bank_accounts.get()
    for private in (account.number, account.number[-4:], account.bank, firm.contact_name, firm.contact_phone):
        assert private not in text, private


def test_the_form_is_shown_as_what_was_declared_and_without_an_amount(client, claim):
    text = ask(client, Letter.objects.get()).content.decode()
    assert "申请表是企业提交的申报内容，不是批准决定。" in text
    assert "批准金额" not in text


def test_a_paper_that_counts_no_longer_says_so_and_why(client, approved, finance):
    letter = Letter.objects.get(kind="decision")
    transition(claim_id=approved.pk, action="re_examine", actor=finance, reason="票据有误。")
    text = ask(client, letter).content.decode()
    assert "现在已经失效。" in text
    assert "退回重审" in text
    assert "票据有误" not in text


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(client, claim):
    letter = Letter.objects.get()
    other = "A" * 12 if letter.check_code != "A" * 12 else "C" * 12
    answers = [
        ask(client, letter, code=other),
        ask(client, letter, number="2025-5.1-99999-S1"),
        ask(client, letter, number="2025-5.1-99999-S1", code=other),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    texts = {answer.context["refusal"] for answer in answers}
    assert len(texts) == 1
    assert "没有找到编号和校验码都相符的文书" in texts.pop()
    assert all(claim.enterprise.name not in answer.content.decode() for answer in answers)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        ("", "", "请填写文书编号"),
        ("2025-5.1-00001-S1", " ", "请填写校验码"),
        ("2025-5.1-00001-S1", "3467-9ACD", "校验码是 12 位，您填了 8 位"),
        ("\x00", "3467-9ACD-EFGH", "请填写文书编号"),
        ("9" * 61, "3467-9ACD-EFGH", "60"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field_and_kept(client, number, code, word):
    page = client.get(VERIFY, {"number": number, "code": code})
    assert page.status_code == 422
    assert word in page.content.decode()
    assert page.context["form"]["code"].value() == code


def test_too_many_questions_from_one_address_wait_an_hour(client, claim, settings):
    settings.VERIFY_TRIES = 2
    letter = Letter.objects.get()
    assert [ask(client, letter, code="A" * 12).status_code for _ in range(2)] == [404, 404]
    late = ask(client, letter)
    assert late.status_code == 429
    assert "请过一小时再试" in late.content.decode()
    assert letter.number in late.content.decode()


def test_the_address_on_the_paper_leads_to_the_answer(client, claim):
    letter = Letter.objects.get()
    assert letter.content["verify_at"].endswith(VERIFY)
    assert ask(client, letter, code=check_code_shown(letter.check_code)).context["letter"] == letter


def test_every_page_leads_to_the_check(client, db):
    assert reverse("portal:verify") in client.get("/").content.decode()
