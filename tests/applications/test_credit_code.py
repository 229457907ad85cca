"""统一社会信用代码: form, check digit, and the ways in which people type it."""

import pytest

from applications.credit_code import (
    ALPHABET,
    check_digit,
    credit_code_fault,
    credit_code_normal,
    has_right_check_digit,
)

#: The worked example of GB 32100-2015.
OF_THE_STANDARD = "91350100M000100Y43"


def test_the_example_of_the_standard_has_the_right_check_digit():
    assert check_digit(OF_THE_STANDARD[:17]) == "3"
    assert has_right_check_digit(OF_THE_STANDARD)


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_character_anywhere_makes_the_check_digit_wrong(place):
    old = OF_THE_STANDARD[place]
    other = ALPHABET[(ALPHABET.index(old) + 1) % 31]
    assert not has_right_check_digit(OF_THE_STANDARD[:place] + other + OF_THE_STANDARD[place + 1 :])


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 91350100 M000100Y 43\n",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100\u3000M000100Y43",
    ],
)
def test_case_width_and_spaces_do_not_matter(typed):
    assert credit_code_normal(typed) == OF_THE_STANDARD


def test_a_code_of_another_length_is_told_its_length():
    assert "现在是 17 位" in credit_code_fault(OF_THE_STANDARD[:17])
    assert "现在是 19 位" in credit_code_fault(OF_THE_STANDARD + "1")


@pytest.mark.parametrize("letter", "IOSVZ黑-")
def test_a_character_that_no_code_has_is_named(letter):
    assert f"“{letter}”" in credit_code_fault(OF_THE_STANDARD[:17] + letter)


def test_a_wrong_check_digit_is_no_fault_of_form():
    assert credit_code_fault(OF_THE_STANDARD[:17] + "4") == ""
