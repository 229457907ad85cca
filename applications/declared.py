"""Where an item's declared fields of one sort lie in a claim: numbers that stand on papers, dates with a meaning."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from measures.declaration import Field, Rows


@dataclass(frozen=True)
class Place:
    """One declared field: of the facts or of the particulars, by itself or as a column of `rows`."""

    field: Field
    is_fact: bool
    rows: Rows | None = None

    def values(self, facts, particulars) -> Iterator[tuple[int, object]]:
        """Pairs of row (counted from 0; 0 outside rows) and value; what is missing or empty is left out."""
        source = facts if self.is_fact else particulars
        rows = [source] if self.rows is None else source.get(self.rows.name) or ()
        for index, row in enumerate(rows):
            value = row.get(self.field.name)
            if value:
                yield index, value

    def path(self, index):
        """The place of a value as the evaluation contract writes it."""
        return self.field.name if self.rows is None else f"{self.rows.name}[{index}].{self.field.name}"

    def label(self, index):
        """What the value is called where rows have to be told apart, such as 贷款 2 的发放日期."""
        return (
            self.field.label
            if self.rows is None
            else f"{self.rows.row_label} {index + 1} 的{self.field.label}"
        )


@cache
def places_of(rule, attribute) -> tuple[Place, ...]:
    """The places of an item whose fields say something under `attribute`: "fingerprint" or "date_role"."""
    return tuple(place for place in _places(rule) if getattr(place.field, attribute))


def _places(rule):
    for fields, is_fact in ((rule.facts, True), (rule.particulars, False)):
        for field in fields:
            if not isinstance(field, Rows):
                yield Place(field, is_fact)
                continue
            yield from (Place(part, is_fact, field) for part in field.fields)
            yield from (Place(part, False, field) for part in field.particulars)


def tables_of(rule, content):
    """The rows that were declared (`content`: facts and particulars), as tables: label, heads, and rows of (head, cell)."""
    tables = []
    for declared in rule.facts:
        if not isinstance(declared, Rows):
            continue
        rows = content["facts"].get(declared.name, [])
        beside = content["particulars"].get(declared.name, [{}] * len(rows))
        columns = (*declared.fields, *declared.particulars)
        tables.append(
            {
                "label": declared.label,
                "heads": [column.label for column in columns],
                "rows": [
                    [(column.label, {**row, **more}.get(column.name) or "—") for column in columns]
                    for row, more in zip(rows, beside, strict=True)
                ],
            }
        )
    return tables
