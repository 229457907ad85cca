"""Customs detail by month: rows of one key add up, and a load replaces the firm-months that it contains."""

from applications.copying import copy_in
from applications.imports.events import data_sql, events_sql, gone_sql, object_sql, topic_sql
from applications.imports.outcome import UNCHANGED
from applications.imports.problems import Notice
from applications.imports.sql import execute, fetch, names, temporary
from applications.imports.stage import FOUND, ROWS, Clash, Stage
from applications.imports.store import changed_store, insert_sql, staged
from applications.models import MonthlyTrade, TradeFigures
from applications.official_changes import Touched, touched_mark_keys
from applications.trade_figures import TOO_LARGE, figures_derive

#: Keys with their sums; rows of sums that are too large; firm-months with refused rows; stored rows that the file lacks.
SUMS, LARGE, PARTIAL, GONE = "load_sums", "load_large", "load_partial", "load_gone"
SUMMED = ("amount_cny", "amount_usd")
_FIRM_MONTH = ("credit_code", "month")
#: How many incomplete firm-months are named one by one.
NAMED = 100


class MonthlyStage(Stage):
    """The good rows of a file of monthly detail, added up by key."""

    rows = SUMS
    lines = "r.lines"
    tables = (*Stage.tables, SUMS, LARGE, PARTIAL, GONE)

    def __init__(self, kind, columns):
        super().__init__(kind, columns)
        self._places = [[each.field for each in self.columns].index(name) for name in _FIRM_MONTH]

    def __enter__(self):
        super().__enter__()
        execute(f"CREATE TEMPORARY TABLE {PARTIAL} (credit_code text, month date)")
        return self

    def add_refused(self, rows):
        found = {tuple(row.values[place] for place in self._places) for row in rows}
        copy_in(f"{PARTIAL} ({names(_FIRM_MONTH)})", (each for each in found if None not in each))

    # --- The rows beside each other ------------------------------------------------------------------

    def unite(self):
        """Adds up the rows of each key. Returns how many rows belong to a sum that is too large to be true."""
        key = names(self.key)
        others = "".join(f', max("{name}") AS "{name}"' for name in self.values if name not in SUMMED)
        sums = ", ".join(f'sum("{name}") AS "{name}"' for name in SUMMED)
        execute(f"ANALYZE {ROWS}")
        execute(
            f"""CREATE TEMPORARY TABLE {SUMS} AS
            SELECT min(line) AS line, count(*) AS lines, {key}, {sums}{others} FROM {ROWS} GROUP BY {key}"""
        )
        execute(f"ANALYZE {SUMS}")
        large = [f's."{name}" >= {TOO_LARGE}' for name in SUMMED]
        found = execute(
            f"""CREATE TEMPORARY TABLE {LARGE} (line, {names(SUMMED)}) AS SELECT r.line, {", ".join(large)} FROM {ROWS} r
            JOIN {SUMS} s ON {self.same_key("r", "s")} WHERE {" OR ".join(large)}"""
        )
        gone = f"DELETE FROM {SUMS} s WHERE {' OR '.join(large)} RETURNING {names(_FIRM_MONTH)}"
        execute(f"WITH gone AS ({gone}) INSERT INTO {PARTIAL} SELECT * FROM gone")
        return found

    def clashes(self, lines):
        rows = fetch(f"SELECT * FROM {LARGE} WHERE line = ANY(%s) ORDER BY line", [list(lines)])
        return [
            self._clash(line, self.kind.column(name))
            for line, *found in rows
            for name, is_large in zip(SUMMED, found, strict=True)
            if is_large
        ]

    def _clash(self, line, column):
        message = (
            f"第{line}行“{column.heading}”与同一企业、月份和编码的其他行相加，达到 10 万亿，不可能正确。"
            "请核对金额和单位。"
        )
        return Clash(line, column, "too_large", message)

    # --- The rows beside what is stored --------------------------------------------------------------

    def compare(self):
        counts = super().compare()
        execute(f"DROP TABLE IF EXISTS {temporary(GONE)}")
        execute(
            f"""CREATE TEMPORARY TABLE {GONE} AS SELECT t.id FROM {self.stored} t
            JOIN (SELECT DISTINCT {names(_FIRM_MONTH)} FROM {SUMS}) m USING ({names(_FIRM_MONTH)})
            WHERE NOT EXISTS (SELECT FROM {SUMS} r WHERE {self.same_key("r", "t")})"""
        )
        ((removed,),) = fetch(f"SELECT count(*) FROM {GONE}")
        return {**counts, "removed": removed}

    def statuses(self, lines):
        rows = f"{ROWS} o JOIN {SUMS} r ON {self.same_key('o', 'r')} JOIN {FOUND} f ON f.line = r.line"
        return dict(fetch(f"SELECT o.line, f.status FROM {rows} WHERE o.line = ANY(%s)", [list(lines)]))

    def warnings(self):
        """Firm-months of which the file has good rows and refused ones: they are replaced by less than there was."""
        both = f"SELECT {names(_FIRM_MONTH)} FROM {PARTIAL} INTERSECT SELECT {names(_FIRM_MONTH)} FROM {SUMS}"
        rows = fetch(
            f"SELECT *, count(*) OVER () FROM ({both}) AS both_of ORDER BY {names(_FIRM_MONTH)} LIMIT {NAMED}"
        )
        column = self.kind.column("month").heading
        for code, month, _ in rows:
            place = f"{code} {month.year}年{month.month}月"
            message = f"{place}有未通过的行。只导入通过的行，这个月的数据会不完整。"
            yield Notice("incomplete_month", message, column)
        if rows and rows[0][2] > NAMED:
            message = f"还有 {rows[0][2] - NAMED} 个企业月份有未通过的行，数据会不完整。"
            yield Notice("incomplete_month", message, column)


def monthly_store(stage, stamp):
    """Replaces the firm-months of the file, derives the yearly figures anew and marks the years whose figures changed.

    Returns the keys of the years marked. The table is locked and `stage.compare()` has been called since.
    """
    firm_years = _firm_years(stage)
    changed_store(stage, stamp, row=_row("t"))
    _gone_drop(stage, stamp)
    execute(*insert_sql(stage, stamp))
    touched = Touched()
    touched.add_all(TradeFigures, figures_derive(firm_years))
    return touched_mark_keys(touched)


def _firm_years(stage):
    """(credit code, year) of whatever is new, changed or taken away."""
    year = "extract(year FROM {}.month)::int"
    return fetch(
        f"""SELECT r.credit_code, {year.format("r")} FROM {staged(stage)} WHERE f.status <> '{UNCHANGED}'
        UNION SELECT t.credit_code, {year.format("t")} FROM {stage.stored} t JOIN {GONE} g ON g.id = t.id"""
    )


def _gone_drop(stage, stamp):
    """Deletes what the file no longer has, with an event for each row."""
    data = data_sql(MonthlyTrade, gone_sql(MonthlyTrade, "t"), new="false", removed="true", row=_row("t"))
    rows = f"{stage.stored} t JOIN {GONE} g ON g.id = t.id ORDER BY t.id"
    execute(events_sql(rows, topic=topic_sql(MonthlyTrade, "t"), data=data), stamp.params)
    execute(f"DELETE FROM {stage.stored} t USING {GONE} g WHERE g.id = t.id")


def _row(alias):
    """Which of the year's rows an event is about, as SQL."""
    fields = ("month", "direction", "supervision_code", "hs_code", "origin", "country")
    return object_sql({name: f"{alias}.{name}" for name in fields})
