"""What is noticed about firms and dates: shared accounts and contacts, young firms, jumps, thresholds, costs outside."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from applications.bank_accounts import Account, account_change, change_confirm, change_withdraw
from applications.enterprises import Profile, enterprise_update, enterprise_verify
from applications.flags.find import JUMP_LEAST, JUMP_TIMES, has_jumped
from applications.flags.kinds import flag_sentence
from applications.flags.load import MOST_FIRMS
from applications.models import BankAccount, Enterprise, Membership, RegisteredEnterprise, TraceMove
from applications.official_changes import official_save
from tests.factories import (
    NOW,
    SHANGHAI,
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

BOOTH = {"booth_cny": "100"}


def expo(firm, period, **more):
    return make_claim(firm, "5.1", period, facts=BOOTH, particulars=exhibition(), **more)


@pytest.fixture
def pair(firm, period):
    """Two firms of two cities with a claim each."""
    other = make_firm("示例乙公司", city="2306")
    return SimpleNamespace(firm=firm, other=other, claim=expo(firm, period), other_claim=expo(other, period))


def standing(claim):
    return sorted(claim.flags.filter(lifted_at=None).values_list("kind", flat=True))


def sentences(claim):
    rows = claim.flags.filter(lifted_at=None).order_by("kind", "key")
    return [flag_sentence(flag.kind, flag.data, claim.rule) for flag in rows]


def profile_change(firm, **changed):
    """The firm's owner changes what the firm says about itself, and everything is settled."""
    names = ("name", "city", "contact_name", "contact_phone", "contact_email", "address")
    profile = {name: getattr(firm, name) for name in names} | changed
    enterprise_update(enterprise_id=firm.pk, actor=owner_of(firm), profile=Profile(**profile), at=NOW)
    settle_all()
    firm.refresh_from_db()


# --- Contacts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "one", "other", "words"),
    [
        ("contact_phone", "0451-87654321", "(0451) 8765 4321", "联系电话 0451-87654321 与另外 1 家企业相同。"),
        ("contact_email", "Office@firm.example", "office@FIRM.example", "联系邮箱 Office@firm.example 与另外 1 家企业相同。"),
        ("address", "南岗区示例路 12 号（3 层）", "南岗区示例路１２号 (3层)", "地址 南岗区示例路 12 号（3 层） 与另外 1 家企业相同。"),
    ],
)  # fmt: skip
def test_what_two_firms_share_is_a_soft_flag_on_the_claims_of_both(pair, name, one, other, words):
    profile_change(pair.firm, **{name: one})
    assert standing(pair.claim) == []
    profile_change(pair.other, **{name: other})
    assert sentences(pair.claim) == [words]
    assert standing(pair.other_claim) == ["same_contact"]
    assert not pair.claim.flags.get().hard


def test_it_is_lifted_on_both_sides_when_one_firm_changes(pair):
    for firm in (pair.firm, pair.other):
        profile_change(firm, contact_phone="0451-87654321")
    profile_change(pair.other, contact_phone="0451-87654399")
    assert (standing(pair.claim), standing(pair.other_claim)) == ([], [])


def test_several_things_that_firms_share_are_one_flag(pair):
    shared = {"contact_phone": "0451-87654321", "contact_email": "office@firm.example"}
    for firm in (pair.firm, pair.other):
        profile_change(firm, **shared)
    assert sentences(pair.claim) == [
        "联系邮箱 office@firm.example 与另外 1 家企业相同；联系电话 0451-87654321 与另外 1 家企业相同。"
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("contact_name", "示例联系人甲"), ("address", "哈尔滨市南岗区"), ("address", ""), ("contact_email", "")],
)
def test_what_says_nothing_is_not_noticed(pair, name, value):
    for firm in (pair.firm, pair.other):
        profile_change(firm, **{name: value})
    assert standing(pair.claim) == []


def test_a_firm_counts_once_it_has_been_verified(pair, period):
    third = make_firm("示例丙公司", verified=False)
    Enterprise.objects.filter(pk=third.pk).update(contact_phone=pair.firm.contact_phone)
    settle_all()
    assert standing(pair.claim) == []
    enterprise_verify(enterprise_id=third.pk, officer=make_user("commerce", role=Role.COMMERCE), at=NOW)
    settle_all()
    assert standing(pair.claim) == ["same_contact"]
    assert standing(pair.other_claim) == []


def test_of_many_firms_that_share_something_the_first_are_named(pair):
    others = [make_firm(f"示例{number}号公司") for number in range(MOST_FIRMS)]
    Enterprise.objects.filter(pk__in=[each.pk for each in others]).update(contact_phone="0451-87654321")
    profile_change(pair.firm, contact_phone="0451-87654321")
    assert "与另外 5 家企业相同" in sentences(pair.claim)[0]
    profile_change(pair.other, contact_phone="0451-87654321")
    assert "与另外 5 家以上企业相同" in sentences(pair.claim)[0]
    assert pair.other.credit_code in pair.claim.flags.get(lifted_at=None).data["traces"][0]["firms"]


def test_an_update_that_moves_nothing_is_not_told(pair):
    profile_change(pair.firm, contact_name="示例新联系人")
    assert not TraceMove.objects.exists()


# --- Accounts --------------------------------------------------------------------------------------


def account_of(firm, number):
    return Account(holder=firm.name, bank="示例银行", number=number)


def test_an_account_of_two_firms_is_noticed_before_it_is_in_force_and_told_by_its_last_digits(pair):
    number = BankAccount.objects.get(enterprise=pair.firm).number
    change = account_change(
        enterprise_id=pair.other.pk,
        actor=owner_of(pair.other),
        account=account_of(pair.other, number),
        at=NOW,
    )
    settle_all()
    assert sentences(pair.claim) == [f"收款账户（尾号 {number[-4:]}）与另外 1 家企业相同。"]
    assert standing(pair.other_claim) == ["same_account"]
    assert number not in str([flag.data for flag in pair.claim.flags.all()])
    change_withdraw(change_id=change.pk, actor=owner_of(pair.other), at=NOW)
    settle_all()
    assert (standing(pair.claim), standing(pair.other_claim)) == ([], [])


def test_an_account_that_is_no_longer_used_is_nobodys(pair):
    former = BankAccount.objects.get(enterprise=pair.firm).number
    clerk = make_user("clerk")
    Membership.objects.create(
        user=clerk, enterprise=pair.firm, role="clerk", since=datetime(2020, 1, 1, tzinfo=SHANGHAI)
    )
    change = account_change(
        enterprise_id=pair.firm.pk,
        actor=owner_of(pair.firm),
        account=account_of(pair.firm, "6200000000009999"),
    )
    change_confirm(change_id=change.pk, actor=clerk)
    account_change(
        enterprise_id=pair.other.pk,
        actor=owner_of(pair.other),
        account=account_of(pair.other, former),
        at=NOW,
    )
    settle_all()
    assert standing(pair.other_claim) == []


# --- Young firms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("established", "submitted", "young"),
    [
        (date(2025, 3, 3), date(2026, 3, 2), True),
        (date(2025, 3, 2), date(2026, 3, 2), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
        (None, date(2026, 3, 2), False),
    ],
)
def test_a_firm_that_was_not_a_year_old_when_it_filed_is_noticed(firm, established, submitted, young):
    period = make_period(opens_on=date(2025, 1, 1))
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", established_on=established
    )
    at = datetime(submitted.year, submitted.month, submitted.day, 10, tzinfo=SHANGHAI)
    claim = expo(firm, period, at=at)
    assert standing(claim) == (["young"] if young else [])
    if young:
        assert sentences(claim) == [f"企业 {established} 成立，{submitted} 首次提交这件申报时还不满一年。"]


def test_a_corrected_date_in_the_register_lifts_it(firm, period):
    row = RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", established_on=date(2025, 9, 1)
    )
    claim = expo(firm, period)
    row.established_on = date(2015, 9, 1)
    official_save(row, actor=owner_of(firm))
    settle_all()
    assert standing(claim) == []


# --- Figures -----------------------------------------------------------------------------------------

YUAN = st.decimals(min_value=0, max_value=10**12, places=2)


@given(before=YUAN, now=YUAN, unit=st.sampled_from(["元", "美元"]))
def test_a_jump_is_more_than_three_times_and_more_than_small(before, now, unit):
    assert has_jumped(now, before, unit) == (
        now - 3 * before > 0 and now - before >= {"元": 10_000_000, "美元": 1_500_000}[unit]
    )


@given(before=st.decimals(min_value="5000000", max_value=10**11, places=2))
def test_three_times_is_no_jump_and_a_fen_more_is_one(before):
    assert not has_jumped(before * JUMP_TIMES, before, "元")
    assert has_jumped(before * JUMP_TIMES + Decimal("0.01"), before, "元")


def test_from_nothing_the_least_growth_is_a_jump():
    least = JUMP_LEAST["元"]
    assert has_jumped(least, Decimal(0), "元")
    assert not has_jumped(least - Decimal("0.01"), Decimal(0), "元")


def crossing(firm, period, now, before):
    make_figures(firm, 2024, **({} if before is None else {"cross_border_cny": before}))
    make_figures(firm, cross_border_cny=now)
    return make_claim(firm, "3.1", period)


def test_a_figure_that_has_jumped_is_told_with_both_years(firm, period):
    claim = crossing(firm, period, "31500000", "9000000")
    assert sentences(claim) == [
        "2025 年跨境电商进出口额 31,500,000.00 元，2024 年 9,000,000.00 元，是上年的 3.50 倍。"
    ]


@pytest.mark.parametrize(("before", "introduced"), [(None, None), ("0", 2025)])
def test_without_a_year_before_there_is_no_jump_nor_where_the_firm_has_just_been_introduced(
    firm, period, before, introduced
):
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", introduced_year=introduced
    )
    assert standing(crossing(firm, period, "50000000", before)) == []


@pytest.mark.parametrize(
    ("value", "just"),
    [("9999999.99", False), ("10000000", True), ("10200000", True), ("10200000.01", False)],
)
def test_a_figure_just_above_a_threshold_is_noticed(firm, period, value, just):
    claim = crossing(firm, period, value, "9000000")
    assert standing(claim) == (["just_reached"] if just else [])


@pytest.mark.parametrize(
    ("item", "facts", "figures", "words"),
    [
        ("3.1", {}, {"cross_border_cny": "10000000"}, "2025 年跨境电商进出口额 10,000,000.00 元，申报条件是不低于 10,000,000.00 元，正好达到。"),
        ("4.1", {"landed_cny": "101000000", "bank_fees_cny": "1"}, {"resource_import_cny": "200000000"},
         "2025 年省内落地使用加工的进口额 101,000,000.00 元，申报条件是超过 100,000,000.00 元，只多 1,000,000.00 元。"),
        ("3.5", {"served_smes": 15, "trade_handled_cny": "400000000"}, {},
         "2025 年服务的中小微企业 15 家，申报条件是不低于 15 家，正好达到。"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_quantity_the_threshold_and_the_distance(
    firm, period, item, facts, figures, words
):
    make_figures(firm, **figures)
    assert sentences(make_claim(firm, item, period, facts=facts)) == [words]


# --- Dates -------------------------------------------------------------------------------------------


def paid(*days):
    rows = [
        {"invoice_number": f"0112345{n}", "cost": "booth_cny", "amount_cny": "1", "paid_on": day}
        for n, day in enumerate(days)
    ]
    return exhibition() | {"invoices": rows}  # fmt: skip


def test_a_cost_outside_the_window_of_the_period_is_noticed_with_its_place(firm):
    period = make_period(window_from=date(2025, 9, 1), window_to=date(2026, 8, 31))
    days = ("2025-08-31", "2025-09-01", "2026-08-31", "2026-09-01")
    claim = make_claim(firm, "5.1", period, facts=BOOTH, particulars=paid(*days))
    assert sentences(claim) == [
        "申报批次只收 2025-09-01 至 2026-08-31 的费用，以下日期不在其中："
        "发票 1 的付款日期 2025-08-31、发票 4 的付款日期 2026-09-01。"
    ]


def test_of_many_such_costs_the_first_are_listed(firm, period):
    claim = make_claim(firm, "5.1", period, facts=BOOTH, particulars=paid(*["2024-05-01"] * 7))
    assert sentences(claim)[0].endswith("发票 5 的付款日期 2024-05-01等 7 处。")


@pytest.mark.parametrize(
    ("issued", "repaid", "outside"),
    [
        ("2024-02-01", "2025-01-01", True),
        ("2024-02-01", "2025-01-02", False),
        ("2025-12-31", None, False),
        ("2026-01-01", None, True),
        ("2024-02-01", None, False),
    ],
)
def test_a_loan_without_a_day_in_the_year_is_noticed(firm, period, issued, repaid, outside):
    loan = {"principal_cny": "1", "issued_on": issued, "repaid_on": repaid, "interest_paid_cny": "1"}
    claim = make_claim(firm, "4.2", period, facts={"bank_fees_cny": "1", "loans": [loan]})
    assert standing(claim) == (["outside_year"] if outside else [])
    if outside:
        assert sentences(claim) == [
            f"以下期间没有一天在 2025 年内：贷款 1 {issued} 至 {repaid or '未到期'}。"
        ]


@pytest.mark.parametrize(
    ("since", "until", "outside"),
    [
        ("2024-01-02", "2025-01-01", False),
        ("2024-01-01", "2024-12-31", True),
        ("2025-12-31", "2026-12-30", False),
        ("2026-01-01", "2026-12-31", True),
    ],
)
def test_a_policy_without_a_day_in_the_year_is_noticed(firm, period, since, until, outside):
    particulars = {
        "policy_number": "P-0001",
        "insured_from": since,
        "insured_to": until,
        "paid_on": "2025-06-16",
    }
    claim = make_claim(firm, "7.3", period, facts={"premium_cny": "1"}, particulars=particulars)
    assert standing(claim) == (["outside_year"] if outside else [])


def test_a_date_that_cannot_be_read_says_nothing_and_stops_no_settlement(firm, period):
    assert standing(make_claim(firm, "5.1", period, facts=BOOTH, particulars=paid("", "06/16"))) == []
