"""Numbers as offices write them, their precision and their size."""

import pytest

from .asking import CODE, code, expect, figures, imports_of
from .books import book, csv_of, raw_book


def file_of(values, *, unit="元", make=book):
    headings = (CODE, "年度", f"进口额（{unit}）")
    return make([headings, *((code(number), 2022, value) for number, value in enumerate(values, start=1))])


def stored(count):
    return imports_of(*range(1, count + 1))


def test_numbers_written_as_text_are_understood(load):
    forms = {
        "1234.5": "1234.50",
        "1,234.50": "1234.50",
        "1，234.50": "1234.50",
        "1,234,567": "1234567.00",
        "12，345，678.9": "12345678.90",
        "１２３４．５": "1234.50",
        "１，２３４．５０": "1234.50",
        "１２,３４５.６７": "12345.67",
        " 1234.5 ": "1234.50",
        "\u30001234.5\u3000": "1234.50",
        "\u00a01234.5\t": "1234.50",
        "\n1234.5\n": "1234.50",
        "¥1234.5": "1234.50",
        "￥1,234.50": "1234.50",
        "¥ 1,234.50": "1234.50",
        "1234.5元": "1234.50",
        "1,234.50 元": "1234.50",
        "￥１，２３４．５０元": "1234.50",
        "0": "0.00",
        "0.00": "0.00",
        "007": "7.00",
        "1234.500000000000": "1234.50",
    }
    expect(load("figures", file_of(forms)), rows=len(forms), new=len(forms))
    assert stored(len(forms)) == list(forms.values())


def test_the_same_texts_are_understood_in_csv(load):
    forms = {"1,234.50": "1234.50", "1，234.50": "1234.50", " ￥１，２３４．５０元 ": "1234.50", "0": "0.00"}
    for encoding in ("utf-8", "gb18030"):
        content = csv_of(
            [(CODE, "年度", "进口额"), *((code(1), "2022", text) for text in forms)], encoding=encoding
        )
        answer = load("figures", content, "--check")
        assert {one["code"] for one in answer.said["refused"]} == {"duplicate"}
        assert {one["row"] for one in answer.said["refused"]} == {2, 3, 4, 5}
    content = file_of(forms, make=csv_of)
    expect(load("figures", content), rows=4, new=4)
    assert stored(4) == list(forms.values())


def test_dashes_and_words_for_nothing_mean_missing(load):
    forms = ["-", "–", "—", "——", "/", "无", " — ", " 无 ", "", "  ", "\u3000", None]
    expect(load("figures", file_of(forms)), rows=len(forms), new=len(forms))
    assert stored(len(forms)) == [None] * len(forms)


def test_what_is_no_number_is_said_with_its_text(load):
    forms = [
        "1.2.3",
        "1,5",
        "12,34",
        "1,2345",
        "1234,567",
        ",123",
        "1,234,56",
        "1,,234",
        "1，5",
        "1.234,50",
        "1E5",
        "1e5",
        "1.2E+3",
        "1.2e-3",
        "12万",
        "12万元",
        "3亿",
        "约100",
        "100左右",
        "abc",
        "1 2 x",
        "5%",
        "NaN",
        "nan",
        "inf",
        "Infinity",
        "0x1F",
        "1_000",
        "¥",
        "元",
        "١٢٣",
        "²",
        "一百",
        "$100",
    ]
    refused = [(row, "进口额", "not_a_number", text) for row, text in enumerate(forms, start=2)]
    expect(load("figures", file_of(forms)), rows=len(forms), refused=refused)


def test_a_yes_or_no_is_no_number(load):
    expect(load("figures", file_of([True])), rows=1, refused=[(2, "进口额", "not_a_number")])


def test_negative_numbers_of_either_form_are_refused(load):
    forms = [-5, -0.01, "-5", "-1,234.50", "(1,234)", "(5.00)", "（1,234）", " -5 元"]
    refused = [(row, "进口额", "negative") for row in range(2, 2 + len(forms))]
    expect(load("figures", file_of(forms)), rows=len(forms), refused=refused)


def test_numeric_cells_count_at_fifteen_digits(load):
    forms = {
        0.1 + 0.2: "0.30",
        1234567.8900000001: "1234567.89",
        4.35 * 100: "435.00",
        1.1 * 1.1 * 100: "121.00",
        123456789012.35: "123456789012.35",
        9999999999999.99: "9999999999999.99",
        1e12: "1000000000000.00",
        5: "5.00",
        0.01: "0.01",
    }
    expect(load("figures", file_of(forms)), rows=len(forms), new=len(forms))
    assert stored(len(forms)) == list(forms.values())


def test_numbers_with_exponents_in_numeric_cells_are_numbers(load):
    cells = {
        b"<c><v>1.5E+3</v></c>": "1500.00",
        b"<c><v>1e2</v></c>": "100.00",
        b"<c><v>2.5E-1</v></c>": "0.25",
        b"<c><v>1.2345000000000002E4</v></c>": "12345.00",
        b"<c><v>30000.000000000004</v></c>": "30000.00",
        b'<c t="n"><v>77</v></c>': "77.00",
    }
    expect(load("figures", file_of(cells, make=raw_book)), rows=6, new=6)
    assert stored(6) == list(cells.values())


def test_text_is_read_exactly_where_a_numeric_cell_is_not(load):
    forms = [0.30000000000000004, "0.30000000000000004", "435.00000000000006", 435.00000000000006]
    refused = [(3, "进口额", "too_precise"), (4, "进口额", "too_precise")]
    expect(load("figures", file_of(forms), "--good-rows"), rows=4, new=2, refused=refused)
    assert imports_of(1, 4) == ["0.30", "435.00"]


#: Unit, the most decimals that it may have, and a number that has them.
PLACES = [("元", 2), ("千元", 5), ("万元", 6), ("亿元", 10)]


@pytest.mark.parametrize(("unit", "places"), PLACES)
def test_a_fen_is_the_finest_after_the_unit(load, unit, places):
    finest = "1." + "0" * (places - 1) + "1"
    finer = "1." + "0" * places + "1"
    forms = [finest, finer, finest + "000", float(finest), float(finer)]
    refused = [(row, "进口额", "too_precise") for row in (3, 6)]
    expect(load("figures", file_of(forms, unit=unit)), rows=5, new=3, refused=refused)


def test_the_smallest_amount_of_each_unit_is_stored_exactly(load):
    for number, (unit, places) in enumerate(PLACES, start=1):
        rows = [(CODE, "年度", f"进口额（{unit}）"), (code(number), 2022, "0." + "0" * (places - 1) + "1")]
        expect(load("figures", book(rows)), rows=1, new=1)
    assert stored(4) == ["0.01"] * 4


@pytest.mark.parametrize(("unit", "places"), [("美元", 2), ("千美元", 5), ("万美元", 6), ("亿美元", 10)])
def test_a_cent_is_the_finest_of_usd(load, unit, places):
    rows = [(CODE, "年度", f"出口额（{unit}）")]
    rows += [(code(1), 2022, "0." + "0" * (places - 1) + "1"), (code(2), 2022, "0." + "0" * places + "1")]
    answer = load("figures", book(rows), "--good-rows")
    expect(answer, rows=2, new=1, refused=[(3, "出口额（美元）", "too_precise")])
    assert figures(1)[2] == "0.01"


@pytest.mark.parametrize(
    ("unit", "most", "over"),
    [
        ("元", "9999999999999.99", "10000000000000"),
        ("千元", "9999999999.99999", "10000000000"),
        ("万元", "999,999,999.999999", "1,000,000,000"),
        ("亿元", "99999.9999999999", "100000"),
    ],
)
def test_ten_trillion_is_too_large_after_the_unit(load, unit, most, over):
    forms = [most, over, float(over.replace(",", "")), "9" * 30]
    refused = [(row, "进口额", "too_large") for row in (3, 4, 5)]
    answer = load("figures", file_of(forms, unit=unit), "--good-rows")
    expect(answer, rows=4, new=1, refused=refused)
    assert imports_of(1) == ["9999999999999.99"]


def test_usd_has_the_same_limit(load):
    rows = [(CODE, "年度", "出口额（亿美元）"), (code(1), 2022, "99999.99"), (code(2), 2022, "100000")]
    expect(load("figures", book(rows)), rows=2, new=1, refused=[(3, "出口额（美元）", "too_large")])


def test_a_number_without_end_is_refused_at_once(load):
    forms = ["1" * 20_000, "0." + "1" * 20_000, b"<c><v>1E+300</v></c>", b"<c><v>1E-300</v></c>"]
    refused = [(2, "进口额", "too_large"), (3, "进口额", "too_precise"), (4, "进口额", "too_large")]
    refused.append((5, "进口额", "too_precise"))
    expect(load("figures", file_of(forms, make=raw_book)), rows=4, refused=refused)


def test_formats_that_show_a_number_otherwise_do_not_change_it(load):
    formats = {
        "C2": "#,##0.00_);[Red]\\(#,##0.00\\)",
        "C3": '_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        "C4": '0.00"元"',
        "C5": "@",
        "B2": '0"年度"',
        "B3": 'General"年"',
    }
    content = book(
        [(CODE, "年度", "进口额"), *((code(number), 2022, 5120.35) for number in range(1, 5))],
        formats=formats,
    )
    expect(load("figures", content), rows=4, new=4)
    assert stored(4) == ["5120.35"] * 4
