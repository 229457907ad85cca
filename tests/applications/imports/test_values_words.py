"""Texts, cities, countries, items and the few words of a list."""

from datetime import date

import pytest

from accounts.cities import City
from applications.imports import words
from applications.imports.cells import Percent
from applications.imports.problems import CellRefused
from measures.countries import COUNTRIES


def refusal(parse, value):
    with pytest.raises(CellRefused) as caught:
        parse(value)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("示例公司", "示例公司"),
        ("  示例公司\u3000\u00a0", "示例公司"),
        ("示例\n公司", "示例公司"),
        ("示例 \r\n 公司", "示例公司"),
        ("Example\nTrading", "Example Trading"),
        ("Example Trading", "Example Trading"),
        ("示例\t公司", "示例 公司"),
        ("示例（中国）公司", "示例（中国）公司"),
        ("示例\x00公司\x07", "示例公司"),
        ("示例\ud800公司", "示例公司"),
        ("示例㐂升\U00020000木业", "示例㐂升\U00020000木业"),
        ("\x00", ""),
        (1001, "1001"),
        (13800000000.0, "13800000000"),
        (1.5, "1.5"),
        (Percent(0.5), "50%"),
        (date(2022, 3, 1), "2022-03-01"),
        (True, "TRUE"),
    ],
)
def test_a_text_is_on_one_line_and_as_the_cell_shows_it(written, stored):
    assert words.text(200)(written) == stored


def test_a_text_is_at_most_as_long_as_its_field():
    parse = words.text(5)
    assert parse("一二三四五") == "一二三四五"
    assert parse(" 一二三四五 ") == "一二三四五"
    assert refusal(parse, "一二三四五六") == "too_large"


@pytest.mark.parametrize(("value", "label"), City.choices)
def test_every_city_is_known_with_and_without_its_ending(value, label):
    bare = label.removesuffix("市").removesuffix("地区")
    for written in (label, bare, f" {label}\u3000", f"{bare[0]} {bare[1:]}市", f"{bare}地区"):
        assert words.city(written) == value
    assert words.city_show(value) == label


@pytest.mark.parametrize("written", ["北京市", "哈市", "市", "地区", "黑龙江省", "2301", 2301, "-", True])
def test_other_places_are_bad_choices(written):
    assert refusal(words.city, written) == "bad_choice"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("俄罗斯", "RU"), (" 俄罗斯 ", "RU"), ("RU", "RU"), ("ru", "RU"), ("俄罗斯联邦", "RU"), ("中国香港", "HK"), ("香港", "HK"),
        ("科科斯（基林）群岛", "CC"), ("科科斯(基林)群岛", "CC"), ("欧盟", "欧盟"), ("Russia", "Russia"), ("XX", "XX"), (344, "344"),
    ],
)  # fmt: skip
def test_a_country_is_two_letters_where_it_is_known(written, stored):
    assert words.country(60)(written) == stored


def test_every_country_comes_back_by_its_name():
    assert {words.country(60)(words.country_show(code)) for code in COUNTRIES} == set(COUNTRIES)
    assert words.country_show("欧盟") == "欧盟"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("3.3", "3.3"), (3.3, "3.3"), (5.4, "5.4"), ("５．５", "5.5"), (" 5.4 ", "5.4"), (5.3999999999999995, "5.4"),
        ("3.3 第三方平台开店补贴", "3.3"), ("3.3第三方平台开店补贴", "3.3"), ("3.3、开店补贴", "3.3"),
    ],
)  # fmt: skip
def test_an_item_is_known_by_its_number(written, stored):
    assert words.city_item(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "3.1",
        "3.30",
        "33",
        "3",
        3,
        3.1,
        "3.3.1",
        "第三方平台",
        "3.3 别的补贴",
        "5.4第三方平台开店补贴",
        "-",
        True,
        date(2022, 3, 3),
        Percent(3.3),
    ],
)
def test_items_whose_rate_no_city_sets_are_bad_choices(written):
    assert refusal(words.city_item, written) == "bad_choice"


def test_the_words_of_a_list_are_taken_with_spaces_and_nothing_else():
    parse = words.choice({"进口": "import", "出口": "export"})
    assert [parse("进口"), parse(" 出\u3000口\n")] == ["import", "export"]
    for written in ("转口", "进", "进出口", "import", 1, True, date(2022, 3, 1)):
        assert refusal(parse, written) == "bad_choice"


def test_yes_and_no():
    assert [words.yes_or_no(written) for written in ("是", " 否 ", True, False)] == [True, False, True, False]
    assert words.yes_or_no("—") is None
    for written in ("Y", "对", "是的", 1, 0, "√"):
        assert refusal(words.yes_or_no, written) == "bad_choice"
    assert [words.yes_or_no_show(value) for value in (True, False)] == ["是", "否"]
