"""Rates of cities: what is loaded is a draft version, in force only once two people of the city have published it."""

from applications.imports.events import changed_sql, events_sql
from applications.imports.outcome import UNCHANGED
from applications.imports.sql import execute, names
from applications.imports.stage import Stage
from applications.imports.store import staged
from applications.models import CityRate

_KEY = ("city", "year", "item")
_DRAFTED = "setting.drafted"


class RateStage(Stage):
    """The good rows of a file of city rates, beside the newest version of each rate, published or not."""

    def __init__(self, kind, columns):
        super().__init__(kind, columns)
        self.stored = (
            f"(SELECT DISTINCT ON ({names(_KEY)}) * FROM {self.stored} ORDER BY {names(_KEY)}, version DESC)"
        )


def rates_store(stage, stamp):
    """Stores new and changed rates as the next versions, with the event of a draft. Nothing is in force or marked."""
    values = (*_KEY, "rate", "source")
    fresh = {**{name: f'made."{name}"' for name in values}}
    old = {name: f't."{name}"' for name in values}
    data = (
        "jsonb_build_object('version', made.version, 'load', CAST(%(load)s AS bigint), 'file', CAST(%(file)s AS text),"
        f" 'changes', {changed_sql(CityRate, values, old.get, fresh.get)})"
    )
    before = " AND ".join(f"t.{name} = made.{name}" for name in _KEY)
    events = events_sql(
        f"made LEFT JOIN {stage.stored} t ON {before} ORDER BY made.id",
        topic="'cityrate:' || made.id",
        data=data,
        kind=_DRAFTED,
    )
    execute(
        f"""WITH made AS (
            INSERT INTO "{CityRate._meta.db_table}" ({names(_KEY)}, rate, source, version, created_by_id, created_at)
            SELECT {names(_KEY, "r")}, r.rate, %(source)s, coalesce(t.version, 0) + 1, %(actor)s, %(at)s
            FROM {staged(stage)} LEFT JOIN {stage.stored} t ON t.id = f.id
            WHERE f.status <> '{UNCHANGED}' ORDER BY r.line RETURNING *
        ) {events}""",
        stamp.params,
    )
    return []
