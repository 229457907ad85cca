"""Reading back what finance prints."""

import io
from decimal import Decimal

from openpyxl import load_workbook

from review.sheets.payout import DETAIL, ORDER, SUMMARY


def sheet_totals(content):
    """{sheet: yuan}: what 合计 says on the three sheets of a sealed file, whatever the unit that the sheet is in."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return {name: _total(list(book[name].iter_rows(values_only=True))) for name in (DETAIL, SUMMARY, ORDER)}


def _total(rows):
    """The last number of the row 合计 under its heading."""
    row = next(row for row in rows if "合计" in row)
    place, value = next(
        (i, cell) for i, cell in reversed(list(enumerate(row))) if isinstance(cell, int | float)
    )
    head = next(row for row in rows if len(row) > place and "元）" in str(row[place]))
    return (Decimal(str(value)) * (10_000 if "万元" in head[place] else 1)).quantize(Decimal("0.01"))
