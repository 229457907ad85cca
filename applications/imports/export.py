"""Stored official data as files in the template's columns: what is exported can be changed and imported again."""

import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from itertools import chain, groupby

from openpyxl import Workbook

from applications.imports.sheets_out import (
    HEADING_FILL,
    REQUIRED_FILL,
    head_put,
    number_format,
    print_setup,
    widths_set,
)
from applications.imports.streaming import book_stream, style_of
from applications.models.versioned import Versioned

#: A workbook with more rows is slow to open, and unpacks to more than an import takes; what is longer becomes several.
ROWS_PER_BOOK = 150_000
_CHUNK = 5000


def export_rows(kind, year=None):
    """The rows of a kind that count, in the order of their keys: nothing struck out, of versions the newest of each key.

    With `year` those of one year, for kinds that have one (`year_lookup`).
    """
    rows = kind.model.objects.order_by(*kind.key)
    names = {field.name for field in kind.model._meta.concrete_fields}
    if "struck_reason" in names:
        rows = rows.filter(struck_reason="")
    if issubclass(kind.model, Versioned):
        rows = rows.order_by(*kind.key, "-version").distinct(*kind.key)
    return rows.filter(**{year_lookup(kind): year}) if year else rows


def year_lookup(kind):
    """By what the rows of a kind are of a year, or nothing where they are of none."""
    fields = {column.field for column in kind.columns}
    return "year" if "year" in fields else "month__year" if "month" in fields else ""


def export_years(kind):
    """The years of which a kind has rows, the newest first; none for kinds without years."""
    if lookup := year_lookup(kind):
        years = kind.model.objects.order_by().values_list(lookup, flat=True).distinct()
        return sorted(set(years), reverse=True)
    return []


def export_write(kind, target, *, year=None, progress=None):
    """Writes the rows of a kind to a binary file and returns (number of rows, ending of the file's name).

    Up to ROWS_PER_BOOK rows are one workbook, more are several in an archive; a firm's month is never split, because an
    import replaces it as a whole. Rows come from the server one after the other and are never held together.
    """
    rows = export_rows(kind, year)
    total = rows.count()
    if progress:
        progress.phase("正在导出", total)
    fields = [column.field for column in kind.columns]
    counted = _Counted(rows.values_list(*fields).iterator(chunk_size=_CHUNK), progress)
    if total <= ROWS_PER_BOOK:
        _book_write(kind, counted, target)
        return counted.done, "xlsx"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(_parts(kind, counted), start=1):
            with tempfile.TemporaryFile() as book:
                _book_write(kind, part, book)
                book.seek(0)
                with archive.open(f"{kind.title}-{number}.xlsx", "w", force_zip64=True) as member:
                    while chunk := book.read(1024 * 1024):
                        member.write(chunk)
    return counted.done, "zip"


class _Counted:
    """Rows that are passed on and counted; whoever watches hears of it now and then."""

    def __init__(self, rows, progress):
        self._rows, self._progress, self.done = rows, progress, 0

    def __iter__(self):
        for row in self._rows:
            yield row
            self.done += 1
            if self._progress and self.done % _CHUNK == 0:
                self._progress.step(self.done)


def _parts(kind, rows):
    """Splits rows into runs of about ROWS_PER_BOOK, between two values of the first two fields of the key."""
    fields = [column.field for column in kind.columns]
    places = [fields.index(name) for name in kind.key[:2]]
    groups = (list(group) for _, group in groupby(rows, key=lambda row: [row[place] for place in places]))

    def part(first):
        count = 0
        for group in chain([first], groups):
            yield from group
            count += len(group)
            if count >= ROWS_PER_BOOK:
                return

    for first in groups:
        yield part(first)


def _book_write(kind, rows, target):
    book = Workbook()
    sheet = book.active
    sheet.title = kind.title
    for index, column in enumerate(kind.columns, start=1):
        fill = REQUIRED_FILL if column.required else HEADING_FILL
        head_put(sheet.cell(row=1, column=index), column.heading, fill=fill)
    widths_set(sheet, [column.width for column in kind.columns])
    sheet.freeze_panes = "A2"
    print_setup(sheet)
    samples = ("", 0, Decimal(0), date.min)
    styles = {type(each): style_of(sheet, number_format=number_format(each)) for each in samples}
    book_stream(book, (_cells(kind, row, styles) for row in rows), target)


def _cells(kind, row, styles):
    """A stored row as cells: what the columns show, each in the style of its type; texts without anything are empty."""
    for column, value in zip(kind.columns, row, strict=True):
        shown = column.show(value) if column.show and value is not None else value
        yield (None, 0) if shown is None or shown == "" else (shown, styles[type(shown)])
