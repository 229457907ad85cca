"""The gate between changes of official data and whoever must not look at them half done."""

from django.db import connection

#: The advisory lock behind it; any number that nothing else in this database uses.
GATE = 20220006


def gate(*, shared=False):
    """Waits at the gate and keeps it until the transaction ends: changes of official data alone, all others `shared`.

    A year that is made while data are being changed would otherwise be unknown to whoever marks the years that the
    change touches, and could settle on what was there before. Whoever makes a year holds no other lock; whoever changes
    data holds none of a year: they cannot wait in a circle. Changes of data also mark one after the other.
    """
    _ask(f"SELECT pg_advisory_xact_lock{_way(shared)}(%s)")


def gate_try(*, shared=False):
    """`gate` for whoever can come again: says at once whether the way is free."""
    return _ask(f"SELECT pg_try_advisory_xact_lock{_way(shared)}(%s)")


def _way(shared):
    return "_shared" if shared else ""


def _ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement, [GATE])
        return cursor.fetchone()[0]
