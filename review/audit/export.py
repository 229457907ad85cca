"""The list of operations as a spreadsheet, written by a worker row by row."""

import time
from itertools import islice

from django.utils import timezone
from openpyxl import Workbook

from applications.imports.files import file_made, files_forget
from applications.imports.sheets_out import WRAPPED, head_put, print_setup, widths_set
from applications.imports.streaming import book_stream, style_of
from applications.jobs import WORKS, Work
from applications.workbooks import TEXT_FORMAT
from review.audit.listing import line_of
from review.audit.search import events_found

EXPORT = "audit.export"
#: A spreadsheet holds so many rows at most; the newest, and the page says so.
MOST_ROWS = 200_000
#: Seconds that a file which a worker wrote is kept.
KEPT = 24 * 3600
_CHUNK = 1000
COLUMNS = (
    ("序号", 10, lambda line: str(line.event.pk)),
    ("时间", 20, lambda line: f"{timezone.localtime(line.event.at):%Y-%m-%d %H:%M:%S}"),
    ("经手人", 16, lambda line: line.who),
    ("用户名", 16, lambda line: line.event.actor.username if line.event.actor else ""),
    ("岗位", 24, lambda line: line.office),
    ("来源地址", 18, lambda line: line.event.source_ip or ""),
    ("操作", 24, lambda line: line.title),
    ("对象", 30, lambda line: line.subject),
    ("编号", 24, lambda line: line.detail),
    ("说明", 48, lambda line: line.note),
)


def events_write(found, target, *, progress=None):
    """Writes events to a binary file as xlsx, never holding more than a few; returns how many rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "操作记录"
    for index, (title, _, _) in enumerate(COLUMNS, start=1):
        head_put(sheet.cell(row=1, column=index), title)
    widths_set(sheet, [width for _, width, _ in COLUMNS])
    sheet.freeze_panes = "A2"
    print_setup(sheet)
    text = style_of(sheet, number_format=TEXT_FORMAT)
    prose = style_of(sheet, number_format=TEXT_FORMAT, alignment=WRAPPED)
    styles = [prose if title == "说明" else text for title, _, _ in COLUMNS]
    rows = _Rows(found, styles, progress)
    book_stream(book, rows, target)
    return rows.done


class _Rows:
    """The rows of the sheet as (value, style) of each cell, read from the server a few at a time, and counted."""

    def __init__(self, found, styles, progress):
        self._found, self._styles, self._progress, self.done = found, styles, progress, 0

    def __iter__(self):
        full = self._found.select_related("actor", "claim", "enterprise").prefetch_related("actor__posts")
        stored = full[:MOST_ROWS].iterator(chunk_size=_CHUNK)
        while chunk := list(islice(stored, _CHUNK)):
            for line in map(line_of, chunk):
                values = (value_of(line) for _, _, value_of in COLUMNS)
                yield [(value or None, style) for value, style in zip(values, self._styles, strict=True)]
            self.done += len(chunk)
            if self._progress:
                self._progress.step(self.done)


def _export(job, progress):
    """Writes the list to a file that whoever asked for it takes within a day."""
    files_forget("audit-", before=time.time() - KEPT)
    name = f"audit-{job.pk}"
    found = events_found(job.params["asked"])
    total = found.count()
    progress.phase("正在导出", min(total, MOST_ROWS))
    with file_made(name) as target:
        rows = events_write(found, target, progress=progress)
    return {"file": name, "rows": rows, "total": max(total, rows), "ending": "xlsx"}


WORKS[EXPORT] = Work(_export)
