"""Storing staged rows of figures and registers: a few statements in the caller's transaction, whatever their number."""

from django.db import connection

from applications.imports.events import changed_sql, data_sql, events_sql, made_sql, topic_sql
from applications.imports.outcome import CHANGED, NEW, UNCHANGED
from applications.imports.sql import execute, names, stream
from applications.imports.stage import FOUND
from applications.official_changes import Touched, touched_mark_keys, touching


def table_lock(model):
    """Nobody else writes to a kind's table until the transaction ends; whoever loads the same waits here."""
    execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


def rows_store(stage, stamp):
    """Stores new and changed rows with their events and marks what they touch. Returns the keys of the years marked.

    The table is locked and `stage.compare()` has been called since. Rows that are struck out stay so.
    """
    touched = Touched()
    touched.add_all(stage.kind.model, _touching(stage))
    changed_store(stage, stamp)
    _new_store(stage, stamp)
    return touched_mark_keys(touched)


def _touching(stage):
    """What new and changed rows, as they are and as they were, say of whom they touch."""
    fields = touching(stage.kind.model)
    if not fields:
        return []
    return stream(
        f"""SELECT {names(fields, "r")} FROM {staged(stage)} WHERE f.status <> '{UNCHANGED}'
        UNION SELECT {names(fields, "t")} FROM {stage.stored} t JOIN {FOUND} f ON f.id = t.id
        WHERE f.status = '{CHANGED}'"""
    )


def staged(stage):
    """The staged rows (r) with what was found of each (f), as SQL."""
    return f"{stage.rows} r JOIN {FOUND} f ON f.line = r.line"


def changed_store(stage, stamp, **more):
    """Stores what changed rows have other than before, with an event for each; `more` goes into the events, as SQL."""
    model, fresh = stage.kind.model, {name: f'r."{name}"' for name in stage.values}
    if any(field.name == "source" for field in model._meta.concrete_fields):
        fresh["source"] = "CAST(%(source)s AS text)"
    changes = changed_sql(model, fresh, 't."{}"'.format, fresh.get)
    data = data_sql(model, changes, new="false", **more)
    rows = (
        f"{staged(stage)} JOIN {stage.stored} t ON t.id = f.id WHERE f.status = '{CHANGED}' ORDER BY r.line"
    )
    execute(events_sql(rows, topic=topic_sql(model, "t"), data=data), stamp.params)
    assignments = ", ".join(f'"{name}" = {value}' for name, value in fresh.items())
    execute(
        f"""UPDATE {stage.stored} t SET {assignments} FROM {staged(stage)}
        WHERE t.id = f.id AND f.status = '{CHANGED}'""",
        stamp.params,
    )


def _new_store(stage, stamp):
    model = stage.kind.model
    data = data_sql(model, made_sql(model, "made"), new="true")
    statement, params = insert_sql(stage, stamp)
    events = events_sql("made ORDER BY made.id", topic=topic_sql(model, "made"), data=data)
    execute(f"WITH made AS ({statement} RETURNING *) {events}", params)


def insert_sql(stage, stamp):
    """The statement that inserts new rows, with its parameters; fields that the file does not give get their defaults."""
    given = {*stage.key, *stage.values}
    columns, params = {}, stamp.params
    for field in stage.kind.model._meta.concrete_fields:
        if field.name in given:
            columns[field.name] = f'r."{field.name}"'
        elif not field.primary_key:
            param = "source" if field.name == "source" else f"default_{field.name}"
            params.setdefault(param, field.get_default())
            columns[field.name] = f"CAST(%({param})s AS {field.db_type(connection)})"
    return (
        f"""INSERT INTO {stage.stored} ({names(columns)}) SELECT {", ".join(columns.values())}
        FROM {staged(stage)} WHERE f.status = '{NEW}' ORDER BY r.line""",
        params,
    )
