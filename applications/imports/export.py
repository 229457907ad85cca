"""Stored official data as files in the template's columns: what is exported can be changed and imported again."""

import tempfile
import zipfile
from itertools import chain, groupby

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from applications.imports.sheets_out import (
    HEADING_FILL,
    REQUIRED_FILL,
    head_cell,
    print_setup,
    value_put,
    widths_set,
)
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
        return sorted(
            set(kind.model.objects.order_by().values_list(lookup, flat=True).distinct()), reverse=True
        )
    return []


def export_write(kind, target, *, year=None, progress=None):
    """Writes the rows of a kind to a binary file and returns (number of rows, ending of the file's name).

    Up to ROWS_PER_BOOK rows are one workbook, more are several in an archive; a firm's month is never split, because an
    import replaces it as a whole. Rows come from the server one after the other and are never held together.
    """
    rows = export_rows(kind, year)
    total, done = rows.count(), 0
    if progress:
        progress.phase("正在导出", total)
    values = rows.values_list(*(column.field for column in kind.columns)).iterator(chunk_size=_CHUNK)
    if total <= ROWS_PER_BOOK:
        return _book_write(kind, values, target, progress, done), "xlsx"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(_parts(kind, values), start=1):
            with tempfile.TemporaryFile() as book:
                done = _book_write(kind, part, book, progress, done)
                book.seek(0)
                with archive.open(f"{kind.title}-{number}.xlsx", "w", force_zip64=True) as member:
                    while chunk := book.read(1024 * 1024):
                        member.write(chunk)
    return done, "zip"


def _parts(kind, values):
    """Splits rows into runs of about ROWS_PER_BOOK, between two values of the first two fields of the key."""
    fields = [column.field for column in kind.columns]
    places = [fields.index(name) for name in kind.key[:2]]
    groups = (list(group) for _, group in groupby(values, key=lambda row: [row[place] for place in places]))

    def part(first):
        count = 0
        for group in chain([first], groups):
            yield from group
            count += len(group)
            if count >= ROWS_PER_BOOK:
                return

    for first in groups:
        yield part(first)


def _book_write(kind, values, target, progress, done):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind.title)
    widths_set(sheet, [column.width for column in kind.columns])
    sheet.freeze_panes = "A2"
    print_setup(sheet)
    fills = [REQUIRED_FILL if column.required else HEADING_FILL for column in kind.columns]
    sheet.append(
        [
            head_cell(sheet, column.heading, fill=fill)
            for column, fill in zip(kind.columns, fills, strict=True)
        ]
    )
    # One cell for each column serves all rows: each row is written as soon as it is handed over.
    cells = [WriteOnlyCell(sheet) for _ in kind.columns]
    for row in values:
        sheet.append([_filled(*each) for each in zip(cells, kind.columns, row, strict=True)])
        done += 1
        if progress and done % _CHUNK == 0:
            progress.step(done)
    book.save(target)
    return done


def _filled(cell, column, value):
    shown = column.show(value) if column.show and value is not None else value
    if shown is None or shown == "":
        return None
    value_put(cell, shown)
    return cell
