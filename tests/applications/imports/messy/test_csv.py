"""CSV in every encoding and with every mark between its cells."""

import pytest

from applications.models import TradeFigures

from .asking import CODE, code, expect, figures, imports_of, refuse
from .books import csv_of

HEADINGS = (CODE, "企业名称", "年度", "进口额")
TABLE = [HEADINGS, (code(1), "示例甲有限公司", "2022", "1,234.50"), (code(2), "示例乙公司", "2022", "6")]


@pytest.mark.parametrize(
    ("encoding", "separator", "ending"),
    [
        ("utf-8", ",", "\r\n"),
        ("utf-8", ";", "\n"),
        ("utf-8", "\t", "\r"),
        ("utf-8-sig", ",", "\n"),
        ("utf-8-sig", ";", "\r"),
        ("utf-8-sig", "\t", "\r\n"),
        ("gb18030", ",", "\r"),
        ("gb18030", ";", "\r\n"),
        ("gb18030", "\t", "\n"),
    ],
)
def test_encodings_separators_and_line_ends_are_recognised(load, encoding, separator, ending):
    content = csv_of(TABLE, encoding=encoding, separator=separator, ending=ending)
    expect(load("figures", content), rows=2, new=2)
    assert imports_of(1, 2) == ["1234.50", "6.00"]
    assert set(TradeFigures.objects.values_list("name", flat=True)) == {"示例甲有限公司", "示例乙公司"}


@pytest.mark.parametrize("name", ["数据.xlsx", "数据.xls", "数据.txt", "数据"])
def test_csv_with_any_name_is_csv(load, name):
    expect(load("figures", csv_of(TABLE), name=name), rows=2, new=2)


def test_characters_beyond_gbk_are_read(load):
    rows = [HEADINGS, (code(1), "示例𠮷㐂有限公司", "2022", "5")]
    expect(load("figures", csv_of(rows, encoding="gb18030")), rows=1, new=1)
    assert TradeFigures.objects.get().name == "示例𠮷㐂有限公司"


def test_the_last_line_may_lack_its_end(load):
    expect(load("figures", csv_of(TABLE).removesuffix(b"\r\n")), rows=2, new=2)


def test_quotes_hold_separators_and_quotes(load):
    rows = [HEADINGS, (code(1), '示例"甲",有限;公司', "2022", "5")]
    expect(load("figures", csv_of(rows)), rows=1, new=1)
    assert TradeFigures.objects.get().name == '示例"甲",有限;公司'


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_a_record_over_several_lines_has_the_number_of_its_first(load, ending):
    rows = [
        ("情况表\n（2022年度）", "", "", ""),
        HEADINGS,
        (code(1), "示例甲\n有限\n公司", "2022", "5"),
        (code(2), "示例乙公司", "2022", "x"),
        (code(3), "示例丙\n公司", "2022", "y"),
        (code(4), "示例丁公司", "2022", "z"),
    ]
    refused = [(row, "进口额", "not_a_number", text) for row, text in ((7, "x"), (8, "y"), (10, "z"))]
    expect(load("figures", csv_of(rows, ending=ending)), rows=4, new=1, refused=refused)


def test_empty_lines_are_counted(load):
    content = csv_of(TABLE) + b"\r\n\r\n" + csv_of([(code(3), "示例丙公司", "2022", "x")])
    expect(load("figures", content), rows=3, new=2, refused=[(6, "进口额", "not_a_number", "x")])


def test_headings_may_be_quoted_and_have_line_breaks(load):
    rows = [(CODE, "企业\n名称", "年\n度", "进口额\n（万元）"), (code(1), "示例甲公司", "2022", "5")]
    expect(load("figures", csv_of(rows)), rows=1, new=1)
    assert imports_of(1) == ["50000.00"]


def test_lines_may_end_in_separators_and_be_short(load):
    content = csv_of(
        [(*HEADINGS, "", ""), (*TABLE[1], "", ""), (code(2), "示例乙公司", "2022"), (code(3), "", "2022")]
    )
    expect(load("figures", content), rows=3, new=3)
    assert imports_of(1, 2, 3) == ["1234.50", None, None]


def test_a_title_without_separators_does_not_hide_them(load):
    content = "示例市2022年度，外贸企业\r\n单位;万元\r\n".encode() + csv_of(TABLE, separator="\t")
    expect(load("figures", content), rows=2, new=2)


def test_numbers_with_commas_need_no_quotes_between_tabs_and_semicolons(load):
    for separator in ("\t", ";"):
        lines = [
            HEADINGS,
            (code(1), "示例甲公司", "2022", "1,234,567.50"),
            (code(2), "示例,乙公司", "2022", "2,000"),
        ]
        content = "\r\n".join(separator.join(line) for line in lines).encode()
        answer = load("figures", content, "--check")
        expect(answer, rows=2, new=2)
    load("figures", content)
    assert imports_of(1, 2) == ["1234567.50", "2000.00"]


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_errors_that_a_spreadsheet_wrote_into_csv_are_errors(load, text):
    rows = [HEADINGS, (code(1), "示例甲公司", "2022", text)]
    expect(load("figures", csv_of(rows)), rows=1, refused=[(2, "进口额", "formula_error", text)])


def test_unknown_columns_of_a_csv_are_named(load):
    rows = [("序号", *HEADINGS, "备注"), ("1", *TABLE[1], "新办")]
    expect(load("figures", csv_of(rows)), rows=1, new=1, unknown=["序号", "备注"])


def test_figures_of_a_csv_are_told_in_full(load):
    rows = [
        (CODE, "年度", "进口额（万元）", "出口额(元)", "出口额(万美元)", "地产品出口额（亿元）"),
        (code(1), "2022年", "0.5", "５０００元", "0.01", "0.00001"),
    ]
    expect(load("figures", csv_of(rows, encoding="gb18030")), rows=1, new=1)
    assert figures(1) == ("5000.00", "5000.00", "100.00", None, None, "1000.00")


# --- Encodings that are not taken --------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_and_the_message_says_how_to_save_it(load, encoding):
    content = csv_of(TABLE, encoding=encoding)
    if encoding != "utf-16":
        content = "\ufeff".encode(encoding) + content
    refuse(load("figures", content), "bad_encoding", "UTF-8")


def test_bytes_of_no_encoding_are_refused(load):
    content = csv_of(TABLE) + b"\xff\xff\x80\xff,\xfe\r\n"
    refuse(load("figures", content), "bad_encoding")


def test_an_encoding_is_only_bad_at_the_end_of_a_long_file(load):
    rows = [HEADINGS, *((code(number), "示例公司", "2022", "5") for number in range(5000))]
    refuse(load("figures", csv_of(rows, encoding="gb18030") + b"\xff\xff\r\n"), "bad_encoding")
    assert not TradeFigures.objects.exists()


def test_csv_without_headings_is_refused(load):
    refuse(load("figures", csv_of(TABLE[1:])), "no_headings")


def test_csv_with_headings_alone_is_empty(load):
    refuse(load("figures", csv_of(TABLE[:1])), "empty")


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"x", b"\0\0\0\0"])
def test_a_file_with_nothing_in_it_is_refused(load, content):
    answer = load("figures", content)
    assert answer.status == 2
    assert answer.said["error"]["message"]
