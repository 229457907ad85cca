"""Small files of official data for tests: headings and rows as CSV."""

import csv

from applications.imports.kinds import KINDS


def csv_file(folder, rows, name="示例数据.csv"):
    """Writes rows, the first of them headings, as CSV; returns the path."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return path


def headings(kind, *fields):
    """The template's headings of some fields of a kind, or of all."""
    columns = KINDS[kind].columns
    return [KINDS[kind].column(field).heading for field in fields or [each.field for each in columns]]
