"""A payer's budget of a year as a spreadsheet: by measure, by city, over time, and the documents behind it."""

from django.utils import timezone

from accounts.cities import City
from review.measure_names import measure_title
from review.models import Appropriation
from review.notices import payer_name
from review.sheets.kit import (
    DATE,
    MONEY,
    SIGNATURES,
    Column,
    Heading,
    book_bytes,
    book_new,
    sheet_add,
)

_WIDTH = 18
#: Of pairs of a name and its Figures.
_FIGURES = (
    ("预算", "appropriated"),
    ("已申报", "claimed"),
    ("已批准", "approved"),
    ("其中已列入批次", "committed"),
    ("其中已拨付", "paid"),
    ("结余", "balance"),
    ("预计", "forecast"),
)


def _figure(title, name):
    return Column(title, _WIDTH, lambda row: getattr(row[1], name), MONEY)


MEASURE_COLUMNS = (
    Column("措施", 44, lambda row: row[0]),
    *(_figure(title, name) for title, name in _FIGURES),
)
CITY_COLUMNS = (
    Column("市（地）", 24, lambda row: row[0]),
    *(_figure(title, name) for title, name in _FIGURES if name not in ("appropriated", "balance")),
)
SPAN_COLUMNS = (
    Column("起", 16, lambda span: span.first, DATE),
    Column("止", 16, lambda span: span.last, DATE),
    Column("批准", 24, lambda span: span.approved, MONEY),
    Column("拨付", 24, lambda span: span.paid, MONEY),
)
DOCUMENT_COLUMNS = (
    Column("措施", 44, lambda row: measure_title(row.measure)),
    Column("文号", 34, lambda row: row.document),
    Column("发文日期", 14, lambda row: row.document_on, DATE),
    Column("金额", 22, lambda row: row.amount_cny, MONEY),
    Column("说明", 34, lambda row: row.note),
    Column("录入人", 16, lambda row: row.entered_by.name),
    Column("录入日期", 14, lambda row: row.entered_at, DATE),
)


def budget_file(found, way, periods, *, at):
    """The bytes of the workbook of an Overview and its Spans."""
    book = book_new(payer_name(found.payer))

    def add(name, title, columns, rows):
        when = f"截至 {timezone.localtime(at):%Y-%m-%d %H:%M}"
        lines = ((f"{payer_name(found.payer)}　{found.year} 年度　{when}", "单位：元"),)
        heading = Heading(title, lines, SIGNATURES)
        sheet_add(book, name, heading, columns, rows)

    year = f"{found.year} 年度外贸政策资金预算执行情况"
    rows = [(measure_title(number), figures) for number, figures in found.measures.items()]
    add("按措施", f"{year}（按措施）", MEASURE_COLUMNS, rows)
    cities = [(City(city).label, figures) for city, figures in found.cities.items()]
    add("按市（地）", f"{year}（按市（地））", CITY_COLUMNS, cities)
    word = {"week": "按周", "month": "按月"}[way]
    add(word, f"{year}（{word}）", SPAN_COLUMNS, periods)
    add("预算指标", f"{found.year} 年度外贸政策资金预算指标", DOCUMENT_COLUMNS, _documents(found))
    return book_bytes(book)


def _documents(found):
    rows = Appropriation.objects.filter(year=found.year, payer=found.payer)
    return rows.select_related("entered_by").order_by("measure", "pk")
