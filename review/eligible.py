"""应享未享: firms that official data open an item for and that have not filed it; filters, and the spreadsheet."""

import time
from itertools import islice

from django.db.models import Q
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import User
from applications.credit_code import credit_code_normal
from applications.imports.files import file_made, files_forget
from applications.imports.sheets_out import WRAPPED, head_put, print_setup, widths_set
from applications.imports.streaming import book_stream, style_of
from applications.jobs import WORKS, Work
from applications.matching.read import (
    firms_add,
    matches_listed,
    matches_of_cities,
    matches_unclaimed,
    signed_up,
)
from applications.models import Enterprise
from applications.record import event_add
from applications.visibility import matches_for_office
from applications.workbooks import TEXT_FORMAT
from review.sheets.kit import MONEY_FORMAT

EXPORT = "eligible.export"
EXPORTED = "eligible.exported"
#: Seconds that a file which a worker wrote is kept.
KEPT = 24 * 3600
_CHUNK = 1000

CERTAIN, LIKELY = "certain", "likely"
YES, NO = "yes", "no"
STANDINGS = {CERTAIN: "仅凭官方数据可以支付", LIKELY: "可能符合"}
_CONDITIONS = {
    "year": lambda year: Q(match_year__year=year),
    "item": lambda item: Q(item=item),
    "city": lambda city: matches_of_cities([city]),
    "standing": lambda standing: Q(certain=standing == CERTAIN),
    "registered": lambda answer: Q(signed_up()) if answer == YES else ~Q(signed_up()),
}


def eligible(user, asked):
    """Unclaimed matches that a person may read, by what is asked for: year, item, city, standing, registered, q."""
    found = matches_unclaimed(matches_for_office(user))
    for name, condition in _CONDITIONS.items():
        if asked.get(name):
            found = found.filter(condition(asked[name]))
    return found.filter(_named(asked["q"])) if asked.get("q") else found


def _named(words):
    code = credit_code_normal(words)
    signed = Enterprise.objects.filter(name__icontains=words).values("credit_code")
    return (
        Q(match_year__name__icontains=words)
        | Q(match_year__credit_code__startswith=code)
        | Q(match_year__name="", match_year__credit_code__in=signed)
    )


# --- The spreadsheet -----------------------------------------------------------------------------

COLUMNS = (
    ("企业名称", 30, lambda match: match.name),
    ("统一社会信用代码", 21, lambda match: match.match_year.credit_code),
    ("市（地）", 13, lambda match: match.city),
    ("年度", 7, lambda match: str(match.match_year.year)),
    ("事项", 26, lambda match: f"{match.item} {match.rule.title}"),
    ("对象", 12, lambda match: match.subject),
    ("结论", 20, lambda match: STANDINGS[CERTAIN if match.certain else LIKELY]),
    ("金额（元）", 16, lambda match: match.amount_cny),
    ("依据", 48, lambda match: "".join(match.grounds)),
    ("还需要企业提供", 36, lambda match: "、".join(match.missing)),
    ("是否注册", 9, lambda match: "已注册" if match.firm else "未注册"),
    ("联系人", 11, lambda match: match.contact),
    ("联系电话", 16, lambda match: match.phone),
)
_MONEY, _PROSE = "金额（元）", ("依据", "还需要企业提供")


def eligible_write(matches, target, *, progress=None):
    """Writes matches to a path or binary file as xlsx, row by row, never holding more than a few; returns how many rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "应享未享"
    for index, (title, _, _) in enumerate(COLUMNS, start=1):
        head_put(sheet.cell(row=1, column=index), title)
    widths_set(sheet, [width for _, width, _ in COLUMNS])
    sheet.freeze_panes = "A2"
    print_setup(sheet)
    columns = [(value_of, _style(sheet, title)) for title, _, value_of in COLUMNS]
    rows = _Rows(matches, columns, progress)
    book_stream(book, rows, target)
    return rows.done


def _style(sheet, title):
    if title == _MONEY:
        return style_of(sheet, number_format=MONEY_FORMAT)
    look = {"alignment": WRAPPED} if title in _PROSE else {}
    return style_of(sheet, number_format=TEXT_FORMAT, **look)


class _Rows:
    """The rows of the sheet as (value, style) of each cell, read from the server a few at a time, and counted."""

    def __init__(self, matches, columns, progress):
        self._matches, self._columns, self._progress, self.done = matches, columns, progress, 0

    def __iter__(self):
        stored = matches_listed(self._matches).iterator(chunk_size=_CHUNK)
        while chunk := firms_add(list(islice(stored, _CHUNK))):
            for match in chunk:
                yield [_filled(value_of(match), style) for value_of, style in self._columns]
            self.done += len(chunk)
            if self._progress:
                self._progress.step(self.done)


def _filled(value, style):
    return (None, 0) if value in (None, "") else (value, style)


def export_record(*, asked, rows, actor, at=None, source_ip=None):
    """Leaves an event of who took the list, of what, and how many rows."""
    return event_add(
        kind=EXPORTED,
        actor=actor,
        at=at or timezone.now(),
        source_ip=source_ip,
        topic="eligible",
        data={"asked": asked, "rows": rows},
    )


def _export(job, progress):
    """Writes a long list to a file that whoever asked for it takes within a day."""
    files_forget("eligible-", before=time.time() - KEPT)
    name = f"eligible-{job.pk}"
    found = eligible(User.objects.get(pk=job.created_by_id), job.params["asked"])
    progress.phase("正在导出", found.count())
    with file_made(name) as target:
        rows = eligible_write(found, target, progress=progress)
    return {"file": name, "rows": rows}


WORKS[EXPORT] = Work(_export)
