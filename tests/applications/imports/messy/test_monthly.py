"""Monthly detail: rows that add up, firm-months that are replaced, codes that lost their zeros."""

from datetime import date
from decimal import Decimal

import pytest

from applications.models import MonthlyTrade

from .asking import CODE, code, expect
from .books import book, csv_of, raw_book

HEADINGS = (CODE, "年月", "进出口", "监管方式", "商品编码", "金额（元）", "金额（美元）")
WHOLE = (*HEADINGS[:1], "企业名称", *HEADINGS[1:], "境内货源地", "贸易国")


def row(number=1, month="2022-01", amount=100, *, way="出口", supervision="0110", goods="84713000", usd=10):
    return (code(number), month, way, supervision, goods, amount, usd)


def amounts(**filters):
    return sorted(MonthlyTrade.objects.filter(**filters).values_list("amount_cny", flat=True))


def test_the_whole_template_is_stored(load):
    values = (
        code(1),
        "示例甲公司",
        "2022年3月",
        "进口",
        "9610",
        "0102290010",
        "1,234.50",
        "170.25",
        "哈尔滨",
        "俄罗斯",
    )
    expect(load("monthly", csv_of([WHOLE, values])), rows=1, new=1)
    stored = MonthlyTrade.objects.get()
    assert (stored.credit_code, stored.name, stored.month) == (code(1), "示例甲公司", date(2022, 3, 1))
    assert (stored.direction, stored.supervision_code, stored.hs_code) == ("import", "9610", "0102290010")
    assert (stored.amount_cny, stored.amount_usd) == (Decimal("1234.50"), Decimal("170.25"))
    assert stored.origin == "哈尔滨"


def test_rows_of_the_same_codes_add_up(load):
    rows = [
        HEADINGS,
        row(amount="100.10"),
        row(amount="0.05", usd=0.01),
        row(amount="100.10"),
        row(month="2022-02"),
    ]
    answer = load("monthly", csv_of(rows))
    assert (answer.status, answer.said["rows"], answer.said["refused"]) == (0, 4, [])
    assert amounts(month=date(2022, 1, 1)) == [Decimal("200.25")]
    assert MonthlyTrade.objects.get(month=date(2022, 1, 1)).amount_usd == Decimal("20.01")
    expect(load("monthly", csv_of(rows)), rows=4, unchanged=4)
    assert amounts() == [Decimal("100.00"), Decimal("200.25")]


def test_codes_that_are_the_same_after_tidying_add_up(load):
    rows = [
        HEADINGS,
        row(),
        (f"'{code(1).lower()}", "202201", "出口", 110, 84713000, "200", "20"),
        row(month="2022年1月"),
    ]
    answer = load("monthly", book(rows))
    assert (answer.status, answer.said["refused"]) == (0, [])
    assert amounts() == [Decimal("400.00")]


@pytest.mark.parametrize(
    "other",
    [
        row(2),
        row(month="2022-02"),
        row(way="进口"),
        row(supervision="9610"),
        row(goods="84713001"),
        row(goods="8471300001"),
    ],
)
def test_rows_of_different_codes_stand_apart(load, other):
    expect(load("monthly", csv_of([HEADINGS, row(), other])), rows=2, new=2)
    assert amounts() == [Decimal("100.00")] * 2


def test_origin_and_partner_belong_to_the_codes(load):
    rows = [(*HEADINGS, "境内货源地", "贸易国")]
    rows += [
        (*row(), *rest) for rest in (("哈尔滨", "俄罗斯"), ("哈尔滨", "日本"), ("大庆", "俄罗斯"), ("", ""))
    ]
    expect(load("monthly", csv_of(rows)), rows=4, new=4)
    expect(load("monthly", csv_of(rows)), rows=4, unchanged=4)


def test_a_load_replaces_the_firm_months_that_it_contains(load):
    first = [HEADINGS, row(), row(goods="84713001"), row(goods="84713002"), row(month="2022-02"), row(2)]
    expect(load("monthly", csv_of(first)), rows=5, new=5)
    second = [HEADINGS, row(), row(goods="84713001", amount=150), row(goods="84713009", amount=7)]
    answer = load("monthly", csv_of(second), "--check")
    expect(answer, rows=3, new=1, changed=1, unchanged=1, removed=1)
    assert MonthlyTrade.objects.count() == 5
    expect(load("monthly", csv_of(second)), rows=3, new=1, changed=1, unchanged=1, removed=1)
    january = amounts(credit_code=code(1), month=date(2022, 1, 1))
    assert january == [Decimal("7.00"), Decimal("100.00"), Decimal("150.00")]
    assert amounts(credit_code=code(1), month=date(2022, 2, 1)) == [Decimal("100.00")]
    assert amounts(credit_code=code(2)) == [Decimal("100.00")]
    expect(load("monthly", csv_of(second)), rows=3, unchanged=3)


def test_the_same_rows_in_another_order_and_other_pieces_are_unchanged(load):
    load("monthly", csv_of([HEADINGS, row(), row(goods="84713001")]))
    expect(load("monthly", csv_of([HEADINGS, row(goods="84713001"), row()])), rows=2, unchanged=2)
    pieces = [HEADINGS, row(amount=60, usd=6), row(goods="84713001"), row(amount=40, usd=4)]
    expect(load("monthly", csv_of(pieces)), rows=3, unchanged=3)


def test_directions_are_two(load):
    rows = [
        HEADINGS,
        row(way="进口"),
        row(way="出口"),
        row(way=" 出口 ", month="2022-02"),
        row(way="转口"),
        row(way=""),
    ]
    refused = [(5, "进出口", "bad_choice", "转口"), (6, "进出口", "missing")]
    expect(load("monthly", csv_of(rows)), rows=5, new=3, refused=refused)


def test_zeros_that_a_numeric_cell_has_lost_are_put_back(load):
    cells = [(110, 1022900), (9610, 84713000), (10, 101), (1210, 10129), (0, 1012100), (110, 102290010)]
    rows = [
        HEADINGS,
        *(row(month=f"2022-{n:02}", supervision=s, goods=g) for n, (s, g) in enumerate(cells, start=1)),
    ]
    expect(load("monthly", book(rows)), rows=6, new=6)
    stored = list(MonthlyTrade.objects.order_by("month").values_list("supervision_code", "hs_code"))
    assert stored == [
        ("0110", "01022900"),
        ("9610", "84713000"),
        ("0010", "0101"),
        ("1210", "010129"),
        ("0000", "01012100"),
        ("0110", "0102290010"),
    ]


def test_codes_as_text_keep_their_zeros(load):
    cells = [
        ("0110", "01022900"),
        ("9610", "8471"),
        ("0110", "847130"),
        ("0110", "0102290010"),
        ("１２１０", "８４７１"),
    ]
    rows = [
        HEADINGS,
        *(row(month=f"2022-{n:02}", supervision=s, goods=g) for n, (s, g) in enumerate(cells, start=1)),
    ]
    for make in (book, csv_of):
        load("monthly", make(rows))
        stored = list(MonthlyTrade.objects.order_by("month").values_list("supervision_code", "hs_code"))
        assert stored == [*cells[:4], ("1210", "8471")]


def test_other_codes_are_bad_choices(load):
    supervisions = ["96100", "ABCD", "9610a", "961O"]
    goods = ["84713000001", "84AB", "841", "机电产品", "84.7.1"]
    rows = [HEADINGS, *(row(supervision=text) for text in supervisions), *(row(goods=text) for text in goods)]
    refused = [(number, "监管方式", "bad_choice", text) for number, text in enumerate(supervisions, start=2)]
    refused += [(number, "商品编码", "bad_choice", text) for number, text in enumerate(goods, start=6)]
    expect(load("monthly", csv_of(rows)), rows=9, refused=refused)


def test_numbers_that_are_no_codes_are_bad_choices(load):
    rows = [
        HEADINGS,
        row(supervision=96100),
        row(supervision=11.5),
        row(goods=84713000001),
        row(goods=8471.5),
    ]
    refused = [
        (row, column, "bad_choice")
        for row, column in zip((2, 3, 4, 5), ["监管方式"] * 2 + ["商品编码"] * 2, strict=True)
    ]
    expect(load("monthly", book(rows)), rows=4, refused=refused)


def test_every_required_cell_is_needed(load):
    rows, refused = [HEADINGS], []
    for place, heading in enumerate(HEADINGS):
        rows.append(tuple(None if number == place else value for number, value in enumerate(row())))
        refused.append((place + 2, heading, "missing"))
    expect(load("monthly", book(rows)), rows=7, refused=refused)


def test_a_dash_for_a_required_amount_is_missing(load):
    rows = [HEADINGS, row(amount="—"), row(usd="无")]
    refused = [(2, "金额（元）", "missing"), (3, "金额（美元）", "missing")]
    expect(load("monthly", csv_of(rows)), rows=2, refused=refused)


def test_amounts_are_refused_as_figures_are(load):
    faults = {
        "-1": "negative",
        "(1)": "negative",
        "1.005": "too_precise",
        "1,5": "not_a_number",
        "1" + "0" * 13: "too_large",
    }
    rows = [HEADINGS, *(row(amount=text) for text in faults), *(row(usd=text) for text in faults)]
    refused = [(number, "金额（元）", fault) for number, fault in enumerate(faults.values(), start=2)]
    refused += [(number, "金额（美元）", fault) for number, fault in enumerate(faults.values(), start=7)]
    expect(load("monthly", csv_of(rows)), rows=10, refused=refused)


def test_amounts_that_are_too_large_only_together_do_not_break_the_load(load):
    rows = [HEADINGS, row(amount="9999999999999.99"), row(amount="9999999999999.99")]
    answer = load("monthly", csv_of(rows))
    assert answer.status in (0, 1)
    assert answer.said["rows"] == 2
    assert answer.said["stored"] is (answer.status == 0)


def test_zero_is_an_amount(load):
    expect(load("monthly", csv_of([HEADINGS, row(amount=0, usd="0.00")])), rows=1, new=1)
    assert amounts() == [Decimal(0)]


def test_a_wrong_check_digit_is_named_for_each_row(load):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    rows = [HEADINGS, (wrong, *row()[1:]), (wrong, *row(month="2022-02")[1:])]
    expect(load("monthly", csv_of(rows)), rows=2, new=2, check_digit=[(2, CODE), (3, CODE)])


def test_months_in_cells_of_dates_and_merged_firms(load):
    rows = [HEADINGS, (code(1), b'<c s="1"><v>44593</v></c>', *row()[2:]), (code(1), 202203, *row()[2:])]
    expect(load("monthly", raw_book(rows, formats=['yyyy"年"m"月"'])), rows=2, new=2)
    months = list(MonthlyTrade.objects.order_by("month").values_list("month", flat=True))
    assert months == [date(2022, 2, 1), date(2022, 3, 1)]


def test_without_good_rows_a_refused_row_keeps_the_month_as_it_was(load):
    load("monthly", csv_of([HEADINGS, row()]))
    rows = [HEADINGS, row(amount=150), row(goods="84713001", amount="x")]
    expect(load("monthly", csv_of(rows)), rows=2, changed=1, refused=[(3, "金额（元）", "not_a_number", "x")])
    assert amounts() == [Decimal("100.00")]
