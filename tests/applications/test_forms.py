"""Forms made from what items declare: reading what people type, and handing out the contract's facts."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.forms import Select
from pytest_django.asserts import assertHTMLEqual

from applications.forms import reading
from applications.forms.claim_form import draft_form, form_for
from applications.forms.fields import MarketField, country_choices
from measures import registry
from measures.contract import parse_facts
from measures.countries import COMMON, COUNTRIES

MONEY_ITEMS = [item for item in registry.ITEMS.values() if not item.support]


# --- Reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("26100", "26100.00"),
        ("26,100.5", "26100.50"),
        (" 26 100.50 ", "26100.50"),
        ("２６１００．５０", "26100.50"),
        ("１，２３４", "1234.00"),
        ("¥100元", "100.00"),
        ("0", "0.00"),
        (".5", "0.50"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_an_amount_is_read_however_it_is_written(typed, amount):
    assert reading.read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2.61万", "请只填数字，单位是元。2.61 万元请填 26100。"),
        ("1.2 亿元", "请只填数字，单位是元。1.2 亿元请填 120000000。"),
        ("-5", "金额不能是负数，没有请填 0。"),
        ("2,61", "请检查逗号的位置，或者只填数字，例如 26100.00。"),
        ("1.234", "小数点后最多两位，也就是到分为止。"),
        ("100000000000", "金额要小于 1000 亿元，请检查是否多填了几位。"),
        ("约五万", "请只填数字，单位是元，例如 26100.00。"),
        ("1e5", "请只填数字，单位是元，例如 26100.00。"),
        ("NaN", "请只填数字，单位是元，例如 26100.00。"),
    ],
)
def test_what_is_no_amount_is_answered_by_what_to_type(typed, words):
    with pytest.raises(reading.Unreadable, match=re.escape(words)):
        reading.read_amount(typed)


@pytest.mark.parametrize(
    "typed", ["2025-09-16", "2025/9/16", "2025.09.16", "2025年9月16日", "20250916", "２０２５-９-１６"]
)
def test_a_day_is_read_however_it_is_written(typed):
    assert reading.read_day(typed) == date(2025, 9, 16)


@pytest.mark.parametrize("typed", ["2025-02-29", "16-09-2025", "2025-13-01", "去年九月", "1925-01-01"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(reading.Unreadable):
        reading.read_day(typed)


def test_the_table_of_countries_is_that_of_the_standard():
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in COUNTRIES)
    assert len(set(COUNTRIES.values())) == len(COUNTRIES)
    assert set(COMMON) < set(COUNTRIES)
    assert country_choices()[1][1][0] == ("RU", "俄罗斯")


@pytest.mark.parametrize("chosen", ["", "KR", "ZW", "kr", "俄罗斯", None])
def test_the_select_of_countries_is_drawn_as_django_draws_it(chosen):
    attributes = {"id": "id_market", "class": "form-select", "aria-invalid": "true"}
    plain = Select(choices=country_choices()).render("market", chosen, attributes)
    drawn = MarketField(label="市场").widget.render("market", chosen, attributes)
    assertHTMLEqual(drawn, plain)


# --- The form of a claim -------------------------------------------------------------------------

LOANS = {
    "facts": {
        "landed_cny": "80,000,000",
        "bank_fees_cny": "1000",
        "loans": [
            {
                "principal_cny": "1000000",
                "issued_on": "2025/3/1",
                "repaid_on": "",
                "interest_paid_cny": "20000",
            },
            {},
            {
                "principal_cny": "500000",
                "issued_on": "2025-05-01",
                "repaid_on": "2025-06-01",
                "interest_paid_cny": "9",
            },
        ],
    },
    "particulars": {
        "loans": [
            {"loan_number": "借字 1 号", "lender": "示例银行"},
            {},
            {"loan_number": "借字 2 号", "lender": "示例银行"},
        ],
        "declarations": [{"declaration_number": "D1"}],
    },
    "other_support": {"answer": "yes", "amount": "500"},
}


def filing(code, draft, **options):
    return draft_form(registry.item(code), draft, registers={}, **options)


def test_a_form_declares_what_was_typed_as_the_contract_writes_it():
    form = filing("4.1", LOANS, strict=True)
    assert form.is_valid(), (form.errors, [rows.errors for rows in form.all_rows])
    declared = form.declared()
    assert declared.facts == {
        "landed_cny": "80000000.00",
        "bank_fees_cny": "1000.00",
        "loans": [
            {"principal_cny": "1000000.00", "issued_on": "2025-03-01", "interest_paid_cny": "20000.00"},
            {
                "principal_cny": "500000.00",
                "issued_on": "2025-05-01",
                "repaid_on": "2025-06-01",
                "interest_paid_cny": "9.00",
            },
        ],
    }
    assert declared.other_support_cny == Decimal("500.00")
    parse_facts(registry.item("4.1"), declared.facts)


def test_particulars_of_rows_keep_the_order_of_their_rows():
    form = filing("4.1", LOANS, strict=True)
    assert form.is_valid()
    assert [row["loan_number"] for row in form.declared().particulars["loans"]] == ["借字 1 号", "借字 2 号"]


def test_everything_that_was_typed_comes_back_right_or_wrong():
    draft = {
        "facts": {"booth_cny": "2.61万"},
        "particulars": {"starts_on": "2025-99-99", "exhibition_name": "展\x00会"},
    }
    typed = filing("5.1", draft).typed()
    assert typed["facts"]["booth_cny"] == "2.61万"
    assert typed["particulars"]["starts_on"] == "2025-99-99"
    assert typed["particulars"]["exhibition_name"] == "展会"
    assert filing("5.1", typed).typed() == typed


@pytest.mark.parametrize("item", MONEY_ITEMS, ids=lambda item: item.code)
def test_an_untouched_draft_is_no_error_and_a_submission_asks_for_what_is_missing(item):
    assert draft_form(item, {}, registers={}).is_valid()
    form = draft_form(item, {}, registers={}, strict=True)
    assert not form.is_valid()
    required = {
        field.name
        for field in (*item.facts, *item.particulars)
        if field.required and field.name in form.fields
    }
    assert set(form.errors) == required | {"other_support"}


@pytest.mark.parametrize("item", MONEY_ITEMS, ids=lambda item: item.code)
def test_no_two_fields_of_an_item_share_a_name(item):
    names = [field.name for field in (*item.facts, *item.particulars)]
    assert len(names) == len(set(names))


def test_a_later_day_before_an_earlier_one_is_refused_at_the_field():
    draft = {"particulars": {"starts_on": "2025-09-19", "ends_on": "2025-09-16"}}
    form = filing("5.1", draft)
    assert form.errors["ends_on"] == ["不能早于“展期第一天”2025-09-19。"]


def test_a_repayment_before_the_issue_is_refused_in_its_row():
    draft = {"facts": {"loans": [{"issued_on": "2025-06-01", "repaid_on": "2025-05-01"}]}}
    form = filing("4.2", draft)
    assert not form.is_valid()
    assert "不能早于“发放日期”" in form.row_sets["loans"].forms[0].errors["repaid_on"][0]


def test_rows_that_must_be_there_are_asked_for():
    form = filing("5.1", {"particulars": {"invoices": [{}]}}, strict=True)
    assert not form.is_valid()
    assert form.row_sets["invoices"].non_form_errors() == ["“发票”至少要填 1 行。"]


def test_support_from_another_policy_needs_its_amount():
    form = filing("5.1", {"other_support": {"answer": "yes", "amount": "0"}}, strict=True)
    assert "other_support_cny" in form.errors


def test_an_amount_beside_the_answer_no_counts_for_nothing():
    form = filing("5.1", {"other_support": {"answer": "no", "amount": "5000"}})
    assert form.usable()[1] == Decimal("0.00")


def test_what_can_be_computed_with_leaves_out_what_is_wrong_and_says_so():
    draft = {
        "facts": {
            "bank_fees_cny": "2.61万",
            "landed_cny": "100",
            "loans": [{"principal_cny": "5"}, {"principal_cny": "7", "issued_on": "2025-01-01"}],
        }
    }
    facts, _, left_out = filing("4.1", draft).usable()
    assert facts == {"landed_cny": "100.00", "loans": [{"principal_cny": "7.00", "issued_on": "2025-01-01"}]}
    assert left_out == ["银行手续费", "贷款 1"]


def test_without_the_subject_nothing_can_be_computed():
    assert filing("3.4", {}).usable()[0] is None


def test_a_register_entry_is_chosen_from_the_firms_own():
    registers = {"overseas_warehouses": [("W1", "示例海外仓")]}
    form = draft_form(registry.item("3.4"), {"facts": {"warehouse": "W2"}}, registers=registers)
    assert form.errors["warehouse"] == ["请从列表中选择一项。"]


def test_the_calculators_form_asks_for_facts_alone():
    form = form_for(registry.item("5.1"), {"a-booth_cny": "100"}, prefix="a")
    assert form.is_valid()
    assert form.usable() == ({"booth_cny": "100.00"}, Decimal("0.00"), [])
    assert set(form.fields) == {"booth_cny", "freight_cny", "travel_cny", "lodging_cny", "other_support_cny"}


def test_the_calculators_rows_leave_out_particulars():
    form = form_for(registry.item("7.2"))
    assert set(form.row_sets["premiums"].forms[0].fields) == {"premium_cny", "market", "new_mode"}


def test_more_rows_than_can_be_stored_are_refused():
    rows = [{"premium_cny": "1", "market": "JP"}] * 91
    form = filing("7.2", {"facts": {"premiums": rows}})
    assert not form.is_valid()
    assert "最多填 90 行" in form.row_sets["premiums"].non_form_errors()[0]
