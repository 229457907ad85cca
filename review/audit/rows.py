"""The canonical form of what can only be added to: one JSON array per row, as the database writes it."""

from contextlib import contextmanager

from django.db import connection, transaction

_TIME = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
#: Every column of a row, in a fixed order. The database builds the text, because a million rows pass through here.
EVENTS = f"""
    SELECT json_build_array('event', id, kind, {_TIME}, actor_id, host(source_ip), enterprise_id, claim_id, topic, data)::text
    FROM applications_event"""
ENTRIES = f"""
    SELECT json_build_array('entry', id, enterprise_id, year, claim_id, kind, amount_cny::text, {_TIME}, topic)::text
    FROM applications_ledgerentry"""
_CHUNK = 2000


@contextmanager
def rows_between(select, after, last):
    """Chunks (lists of text) of the rows with after < id <= last in order of id, never more in memory than one chunk."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(f"{select} WHERE id > %s AND id <= %s ORDER BY id", [after, last])
        yield iter(lambda: [text for (text,) in cursor.fetchmany(_CHUNK)], [])


def rows_of_claim(select, claim_id):
    """The canonical rows of one claim in order of id, as a list of text."""
    with connection.cursor() as cursor:
        cursor.execute(f"{select} WHERE claim_id = %s ORDER BY id", [claim_id])
        return [text for (text,) in cursor.fetchall()]


def rows_of_topic(select, topic):
    """The canonical rows about one topic in order of id, as a list of text."""
    with connection.cursor() as cursor:
        cursor.execute(f"{select} WHERE topic = %s ORDER BY id", [topic])
        return [text for (text,) in cursor.fetchall()]


def rows_of_topics(select, topics):
    """The canonical rows about some topics in order of id, as a list of text; what is about a single claim is in that claim's."""
    with connection.cursor() as cursor:
        cursor.execute(f"{select} WHERE topic = ANY(%s) AND claim_id IS NULL ORDER BY id", [list(topics)])
        return [text for (text,) in cursor.fetchall()]
