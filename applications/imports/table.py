"""The table of columns: what a kind of official data consists of. Reader, template, export and store derive from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

#: Of our own files: the template's sheet of notes, and what stands beside refused rows. No reader wonders about them.
NOTES_SHEET = "填写说明"
ROW_HEADING, PROBLEM_HEADING = "原行号", "问题"


@dataclass(frozen=True)
class Column:
    """One column of a kind.

    `heading` is the template's, `field` the model's. `parse` takes the cell's value (see `source`) and returns the value
    to store, or raises CellRefused; it is never called with an empty cell. `show` turns a stored value into what a
    spreadsheet cell holds, so that an export can be read again. `unit` is "元" or "美元" where a unit may be given.
    """

    heading: str
    field: str
    parse: Callable[[Any], Any]
    required: bool = False
    names: tuple[str, ...] = ()
    unit: str = ""
    show: Callable[[Any], Any] | None = None
    example: Any = ""
    width: int = 16
    choices: tuple[str, ...] = ()
    note: str = ""
    #: What an empty optional cell means for the model field: "" for texts, None for all else, False for yes or no.
    empty: Any = None
    #: Type of the column in PostgreSQL, for staging.
    sql: str = "text"


@dataclass(frozen=True)
class Kind:
    """One kind of official data: its columns in the template's order and the fields that make its key."""

    name: str
    title: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    #: What the template's second sheet says about it, sentence by sentence.
    notes: tuple[str, ...] = ()

    def column(self, field):
        """The column of a model field. Raises KeyError."""
        return next((each for each in self.columns if each.field == field), None) or _unknown(self, field)

    @property
    def required(self):
        """The columns without which a file is refused."""
        return tuple(each for each in self.columns if each.required)


def _unknown(kind, field):
    raise KeyError(f"{kind.name} has no column for {field}")
