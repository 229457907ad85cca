"""The history of loaded rows: the events that `official_changes` writes for rows kept by hand, written by SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from applications.models import DataLoad, Event, MonthlyTrade, TradeFigures
from applications.official_changes import CHANGED

_SOURCE_LENGTH = 200


@dataclass(frozen=True)
class Stamp:
    """Who loads which file, when and from where: what stored rows and their events say of it."""

    load: DataLoad
    actor: Any
    at: datetime
    source_ip: str | None

    @property
    def params(self):
        """The stamp as parameters of statements; `source` is what the rows name as theirs."""
        return {
            "load": self.load.pk,
            "file": self.load.file_name,
            "source": self._source(),
            "actor": self.actor.pk if self.actor else None,
            "at": self.at,
            "ip": self.source_ip,
        }

    def _source(self):
        day = f"（{timezone.localdate(self.at)} 导入）"
        return self.load.file_name[: _SOURCE_LENGTH - len(day)] + day


def events_sql(rows, *, topic, data, kind=CHANGED):
    """A statement that writes an event for each row of `rows`, what follows FROM; to be run with a stamp's parameters."""
    return f"""
        INSERT INTO "{Event._meta.db_table}" (kind, at, actor_id, source_ip, topic, data)
        SELECT '{kind}', %(at)s, %(actor)s, CAST(%(ip)s AS inet), {topic}, {data} FROM {rows}"""


def topic_sql(model, row):
    """`official_changes.topic_of` for the rows of the alias `row`; monthly detail belongs to its year's figures."""
    if model is TradeFigures:
        return f"'figures:' || {row}.credit_code || ':' || {row}.year"
    if model is MonthlyTrade:
        return f"'figures:' || {row}.credit_code || ':' || extract(year FROM {row}.month)"
    return f"'{model._meta.model_name}:' || {row}.id"


def data_sql(model, changes, **more):
    """What an event says of a row: the changes and whatever else is given, all as SQL."""
    parts = {
        "model": f"'{model._meta.model_name}'",
        **more,
        "changes": changes,
        "load": "CAST(%(load)s AS bigint)",
        "file": "CAST(%(file)s AS text)",
    }
    return object_sql(parts)


def made_sql(model, row):
    """The changes of a new row: {field: [null, value]}, empty fields left out."""
    return _whole(model, row, "jsonb_build_array(NULL, {})")


def gone_sql(model, row):
    """The changes of a row that is taken away: {field: [value, null]}, empty fields left out."""
    return _whole(model, row, "jsonb_build_array({}, NULL)")


def _whole(model, row, pair):
    pairs = {}
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            value = f'{row}."{field.name}"'
            given = f"{value} <> ''" if isinstance(field, models.CharField) else f"{value} IS NOT NULL"
            pairs[field.name] = f"CASE WHEN {given} THEN {pair.format(json_sql(field, value))} END"
    return _without_nulls(pairs)


def changed_sql(model, names, old, new):
    """The changes of some fields of a row: {field: [old, new]} of those that differ; `old` and `new` give their SQL."""
    pairs = {}
    for field in (model._meta.get_field(name) for name in names):
        was, now = json_sql(field, old(field.name)), json_sql(field, new(field.name))
        differs = f"{old(field.name)} IS DISTINCT FROM {new(field.name)}"
        pairs[field.name] = f"CASE WHEN {differs} THEN jsonb_build_array({was}, {now}) END"
    return _without_nulls(pairs)


def json_sql(field, value):
    """A value as events keep it: amounts as texts without zeros at the end, dates as ISO, empty texts as null."""
    if isinstance(field, models.DecimalField):
        return f"to_jsonb(trim_scale({value})::text)"
    if isinstance(field, models.CharField):
        return f"to_jsonb(NULLIF({value}, ''))"
    return f"to_jsonb({value})"


def object_sql(parts):
    """A JSON object of values that are SQL."""
    pairs = ", ".join(f"'{name}', {value}" for name, value in parts.items())
    return f"jsonb_build_object({pairs})"


def _without_nulls(pairs):
    return f"jsonb_strip_nulls({object_sql(pairs)})"
