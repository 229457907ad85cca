"""Whole files as offices send them, with many things at once."""

import re
from datetime import date
from decimal import Decimal

from applications.models import (
    AgriculturalExporter,
    DiscreditedEnterprise,
    DualCirculationEntry,
    Holiday,
    MonthlyTrade,
    RegisteredEnterprise,
    TradeFigures,
)

from .asking import CODE, code, expect, figures, imports_of
from .books import book, csv_of, package, parts, sheet_xml


def wrong(number):
    """A code whose check digit is wrong."""
    return code(number)[:-1] + ("1" if code(number)[-1] != "1" else "2")


def test_a_report_of_a_city_in_ten_thousands_with_signatures(load):
    rows = [
        ("示例市2022年度重点外贸企业进出口情况统计表",),
        ("填报单位（盖章）：示例市商务局", None, None, None, None, None, None, "单位：万元"),
        (
            "序\n号",
            "企业\n名称",
            "社会信用\n代码",
            "年份",
            "进 口 总 额",
            "出 口 总 额",
            None,
            "其中：\n备注",
        ),
        (None, None, None, None, None, "人民币", "美元", None),
        (1, "示例合计能源有限公司", code(1), "2022年", "１,２３４.５", 20, "300", "新办"),
        (2, "示例乙木业有限公司", f" {code(2).lower()}", 2022, "—", 0.1 + 0.2, None, None),
        ("小计", None, None, None, 1234.5, 20.3, 300, None),
        (3, "备注示例商贸有限公司", wrong(3), "2022年度", "0.000001", "/", "无", "代码待核"),
        (4, "示例丁矿产有限公司", 9.12399e17, 2022, "8", "9", None, None),
        (5, "示例戊矿产有限公司", code(5), "2022", "12万", "0.0000001", "-3", None),
        (None, None, None, None, None, None, None, None),
        ("合　计", None, None, None, 9999, 9999, 9999, None),
        ("注：1.本表按企业注册地统计；2.美元数以海关为准。",),
        ("制表人：示例人员甲", None, "审核人：示例人员乙", None, "填报日期：2023年1月5日"),
        ("负责人：", None, None, None, None),
    ]
    merged = ("A1:H1", "A2:G2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:G3", "H3:H4", "A13:H13")
    refused = [
        (9, CODE, "damaged_code"),
        (10, "进口额", "not_a_number", "12万"),
        (10, "出口额", "too_precise", "0.0000001"),
        (10, "出口额（美元）", "negative", "-3"),
    ]
    answer = load("figures", book(rows, merged=merged), "--good-rows")
    expect(
        answer, rows=5, new=3, refused=refused, check_digit=[(8, CODE)], unknown=["序号", "其中：备注"]
    )  # fmt: skip
    assert figures(1) == ("12345000.00", "200000.00", "300.00", None, None, None)
    assert figures(2) == (None, "3000.00", None, None, None, None)


def test_a_table_with_the_firm_merged_over_its_years(load):
    rows = [
        ("附件2",),
        ("企业名称", CODE, "年度", "进口值（万元）", "出口值（万元）", "出口值（万美元）"),
        ("示例甲有限公司", code(1), "2020年", 1.5, 2.5, 0.35),
        (None, None, "2021年", "1,600", "2,600", "365.5"),
        (None, None, "2022年", None, "——", None),
        ("示例乙有限公司", code(2), "2021年", 3, 4, 5),
        (None, None, "2022年", "3．5", "４", "x"),
        ("总计", None, None, 1, 2, 3),
    ]
    content = book(rows, merged=("A3:A5", "B3:B5", "A6:A7", "B6:B7", "A8:C8"))
    refused = [(7, "出口额（美元）", "not_a_number", "x")]
    expect(load("figures", content, "--good-rows"), rows=5, new=4, refused=refused)
    assert figures(1, 2021)[:3] == ("16000000.00", "26000000.00", "3655000.00")
    assert set(TradeFigures.objects.values_list("name", flat=True)) == {"示例甲有限公司", "示例乙有限公司"}


def test_a_customs_export_in_csv_with_tabs_behind_codes(load):
    headings = (
        CODE,
        "企业名称",
        "年月",
        "进出口",
        "监管方式",
        "商品编码",
        "金额（元）",
        "金额（美元）",
        "贸易国",
    )
    lines = [
        "海关进出口明细查询结果,,,,,,,,",
        "查询时间：2023-01-05 09:12:33,,,,,,,,",
        ",".join(headings),
        f'{code(1)}\t,示例甲有限公司,202201,出口,0110\t,84713000\t,"1,234.50 ",194.12,俄罗斯',
        f"{code(1)}\t,示例甲有限公司,202201,出口,0110\t,84713000\t,100,15.73,俄罗斯",
        f'{code(1)}\t,"示例甲\n有限公司",202202,进口,9610\t,01022900\t,5,0.78,日本',
        f"{code(2)}\t,示例乙有限公司,202213,出口,0110\t,84713000\t,5,0.78,日本",
        f"{code(2)}\t,示例乙有限公司,202212,出口,0110\t,84713000\t,5.005,0.78,日本",
        "合计,,,,,,1339.50,210.63,",
    ]
    content = "\r\n".join(lines).encode("gb18030")
    refused = [(8, "年月", "bad_date", "202213"), (9, "金额（元）", "too_precise", "5.005")]
    answer = load("monthly", content, "--good-rows")
    assert [
        (one["row"], one["column"], one["code"], one["value"]) for one in answer.said["refused"]
    ] == refused
    assert (answer.status, answer.said["rows"], answer.said["stored"]) == (1, 5, True)
    stored = sorted(MonthlyTrade.objects.values_list("month", "hs_code", "amount_cny", "amount_usd"))
    assert stored == [
        (date(2022, 1, 1), "84713000", Decimal("1334.50"), Decimal("209.85")),
        (date(2022, 2, 1), "01022900", Decimal("5.00"), Decimal("0.78")),
    ]


def test_a_register_with_sheets_for_explanation_and_old_versions(load):
    explanation = [("填报说明",), ("1.统一社会信用代码按营业执照填写。",), ("2.市（地）填写注册地。",)]
    table = [
        ("黑龙江省外贸企业名录",),
        (
            "序号",
            "单位名称",
            "企业代码",
            "市（地）",
            "自贸区",
            "引进年度",
            "成立日期",
            "联系电话",
            "地址",
            "法定代表人",
        ),
        (
            1,
            "示例甲有限公司",
            code(1),
            "哈尔滨",
            "是",
            2021,
            date(2020, 5, 6),
            13800000001,
            "示例路1号",
            "示例人员",
        ),
        (2, "示例乙有限公司", code(2), "大兴安岭", "否", "—", "2019.7.8", "0457-0000000", None, "示例人员"),
        (3, "示例丙有限公司", code(3), "长春市", "有", "二〇二一", "2021年2月30日", None, None, None),
    ]
    content = book(explanation, sheet="说明", others={"名录": table, "名录（旧）": table[:4]})
    answer = load("enterprises", content, "--good-rows")
    assert [one["row"] for one in answer.said["refused"]] == [5] * len(answer.said["refused"])
    said = {(one["column"], one["code"], one["value"]) for one in answer.said["refused"]}
    assert said >= {
        ("市（地）", "bad_choice", "长春市"),
        ("自贸区", "bad_choice", "有"),
        ("引进年度", "bad_year", "二〇二一"),
        ("成立日期", "bad_date", "2021年2月30日"),
    }
    assert answer.said["new"] == 2
    firm = RegisteredEnterprise.objects.get(credit_code=code(1))
    assert (firm.city, firm.ftz, firm.introduced_year, firm.established_on) == (
        "2301",
        True,
        2021,
        date(2020, 5, 6),
    )
    assert firm.phone == "13800000001"


def test_a_table_that_a_database_wrote_without_positions_or_styles(load):
    """Some programs write every cell as text, leave out positions and tell a wrong size."""
    rows = [
        (CODE, "企业名称", "年度", "进口额", "出口额"),
        (code(1), "示例甲有限公司", "2022", "1234.50", "0"),
        (code(2), "示例乙有限公司", "2022", "", ""),
        (code(3), "示例丙有限公司", "2022", "1E5", "1.0E-2"),
    ]
    sheet = sheet_xml(
        rows, before='<dimension ref="A1"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
    )
    for number in range(1, 5):
        for letter in "ABCDE":
            sheet = sheet.replace(f'<c r="{letter}{number}"', "<c")
        sheet = sheet.replace(f'<row r="{number}"', "<row")
    contents = parts(sheet)
    del contents["xl/styles.xml"]
    related = "xl/_rels/workbook.xml.rels"
    contents[related] = re.sub(r'<Relationship Id="rId2"[^>]*/>', "", contents[related])
    refused = [(4, "进口额", "not_a_number", "1E5"), (4, "出口额", "not_a_number", "1.0E-2")]
    expect(load("figures", package(contents), "--good-rows"), rows=3, new=2, refused=refused)
    assert imports_of(1, 2) == ["1234.50", None]


def test_a_sheet_with_what_newer_programs_add(load):
    extensions = (
        '<conditionalFormatting sqref="C2:C9"><cfRule type="expression" priority="1"><formula>C2&lt;0</formula></cfRule>'
        '</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="B2:B9"><formula1>"2021,2022"'
        '</formula1></dataValidation></dataValidations><extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:sparklineGroups '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:sparklineGroup><x14:sparklines><x14:sparkline>'
        "<xm:f>Sheet1!C2:C3</xm:f><xm:sqref>D2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups></ext></extLst>"
    )
    before = (
        '<sheetPr filterMode="1"><tabColor rgb="FFFF0000"/></sheetPr><mc:AlternateContent xmlns:mc='
        '"http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="v2"><x/></mc:Choice></mc:AlternateContent>'
        '<cols><col min="1" max="16384" width="9" hidden="1"/></cols>'
    )
    sheet = sheet_xml([(CODE, "年度", "进口额"), (code(1), 2022, 5)], before=before, after=extensions)
    sheet = sheet.replace(
        '<row r="2"',
        '<row r="2" spans="1:3" s="1" customFormat="1" ht="14.25" hidden="1" x14ac:dyDescent="0.2" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"',
    )
    expect(load("figures", package(parts(sheet, formats=["0.00"]))), rows=1, new=1)
    assert imports_of(1) == ["5.00"]


def test_lists_of_firms_with_a_title_and_notes(load):
    lists = [
        ("dual-circulation", DualCirculationEntry, ("序号", "企业名称", CODE, "批次"), ("第一批",)),
        (
            "agricultural",
            AgriculturalExporter,
            ("序号", "企业名称", CODE, "起", "止"),
            ("2022年1月1日", "2022.12.31"),
        ),
        (
            "discredited",
            DiscreditedEnterprise,
            ("序号", "企业名称", CODE, "起", "止"),
            (date(2022, 1, 1), ""),
        ),
    ]
    for kind, model, headings, rest in lists:
        rows = [
            ("名单（2022年）",),
            headings,
            (1, "示例甲有限公司", f"'{code(1)}", *rest),
            (2, "示例乙有限公司", wrong(2), *rest),
            (3, "示例丙有限公司", "待补", *rest),
            ("注：待补者下月报送。",),
        ]
        answer = load(kind, book(rows, merged=("A1:D1", "A6:D6")), "--good-rows")
        refused = [(5, CODE, "bad_credit_code", "待补")]
        expect(answer, rows=3, new=2, unknown=["序号"], refused=refused, check_digit=[(4, CODE)])
        assert set(model.objects.values_list("credit_code", flat=True)) == {code(1), wrong(2)}


def test_a_notice_of_holidays_as_semicolon_separated_text(load):
    lines = [
        "2022年部分节假日安排;;",
        "类型;日期;名称",
        "休;2022年1月3日;元旦",
        "休;2022年1月3日;元旦",
        "班;2022.1.29;春节",
        "班;20220130;春节",
        "休;2022-1-31;春节",
        "调休;2022/2/1;春节",
        "备注;周末照常休息;",
    ]
    content = "\n".join(lines).encode()
    refused = [(8, "类型", "bad_choice", "调休")]
    expect(load("holidays", content, "--good-rows"), rows=6, new=4, unchanged=1, refused=refused)
    assert Holiday.objects.filter(kind="work").count() == 2


def test_columns_are_called_by_the_template_in_every_fault(load):
    rows = [
        ("企业代码", "年份", "进口值（万元）", "出口总额（万美元）"),
        ("1", "今年", "x", "y"),
    ]
    refused = [
        (2, CODE, "bad_credit_code", "1"),
        (2, "年度", "bad_year", "今年"),
        (2, "进口额", "not_a_number", "x"),
        (2, "出口额（美元）", "not_a_number", "y"),
    ]
    expect(load("figures", csv_of(rows)), rows=1, refused=refused)
