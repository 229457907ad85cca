"""What is stored and when: new, changed, unchanged; --check and --good-rows; what is absent and what is empty."""

from applications.models import TradeFigures

from .asking import CODE, FIGURES, NOTHING, code, expect, figures, imports_of
from .books import book, csv_of

HEADINGS = (CODE, "企业名称", "年度", "进口额")


def rows_of(*amounts):
    return [HEADINGS, *((code(n), f"示例{n}公司", 2022, amount) for n, amount in enumerate(amounts, start=1))]


def test_a_file_is_stored_and_a_second_run_changes_nothing(load):
    content = book(rows_of(5, None, "1,000"))
    expect(load("figures", content), rows=3, new=3)
    expect(load("figures", content), rows=3, unchanged=3)
    assert imports_of(1, 2, 3) == ["5.00", None, "1000.00"]


def test_new_changed_and_unchanged_are_told_apart(load):
    load("figures", book(rows_of(5, 6, 7)))
    expect(load("figures", book(rows_of(5, 66, None, 8))), rows=4, new=1, changed=2, unchanged=1)
    assert imports_of(1, 2, 3, 4) == ["5.00", "66.00", None, "8.00"]


def test_a_changed_name_is_a_change(load):
    load("figures", book(rows_of(5)))
    expect(load("figures", book([HEADINGS, (code(1), "示例新名公司", 2022, 5)])), rows=1, changed=1)
    assert TradeFigures.objects.get().name == "示例新名公司"


def test_check_says_the_same_and_stores_nothing(load):
    load("figures", book(rows_of(5, 6)))
    content = book(rows_of(5, 66, 7))
    for _ in range(2):
        expect(load("figures", content, "--check"), rows=3, new=1, changed=1, unchanged=1)
    assert imports_of(1, 2, 3) == ["5.00", "6.00", "no row"]
    expect(load("figures", content), rows=3, new=1, changed=1, unchanged=1)


def test_nothing_is_stored_where_any_row_is_refused(load):
    load("figures", book(rows_of(5, 6)))
    content = book(rows_of(5, 66, "x", 8))
    for flags in ([], ["--check"], []):
        expect(
            load("figures", content, *flags),
            rows=4,
            new=1,
            changed=1,
            unchanged=1,
            refused=[(4, "进口额", "not_a_number", "x")],
        )
    assert imports_of(1, 2, 3, 4) == ["5.00", "6.00", "no row", "no row"]


def test_good_rows_alone_are_stored_where_that_is_asked_for(load):
    load("figures", book(rows_of(5, 6)))
    content = book(rows_of(5, 66, "x", 8))
    refused = [(4, "进口额", "not_a_number", "x")]
    expect(
        load("figures", content, "--check", "--good-rows"),
        rows=4,
        new=1,
        changed=1,
        unchanged=1,
        refused=refused,
    )
    assert imports_of(1, 2, 3, 4) == ["5.00", "6.00", "no row", "no row"]
    expect(load("figures", content, "--good-rows"), rows=4, new=1, changed=1, unchanged=1, refused=refused)
    assert imports_of(1, 2, 3, 4) == ["5.00", "66.00", "no row", "8.00"]
    expect(load("figures", content, "--good-rows"), rows=4, unchanged=3, refused=refused)


def test_good_rows_of_a_file_without_bad_ones_is_the_plain_load(load):
    expect(load("figures", book(rows_of(5)), "--good-rows"), rows=1, new=1)


def test_an_absent_column_leaves_the_figure_as_it_was(load):
    load("figures", book([FIGURES, (code(1), "示例甲公司", 2022, 600, 500, 70, 60, 50, 40)]))
    rows = [(CODE, "年度", "出口额"), (code(1), 2022, 501), (code(2), 2022, 5)]
    expect(load("figures", book(rows)), rows=2, new=1, changed=1)
    assert figures(1) == ("600.00", "501.00", "70.00", "60.00", "50.00", "40.00")
    assert figures(2) == (None, "5.00", None, None, None, None)


def test_absent_columns_make_no_difference(load):
    load("figures", book([FIGURES, (code(1), "示例甲公司", 2022, 600, 500, 70, 60, 50, 40)]))
    expect(load("figures", book([(CODE, "年度"), (code(1), 2022)])), rows=1, unchanged=1)
    expect(load("figures", book([(CODE, "年度", "进口额"), (code(1), 2022, "600.00")])), rows=1, unchanged=1)


def test_an_empty_cell_clears_the_figure(load):
    load("figures", book([FIGURES, (code(1), "示例甲公司", 2022, 600, 500, 70, 60, 50, 40)]))
    content = book([FIGURES, (code(1), "示例甲公司", 2022, None, "—", " ", "无", None, "/")])
    expect(load("figures", content), rows=1, changed=1)
    assert figures(1) == NOTHING
    expect(load("figures", content), rows=1, unchanged=1)


def test_zero_is_not_missing(load):
    load("figures", book(rows_of(None)))
    expect(load("figures", book(rows_of(0))), rows=1, changed=1)
    assert imports_of(1) == ["0.00"]
    expect(load("figures", book(rows_of("—"))), rows=1, changed=1)
    assert imports_of(1) == [None]


def test_figures_of_firms_that_nobody_knows_are_stored(load):
    expect(load("figures", csv_of(rows_of("5"))), rows=1, new=1)


def test_csv_and_workbook_of_the_same_rows_say_the_same(load):
    rows = [(cell if isinstance(cell, str) else str(cell) for cell in row) for row in rows_of(5, 6, "1,000")]
    expect(load("figures", csv_of(rows, encoding="gb18030")), rows=3, new=3)
    expect(load("figures", book(rows_of(5, 6.0, "1000.00"))), rows=3, unchanged=3)


def test_imports_never_delete_figures(load):
    load("figures", book(rows_of(5, 6, 7)))
    expect(load("figures", book(rows_of(5))), rows=1, unchanged=1)
    assert TradeFigures.objects.count() == 3


def test_every_row_may_be_refused(load):
    refused = [(2, "进口额", "not_a_number", "x"), (3, "进口额", "not_a_number", "y")]
    expect(load("figures", book(rows_of("x", "y"))), rows=2, refused=refused)
    assert not TradeFigures.objects.exists()


def test_faults_of_many_rows_are_all_listed(load):
    rows = [HEADINGS, *((code(number), "示例公司", "2022", "x") for number in range(2500))]
    answer = load("figures", csv_of(rows))
    assert [one["row"] for one in answer.said["refused"]] == list(range(2, 2502))
    assert answer.said["rows"] == 2500
