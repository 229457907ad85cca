"""Credit codes: tidied, warned about, damaged by a spreadsheet, or none at all."""

import pytest

from applications.models import (
    AgriculturalExporter,
    DualCirculationEntry,
    OverseasWarehouse,
    Platform,
    TradeFigures,
)

from .asking import CODE, code, expect
from .books import book, csv_of, raw_book


def file_of(codes, make=book):
    return make([(CODE, "年度"), *((text, 2022) for text in codes)])


def stored():
    return set(TradeFigures.objects.values_list("credit_code", flat=True))


def full_width(text):
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


def test_codes_are_tidied(load):
    whole = [code(number) for number in range(1, 13)]
    written = [
        whole[0].lower(),
        f" {whole[1]} ",
        f"{whole[2][:4]} {whole[2][4:8]}  {whole[2][8:]}",
        f"'{whole[3]}",
        f"'{whole[4]}'",
        f"\u2019{whole[5]}",
        full_width(whole[6]),
        full_width(whole[7].lower()),
        f"\u3000{whole[8]}\u00a0",
        f"{whole[9]}\t",
        f"{whole[10][:9]}\n{whole[10][9:]}",
        full_width("'" + whole[11]),
    ]
    expect(load("figures", file_of(written)), rows=12, new=12)
    assert stored() == set(whole)


def test_codes_are_tidied_in_csv(load):
    whole = [code(number) for number in range(1, 5)]
    written = [f"'{whole[0]}", f"{whole[1]}\t", whole[2].lower(), f"\t{full_width(whole[3])}"]
    expect(load("figures", file_of(written, make=csv_of)), rows=4, new=4)
    assert stored() == set(whole)


def test_a_wrong_check_digit_is_a_warning_and_the_row_is_stored(load):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    expect(load("figures", file_of([wrong, code(2)])), rows=2, new=2, check_digit=[(2, CODE)])
    assert stored() == {wrong, code(2)}


def test_the_check_digit_of_a_refused_row_may_be_wrong_too(load):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    rows = [(CODE, "年度", "进口额"), (wrong, 2022, "x")]
    answer = load("figures", book(rows))
    assert [one["code"] for one in answer.said["refused"]] == ["not_a_number"]


def test_a_code_that_became_a_number_is_damaged(load):
    cells = [
        b"<c><v>912399000000000000</v></c>",
        b"<c><v>9.12399E+17</v></c>",
        b"<c><v>9.1239900000000003E+17</v></c>",
        b"<c><v>1.23E+17</v></c>",
        b"<c><v>9.1239900123456717E+17</v></c>",
        "9.12399E+17",
        "1.23E+17",
        "1.23e+17",
        "9.123990012345E17",
    ]
    refused = [(row, CODE, "damaged_code") for row in range(2, 2 + len(cells))]
    expect(load("figures", file_of(cells, make=raw_book)), rows=len(cells), refused=refused)


def test_a_number_with_a_format_is_damaged_all_the_same(load):
    cells = [b'<c s="1"><v>912399000000000000</v></c>', b'<c s="2"><v>912399000000000000</v></c>']
    rows = [(CODE, "年度"), *((cell, 2022) for cell in cells)]
    content = raw_book(rows, formats=["0", "@"])
    expect(load("figures", content), rows=2, refused=[(2, CODE, "damaged_code"), (3, CODE, "damaged_code")])


def test_a_damaged_code_in_csv_is_recognised_by_its_exponent(load):
    refused = [(2, CODE, "damaged_code", "1.23E+17"), (3, CODE, "damaged_code", "9.12399e+17")]
    content = file_of(["1.23E+17", "9.12399e+17"], make=csv_of)
    expect(load("figures", content), rows=2, refused=refused)


def test_eighteen_digits_in_a_cell_of_text_are_a_code(load):
    digits = "912399001234567000"
    for make in (book, csv_of):
        answer = load("figures", file_of([digits], make=make), "--check")
        assert answer.said["refused"] == []
        assert answer.said["new"] == 1


@pytest.mark.parametrize("make", [book, csv_of])
def test_anything_else_is_no_code(load, make):
    texts = [
        code(1)[:-1],
        code(1) + "0",
        "23010012345678",
        "无",
        "示例甲有限公司",
        code(1)[:5] + "I" + code(1)[6:],
        code(1)[:5] + "O" + code(1)[6:],
        code(1)[:5] + "Z" + code(1)[6:],
        code(1)[:5] + "S" + code(1)[6:],
        code(1)[:5] + "V" + code(1)[6:],
        code(1)[:5] + "-" + code(1)[6:],
        code(1)[:5] + "中" + code(1)[6:],
        "12345678-9",
    ]
    refused = [(row, CODE, "bad_credit_code", text) for row, text in enumerate(texts, start=2)]
    expect(load("figures", file_of(texts, make=make)), rows=len(texts), refused=refused)


def test_a_number_of_another_length_is_no_code(load):
    cells = [123456789012345, 12345678, 0]
    refused = [(row, CODE, "bad_credit_code") for row in (2, 3, 4)]
    expect(load("figures", file_of(cells)), rows=3, refused=refused)


def test_a_missing_code_is_missing(load):
    expect(
        load("figures", file_of([None, "  "])), rows=2, refused=[(2, CODE, "missing"), (3, CODE, "missing")]
    )


def test_a_code_that_differs_in_writing_alone_is_the_same_firm(load):
    rows = [(CODE, "年度", "进口额"), (code(1), 2022, 5), (f"' {code(1).lower()}", 2022, 5)]
    expect(load("figures", book(rows)), rows=2, new=1, unchanged=1)


@pytest.mark.parametrize(
    ("kind", "model", "headings", "row"),
    [
        (
            "platforms",
            Platform,
            ("平台编号", "平台名称", "级别", "运营企业信用代码", "认定日期"),
            ("PT1", "示例平台", "省级", None, "2022-01-01"),
        ),
        (
            "warehouses",
            OverseasWarehouse,
            ("海外仓编号", "名称", "国家", "运营企业信用代码", "认定日期"),
            ("W1", "示例仓", "俄罗斯", None, "2022-01-01"),
        ),
    ],
)
def test_the_code_of_an_operator_is_tidied_warned_about_and_refused_alike(load, kind, model, headings, row):
    wrong = code(2)[:-1] + ("1" if code(2)[-1] != "1" else "2")
    rows = [headings]
    for number, text in enumerate([f" {code(1).lower()}", wrong, "1.23E+17", "123", ""], start=1):
        rows.append((f"{row[0]}{number}", *row[1:3], text, row[4]))
    operator = "运营企业信用代码"
    refused = [(4, operator, "damaged_code"), (5, operator, "bad_credit_code"), (6, operator, "missing")]
    answer = load(kind, book(rows), "--good-rows")
    expect(answer, rows=5, new=2, refused=refused, check_digit=[(3, operator)])
    assert set(model.objects.values_list("operator_code", flat=True)) == {code(1), wrong}


def test_registers_of_firms_warn_about_check_digits_too(load):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    for kind, model in (("dual-circulation", DualCirculationEntry), ("agricultural", AgriculturalExporter)):
        expect(load(kind, csv_of([(CODE,), (wrong,)])), rows=1, new=1, check_digit=[(2, CODE)])
        assert model.objects.get().credit_code == wrong
