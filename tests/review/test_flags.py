"""Flags at work: on the desk, in the queue, answered by a reviewer, and in the way of approvals."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claim_token, transition
from applications.models import DiscreditedEnterprise, Enterprise, EnterpriseYear, Event, Flag, TradeFigures
from applications.official_changes import official_save
from review.flags import flag_cards, flag_dismiss
from review.queue import WAITING, claims_listed, pieces_in_tab
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

REASON = "企业补充了加工合同，落地额包括上年库存，已核对。"


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def claim(officers, firm):
    """A claim that declares more landed value than there are official resource imports."""
    make_figures(firm, resource_import_cny="300000000")
    facts = {"landed_cny": "310000000", "bank_fees_cny": "92600"}
    return make_claim(firm, "4.1", make_period(), facts=facts)


@pytest.fixture
def discredited(officers):
    """A claim of a firm on the discredited list."""
    firm = make_firm("示例失信公司")
    DiscreditedEnterprise.objects.create(credit_code=firm.credit_code, since=date(2025, 3, 1))
    return make_claim(
        firm, "5.1", make_period(title="示例批次"), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


def imports_change(firm, value):
    """Corrects the official resource imports and settles."""
    row = TradeFigures.objects.get(credit_code=firm.credit_code, year=2025)
    row.resource_import_cny = Decimal(value)
    official_save(row, actor=owner_of(firm))
    settle_all()


def dismiss(claim, actor, reason=REASON, **more):
    """Answers the claim's one open flag."""
    flag = claim.flags.get(lifted_at=None, dismissed_at=None)
    return flag_dismiss(flag_id=flag.pk, reason=reason, actor=actor, at=NOW, **more)


# --- Answering -----------------------------------------------------------------------------------


def test_an_answer_is_kept_with_its_person_and_recorded(officers, claim):
    dismiss(claim, officers.commerce, source_ip="10.0.0.1")
    flag = claim.flags.get()
    assert (flag.dismissed_by, flag.dismissed_at, flag.dismissed_reason) == (officers.commerce, NOW, REASON)
    event = Event.objects.get(kind="claim.flag_dismissed")
    assert (event.actor, event.claim, event.source_ip) == (officers.commerce, claim, "10.0.0.1")
    assert event.data == {"flag": "landed_above_imports", "basis": flag.data, "reason": REASON}


def test_an_answered_flag_comes_back_only_where_its_numbers_change(officers, firm, claim):
    dismiss(claim, officers.commerce)
    TradeFigures.objects.update(import_cny=1)
    imports_change(firm, "300000000")
    assert claim.flags.get(lifted_at=None).dismissed_at
    imports_change(firm, "305000000")
    back = claim.flags.get(lifted_at=None)
    assert (back.dismissed_at, back.data["official"]) == (None, "305000000.00")
    answered = claim.flags.exclude(pk=back.pk).get()
    assert (answered.dismissed_reason, answered.data["official"]) == (REASON, "300000000.00")


def test_an_answered_flag_that_is_no_longer_true_is_lifted_and_raised_anew_if_it_is_true_again(
    officers, firm, claim
):
    dismiss(claim, officers.commerce)
    imports_change(firm, "310000000")
    assert not claim.flags.filter(lifted_at=None).exists()
    imports_change(firm, "300000000")
    assert claim.flags.get(lifted_at=None).dismissed_at is None


@pytest.mark.parametrize("name", ["city", "heihe", "finance", "auditor", "admin", "cityfin"])
def test_only_the_office_that_has_the_claim_answers(officers, claim, name):
    with pytest.raises(NotAllowed):
        dismiss(claim, getattr(officers, name))
    assert claim.flags.get().dismissed_at is None


def test_nobody_answers_for_the_firm_that_they_act_for(officers, firm, claim):
    firm.memberships.filter(user=owner_of(firm)).update(user=officers.commerce)
    with pytest.raises(NotAllowed, match="经办人"):
        dismiss(claim, officers.commerce)


def test_an_answer_needs_words_a_claim_in_review_and_a_flag_that_is_open(officers, firm, claim):
    flag = claim.flags.get()
    with pytest.raises(Refused, match="写明"):
        dismiss(claim, officers.commerce, reason="  ")
    with pytest.raises(Refused, match="500"):
        dismiss(claim, officers.commerce, reason="长" * 501)
    with pytest.raises(Stale):
        dismiss(claim, officers.commerce, token="0" * 16)
    dismiss(claim, officers.commerce)
    with pytest.raises(Refused, match="已经"):
        flag_dismiss(flag_id=flag.pk, reason="再来。", actor=officers.commerce2)
    imports_change(firm, "305000000")
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    with pytest.raises(Refused, match="财政审核"):
        dismiss(claim, officers.commerce)


def test_a_city_answers_in_its_first_check(officers, firm):
    make_figures(firm, resource_import_cny="300000000")
    facts = {"landed_cny": "310000000", "bank_fees_cny": "92600"}
    claim = make_claim(firm, "4.1", make_period(city_first_check=True), facts=facts)
    with pytest.raises(NotAllowed):
        dismiss(claim, officers.commerce)
    dismiss(claim, officers.city)
    transition(claim_id=claim.pk, action="city_pass", actor=officers.city)
    assert claim.flags.get(lifted_at=None).dismissed_by == officers.city


# --- In the way ------------------------------------------------------------------------------------


def test_a_soft_flag_does_not_hold_up_a_decision_on_the_claim_by_itself(officers, claim):
    assert transition(claim_id=claim.pk, action="approve", actor=officers.commerce).state == "finance_review"


def test_a_hard_flag_has_to_be_answered_before_approval_and_leads_to_a_second_check(officers, discredited):
    with pytest.raises(Refused, match="提示"):
        transition(claim_id=discredited.pk, action="approve", actor=officers.commerce)
    transition(claim_id=discredited.pk, action="return", actor=officers.commerce, reason="请说明。")
    assert Flag.objects.get(claim=discredited).hard, "returning does not need an answer"
    transition(claim_id=discredited.pk, action="recall", actor=officers.commerce)
    settle_all()
    dismiss(discredited, officers.commerce2, reason="已移出名单，凭证已核对。")
    approved = transition(claim_id=discredited.pk, action="approve", actor=officers.commerce)
    assert approved.state == "second_check"
    assert transition(claim_id=discredited.pk, action="confirm", actor=officers.commerce2).drawn


def test_a_hard_flag_that_appears_later_holds_up_finance(officers, firm):
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "1000"}, particulars=exhibition())
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    official_save(DiscreditedEnterprise(credit_code=firm.credit_code), actor=officers.commerce)
    settle_all()
    with pytest.raises(Refused, match="提示"):
        transition(claim_id=claim.pk, action="finance_approve", actor=officers.finance)


def test_a_decision_can_be_recalled_although_something_was_noticed_since(officers, firm, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    imports_change(firm, "305000000")
    assert transition(claim_id=claim.pk, action="recall", actor=officers.commerce).state == "commerce_review"


def preview_of(client, *claims):
    """The rows of a bulk's preview by number."""
    answer = client.post(reverse("review:bulk"), {"claim": [claim.number for claim in claims]})
    return {row.claim.number: row for row in answer.context["preview"].rows}


def test_a_flagged_claim_is_not_passed_together_with_others(officers, sign_in, claim):
    other = make_claim(
        make_firm("示例乙公司"), "5.1", make_period(title="二"), facts={"booth_cny": "9"},
        particulars=exhibition(),
    )  # fmt: skip
    client = sign_in(officers.commerce)
    rows = preview_of(client, claim, other)
    assert "提示" in rows[claim.number].refusal
    assert rows[other.number].refusal == ""
    forged = {
        "confirm": "1",
        "claim": [claim.number],
        f"action-{claim.number}": "approve",
        f"token-{claim.number}": claim_token(claim),
    }
    answer = client.post(reverse("review:bulk"), forged)
    assert "不能批量通过" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == "commerce_review"
    dismiss(claim, officers.commerce2)
    assert preview_of(client, claim)[claim.number].refusal == ""


# --- On pages --------------------------------------------------------------------------------------


def desk(client, claim):
    return client.get(reverse("review:claim", args=[claim.number])).content.decode()


def post(client, claim, reason, *, pk=None, **data):
    flag = claim.flags.get(lifted_at=None)
    data = {f"flag-{flag.pk}-reason": reason, "token": claim_token(claim), **data}
    return client.post(reverse("review:dismiss", args=[claim.number, pk or flag.pk]), data)


def test_the_desk_shows_the_flag_with_its_numbers_and_takes_the_answer(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    page = desk(client, claim)
    assert "1 条提示未处理" in page
    assert "申报数多 10,000,000.00 元" in page
    assert "说明后关闭" in page
    post(client, claim, REASON)
    page = desk(client, claim)
    assert "条提示未处理" not in page
    assert f"已处理，{officers.commerce.name}" in page
    assert page.count(REASON) == 2, "at the flag and in the history"


def test_whoever_cannot_answer_sees_the_flag_without_a_button(officers, sign_in, claim):
    for officer in (officers.auditor, officers.finance):
        page = desk(sign_in(officer), claim)
        assert "1 条提示未处理" in page
        assert "说明后关闭" not in page


def test_an_answer_without_words_is_asked_for_them_and_one_on_an_old_page_is_kept(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    refused = post(client, claim, "")
    assert refused.status_code == 409
    assert "请写明核对了什么" in refused.content.decode()
    old = post(client, claim, REASON, token="0" * 16)
    assert old.status_code == 409
    assert "这一页已经过时" in old.content.decode()
    assert REASON in old.content.decode()


def test_a_flag_of_another_claim_is_not_found(officers, sign_in, claim, discredited):
    strange = discredited.flags.get().pk
    assert post(sign_in(officers.commerce), claim, REASON, pk=strange).status_code == 404


def test_the_history_says_what_was_noticed_and_what_became_of_it(officers, sign_in, firm, claim):
    imports_change(firm, "305000000")
    imports_change(firm, "310000000")
    page = desk(sign_in(officers.auditor), claim)
    for words in (
        "提示“落地额大于进口额”：",
        "提示的数据改变“落地额大于进口额”：",
        "提示消除“落地额大于进口额”：",
    ):
        assert words in page


def test_the_queue_marks_flagged_claims_and_finds_them(officers, sign_in, claim, discredited):
    plain = make_claim(
        make_firm("示例乙公司"), "5.1", make_period(title="二"), facts={"booth_cny": "9"},
        particulars=exhibition(),
    )  # fmt: skip
    client = sign_in(officers.commerce)

    def numbers(**query):
        page = client.get(reverse("review:queue"), query).context["page"]
        return {each.number for each in page}

    assert numbers(flags="open") == {claim.number, discredited.number}
    assert numbers(flags="none") == {plain.number}
    assert numbers() == {claim.number, discredited.number, plain.number}
    page = client.get(reverse("review:queue")).content.decode()
    assert "落地额大于进口额" in page
    assert "失信企业" in page
    dismiss(claim, officers.commerce)
    assert numbers(flags="open") == {discredited.number}
    (waiting,) = pieces_in_tab(officers.commerce, WAITING)
    listed = {each.number: each.flag_kinds for each in claims_listed(waiting).order_by("pk")}
    assert listed == {claim.number: [], discredited.number: ["discredited"], plain.number: []}


def test_the_enterprise_sees_nothing_of_it(officers, client, firm, claim):
    dismiss(claim, officers.commerce)
    client.force_login(owner_of(firm))
    for address in (reverse("portal:claim", args=[claim.number]), reverse("portal:my_year", args=[2025])):
        page = client.get(address).content.decode()
        for word in ("提示", "核对", "核实", REASON, "落地额大于进口额"):
            assert word not in page


def test_an_officer_of_another_city_is_not_told_that_there_is_a_flag(officers, sign_in, claim):
    heihe = make_user("heihe3", role=Role.CITY_COMMERCE, city="2311")
    assert post(sign_in(heihe), claim, REASON).status_code == 404


# --- The other side ----------------------------------------------------------------------------------


@pytest.fixture
def shared(officers):
    """Claims of two firms of two cities with the same invoice, which are checked by their cities first."""
    period = make_period(city_first_check=True)
    row = {"invoice_number": "01123456", "cost": "booth_cny", "amount_cny": "9", "paid_on": "2025-06-16"}
    given = {"facts": {"booth_cny": "9"}, "particulars": exhibition() | {"invoices": [row]}}
    here, there = make_firm("示例甲公司"), make_firm("示例丁公司", city="2311")
    here_claim = make_claim(here, "5.1", period, **given)
    there_claim = make_claim(there, "5.1", period, **given)
    return SimpleNamespace(here=here_claim, there=there_claim, there_firm=there)


def test_whoever_may_read_the_other_claim_is_led_there(officers, sign_in, shared):
    for officer in (officers.commerce, officers.auditor, officers.finance):
        page = desk(sign_in(officer), shared.here)
        assert f'href="{reverse("review:claim", args=[shared.there.number])}"' in page
        assert shared.there_firm.name in page


def test_a_city_learns_the_number_and_the_city_and_nothing_about_another_citys_firm(
    officers, sign_in, shared
):
    page = desk(sign_in(officers.city), shared.here)
    assert f"也用在黑河市另一家企业的申报 {shared.there.number}" in page
    assert "那件申报属于黑河市" in page
    assert f'href="{reverse("review:claim", args=[shared.there.number])}"' not in page
    for secret in (shared.there_firm.name, shared.there_firm.credit_code, shared.there_firm.contact_phone):
        assert secret not in page


def test_the_history_names_no_other_firm_either(officers, sign_in, shared):
    dismiss(shared.here, officers.city)
    page = desk(sign_in(officers.city), shared.here)
    assert page.count(shared.there.number) >= 2
    assert shared.there_firm.name not in page


@pytest.fixture
def neighbours(officers, shared):
    """The two firms share their telephone number as well."""
    Enterprise.objects.update(contact_phone="0451-87654321")
    EnterpriseYear.objects.update(requested=9)
    settle_all()
    return shared


def test_firms_that_share_something_are_named_and_linked_as_far_as_one_may_read_them(
    officers, sign_in, neighbours
):
    firm = neighbours.there_firm
    link = f'href="{reverse("review:enterprise", args=[firm.pk])}"'
    page = desk(sign_in(officers.commerce), neighbours.here)
    assert firm.name in page
    assert link in page
    page = desk(sign_in(officers.finance), neighbours.here)
    assert firm.name in page
    assert link not in page, "the page of a firm is not finance's"
    page = desk(sign_in(officers.city), neighbours.here)
    assert firm.name not in page
    assert "黑河市 1 家企业" in page
    assert "联系电话 0451-87654321 与另外 1 家企业相同" in page


def test_the_other_sides_of_many_flags_cost_as_many_queries_as_those_of_one(
    officers, neighbours, django_assert_num_queries
):
    def cards():
        officer = User.objects.get(pk=officers.commerce.pk)
        with django_assert_num_queries(5):
            return flag_cards(neighbours.here, officer)

    assert [len(card.others) for card in cards()] == [1, 1]
    row = {"invoice_number": "01123456", "cost": "booth_cny", "amount_cny": "9", "paid_on": "2025-06-16"}
    for number in range(3):
        firm = make_firm(f"示例邻{number}公司")
        Enterprise.objects.filter(pk=firm.pk).update(contact_phone="0451-87654321")
        make_claim(
            firm, "5.1", neighbours.here.period, facts={"booth_cny": "9"}, particulars=exhibition() | {"invoices": [row]}
        )  # fmt: skip
    EnterpriseYear.objects.update(requested=19)
    settle_all()
    assert [len(card.others) for card in cards()] == [1, 1, 1, 1, 4]


def test_the_enterprise_learns_nothing_of_the_other_side(officers, client, shared):
    client.force_login(owner_of(shared.here.enterprise))
    page = client.get(reverse("portal:claim", args=[shared.here.number])).content.decode()
    for word in ("另一家企业", shared.there.number, shared.there_firm.name):
        assert word not in page
