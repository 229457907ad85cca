"""The sealed file of a batch: what it is made from, a preview before, and whether today's rows still give the same."""

import hashlib
import io
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from applications.errors import Refused
from review.models import PaymentLine
from review.payees import payees_of
from review.sheets.payout import controls_of, payout_bytes

from .payments import payments_plan
from .titles import batch_event

#: Differences that the record keeps; the page of the moment shows more.
_KEPT, _SHOWN = 20, 500
_OF_CLAIMS = (
    "claim__number", "claim__item", "claim__year", "claim__city", "claim__particulars", "claim__enterprise__name",
    "claim__enterprise__credit_code",
)  # fmt: skip


@dataclass
class Difference:
    """One place in which the sealed file and today's rows disagree."""

    sheet: str
    cell: str
    sealed: str
    now: str


@dataclass
class Verification:
    """What 核对 found: cells compared, differences (at most 500 of `count`), and whether the stored bytes are intact."""

    cells: int = 0
    count: int = 0
    differences: list = field(default_factory=list)
    intact: bool = True

    @property
    def agrees(self):
        """Whether everything is as it was sealed."""
        return self.intact and not self.count

    def differ(self, *place):
        """Notes a difference."""
        self.count += 1
        if len(self.differences) < _SHOWN:
            self.differences.append(Difference(*place))


def lines_sealed(batch):
    """The lines of a batch that were locked, in the order of its sheets, with all that a sheet says of them."""
    lines = PaymentLine.objects.filter(batch=batch, payment__isnull=False)
    shown = lines.select_related("payment", "claim__enterprise").only(
        "amount_cny", "payee_name", "payee_bank", "payee_account", "batch", "payment__position", "payment__payee_name",
        "payment__payee_bank", "payment__payee_account", "payment__amount_cny", *_OF_CLAIMS,
    )  # fmt: skip
    return list(shown.order_by("pk"))


def batch_preview(batch):
    """The file as it would be sealed now, marked 预览 on every sheet. Raises Refused where nothing is in the batch."""
    lines = PaymentLine.objects.filter(batch=batch, live=True).select_related("claim__enterprise")
    lines = list(lines.only("amount_cny", "batch", *_OF_CLAIMS).order_by("pk"))
    if not lines:
        raise Refused("批次里没有申报，没有可以预览的内容。")
    payments_plan(batch, lines, payees_of([line.claim for line in lines]))
    return payout_bytes(batch, lines, mark="预览")


def seal_verify(*, batch, actor, at=None, source_ip=None):
    """核对: makes the file anew from today's rows and compares it cell by cell with the sealed one; recorded as an event.

    Returns a Verification. Raises Refused where nothing has been sealed.
    """
    if not batch.file:
        raise Refused("批次还没有锁定，没有封存的拨付表可以核对。")
    with transaction.atomic():
        found, sealed = Verification(), bytes(batch.file)
        found.intact = hashlib.sha256(sealed).hexdigest() == batch.file_sha256
        lines = lines_sealed(batch)
        books_compare(found, sealed, payout_bytes(batch, lines))
        _controls_compare(found, batch, controls_of(lines))
        kept = [[one.sheet, one.cell, one.sealed, one.now] for one in found.differences[:_KEPT]]
        result = {"cells": found.cells, "count": found.count, "intact": found.intact, "differences": kept}
        batch_event(batch, "batch.verified", actor, at or timezone.now(), source_ip, **result)
    return found


def books_compare(found, sealed, now):
    """Compares two workbooks as bytes, sheet by sheet and cell by cell, and notes in `found` what differs."""
    before, after = (_cells_of(content) for content in (sealed, now))
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            found.differ(
                name, "整张表", "有" if old is not None else "没有", "有" if new is not None else "没有"
            )
            continue
        places = sorted(old.keys() | new.keys())
        found.cells += len(places)
        for row, column in places:
            if (left := old.get((row, column))) != (right := new.get((row, column))):
                place = f"{get_column_letter(column)}{row}"
                found.differ(name, place, _said(left), _said(right))


def _cells_of(content):
    """{sheet: {(row, column): (type, value, format)}} of the filled cells of a workbook."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    try:
        return {
            sheet.title: {
                (cell.row, cell.column): (cell.data_type, cell.value, cell.number_format)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            }
            for sheet in book
        }
    finally:
        book.close()


def _said(cell):
    return "（空）" if cell is None else str(cell[1])


def _controls_compare(found, batch, now):
    for kind, label in (("measures", "控制总数：措施"), ("cities", "控制总数：市（地）")):
        old, new = batch.controls.get(kind, {}), now[kind]
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                found.differ(label, key, _sum_said(old.get(key)), _sum_said(new.get(key)))


def _sum_said(pair):
    return f"{pair[0]} 笔 {pair[1]} 元" if pair else "（空）"
