"""Large extracts as work for a worker: asked for by a page, written row by row, taken by whoever asked for it."""

import time

from django.utils import timezone

from accounts.models import User
from applications.errors import NotAllowed, Refused
from applications.imports.files import file_made, files_forget
from applications.jobs import WORKS, Work, job_add
from applications.record import event_add
from review.sheets.ledger import EXTRACTS, extract_write
from review.visibility import MONEY_READERS

EXPORT, EXPORTED = "money.export", "ledger.exported"
#: A sheet of a spreadsheet program holds 1,048,576 rows; what is more is asked for in parts.
MOST_ROWS = 1_000_000
#: Seconds that a file which a worker wrote is kept.
KEPT = 24 * 3600


def export_start(*, name, asked, words, actor, at=None, source_ip=None):
    """Has an extract written by a worker and leaves an event of who asked for what. Returns the job.

    `words` says what is asked for as people read it. Raises Refused where there is nothing, or too much for one sheet.
    """
    extract = EXTRACTS[name]
    rows = extract.found(actor, asked).order_by().count()
    if not rows:
        raise Refused(f"没有符合条件的{extract.title}，请放宽条件再试。")
    if rows > MOST_ROWS:
        raise Refused(
            f"符合条件的有 {rows:,} {extract.unit}，一张表最多 {MOST_ROWS:,} 行。请按年度、市（地）或时间分开导出。"
        )
    by = {"actor": actor, "at": at or timezone.now(), "source_ip": source_ip}
    data = {"extract": name, "asked": asked, "rows": rows}
    event_add(kind=EXPORTED, topic="ledger", data=data, **by)
    return job_add(work=EXPORT, params={"extract": name, "asked": asked, "words": words}, **by)


def export_may_take(user, job):
    """Whether a person may see all that is in the file of a job now: posts may have changed since it was written."""
    seen = EXTRACTS[job.params["extract"]].seen(user)
    inside = job.result["payers"]
    return seen is None or (inside is not None and set(inside) <= seen)


def _export(job, progress):
    """Writes the file, with what the person may see at this moment, and notes whose money is in it."""
    files_forget("money-", before=time.time() - KEPT)
    extract, asked = EXTRACTS[job.params["extract"]], job.params["asked"]
    user = User.objects.get(pk=job.created_by_id)
    if not (user.is_active and user.has_post(*MONEY_READERS)):
        raise NotAllowed("您的岗位已有变化，不能再导出。")
    payers = extract.seen(user)
    progress.phase("正在导出", extract.found(user, asked).order_by().count())
    name, counted = f"money-{job.pk}", _Counted(extract.rows(user, asked, progress.step))
    lines = [
        (f"范围：{job.params['words'] or '全部'}", "单位：元"),
        f"导出人：{user.name}　　导出时间：{timezone.localtime():%Y-%m-%d %H:%M}",
    ]
    with file_made(name) as target:
        sums = extract_write(extract, counted, target, lines=lines)
        progress.step(counted.number)
    return {
        "file": name,
        "rows": counted.number,
        "sums": {title: str(amount) for title, amount in sums.items()},
        "payers": None if payers is None else sorted(payers),
        "ending": "xlsx",
    }


class _Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows):
        self._rows, self.number = rows, 0

    def __iter__(self):
        for row in self._rows:
            self.number += 1
            yield row


WORKS[EXPORT] = Work(_export)
