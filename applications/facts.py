"""The declared facts of a claim by path, and the verified values laid over them.

A path is the fact's place in the evaluation contract below `facts`: `booth_cny`, `loans[0].interest_paid_cny`; and
`other_support_cny`, which stands beside the facts but is verified like them.
"""

import re
from dataclasses import dataclass

from measures.declaration import Field, Rows

OTHER_SUPPORT = "other_support_cny"
_ROW_PATH = re.compile(r"^(\w+)\[(\d+)\]\.(\w+)$")


@dataclass(frozen=True)
class FactLine:
    """One declared fact: its path, what it is called, its declaration, and the declared value as in the contract."""

    path: str
    label: str
    field: Field
    value: object
    #: The row that a fact belongs to, such as 贷款 1; "" outside rows.
    row: str = ""


def fact_lines(item, facts):
    """Every declared fact of a claim as FactLine, rows opened, in the order of the declaration."""
    lines = []
    for field in item.facts:
        if not isinstance(field, Rows):
            lines.append(FactLine(field.name, field.label, field, facts.get(field.name)))
            continue
        for index, row in enumerate(facts.get(field.name) or []):
            title = f"{field.row_label} {index + 1}"
            lines += [
                FactLine(f"{field.name}[{index}].{part.name}", part.label, part, row.get(part.name), title)
                for part in field.fields
            ]
    return lines


def value_at(facts, path):
    """The value at a path of a facts mapping; None where there is none."""
    match = _ROW_PATH.match(path)
    if not match:
        return facts.get(path)
    name, index, part = match[1], int(match[2]), match[3]
    rows = facts.get(name) or []
    return rows[index].get(part) if index < len(rows) else None


def with_verified(facts, verified):
    """A copy of facts with the verified values {path: value} in place of the declared ones."""
    result = {
        key: [dict(row) for row in value] if isinstance(value, list) else value
        for key, value in facts.items()
    }
    for path, value in verified.items():
        match = _ROW_PATH.match(path)
        if match:
            result[match[1]][int(match[2])][match[3]] = value
        elif path != OTHER_SUPPORT:
            result[path] = value
    return result
