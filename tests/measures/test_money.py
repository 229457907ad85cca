"""Rounding, and the three ways of writing an amount."""

from decimal import Decimal

import pytest

from measures.money import grouped, in_wan, in_words, round_down


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.019", "0.01"), ("0.0099999", "0.00"), ("5", "5.00"), ("1113838.885", "1113838.88")],
)
def test_an_amount_is_rounded_down_to_the_fen(amount, rounded):
    assert str(round_down(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("0.53", "伍角叁分"),
        ("1.00", "壹元整"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("10.50", "壹拾元零伍角"),
        ("101", "壹佰零壹元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("96000", "玖万陆仟元整"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("100005", "壹拾万零伍元整"),
        ("1001000", "壹佰万壹仟元整"),
        ("20300405.6", "贰仟零叁拾万零肆佰零伍元陆角"),
        ("100000000", "壹亿元整"),
        ("100010001.10", "壹亿零壹万零壹元壹角"),
        ("100001000", "壹亿零壹仟元整"),
        ("10000000000.01", "壹佰亿元零壹分"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-2.30", "负贰元叁角"),
    ],
)
def test_an_amount_in_capital_characters(amount, words):
    assert in_words(Decimal(amount)) == words


def test_parts_of_a_fen_have_no_words():
    with pytest.raises(ValueError, match="fen"):
        in_words(Decimal("0.001"))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.00", "0 元"),
        ("9999.99", "9,999.99 元"),
        ("10000", "1 万元"),
        ("96000.00", "9.6 万元"),
        ("96000.01", "9.600001 万元"),
        ("99999999.99", "9,999.999999 万元"),
        ("80500000.00", "8,050 万元"),
        ("100000000", "1 亿元"),
        ("302600000", "3.026 亿元"),
        ("-30000", "-3 万元"),
    ],
)
def test_an_amount_in_its_largest_unit(amount, text):
    assert in_wan(Decimal(amount)) == text


def test_a_zero_has_no_sign():
    assert grouped(Decimal("-0.00")) == grouped(Decimal(0)) == "0.00"
    assert in_wan(Decimal("-0.00")) == "0 元"


def test_an_amount_with_separators():
    assert grouped(Decimal("1113838.88")) == "1,113,838.88"
    assert grouped(Decimal("5")) == "5.00"
