"""Set operations of loads: running statements, and names as SQL spells them."""

from django.db import connection


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


def names(fields, alias=""):
    """Fields as a list of columns, of the table `alias` if one is given."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{field}"' for field in fields)


def temporary(*tables):
    """Temporary tables by their full names, so that none of the schema's can be meant."""
    return ", ".join(f"pg_temp.{table}" for table in tables)
