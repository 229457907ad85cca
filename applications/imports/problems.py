"""What can be wrong with a file, a row, a cell: codes of the contract, with a sentence in Chinese."""

from dataclasses import dataclass


class FileRefused(Exception):
    """The whole file cannot be taken. `code` is one of the contract's codes for files; `message` tells what to do."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class CellRefused(Exception):
    """A cell's value cannot be understood or is not allowed. Raised by the parsers of `values`."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one row. `row` is the number beside the row in the spreadsheet program (CSV: the record's first
    line), `column` the template's heading, `value` the text that the cell shows."""

    row: int
    column: str
    value: str
    code: str
    message: str

    def as_data(self):
        """The fault as the command prints it."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that does not refuse anything but should be looked at; `row` is None where it is about the file."""

    code: str
    message: str
    column: str = ""
    row: int | None = None

    def as_data(self):
        """The warning as the command prints it: row and column only where it has them."""
        found = {"row": self.row, "column": self.column or None, "code": self.code, "message": self.message}
        return {key: value for key, value in found.items() if value is not None}
