"""What becomes of public notices by themselves: they end when their working days are over."""

from django.db import transaction
from django.utils import timezone

from applications.calendar import due_date
from applications.lifecycle import claims_lock, perform
from applications.models import Notice, State
from applications.record import event_add


def notice_days(*, published_at, days):
    """(first day, last day, certain) of a period of working days; the first is the working day after publication."""
    first, _ = due_date(start=published_at, days=1)
    last, certain = due_date(start=published_at, days=days)
    return first, last, certain


def notices_close(*, today=None, at=None):
    """Closes every notice whose last day has passed. Returns how many were closed.

    A notice whose last day is only 预计 waits for the holidays to be known, or for finance; one with a claim that is
    being settled waits for the next pass.
    """
    today = today or timezone.localdate()
    due = Notice.objects.filter(standing=Notice.Standing.PUBLISHED, last_day__lt=today, certain=True)
    return sum(notice_close(notice_id=pk, at=at) for pk in due.values_list("pk", flat=True))


def notice_close(*, notice_id, actor=None, at=None, source_ip=None):
    """Ends one notice: what is still in it becomes payable. Returns whether it was closed."""
    at = at or timezone.now()
    with transaction.atomic():
        lines = Notice.objects.get(pk=notice_id).lines.filter(withdrawn_at=None)
        locked = claims_lock(list(lines.values_list("claim_id", flat=True)))
        notice = Notice.objects.select_for_update().get(pk=notice_id)
        if notice.standing == Notice.Standing.CLOSED:
            return False
        if any(year.is_computing for _, year in locked):
            return False
        for claim, year in locked:
            if claim.state == State.IN_NOTICE:
                perform(claim, year, "close_notice", at=at)
        notice.standing, notice.closed_at = Notice.Standing.CLOSED, at
        notice.save(update_fields=["standing", "closed_at"])
        event_add(
            kind="notice.closed", actor=actor, at=at, source_ip=source_ip, topic=f"notice:{notice.number}"
        )
    return True


def notices_recompute():
    """Computes uncertain last days again, after the holidays of a year have been loaded. Returns how many changed."""
    changed = 0
    for notice in Notice.objects.filter(standing=Notice.Standing.PUBLISHED, certain=False):
        first, last, certain = notice_days(published_at=notice.published_at, days=notice.days)
        if (first, last, certain) != (notice.first_day, notice.last_day, notice.certain):
            Notice.objects.filter(pk=notice.pk).update(first_day=first, last_day=last, certain=certain)
            changed += 1
    return changed
