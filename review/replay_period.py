"""What a draft of a filing period concerns. It moves no amount: claims that were filed keep the version they were filed in."""

from datetime import date

from applications.models import Claim, FilingPeriod, State
from applications.models.states import COUNTED_STATES
from measures.declaration import Rows
from review.publishing import versions_of

#: Drafts read at once.
CHUNK = 500


def period_effect(draft: FilingPeriod, progress):
    """Counts of claims: filed (which keep their version), and drafts that would follow this one.

    Of the drafts, those for an item that this version no longer takes, and those with a cost outside its window as far
    as dates have been entered.
    """
    claims = Claim.objects.filter(period__in=versions_of(draft).exclude(pk=draft.pk))
    drafts = claims.filter(first_submitted_at=None, state=State.DRAFT)
    total = drafts.count()
    progress.phase("正在查看草稿", total=total)
    not_taken = outside = 0
    rows = drafts.only("item", "draft").order_by("pk").iterator(chunk_size=CHUNK)
    for done, claim in enumerate(rows, start=1):
        not_taken += bool(draft.items) and claim.item not in draft.items
        outside += _is_outside(claim, draft)
        progress.step(done)
    filed = claims.filter(state__in=COUNTED_STATES).count()
    return {"filed": filed, "drafts": total, "not_taken": not_taken, "outside": outside}


def _is_outside(claim, period):
    days = _cost_days(claim.rule, claim.draft.get("particulars") or {})
    return any(not period.window_from <= day <= period.window_to for day in days)


def _cost_days(rule, typed):
    """The days of costs that have been entered and can be read."""
    for field in rule.particulars:
        if isinstance(field, Rows):
            for row in typed.get(field.name) or []:
                yield from _days_in(field.fields, row)
    for field in rule.facts:
        if isinstance(field, Rows):
            for row in typed.get(field.name) or []:
                yield from _days_in(field.particulars, row)
    yield from _days_in(rule.particulars, typed)


def _days_in(fields, values):
    for field in fields:
        if field.date_role == "expense":
            try:
                yield date.fromisoformat(values.get(field.name) or "")
            except ValueError:
                continue
