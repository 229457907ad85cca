"""What became of a file: the counts, faults and warnings that the command prints and the console shows."""

import json
from dataclasses import dataclass, field
from itertools import islice

from applications.imports.spool import Faults, Spool, notices_spool

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"

#: How many faults and warnings a stored report keeps.
KEPT = 50


@dataclass
class Outcome:
    """What checking or storing a file gave. Each data row is new, changed, unchanged or refused.

    `removed` counts stored rows that a replacing kind drops, None for all others. `refused` holds every fault of every
    refused row; `preview` the first data rows as {"row", "cells", "status"}; `load` the record of what was stored.
    """

    kind: str
    sheet_name: str = ""
    headings: list = field(default_factory=list)
    columns: list = field(default_factory=list)
    units: dict = field(default_factory=dict)
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int | None = None
    refused: Faults = field(default_factory=Faults)
    warnings: Spool = field(default_factory=notices_spool)
    preview: list = field(default_factory=list)
    stored: bool = False
    years_marked: int = 0
    load: object = None

    @property
    def refused_rows(self):
        """The number of refused rows; each may have several faults."""
        return self.refused.rows

    def counts(self):
        """The counts as the contract names them; `removed` only for a kind that replaces."""
        names = ("rows", NEW, CHANGED, UNCHANGED, *(("removed",) if self.removed is not None else ()))
        return {name: getattr(self, name) for name in names}

    def as_data(self, most=None):
        """The JSON object of the contract, with all faults and warnings or the first `most` of each."""
        return {
            "kind": self.kind,
            **self.counts(),
            "refused": [each.as_data() for each in islice(self.refused, most)],
            "warnings": [each.as_data() for each in islice(self.warnings, most)],
            "stored": self.stored,
        }

    def as_text(self):
        """The same as pieces of JSON text, so that a file full of faults is printed without being held."""
        head = {"kind": self.kind, **self.counts()}
        yield _json(head).removesuffix("}")
        for name, found in (("refused", self.refused), ("warnings", self.warnings)):
            yield f', "{name}": ['
            for position, each in enumerate(found):
                yield (", " if position else "") + _json(each.as_data())
            yield "]"
        yield f', "stored": {_json(self.stored)}}}'

    def report(self):
        """What a load's record keeps: the contract's object cut short, with what the preview shows."""
        return {
            **self.as_data(KEPT),
            "refused_rows": self.refused_rows,
            "faults": len(self.refused),
            "notices": len(self.warnings),
            "sheet_name": self.sheet_name,
            "headings": self.headings,
            "columns": self.columns,
            "units": self.units,
            "preview": self.preview,
        }


def _json(value):
    return json.dumps(value, ensure_ascii=False)
