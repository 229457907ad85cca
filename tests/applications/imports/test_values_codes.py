"""Codes of firms, of supervision and of goods, and the numbers of platforms."""

from datetime import date

import pytest

from applications.imports.cells import Percent
from applications.imports.codes import credit_code, hs_code, supervision_code
from applications.imports.problems import CellRefused
from applications.imports.words import number_text
from tests.factories import credit_code as code_of

CODE = code_of(1)


def refusal(parse, value):
    with pytest.raises(CellRefused) as caught:
        parse(value)
    assert caught.value.message
    return caught.value.code


def wide(text):
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


@pytest.mark.parametrize(
    "written",
    [
        *(CODE, CODE.lower(), f" {CODE} ", f"{CODE}\t", f"\u3000{CODE}\u00a0", f"{CODE}\n", f"{CODE[:8]} {CODE[8:]}", f"{CODE[:8]}\n{CODE[8:]}"),
        *(f"'{CODE}", f"’{CODE}", f"‘{CODE}’", f"＇{CODE}", f"`{CODE}", f"' {CODE.lower()} '", f"\ufeff{CODE}\u200b"),
        *(wide(CODE), wide(CODE.lower())),
    ],
)  # fmt: skip
def test_a_credit_code_is_tidied(written):
    assert credit_code(written) == CODE


def test_a_wrong_check_digit_is_no_fault_of_the_form():
    wrong = CODE[:-1] + ("1" if CODE[-1] != "1" else "2")
    assert credit_code(wrong) == wrong


def test_a_code_that_only_looks_like_a_number_with_an_exponent_is_a_code():
    assert credit_code("91239900000000E123") == "91239900000000E123"


@pytest.mark.parametrize(
    "written",
    [
        *("1.23E+17", "1.23e+17", "9.12399E+17", "9.12399000000001E+17", "9E+17", "9.1E17", " 9.12E+17 ", "'1.23E+17", "１.２３Ｅ＋１７"),
        *(9.12399e17, 912399000000000000, 1e15, 1e17, 1e200, 123456789012345678),
    ],
)  # fmt: skip
def test_a_code_that_became_a_number_is_damaged(written):
    assert refusal(credit_code, written) == "damaged_code"


@pytest.mark.parametrize(
    "written",
    [
        *(CODE[:-1], CODE + "0", "91239900", "无", "-", "示例公司", "230100100012345"),
        *(CODE[:-1] + letter for letter in "IOSVZ-_.中*"),
        *(230100100012345, 123456, 0, 999999999999999, 0.5, True, date(2022, 3, 1), Percent(0.5), float("nan")),
    ],
)  # fmt: skip
def test_anything_else_is_a_bad_code(written):
    assert refusal(credit_code, written) == "bad_credit_code"


def test_eighteen_digits_in_a_text_are_a_code():
    assert credit_code("912399001234567000") == "912399001234567000"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0110", "0110"), (" 0110 ", "0110"), ("０１１０", "0110"), ("9610", "9610"),
        (110, "0110"), (110.0, "0110"), (10, "0010"), (9610, "9610"),
    ],
)  # fmt: skip
def test_a_supervision_code_has_four_digits(written, stored):
    assert supervision_code(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "110",
        "11000",
        "一般贸易",
        "0110 一般贸易",
        "O110",
        "01.10",
        11000,
        110.5,
        -110,
        True,
        Percent(0.5),
        date(2022, 3, 1),
        "٠١١٠",
        "-",
    ],
)
def test_what_is_no_supervision_code_is_a_bad_choice(written):
    assert refusal(supervision_code, written) == "bad_choice"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("4407", "4407"), ("440719", "440719"), ("44071910", "44071910"), ("4407191000", "4407191000"), ("84713", "84713"), ("０１０１", "0101"),
        (101, "0101"), (4407, "4407"), (10121, "010121"), (1012100, "01012100"), (101210010, "0101210010"), (44071910.0, "44071910"), (4407191000, "4407191000"),
    ],
)  # fmt: skip
def test_a_code_of_goods_has_four_to_ten_digits_and_even_many_where_zeros_were_lost(written, stored):
    assert hs_code(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "440",
        "44071910001",
        "8471.30",
        "8471 30",
        "原木",
        "HS4407",
        10,
        1,
        0,
        44071910001,
        8471.3,
        -4407,
        True,
        Percent(0.5),
        "-",
    ],
)
def test_what_is_no_code_of_goods_is_a_bad_choice(written):
    assert refusal(hs_code, written) == "bad_choice"


@pytest.mark.parametrize(
    ("written", "stored"),
    [("PT001", "PT001"), (" PT001\n", "PT001"), (1001, "1001"), (1001.0, "1001"), ("0012", "0012")],
)
def test_the_number_of_a_platform_is_what_the_cell_shows(written, stored):
    assert number_text(40)(written) == stored


def test_a_number_of_a_platform_that_was_cut_is_damaged():
    assert number_text(40)(999999999999999) == "999999999999999"
    assert refusal(number_text(40), 1e15) == "damaged_code"
    assert refusal(number_text(4), "PT001") == "too_large"
