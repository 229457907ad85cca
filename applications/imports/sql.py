"""Set operations of loads: running statements, copying rows in, and values as SQL spells them."""

import io

from django.db import connection

_RESERVED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})


def execute(statement, params=None):
    """Runs a statement; returns the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def fetch(statement, params=None):
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def stream(statement, params=None):
    """The rows of a query one by one, for results that may be as long as a file."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        yield from cursor


def copy(table, lines):
    """Copies lines in the text format of COPY into `table (columns)`."""
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(lines)))


def copy_line(values):
    """One row in the text format of COPY: \\N for null, escapes for what the format reserves."""
    return "\t".join(map(_copy_text, values)) + "\n"


def _copy_text(value):
    if value is None:
        return "\\N"
    if not isinstance(value, str):
        return str(value)
    # Of printable characters the format reserves the backslash alone.
    return value if value.isprintable() and "\\" not in value else value.translate(_RESERVED)


def names(fields, alias=""):
    """Fields as a list of columns, of the table `alias` if one is given."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{field}"' for field in fields)


def temporary(*tables):
    """Temporary tables by their full names, so that none of the schema's can be meant."""
    return ", ".join(f"pg_temp.{table}" for table in tables)
