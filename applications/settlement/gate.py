"""The gate between new enterprise-years and changes of official data."""

from django.db import connection

#: The advisory lock behind it; any number that nothing else in this database uses.
GATE = 20220006


def gate(*, shared=False):
    """New years (shared) and changes of official data wait for each other until their transactions end.

    A year that is made while data are being changed would otherwise be unknown to whoever marks the years that the
    change touches, and could settle on what was there before. Whoever makes a year holds no other lock; whoever changes
    data holds none of a year: they cannot wait in a circle. Changes of data also mark one after the other.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [GATE])
