"""The rows of a file in temporary tables of this session, compared with each other and with what is stored.

Rows are copied in while the file is read, outside any transaction, so that progress can be seen; comparing is a handful
of set operations, whatever the number of rows. The tables belong to the session alone and go with it.
"""

from dataclasses import dataclass

from django.db import DatabaseError

from applications.copying import copy_in
from applications.imports.outcome import CHANGED, NEW, UNCHANGED
from applications.imports.problems import Notice
from applications.imports.sql import execute, fetch, names, temporary
from applications.imports.table import Column

#: Rows of one COPY.
CHUNK = 5000

#: Good rows as the file gives them; those whose key comes twice; what each key is beside what is stored.
ROWS, TWICE, FOUND = "load_rows", "load_twice", "load_found"


@dataclass(frozen=True)
class Clash:
    """A row that is right by itself and wrong beside others: the fault to be, but for the text of its cell."""

    line: int
    column: Column
    code: str
    message: str


class Stage:
    """The good rows of one file of registers or figures; a context manager.

    `columns` are those of the kind that the file has. `rows` names the table that has each key once after `unite`: its
    `line`, then key and values.
    """

    rows = ROWS
    #: How many lines of the file one row of `rows` stands for, as SQL.
    lines = "1"
    #: All temporary tables.
    tables = (ROWS, TWICE, FOUND)

    def __init__(self, kind, columns):
        self.kind, self.columns, self.key = kind, tuple(columns), kind.key
        #: What stored rows are taken from, as SQL.
        self.stored = f'"{kind.model._meta.db_table}"'
        #: Fields that the file gives beside the key: what is compared and stored.
        self.values = tuple(each.field for each in self.columns if each.field not in kind.key)
        #: Lines that repeat another one.
        self.repeated = 0

    def __enter__(self):
        self._drop()
        given = {each.field for each in self.columns}
        fields = [f'"{each.field}" {each.sql}' for each in self.columns]
        # A part of the key that the file does not have is empty in every row.
        for column in (self.kind.column(name) for name in self.key if name not in given):
            empty = "NULL" if column.empty is None else "''"
            fields.append(f'"{column.field}" {column.sql} DEFAULT {empty}')
        execute(f"CREATE TEMPORARY TABLE {ROWS} (line integer, {', '.join(fields)})")
        return self

    def __exit__(self, *raised):
        try:
            self._drop()
        except DatabaseError:
            # The session is of no use any more; its tables end with it.
            if not raised[0]:
                raise

    def _drop(self):
        execute(f"DROP TABLE IF EXISTS {temporary(*self.tables)}")

    def add(self, rows):
        """Copies rows without faults in."""
        fields = names(each.field for each in self.columns)
        copy_in(f"{ROWS} (line, {fields})", ((row.number, *row.values) for row in rows))

    def add_refused(self, rows):
        """Is told of the rows that have faults by themselves."""

    # --- The rows beside each other ------------------------------------------------------------------

    def unite(self):
        """Leaves each key once. Returns how many rows clash with others.

        Of rows that are the same in all columns the first stays; where any differ, all rows of the key clash.
        """
        self._find_twice()
        ((clashing, self.repeated),) = fetch(
            f"""SELECT count(*) FILTER (WHERE differs), count(*) FILTER (WHERE NOT differs AND line <> first)
            FROM {TWICE}"""
        )
        execute(
            f"""DELETE FROM {ROWS} r USING {TWICE} t
            WHERE t.line = r.line AND (t.differs OR t.line <> t.first)"""
        )
        return clashing

    def _find_twice(self):
        key = names(self.key)
        execute(f"ANALYZE {ROWS}")
        execute(
            f"""CREATE TEMPORARY TABLE {TWICE} AS
            SELECT r.line, min(r.line) OVER k AS first, max(r.line) OVER k AS last,
                count(*) OVER k <> count(*) OVER a AS differs
            FROM {ROWS} r
            JOIN (SELECT {key} FROM {ROWS} GROUP BY {key} HAVING count(*) > 1) d ON {self.same_key("r", "d")}
            WINDOW k AS (PARTITION BY {names(self.key, "r")}),
                a AS (PARTITION BY {names((*self.key, *self.values), "r")})"""
        )
        execute(f"CREATE INDEX ON {TWICE} (line)")

    def clashes(self, lines):
        """The clashes of those of the lines that have any, in their order; each with another line of its key."""
        rows = fetch(
            f"""SELECT line, CASE WHEN line = first THEN last ELSE first END
            FROM {TWICE} WHERE differs AND line = ANY(%s) ORDER BY line""",
            [list(lines)],
        )
        column, key = (
            self.kind.column(self.key[0]),
            "、".join(self.kind.column(name).heading for name in self.key),
        )
        sentence = "第{}行与第{}行的{}相同，其他内容却不同。请核对后只留一行。"
        return [Clash(line, column, "duplicate", sentence.format(line, other, key)) for line, other in rows]

    def same_key(self, one, other):
        """The condition that two tables have the same key; a start that is open is one of its own."""
        optional = {each.field for each in self.kind.columns if each.empty is None and not each.required}
        return " AND ".join(
            f'{one}."{name}" {"IS NOT DISTINCT FROM" if name in optional else "="} {other}."{name}"'
            for name in self.key
        )

    # --- The rows beside what is stored --------------------------------------------------------------

    def compare(self):
        """Says of each key whether it is new, changed or unchanged. Returns the counts of lines by these words."""
        differs = " OR ".join(f'r."{name}" IS DISTINCT FROM t."{name}"' for name in self.values) or "false"
        execute(f"DROP TABLE IF EXISTS {temporary(FOUND)}")
        execute(
            f"""CREATE TEMPORARY TABLE {FOUND} AS
            SELECT r.line, {self.lines} AS lines, t.id, CASE WHEN t.id IS NULL THEN '{NEW}'
                WHEN {differs} THEN '{CHANGED}' ELSE '{UNCHANGED}' END AS status
            FROM {self.rows} r LEFT JOIN {self.stored} t ON {self.same_key("r", "t")}"""
        )
        execute(f"ANALYZE {FOUND}")
        counts = {NEW: 0, CHANGED: 0, UNCHANGED: self.repeated}
        for status, lines in fetch(f"SELECT status, sum(lines) FROM {FOUND} GROUP BY status"):
            counts[status] += int(lines)
        return counts

    def statuses(self, lines):
        """{line: new, changed or unchanged} of those of the lines that are staged and no repetition."""
        return dict(fetch(f"SELECT line, status FROM {FOUND} WHERE line = ANY(%s)", [list(lines)]))

    def warnings(self):
        """What should be looked at now that the rows have been compared: rows that were struck out in the console."""
        if not any(field.name == "struck_reason" for field in self.kind.model._meta.concrete_fields):
            return
        column = self.kind.column(self.key[0])
        rows = fetch(
            f"""SELECT f.line, t.struck_reason FROM {FOUND} f JOIN {self.stored} t ON t.id = f.id
            WHERE t.struck_reason <> '' ORDER BY f.line"""
        )
        for line, reason in rows:
            message = (
                f"第{line}行已在系统中作废（{reason}），导入后仍不计入。需要恢复请在名单页面清空作废原因。"
            )
            yield Notice("struck_row", message, column.heading, line)
