"""Reading a bank's result sheet into lines. What stands in the batch is compared elsewhere (`compare`)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from applications.imports.problems import Fault, FileRefused
from applications.imports.reading import Reading
from applications.imports.source import source_open
from review.bank.columns import OPEN_FIELDS, SHEET

#: A batch has fewer payments; a longer sheet is another file.
MOST_LINES = 50_000


@dataclass(frozen=True)
class Line:
    """One row of a sheet; what the sheet does not say, or says unreadably, is None or ""."""

    row: int
    batch: str | None = None
    position: int | None = None
    payee_name: str | None = None
    payee_account: str | None = None
    amount_cny: Decimal | None = None
    result: str | None = None
    reason: str = ""
    reference: str = ""
    day: date | None = None
    #: The cells as they show, by field.
    cells: dict = field(default_factory=dict)
    #: Fields whose cell could not be read; they have a fault already.
    unread: frozenset = frozenset()

    @property
    def is_open(self):
        """Whether the row says that the bank has not reported yet."""
        return not any(getattr(self, name) for name in OPEN_FIELDS) and not self.unread & set(OPEN_FIELDS)

    def fault(self, name, code, message):
        """A Fault of this row's cell."""
        heading = SHEET.column(name).heading
        return Fault(self.row, heading, self.cells.get(name, ""), code, f"第{self.row}行“{heading}”{message}")


@dataclass
class Sheet:
    """What a file says: its lines in order, the cells that cannot be read, and what else is to be known of the file."""

    lines: list
    faults: list
    notices: list


def sheet_read(path):
    """The Sheet at a path. Raises FileRefused where it is none."""
    with source_open(path) as source:
        reading = Reading(SHEET, source)
        lines, faults = [], []
        for row in reading.rows():
            if len(lines) == MOST_LINES:
                raise FileRefused("too_big", f"表格超过 {MOST_LINES} 行，不像一个批次的回执。请核对文件。")
            line, found = _line(reading, row)
            lines.append(line)
            faults += found
        return Sheet(lines, faults, reading.notices)


def _line(reading, row):
    fields = [column.field for column in reading.columns]
    values = {name: value for name, value in zip(fields, row.values, strict=True) if value is not None}
    by_heading = {column.heading: column.field for column in reading.columns}
    cells = dict(zip(fields, row.cells, strict=True))
    # The result must have a column, and may be empty in a row that has none yet.
    faults = [
        fault for fault in row.faults if (fault.code, by_heading[fault.column]) != ("missing", "result")
    ]
    unread = frozenset(by_heading[fault.column] for fault in faults)
    return Line(row=row.number, cells=cells, unread=unread, **values), faults
