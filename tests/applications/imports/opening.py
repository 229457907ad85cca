"""Opening bytes as a source, the way an upload is."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from applications.imports.problems import FileRefused
from applications.imports.source import Source, source_open


@contextmanager
def opened(content: bytes) -> Iterator[Source]:
    """The source of a file with this content."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with source_open(file.name) as source:
            yield source


def rows_in(content: bytes, sheet: int = 0) -> dict[int, list]:
    """The cells of a sheet by row number."""
    with opened(content) as source:
        return dict(source.sheets[sheet].rows())


def column_in(content: bytes) -> list:
    """The first cells of a sheet's rows."""
    return [row[0] for row in rows_in(content).values()]


def refusal(content: bytes) -> tuple[str, str]:
    """Code and message with which a file is refused, be it at once or on the way."""
    with pytest.raises(FileRefused) as caught:
        _read_through(content)
    return caught.value.code, caught.value.message


def _read_through(content: bytes) -> None:
    with opened(content) as source:
        for sheet in source.sheets:
            for _ in sheet.rows():
                pass
