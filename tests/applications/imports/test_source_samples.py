"""The examples that the product's import contract comes with can be opened, each with what it is there to show."""

import datetime
from pathlib import Path

import pytest

from applications.imports.cells import CellError, Percent, shown
from applications.imports.source import source_open

SAMPLES = Path(__file__).parents[2] / "data" / "imports"
FILES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".xlsx", ".csv"))


def rows_of(name: str) -> dict[int, list]:
    with source_open(SAMPLES / name) as source:
        (sheet,) = source.sheets
        rows = dict(sheet.rows())
        assert sheet.position == 1
        assert dict(sheet.rows()) == rows
    return rows


def test_every_expected_report_has_its_file() -> None:
    expected = {path.name.removesuffix(".expected.json") for path in SAMPLES.glob("*.expected.json")}
    assert expected == {name.rpartition(".")[0] for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_sample_opens_with_its_headings(name: str) -> None:
    texts = {shown(cell) for row in rows_of(name).values() for cell in row}
    assert texts & {
        "统一社会信用代码",
        "社会信用\n代码",
        "信用代码",
        "企业代码",
        "平台编号",
        "日期",
        "市（地）",
        "公布日期",
    }


def test_the_messy_sample_shows_what_its_cells_hold() -> None:
    rows = rows_of("figures-messy.xlsx")
    assert 9 not in rows
    assert rows[4][0] == rows[3][0] == "序号"
    assert rows[3][6:9] == ["其中", None, None]
    assert shown(rows[7][4]) == "0.3"
    assert shown(rows[7][5]) == "123.456789"
    assert shown(rows[12][1]) == "912399000000001000"
    assert isinstance(rows[15][4], CellError)


def test_percentages_and_dates_are_told_by_their_formats() -> None:
    rates = rows_of("city-rates.xlsx")
    assert isinstance(rates[4][3], Percent) != isinstance(rates[6][3], Percent)
    assert rows_of("holidays.xlsx")[3][0] == datetime.date(2022, 1, 3)


def test_a_character_beyond_gbk_is_read() -> None:
    assert rows_of("figures-gb18030.csv")[3][1] == "示例㐂升木业有限公司"
