"""What becomes of public notices by themselves: they end when their working days are over."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from applications.calendar import due_date
from applications.lifecycle import claims_lock, perform_together
from applications.lifecycle.people import deputy_of_payer
from applications.models import Claim, EnterpriseYear, Notice, NoticeLine, State
from applications.record import event_add

#: Claims that one transaction lets go which had stayed behind in notices that are over.
CHUNK = 1000


def notice_days(*, published_at, days):
    """(first day, last day, certain) of a period of working days; the first is the working day after publication."""
    first, _ = due_date(start=published_at, days=1)
    last, certain = due_date(start=published_at, days=days)
    return first, last, certain


def is_running(notice, *, today=None):
    """Whether anybody may still object: to the end of the last day; where that is only 预计, until finance ends it."""
    today = today or timezone.localdate()
    return notice.standing == Notice.Standing.PUBLISHED and (today <= notice.last_day or not notice.certain)


def notices_close(*, today=None, at=None):
    """Closes every notice whose last day has passed, and lets go what has stayed behind. Returns how many were closed.

    A notice whose last day is only 预计 waits for the holidays to be known, or for finance.
    """
    today = today or timezone.localdate()
    due = Notice.objects.filter(standing=Notice.Standing.PUBLISHED, last_day__lt=today, certain=True)
    closed = sum(notice_close(notice_id=pk, at=at) for pk in list(due.values_list("pk", flat=True)))
    left_behind_release(at=at)
    return closed


def notice_close(*, notice_id, actor=None, at=None, source_ip=None):
    """Ends one notice: what is still in it becomes payable. Returns whether it was closed.

    What somebody has objected to stays in the notice until that is decided, and what is being settled until the next pass.
    """
    at = at or timezone.now()
    with transaction.atomic():
        lines = NoticeLine.objects.filter(notice_id=notice_id, withdrawn_at=None)
        locked = claims_lock(list(lines.values_list("claim_id", flat=True)))
        notice = Notice.objects.select_for_update().get(pk=notice_id)
        if notice.standing == Notice.Standing.CLOSED:
            return False
        payable = _release(locked, at)
        notice.standing, notice.closed_at = Notice.Standing.CLOSED, at
        notice.save(update_fields=["standing", "closed_at"])
        event_add(
            kind="notice.closed",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=f"notice:{notice.number}",
            data={"payable": payable, **deputy_of_payer(actor, notice.payer, at)},
        )
    return True


def _release(locked, at):
    """Makes payable what nothing holds back of locked claims. Returns how many those were."""
    free = [
        (claim, year)
        for claim, year in locked
        if claim.state == State.IN_NOTICE and not claim.objected and not year.is_computing
    ]
    perform_together(free, "close_notice", at=at)
    return len(free)


def left_behind_release(*, at=None):
    """Makes payable what was being settled, or objected to, when its notice ended, and is not any more. Returns how many."""
    # A supplement is in a notice of its own: what counts is that none is running, not that one is over.
    running = NoticeLine.objects.filter(
        claim=OuterRef("pk"), withdrawn_at=None, notice__standing=Notice.Standing.PUBLISHED
    )
    settled = EnterpriseYear.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), requested__lte=F("settled")
    )
    waiting = Claim.objects.filter(~Exists(running), Exists(settled), state=State.IN_NOTICE, objected=False)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            done += _release(claims_lock(keys[start : start + CHUNK]), at or timezone.now())
    return done


def notices_recompute():
    """Computes uncertain last days again, after the holidays of a year have been loaded. Returns how many changed."""
    changed = 0
    for notice in Notice.objects.filter(standing=Notice.Standing.PUBLISHED, certain=False):
        first, last, certain = notice_days(published_at=notice.published_at, days=notice.days)
        if (first, last, certain) != (notice.first_day, notice.last_day, notice.certain):
            Notice.objects.filter(pk=notice.pk).update(first_day=first, last_day=last, certain=certain)
            changed += 1
    return changed
