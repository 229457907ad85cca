"""Marking years for settlement: a number in the database first, a task in the broker only afterwards."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from kombu.exceptions import OperationalError

from applications.matching.mark import matches_mark_subjects
from applications.models import Claim, EnterpriseYear
from applications.models.states import COUNTED_STATES

from .gate import gate, gate_try

log = logging.getLogger(__name__)


def year_lock(*, enterprise_id, year):
    """The enterprise-year row, made if absent, locked until the transaction ends. Everybody locks it first."""
    found = EnterpriseYear.objects.select_for_update().filter(enterprise_id=enterprise_id, year=year).first()
    if found:
        return found
    gate(shared=True)
    EnterpriseYear.objects.get_or_create(enterprise_id=enterprise_id, year=year)
    return EnterpriseYear.objects.select_for_update().get(enterprise_id=enterprise_id, year=year)


def year_mark(row, *, at=None):
    """Marks one locked year row for settlement and sends the task once the transaction has committed."""
    row.requested += 1
    if row.marked_at is None or row.requested == row.settled + 1:
        row.marked_at = at or timezone.now()
    row.save(update_fields=["requested", "marked_at"])
    task_send(row.pk)


def years_mark(years, *, send=True):
    """Marks every year of a queryset of EnterpriseYear; the way for official data and settings. Returns how many.

    Runs in the transaction of the change. `send=False` leaves it to the caller to have them settled.
    """
    return len(years_mark_keys(years, send=send))


def years_mark_keys(years, *, send=True):
    """`years_mark` for whoever wants to know which years they were: returns their keys, locked until the end."""
    with transaction.atomic():
        gate()
        keys = list(years.order_by("pk").values_list("pk", flat=True))
        keys_mark(keys, send=send)
    return keys


def keys_mark(keys, *, send=True):
    """Marks years by their keys, locked in order, for whoever holds no lock of a year yet; runs in a transaction.

    Knows only years that are there: who must not miss one that is being made goes through `years_mark`.
    """
    list(EnterpriseYear.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    EnterpriseYear.objects.filter(pk__in=keys).update(
        requested=F("requested") + 1,
        marked_at=Case(
            When(requested__gt=F("settled"), marked_at__isnull=False, then=F("marked_at")),
            default=timezone.now(),
        ),
    )
    for key in keys[: SENT_AT_ONCE if send else 0]:
        task_send(key)


def subject_note(row, claim):
    """Notes on the locked year row that a once-for-ever lock of the claim has been set or lifted; see `subjects_mark`.

    The other years of the subject cannot be marked right here: years are locked in the order of their keys before any
    claim, and this transaction holds one already. A note on the row that it holds costs no lock and is never lost.
    """
    if not claim.rule.once_for_ever:
        return
    row.moved_subjects = [*row.moved_subjects, [claim.item, claim.subject]]
    row.save(update_fields=["moved_subjects"])
    transaction.on_commit(partial(subjects_mark, [row.pk]), robust=True)


def subjects_mark(year_ids=None):
    """Marks the other years with claims that count for the subjects noted on years (all noted years if not given).

    Marks the matches of whoever could be awarded for the subjects, too.

    Runs once the note has been committed, and again by the sweep where that failed. A claim submitted after this has
    looked is settled after the lock was committed, and so needs no mark. Returns how many years were marked.
    """
    noted = EnterpriseYear.objects.exclude(moved_subjects=[]).select_related("enterprise").order_by("pk")
    if year_ids is not None:
        noted = noted.filter(pk__in=year_ids)
    return sum(_subjects_mark(row) for row in noted)


@transaction.atomic
def _subjects_mark(row):
    if not gate_try():
        # Official data are being changed, perhaps for a while: the sweep comes again.
        return 0
    keys = [row.pk, *_years_of_subjects(row)]
    locked = EnterpriseYear.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    years = {each.pk: each for each in locked}
    own = years.pop(row.pk)
    if own.moved_subjects != row.moved_subjects:
        # Somebody else has marked for it, or noted more and marks after us.
        return 0
    for each in years.values():
        year_mark(each)
    matches_mark_subjects(own.moved_subjects, row.enterprise.credit_code)
    own.moved_subjects = []
    own.save(update_fields=["moved_subjects"])
    return len(years)


def _years_of_subjects(row):
    """Keys of the other years that settle a claim for the row's noted subjects; without a subject it is the firm's own."""
    claims = Q()
    for item, subject in row.moved_subjects:
        claims |= Q(item=item, subject=subject) & (Q() if subject else Q(enterprise=row.enterprise_id))
    pairs = (
        Claim.objects.filter(claims, state__in=COUNTED_STATES).values_list("enterprise_id", "year").distinct()
    )
    years = Q(pk__in=[])
    for enterprise_id, year in pairs.order_by("enterprise_id", "year"):
        years |= Q(enterprise=enterprise_id, year=year)
    return EnterpriseYear.objects.filter(years).exclude(pk=row.pk).values_list("pk", flat=True)


#: More than this at once is left to the sweep, which settles in chunks.
SENT_AT_ONCE = 20


def task_send(year_id):
    """Sends the settlement task on commit. A broker that does not answer loses nothing: the sweep finds the row."""
    transaction.on_commit(lambda: _send(year_id))


def _send(year_id):
    try:
        # By its name: tasks call services, services know none of them.
        current_app.send_task("applications.tasks.settle", (year_id,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker not reached, the sweep will settle year %s: %s", year_id, error)
