"""Recomputing the chain of digests: which day no longer says what it said when its digest was made."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from review.audit.digest import BEGINNING, day_sum
from review.models import DayDigest

#: One line of the list that is kept outside: day and digest.
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})\s+([0-9a-f]{64})\b")


@dataclass
class Outcome:
    """What a verification found: how much was looked at, and a sentence for everything that does not agree."""

    days: int = 0
    rows: int = 0
    problems: list = field(default_factory=list)


def chain_verify(*, since=None, kept=None):
    """Recomputes every day from `since` on (a date; all by default). `kept` is {date: digest} from outside the system.

    Each day is computed upon the stored digest of the day before, so that only the days that were changed are told.
    """
    outcome, previous = Outcome(), None
    if since:
        previous = DayDigest.objects.filter(day__lt=since).order_by("day").last()
    found = DayDigest.objects.filter(day__gte=since) if since else DayDigest.objects.all()
    kept = {day: digest for day, digest in (kept or {}).items() if not since or day >= since}
    for stored in found.order_by("day").iterator():
        outcome.problems += _gap(previous, stored)
        outcome.problems += _day(stored, previous, outcome)
        if kept.pop(stored.day, stored.digest) != stored.digest:
            outcome.problems.append(f"{stored.day}：摘要与系统外保存的不同。")
        previous = stored
    outcome.problems += [f"{day}：系统外保存了摘要，系统里没有这一天的摘要。" for day in sorted(kept)]
    return outcome


def _gap(previous, stored):
    if previous is None or stored.day == previous.day + timedelta(days=1):
        return []
    first, last = previous.day + timedelta(days=1), stored.day - timedelta(days=1)
    return [f"{first}：缺少这一天的摘要。" if first == last else f"{first} 至 {last}：缺少这些天的摘要。"]


def _day(stored, previous, outcome):
    found = day_sum(
        day=stored.day,
        before=previous.digest if previous else BEGINNING,
        after_event=previous.last_event if previous else 0,
        after_entry=previous.last_entry if previous else 0,
        last_event=stored.last_event,
        last_entry=stored.last_entry,
    )
    outcome.days += 1
    outcome.rows += found.events + found.entries
    pairs = (("操作记录", stored.events, found.events), ("总额账", stored.entries, found.entries))
    counts = [f"{name}应有 {was:,} 条，现有 {now:,} 条" for name, was, now in pairs if was != now]
    if counts:
        return [f"{stored.day}：{'；'.join(counts)}。"]
    if found.digest != stored.digest:
        rows = f"操作记录 {stored.events:,} 条、总额账 {stored.entries:,} 条"
        return [f"{stored.day}：{rows}，条数没有变，但内容或摘要与生成时不同。"]
    return []


def kept_read(lines):
    """{date: digest} of a list that was kept outside the system; lines that hold no digest are passed over."""
    found = (_LINE.search(line) for line in lines)
    return {date.fromisoformat(each[1]): each[2] for each in found if each}
