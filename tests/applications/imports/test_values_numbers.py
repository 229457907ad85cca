"""Amounts, shares and rates of interest: what is understood, and what each refusal is called."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.imports.cells import Percent
from applications.imports.problems import CellRefused
from applications.imports.values import amount, is_blank, percentage, share


def refusal(parse, *args):
    with pytest.raises(CellRefused) as caught:
        parse(*args)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1，234.50", "1234.50"),
        ("12,345,678", "12345678.00"),
        ("１２,３４５.６７", "12345.67"),
        ("１２，３４５．６７", "12345.67"),
        ("  1234 ", "1234.00"),
        ("\u30001234\u00a0\t\n", "1234.00"),
        ("\ufeff1234\u200b", "1234.00"),
        ("¥1,234", "1234.00"),
        ("￥1,234.5", "1234.50"),
        ("¥ 1,234", "1234.00"),
        ("1,234元", "1234.00"),
        ("1,234.50 元", "1234.50"),
        ("￥1，234.50元", "1234.50"),
        ("+5", "5.00"),
        ("＋5", "5.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("007", "7.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("(0)", "0.00"),
        ("1.5000000000000000000000000000000000000000", "1.50"),
        ("9999999999999.99", "9999999999999.99"),
        (0, "0.00"),
        (-0.0, "0.00"),
        (5, "5.00"),
        (1234.5, "1234.50"),
        (0.1 + 0.2, "0.30"),
        (123.45000000000002, "123.45"),
        (9999999999999.99, "9999999999999.99"),
    ],
)
def test_an_amount_is_exact_with_two_decimals(written, stored):
    assert str(amount(written)) == stored


@pytest.mark.parametrize(
    "nothing", ["-", "–", "—", "——", "－", "−", "--", "/", "／", "无", " — ", "\u3000无 "]
)
def test_a_dash_a_stroke_and_none_are_missing(nothing):
    assert amount(nothing) is None
    assert share(nothing) is None
    assert percentage(nothing) is None


@pytest.mark.parametrize(
    "written",
    [
        *("1,5", "12,34", "1234,567", "1,2345", "12,34,567", ",123", "1,234,", "1,,234", "0,123", "1,234.567,8"),
        *("1，5", "1.234,50", "1.2.3", "1 234", "1, 234", "1 .5", "1'234", "1、234"),
        *("1e5", "1E5", "1E+5", "1.5e-3", "nan", "inf", "Infinity", "0x10", "1_000"),
        *("12万", "12万元", "3亿", "1千", "约5", "5.0.", "五", "百", "元", "¥", "￥", "5元元", "元5", "¥¥5", "$5", "5美元"),
        *("()", "(", "(5", "5)", "(-5)", "--5", "-¥-5", "+-5", "5-", "-(5)", "①", "²", "٣", "½", "50%", "#", "?"),
        *("无数据", "//", "一", "没有"),
    ],
)  # fmt: skip
def test_what_is_not_written_as_a_number_is_none(written):
    assert refusal(amount, written) == "not_a_number"


@pytest.mark.parametrize(
    "cell", [True, False, Percent(0.5), date(2022, 3, 1), datetime.fromisoformat("2022-03-01"), time(1)]
)
def test_cells_of_other_sorts_are_no_amounts(cell):
    assert refusal(amount, cell) == "not_a_number"


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_numbers_without_a_value_are_none(number):
    assert refusal(amount, number) == "not_a_number"


@pytest.mark.parametrize(
    "written",
    [
        "-5",
        "－5",
        "−5",
        "- 5",
        "(1,234)",
        "（1,234.50）",
        "-¥5",
        "¥-5",
        "-0.01",
        "-1,234元",
        -5,
        -0.01,
        "-1.234",
    ],
)
def test_what_is_below_zero_is_negative(written):
    assert refusal(amount, written) == "negative"


@pytest.mark.parametrize(
    ("written", "shift", "stored"),
    [
        ("12.345678", 4, "123456.78"),
        (12.345678, 4, "123456.78"),
        ("1.23456789000", 4, None),
        ("0.0001", 4, "1.00"),
        ("0.000001", 4, "0.01"),
        ("0.0000001", 4, None),
        ("1.23", 0, "1.23"),
        ("1.230", 0, "1.23"),
        ("1.234", 0, None),
        (1.234, 0, None),
        (1e-7, 4, None),
        ("1.23456", 3, "1234.56"),
        ("1.234567", 3, None),
        ("1.2345678901", 8, "123456789.01"),
        ("1.23456789012", 8, None),
        (0.30000000000000004, 4, "3000.00"),
        (123.45678900000001, 4, "1234567.89"),
    ],
)
def test_two_decimals_are_left_after_the_unit(written, shift, stored):
    if stored is None:
        assert refusal(amount, written, shift) == "too_precise"
    else:
        assert str(amount(written, shift)) == stored


@pytest.mark.parametrize(
    ("written", "shift", "allowed"),
    [
        ("9999999999999.99", 0, True),
        ("10000000000000", 0, False),
        ("99999999999999999999999999", 0, False),
        (9999999999999.0, 0, True),
        (1e13, 0, False),
        (1e300, 0, False),
        ("999999999.999999", 4, True),
        ("1000000000", 4, False),
        ("99999", 8, True),
        ("100000", 8, False),
    ],
)
def test_from_ten_to_the_thirteenth_on_it_is_too_large(written, shift, allowed):
    if allowed:
        assert amount(written, shift) < Decimal(10) ** 13
    else:
        assert refusal(amount, written, shift) == "too_large"


def test_a_text_of_ten_thousand_digits_is_an_answer_and_no_error():
    assert refusal(amount, "9" * 10_000) == "too_large"
    assert refusal(amount, "0." + "1" * 10_000) == "too_precise"
    assert amount("1." + "0" * 10_000) == 1


@given(st.integers(0, 10**15 - 1), st.sampled_from([0, 3, 4, 8]))
def test_every_amount_survives_being_written_with_marks_in_any_unit(cents, shift):
    number = Decimal(cents).scaleb(-2)
    plain = f"{number.scaleb(-shift):,f}"
    assert amount(plain, shift) == number
    assert amount(plain.replace(",", "，"), shift) == number


@given(st.integers(0, 10**15 - 1))
def test_every_amount_survives_a_numeric_cell(cents):
    number = Decimal(cents).scaleb(-2)
    assert amount(float(number)) == number


# --- Shares and rates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("50%", "0.5"),
        ("５０％", "0.5"),
        ("50 %", "0.5"),
        ("50.00%", "0.5"),
        ("0.5", "0.5"),
        ("50", "0.5"),
        ("1", "1"),
        ("1.0", "1"),
        ("1.01", "0.0101"),
        ("1%", "0.01"),
        ("0.5%", "0.005"),
        ("100%", "1"),
        ("100", "1"),
        ("0", "0"),
        (0.5, "0.5"),
        (50, "0.5"),
        (1, "1"),
        (0.30000000000000004, "0.3"),
        (Percent(0.5), "0.5"),
        (Percent(0.0), "0"),
        (Percent(1.0), "1"),
        ("33.3333%", "0.333333"),
        ("0.333333", "0.333333"),
    ],
)
def test_a_share_is_a_fraction(written, stored):
    assert share(written) == Decimal(stored)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("一半", "not_a_number"),
        ("五成", "not_a_number"),
        ("%", "not_a_number"),
        ("50%%", "not_a_number"),
        ("5e1", "not_a_number"),
        ("0.5元", "not_a_number"),
        ("1,5%", "not_a_number"),
        (True, "not_a_number"),
        (date(2022, 3, 1), "not_a_number"),
        ("-50%", "negative"),
        (-0.5, "negative"),
        (Percent(-0.5), "negative"),
        ("0.3333333", "too_precise"),
        ("33.33333%", "too_precise"),
        ("101%", "too_large"),
        ("101", "too_large"),
        (Percent(50.0), "too_large"),
        ("1" + "0" * 400, "too_large"),
    ],
)
def test_what_is_no_share_is_refused(written, code):
    assert refusal(share, written) == code


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("3.7", "3.7"),
        ("3.70%", "3.7"),
        ("３.７％", "3.7"),
        ("0.037", "3.7"),
        ("3", "3"),
        ("0.19", "19"),
        ("0.1999", "19.99"),
        ("0.2", "0.2"),
        ("0.20", "0.2"),
        ("0.15%", "0.15"),
        ("4.6543", "4.6543"),
        (3.7, "3.7"),
        (0.037, "3.7"),
        (0.2, "0.2"),
        (Percent(0.037), "3.7"),
        (Percent(0.3), "30"),
        ("99.9999", "99.9999"),
    ],
)
def test_a_rate_of_interest_is_in_percent(written, stored):
    assert percentage(written) == Decimal(stored)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("三点七", "not_a_number"),
        ("3.7.0", "not_a_number"),
        ("-3.7%", "negative"),
        ("3.70001", "too_precise"),
        ("0.0370001", "too_precise"),
        ("100", "too_large"),
        (Percent(3.7), "too_large"),
    ],
)
def test_what_is_no_rate_of_interest_is_refused(written, code):
    assert refusal(percentage, written) == code


@pytest.mark.parametrize("nothing", [None, "", " ", "\u3000\u00a0\t\n", "\u200b\ufeff"])
def test_white_space_is_nothing(nothing):
    assert is_blank(nothing)


@pytest.mark.parametrize("something", [0, 0.0, False, "0", "-"])
def test_zero_no_and_a_dash_are_something(something):
    assert not is_blank(something)
