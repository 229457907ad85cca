"""Filing through the portal's views: drafts, submission, stale pages, other people's claims."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.claims import claim_submit, draft_open
from applications.errors import Refused
from applications.lifecycle import claim_token, transition
from applications.models import Claim, ClaimEvidence, Event, State
from applications.portal import unsaved
from measures import registry
from tests.factories import (
    NOW,
    declared,
    exhibition,
    give_evidence,
    make_claim,
    make_file,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

MONEY_ITEMS = [code for code, item in registry.ITEMS.items() if not item.support]
EXHIBITION_FORM = {
    "exhibition_name": "示例展会",
    "country": "JP",
    "starts_on": "2025-09-16",
    "ends_on": "2025-09-19",
    "organiser": "示例主办单位",
    "travellers": "2",
    "booth_cny": "100,000",
    "invoices-TOTAL_FORMS": "1",
    "invoices-INITIAL_FORMS": "0",
    "invoices-0-invoice_number": "12345678",
    "invoices-0-cost": "booth_cny",
    "invoices-0-amount_cny": "100000",
    "invoices-0-paid_on": "2025-08-01",
    "other_support": "no",
}


@pytest.fixture
def draft(firm, period):
    """A draft of 5.1 with all its evidence."""
    return make_claim(firm, "5.1", period, submit=False)


def page_of(claim, name="claim_edit"):
    return reverse(f"portal:{name}", args=[claim.number])


def submission(claim, **changes):
    return {**EXHIBITION_FORM, "token": claim_token(claim), "action": "submit", **changes}


def send(client, claim, **changes):
    """Presses the button of the last page, which has been opened before."""
    shown = client.get(page_of(claim, "claim_check")).context
    fields = {"token": shown["token"], "version": shown["version"], "statement": "on", "action": "send"}
    return client.post(page_of(claim, "claim_check"), {**fields, **changes})


def file_whole(client, claim, **changes):
    """From the form over the last page to the office."""
    answer = client.post(page_of(claim), submission(claim, **changes))
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["Location"] == page_of(claim, "claim_check")
    return send(client, claim)


# --- Opening -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", MONEY_ITEMS)
def test_every_item_opens_a_draft_with_its_form(as_owner, firm, period, code):
    answer = as_owner.post(reverse("portal:claim_new", args=[code]), {"period": period.pk}, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    rule = registry.item(code)
    assert Claim.objects.get(enterprise=firm, item=code).state == State.DRAFT
    assert all(field.label in text for field in (*rule.facts, *rule.particulars))
    assert all(document.label in text for document in rule.evidence)


def test_a_second_draft_for_the_same_opens_the_first(as_owner, firm, period):
    for _ in range(2):
        as_owner.post(reverse("portal:claim_new", args=["5.1"]), {"period": period.pk})
    assert Claim.objects.filter(enterprise=firm).count() == 1


def test_a_period_that_is_not_open_opens_nothing(as_owner, firm):
    closed = make_period(2020)
    answer = as_owner.post(reverse("portal:claim_new", args=["5.1"]), {"period": closed.pk})
    assert answer.status_code == 409
    assert not Claim.objects.filter(enterprise=firm).exists()


def test_asking_for_a_draft_by_address_offers_the_periods_and_opens_none(as_owner, firm, period):
    answer = as_owner.get(reverse("portal:claim_new", args=["5.1"]))
    assert period.title in answer.content.decode()
    assert not Claim.objects.filter(enterprise=firm).exists()


@pytest.mark.parametrize("code", ["8.1", "9.9"])
def test_what_pays_no_money_is_not_filed_here(as_owner, code):
    assert as_owner.get(reverse("portal:claim_new", args=[code])).status_code == 404


# --- Drafts --------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_wrong_or_right(as_owner, draft):
    as_owner.post(page_of(draft), {**EXHIBITION_FORM, "booth_cny": "2.61万", "action": "leave"})
    text = as_owner.get(page_of(draft)).content.decode()
    assert 'value="2.61万"' in text
    assert "2.61 万元请填 26100。" in text
    assert 'value="12345678"' in text


def test_the_draft_saves_itself(as_owner, draft):
    answer = as_owner.post(page_of(draft, "claim_autosave"), {"booth_cny": "5"})
    assert list(answer.json()) == ["saved_at", "version"]
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "5"


def test_saving_a_submitted_claim_is_refused_with_a_sentence(as_owner, draft):
    file_whole(as_owner, draft)
    answer = as_owner.post(page_of(draft, "claim_autosave"), {"booth_cny": "5"})
    assert answer.status_code == 409
    assert answer.json() == {"message": "这件申报现在是“商务审核”，不能修改。"}


def test_rows_come_and_go_without_scripts(as_owner, draft):
    two = {**EXHIBITION_FORM, "invoices-TOTAL_FORMS": "2", "invoices-1-invoice_number": "22222222"}
    as_owner.post(page_of(draft), {**two, "add_row": "invoices"})
    draft.refresh_from_db()
    assert [row.get("invoice_number", "") for row in draft.draft["particulars"]["invoices"]] == [
        "12345678",
        "22222222",
        "",
    ]
    as_owner.post(page_of(draft), {**two, "remove_row": "invoices-0"})
    draft.refresh_from_db()
    assert [row["invoice_number"] for row in draft.draft["particulars"]["invoices"]] == ["22222222"]


def test_what_was_sent_after_the_session_ended_is_kept_until_the_next_sign_in(client, owner, draft):
    answer = client.post(page_of(draft), {**EXHIBITION_FORM, "booth_cny": "77", "action": "submit"})
    assert answer.status_code == 302
    assert page_of(draft) in answer.headers["Location"]
    client.force_login(owner)
    text = client.get(page_of(draft)).content.decode()
    assert 'value="77"' in text
    assert "登录曾经过期" in text
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_stranger_does_not_learn_which_claims_there_are(draft):
    there, missing = (
        Client().post(f"/claims/{number}/edit/", EXHIBITION_FORM)
        for number in (draft.number, "2025-5.1-99999")
    )
    assert missing.status_code == there.status_code == 302
    assert missing.cookies.keys() == there.cookies.keys()


def test_a_stranger_leaves_no_end_of_forms_with_us(client, draft, monkeypatch):
    monkeypatch.setattr(unsaved, "MOST_AN_HOUR", 1)
    kept = ["sessionid" in Client().post(page_of(draft), EXHIBITION_FORM).cookies for _ in range(3)]
    assert kept == [True, False, False]


@pytest.mark.parametrize("row", ["invoices-²", "invoices-" + "9" * 5000, "invoices", "-"])
def test_a_row_that_is_none_is_taken_out_of_nothing(as_owner, draft, row):
    assert as_owner.post(page_of(draft), {**EXHIBITION_FORM, "remove_row": row}).status_code == 302
    draft.refresh_from_db()
    assert len(draft.draft["particulars"]["invoices"]) == 1


# --- Two clerks in one draft -----------------------------------------------------------------------


def version_of(client, draft):
    """The version that a page carries when it is opened."""
    return client.get(page_of(draft)).context["version"]


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(
    as_owner, colleague, draft
):
    seen = version_of(as_owner, draft)
    other = Client()
    other.force_login(colleague)
    other.post(page_of(draft, "claim_autosave"), {"booth_cny": "200", "version": version_of(other, draft)})
    for address in ("claim_autosave", "claim_edit"):
        answer = as_owner.post(
            page_of(draft, address), {"booth_cny": "5", "version": seen, "action": "submit"}
        )
        assert answer.status_code == 409
        said = answer.json()["message"] if address == "claim_autosave" else answer.content.decode()
        assert f"同事{colleague.name}在 " in said
        assert "保存过这份草稿，您刚才填的内容还在本页，没有保存。" in said
    assert 'value="5"' in said
    assert "处需要处理" not in said
    assert answer.context["version"] == seen  # sent again it is refused again
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "200"
    seen = version_of(as_owner, draft)
    saved = as_owner.post(page_of(draft, "claim_autosave"), {"booth_cny": "6", "version": seen})
    assert saved.json()["version"] == version_of(as_owner, draft) != seen


def test_one_pages_own_saves_may_arrive_in_any_order(as_owner, draft):
    shown = as_owner.get(page_of(draft)).context
    seen = {"version": shown["version"], "page": shown["page"]}
    for amount in ("1", "2"):
        answer = as_owner.post(page_of(draft, "claim_autosave"), {"booth_cny": amount, **seen})
        assert answer.status_code == 200


def test_a_second_tab_of_the_same_clerk_overwrites_nothing_unseen(as_owner, draft):
    first, second = (as_owner.get(page_of(draft)).context for _ in range(2))
    as_owner.post(
        page_of(draft, "claim_autosave"),
        {**EXHIBITION_FORM, "booth_cny": "200", "version": first["version"], "page": first["page"]},
    )
    mine = {**EXHIBITION_FORM, "booth_cny": "5", "organiser": "另一个单位", "page": second["page"]}
    answer = as_owner.post(page_of(draft), {**mine, "version": second["version"], "action": "leave"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "您从另一个页面在 " in text
    lines = {line.label: (line.old, line.new) for line in answer.context["conflict"]["lines"]}
    assert lines == {"展位费": ("200.00", "5.00"), "主办单位": ("示例主办单位", "另一个单位")}
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "200"
    again = {**mine, "version": second["version"], "take_over": answer.context["conflict"]["version"]}
    assert as_owner.post(page_of(draft), again).status_code == 302
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "5"


@pytest.mark.parametrize("typed", ["NaN", "sNaN", "Infinity", "-1e9999999", "1e99"])
def test_what_is_no_sum_is_set_beside_the_saved_one_as_it_was_typed(as_owner, draft, typed):
    first, second = (as_owner.get(page_of(draft)).context for _ in range(2))
    as_owner.post(
        page_of(draft, "claim_autosave"),
        {**EXHIBITION_FORM, "booth_cny": "200", "version": first["version"], "page": first["page"]},
    )
    mine = {**EXHIBITION_FORM, "booth_cny": typed, "version": second["version"], "page": second["page"]}
    answer = as_owner.post(page_of(draft), mine)
    assert answer.status_code == 409
    lines = {line.label: (line.old, line.new) for line in answer.context["conflict"]["lines"]}
    assert lines == {"展位费": ("200.00", typed)}


def test_what_was_sent_after_the_session_ended_overwrites_no_colleague(client, owner, colleague, draft):
    client.post(page_of(draft), {**EXHIBITION_FORM, "booth_cny": "77", "version": ""})
    other = Client()
    other.force_login(colleague)
    other.post(page_of(draft, "claim_autosave"), {"booth_cny": "200"})
    client.force_login(owner)
    answer = client.get(page_of(draft))
    assert answer.status_code == 409
    assert f"同事{colleague.name}在 " in answer.content.decode()
    assert 'value="77"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "200"


def test_a_file_given_without_scripts_saves_nothing_over_a_colleague(as_owner, colleague, draft):
    seen = version_of(as_owner, draft)
    other = Client()
    other.force_login(colleague)
    other.post(page_of(draft, "claim_autosave"), {"booth_cny": "200", "version": seen})
    used = draft.evidence.filter(removed_at=None).first()
    address = reverse("portal:evidence_remove", args=[draft.number, used.pk])
    answer = as_owner.post(address, {"booth_cny": "5", "version": seen})
    assert answer.status_code == 409
    assert f"同事{colleague.name}在 " in answer.content.decode()
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "200"


def test_what_a_stranger_left_in_the_session_changes_nobody_elses_claim(client, draft):
    client.post(page_of(draft), {**EXHIBITION_FORM, "booth_cny": "77"})
    client.force_login(owner_of(make_firm("示例乙公司")))
    assert client.get(page_of(draft)).status_code == 404
    draft.refresh_from_db()
    assert "77" not in str(draft.draft)


# --- Submitting ----------------------------------------------------------------------------------


def test_a_complete_form_is_submitted_once_with_its_facts(as_owner, draft):
    answer = file_whole(as_owner, draft)
    assert answer.status_code == 302, answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == State.COMMERCE_REVIEW
    assert draft.facts == {"booth_cny": "100000.00"}
    assert draft.subject == "示例展会|2025-09-16"
    assert Event.objects.filter(claim=draft, kind="claim.submitted").count() == 1


def test_a_second_click_finds_the_claim_submitted(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft))
    shown = as_owner.get(page_of(draft, "claim_check")).context
    fields = {"token": shown["token"], "version": shown["version"], "statement": "on"}
    for _ in range(2):
        answer = as_owner.post(page_of(draft, "claim_check"), fields, follow=True)
    assert "这件申报已经提交" in answer.content.decode()
    assert Event.objects.filter(claim=draft, kind="claim.submitted").count() == 1


def test_a_stale_page_submits_nothing_and_loses_nothing(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft))
    answer = send(as_owner, draft, token="0" * 16)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "这一页已经过时" in text
    assert "12345678" in text
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_what_changed_after_it_was_looked_over_is_looked_over_again(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft))
    seen = as_owner.get(page_of(draft, "claim_check")).context["version"]
    as_owner.post(page_of(draft, "claim_autosave"), {**EXHIBITION_FORM, "booth_cny": "1,000,000"})
    answer = send(as_owner, draft, version=seen)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "您核对以后，草稿又有改动" in text
    assert "1,000,000.00 元" in text
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_the_last_page_shows_all_that_is_declared_in_figures_and_in_words(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft))
    text = as_owner.get(page_of(draft, "claim_check")).content.decode()
    for words in (
        "提交前核对",
        "示例展会",
        "日本",
        "2 人",
        "100,000.00 元",
        "10 万元，壹拾万元整",
        "12345678",
        "70,000.00",
        "参展照片：示例材料.pdf",
        "没有",
    ):
        assert words in text


def test_the_last_page_of_a_form_with_gaps_is_the_form_that_names_them(as_owner, draft):
    as_owner.post(page_of(draft, "claim_autosave"), {**EXHIBITION_FORM, "organiser": ""})
    answer = as_owner.get(page_of(draft, "claim_check"))
    assert answer.status_code == 422
    assert 'href="#id_organiser"' in answer.content.decode()


def test_errors_stand_in_a_summary_and_at_their_fields(as_owner, draft):
    answer = as_owner.post(page_of(draft), submission(draft, booth_cny="两千", organiser=""))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "还有 2 处需要处理，才能提交" in text
    assert 'href="#id_booth_cny"' in text
    assert 'id="id_booth_cny_error"' in text
    assert 'href="#id_organiser"' in text
    assert 'value="两千"' in text


def test_errors_of_rows_say_which_row(as_owner, draft):
    answer = as_owner.post(page_of(draft), submission(draft, **{"invoices-0-amount_cny": "x"}))
    assert "发票 1，票面金额" in answer.content.decode()


def test_missing_evidence_is_named_and_linked(as_owner, draft):
    draft.evidence.filter(document="photos").update(removed_at=timezone.now())
    text = as_owner.post(page_of(draft), submission(draft)).content.decode()
    assert 'href="#ev-photos">参展照片：还缺 2 个文件' in text
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_support_from_another_policy_must_be_proved(as_owner, draft):
    answer = as_owner.post(page_of(draft), submission(draft, other_support="yes", other_support_cny="500"))
    assert answer.status_code == 422
    assert 'href="#ev-other_support">其他省级支持的文件' in answer.content.decode()


def test_a_document_is_asked_for_once_what_needs_it_is_declared(as_owner, firm, period):
    claim = make_claim(firm, "4.2", period, submit=False)
    fields = {
        "bank_fees_cny": "1000",
        "other_support": "no",
        "loans-TOTAL_FORMS": "0",
        "loans-INITIAL_FORMS": "0",
    }
    fields |= {"token": claim_token(claim), "action": "submit"}
    named = {target for target, _, _ in as_owner.post(page_of(claim), fields).context["errors"]}
    assert "ev-fee_receipts" in named
    assert "ev-loan_contracts" not in named
    shown = as_owner.get(page_of(claim)).context
    assert {row.document.code: row.missing for row in shown["documents"]}["fee_receipts"] == 1
    without = as_owner.post(page_of(claim), {**fields, "bank_fees_cny": "0"}).context["errors"]
    assert "ev-fee_receipts" not in {target for target, _, _ in without}


def test_the_service_refuses_a_claim_without_a_document_that_it_needs(firm, period):
    claim = make_claim(firm, "4.2", period, submit=False)
    what = declared({"bank_fees_cny": "1000.00", "loans": []})
    with pytest.raises(Refused, match="银行手续费回单"):
        claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=what)


INSURED = {
    "policy_number": "SL2025001",
    "insurer": "示例保险公司",
    "insured_from": "2025-01-01",
    "insured_to": "2025-12-31",
    "paid_on": "2025-03-01",
    "premium_cny": "50000",
    "other_support": "no",
}
INSURER = {
    "payee_name": "示例保险公司",
    "payee_bank": "示例银行",
    "payee_account": "6200 0000 0000 0001",
}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({**INSURER, "payee_bank": ""}, "payee_bank", "请填写收款单位开户银行"),
        ({"payee_account": "62000000000001"}, "payee_name", "请填写收款单位"),
        ({**INSURER, "payee_account": "abc"}, "payee_account", "8 到 32 位数字"),
        ({**INSURER, "payee_name": "示例甲公司 "}, "payee_name", "这是本企业的名称"),
        ({**INSURER, "payee_name": "示例甲\u200b公司"}, "payee_name", "这是本企业的名称"),
    ],
)
def test_the_account_of_another_payee_is_given_whole_and_is_none_of_the_firm(
    as_owner, firm, period, given, field, words
):
    claim = make_claim(firm, "7.1", period, submit=False)
    typed = {**INSURED, **given, "token": claim_token(claim), "action": "submit"}
    form = as_owner.post(page_of(claim), typed).context["form"]
    assert words in form.errors[field][0]
    assert form["payee_account"].value() == given["payee_account"]


def test_another_payees_account_is_proved_and_stored_without_spaces(as_owner, firm, period):
    claim = make_claim(firm, "7.1", period, submit=False)
    typed = {**INSURED, **INSURER, "token": claim_token(claim), "action": "submit"}
    answer = as_owner.post(page_of(claim), typed)
    assert [target for target, _, _ in answer.context["errors"]] == ["ev-payee"]
    payee = make_file(firm, "示例收款账户说明.pdf")
    ClaimEvidence.objects.create(
        claim=claim, document="payee", file=payee, added_by=owner_of(firm), added_at=NOW
    )
    as_owner.post(page_of(claim), typed)
    assert send(as_owner, claim).status_code == 302
    claim.refresh_from_db()
    assert claim.rule.payee(claim.particulars) == ("示例保险公司", "示例银行", "6200000000000001")


def test_an_amount_of_support_beside_a_no_is_asked_about(as_owner, draft):
    answer = as_owner.post(page_of(draft), submission(draft, other_support="no", other_support_cny="500"))
    assert answer.status_code == 422
    assert "上面选了“没有”" in answer.context["form"].errors["other_support_cny"][0]
    assert 'value="500"' in answer.content.decode()


def test_the_last_page_points_to_dates_that_the_period_does_not_take(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft, **{"invoices-0-paid_on": "2031-01-01"}))
    answer = as_owner.get(page_of(draft, "claim_check"))
    assert answer.context["dates"] == [
        "申报批次只收 2025-01-01 至 2025-12-31 的费用，以下日期不在其中：发票 1 的付款日期 2031-01-01。"
    ]
    assert "没有填错的仍可提交" in answer.content.decode()
    as_owner.post(page_of(draft), submission(draft))
    assert as_owner.get(page_of(draft, "claim_check")).context["dates"] == []


def test_without_the_statement_nothing_is_submitted(as_owner, draft):
    as_owner.post(page_of(draft), submission(draft))
    answer = send(as_owner, draft, statement="")
    assert answer.status_code == 422
    assert "请确认后勾选，再提交。" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_firm_that_is_not_verified_drafts_and_does_not_submit(client, period):
    firm = make_firm("示例待核验公司", verified=False)
    claim = make_claim(firm, "5.1", period, submit=False)
    client.force_login(owner_of(firm))
    client.post(page_of(claim), submission(claim))
    shown = client.get(page_of(claim, "claim_check")).content.decode()
    assert "企业还没有通过核验" in shown
    assert "确认提交" not in shown
    answer = send(client, claim)
    assert answer.status_code == 409
    assert "企业还没有通过核验" in answer.content.decode()
    assert "核验通过后才能提交" in client.get(page_of(claim, "claim")).content.decode()


@pytest.mark.parametrize(
    ("item", "by_the_city_first", "office"),
    [
        ("5.1", True, "哈尔滨市商务局"),
        ("5.1", False, "省商务厅"),
        ("5.4", True, "哈尔滨市商务局"),
        ("5.4", False, "哈尔滨市商务局"),
    ],
)
def test_the_form_says_which_office_gets_the_claim_and_that_office_does(
    as_owner, firm, period, item, by_the_city_first, office
):
    period.city_first_check = by_the_city_first
    period.save()
    said = f"提交后由{office}审核，财政审核前都可以撤回。"
    claim = make_claim(firm, item, period, submit=False)
    assert said in as_owner.get(page_of(claim)).content.decode()
    particulars = exhibition("另一个展会") if item == "5.1" else {"provider": "示例机构"}
    submitted = make_claim(firm, item, period, particulars=particulars)
    assert f"现在由{office}审核" in as_owner.get(page_of(submitted, "claim")).content.decode()
    post = {"role": Role.CITY_COMMERCE, "city": firm.city} if "市" in office else {"role": Role.COMMERCE}
    transition(claim_id=submitted.pk, action="return", actor=make_user("reviewer", **post), reason="请补正。")
    assert said in as_owner.get(page_of(submitted)).content.decode()


def test_the_same_exhibition_twice_is_refused_and_loses_nothing(as_owner, firm, period, draft):
    other = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition())
    answer = as_owner.post(page_of(draft), submission(draft))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f"“展会名称”、“展期第一天”与另一件申报 {other.number}（" in text
    assert f'<a href="/claims/{other.number}/">打开 {other.number}</a>' in text, "the way to that claim"
    assert 'value="12345678"' in text
    saved = as_owner.post(page_of(draft, "claim_autosave"), submission(draft))
    assert saved.status_code == 409
    assert saved.json()["other"] == {"label": f"打开 {other.number}", "url": f"/claims/{other.number}/"}


def test_the_same_site_twice_is_said_at_its_field_and_leads_to_the_form_of_the_other(as_owner, firm, period):
    first = make_claim(firm, "3.2", period, submit=False)
    fields = {"site": "shop.example", "site_trade_cny": "1"}
    assert as_owner.post(page_of(first), {**fields, "action": "keep"}).status_code == 302
    second, _ = draft_open(enterprise=firm, item="3.2", period=period, actor=owner_of(firm))
    assert second.pk != first.pk
    answer = as_owner.post(page_of(second), {**fields, "action": "keep"})
    text = answer.content.decode()
    assert f'<a href="/claims/{first.number}/edit/">打开 {first.number}</a>' in text
    assert answer.context["form"].errors["site"] == [f"与另一件申报 {first.number} 相同。"]


def test_a_return_about_other_things_offers_no_upload(as_owner, firm, period):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
    transition(
        claim_id=claim.pk,
        action="return",
        actor=make_user("commerce", role=Role.COMMERCE),
        reason="请改。",
        data={"fields": {"booth_cny": "押金不属于展位费。"}},
    )
    text = as_owner.get(page_of(claim)).content.decode()
    assert "材料没有退回，保持提交时的原样。" in text
    assert "上传选好的文件" not in text


def test_a_returned_claim_shows_the_reviewers_words_at_the_field(as_owner, firm, period):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
    transition(
        claim_id=claim.pk,
        action="return",
        actor=make_user("commerce", role=Role.COMMERCE),
        reason="请补正下列内容。",
        data={
            "fields": {
                "booth_cny": "押金不属于展位费。",
                "ev-photos": "看不清展位号。",
                "other": "其余没有问题。",
            }
        },
    )
    text = as_owner.get(page_of(claim)).content.decode()
    for words in (
        "请补正下列内容。",
        "审核意见：押金不属于展位费。",
        "审核意见：看不清展位号。",
        "其余没有问题。",
        "保存，并上传选好的文件",
    ):
        assert words in text
    claim.refresh_from_db()
    file_whole(as_owner, claim, booth_cny="90000")
    claim.refresh_from_db()
    assert claim.state == State.COMMERCE_REVIEW
    assert claim.facts["booth_cny"] == "90000.00"


# --- Other people --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("claim", "get"),
        ("claim_edit", "get"),
        ("claim_edit", "post"),
        ("claim_autosave", "post"),
        ("claim_estimate", "post"),
        ("claim_withdraw", "post"),
        ("claim_reconsider", "post"),
    ],
)
def test_a_strangers_claim_does_not_exist(client, draft, name, method):
    client.force_login(owner_of(make_firm("示例乙公司")))
    assert getattr(client, method)(page_of(draft, name)).status_code == 404


def test_a_colleague_sees_and_files_the_firms_claims(client, colleague, draft):
    client.force_login(colleague)
    file_whole(client, draft)
    draft.refresh_from_db()
    assert draft.state == State.COMMERCE_REVIEW


def test_nobody_signed_in_is_led_to_the_sign_in_and_back(client, draft):
    answer = client.get(page_of(draft))
    assert answer.status_code == 302
    assert page_of(draft) in answer.headers["Location"]


@pytest.mark.django_db(transaction=True)
def test_two_clerks_filing_the_same_subject_at_once_make_one_claim(firm, owner, colleague, period):
    """Both open a draft and submit it at the same moment, each in a connection of their own."""
    start = threading.Barrier(2, timeout=60)
    outcomes = []

    def file(actor):
        try:
            what = declared({"booth_cny": "100000"}, exhibition())
            start.wait()
            claim, _ = draft_open(
                enterprise=firm, item="5.1", period=period, actor=actor, draft={"particulars": exhibition()}
            )
            give_evidence(claim) if actor == owner else None
            start.wait()
            claim_submit(claim_id=claim.pk, actor=actor, declared=what, token=claim_token(claim))
            outcomes.append("submitted")
        except Refused as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=file, args=(actor,)) for actor in (owner, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(outcomes) == 2
    assert outcomes.count("submitted") == 1
    claim = Claim.objects.get(enterprise=firm)
    assert Event.objects.filter(claim=claim, kind="claim.submitted").count() == 1
    assert settle_all(claim).payable_cny == 70000
