"""Exports: the rows that count, in the template's columns, so that what goes out can come in again."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from applications.imports import export
from applications.imports.export import export_write, export_years
from applications.imports.kinds import KINDS
from applications.imports.loading import load_check, load_store
from applications.imports.template import template_write
from applications.models import CityRate, DualCirculationEntry, MonthlyTrade, TradeFigures
from tests.factories import credit_code

pytestmark = pytest.mark.django_db
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def load_template(kind, folder):
    """The example of a kind's template, loaded."""
    path = folder / f"{kind.name}.xlsx"
    template_write(kind, path)
    return load_store(kind.name, path)


def exported(kind, **options):
    """The rows of an export of one workbook, the headings first."""
    file = io.BytesIO()
    count, ending = export_write(KINDS[kind], file, **options)
    rows = list(load_workbook(file).active.iter_rows(values_only=True))
    assert (ending, count) == ("xlsx", len(rows) - 1)
    return rows


def figures(number, year=2022, **more):
    return TradeFigures.objects.create(credit_code=credit_code(number), year=year, **more)


@EVERY_KIND
def test_what_was_imported_is_exported_and_imported_again_as_unchanged(kind, tmp_path):
    load_template(KINDS["platforms"], tmp_path)
    outcome = load_template(kind, tmp_path)
    assert outcome.stored
    path = tmp_path / "导出.xlsx"
    with path.open("wb") as file:
        assert export_write(kind, file) == (1, "xlsx")
    again = load_check(kind.name, path)
    assert (again.rows, again.unchanged, again.refused_rows, again.removed or 0) == (1, 1, 0, 0)
    assert not list(again.warnings)


@EVERY_KIND
def test_an_export_of_nothing_has_headings_alone(kind, db):
    assert exported(kind.name) == [tuple(column.heading for column in kind.columns)]


def test_amounts_are_numbers_codes_are_text_and_what_is_missing_is_empty():
    figures(1, import_cny=Decimal("12345678901.23"), export_cny=Decimal(0))
    file = io.BytesIO()
    export_write(KINDS["figures"], file)
    code, name, year, imports, exports, usd, *_ = load_workbook(file).active[2]
    assert (code.value, code.number_format) == (credit_code(1), "@")
    assert (year.value, year.data_type) == (2022, "n")
    assert (imports.value, exports.value, usd.value, name.value) == (12345678901.23, 0, None, None)


def test_a_name_that_looks_like_a_formula_stays_text():
    figures(1, name="=HYPERLINK(1)")
    file = io.BytesIO()
    export_write(KINDS["figures"], file)
    cell = load_workbook(file).active["B2"]
    assert (cell.value, cell.data_type == "f") == ("=HYPERLINK(1)", False)


def test_what_was_struck_out_is_left_out():
    DualCirculationEntry.objects.create(credit_code=credit_code(1), name="示例甲公司")
    DualCirculationEntry.objects.create(credit_code=credit_code(2), struck_reason="登记错误")
    assert [row[0] for row in exported("dual-circulation")[1:]] == [credit_code(1)]


def test_of_a_citys_rate_the_newest_version_is_exported():
    now = timezone.now()
    for version, rate, published in ((1, "0.3", now), (2, "0.4", now), (3, "0.45", None)):
        CityRate.objects.create(
            city="2301", year=2022, item="3.3", version=version, rate=Decimal(rate), published_at=published
        )
    assert exported("city-rates")[1:] == [("哈尔滨市", 2022, "3.3", "45%")]


def test_one_year_can_be_exported_by_itself():
    for year in (2021, 2022):
        figures(1, year)
        make_month(1, date(year, 3, 1))
    assert export_years(KINDS["figures"]) == export_years(KINDS["monthly"]) == [2022, 2021]
    assert [row[2] for row in exported("figures", year=2021)[1:]] == [2021]
    assert [row[2] for row in exported("monthly", year=2022)[1:]] == ["2022-03"]
    assert export_years(KINDS["platforms"]) == []


def make_month(number, month, hs_codes=("4407",)):
    for hs_code in hs_codes:
        MonthlyTrade.objects.create(
            credit_code=credit_code(number), month=month, direction="export", supervision_code="0110",
            hs_code=hs_code, amount_cny=1, amount_usd=1,
        )  # fmt: skip


def test_many_rows_become_several_books_and_a_firms_month_stays_in_one(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "ROWS_PER_BOOK", 3)
    make_month(1, date(2022, 1, 1), ("4401", "4402"))
    make_month(1, date(2022, 2, 1), ("4401", "4402", "4403", "4404"))
    make_month(2, date(2022, 1, 1), ("4401",))
    file = io.BytesIO()
    assert export_write(KINDS["monthly"], file) == (7, "zip")
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert names == ["海关月度明细-1.xlsx", "海关月度明细-2.xlsx"]
    counts = [load_check("monthly", tmp_path / name) for name in names]
    assert [each.unchanged for each in counts] == [6, 1]
    assert [each.removed for each in counts] == [0, 0]


class Watch:
    """Stands where a job's progress would be."""

    def __init__(self):
        self.total, self.steps = None, []

    def phase(self, words, total=None):
        self.total = total

    def step(self, done):
        self.steps.append(done)


def test_a_watcher_hears_how_far_it_is(monkeypatch):
    monkeypatch.setattr(export, "_CHUNK", 2)
    for number in range(5):
        figures(number)
    watch = Watch()
    export_write(KINDS["figures"], io.BytesIO(), progress=watch)
    assert (watch.total, watch.steps) == (5, [2, 4])
