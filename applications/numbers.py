"""Numbers that people can read out: claims, requests, notices, batches."""

from django.db import connection

from applications.models import NumberSeries

#: Takes numbers of a series, which is begun where there is none, and says which was the last.
_TAKE = f"""
    INSERT INTO {NumberSeries._meta.db_table} AS known (series, last) VALUES (%s, %s)
    ON CONFLICT (series) DO UPDATE SET last = known.last + EXCLUDED.last RETURNING last
"""


def number_next(series, *, width=5):
    """The next number of a series, such as 2025-5.1-00128. Must run inside a transaction, which it serialises."""
    [number] = numbers_next(series, 1, width=width)
    return number


def numbers_next(series, count, *, width=5):
    """The next `count` numbers of a series, with as many queries as for one; see `number_next`."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [series, count])
        (last,) = cursor.fetchone()
    return [f"{series}-{number:0{width}d}" for number in range(last - count + 1, last + 1)]
