"""Marking years for settlement: a number in the database first, a task in the broker only afterwards."""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from applications.models import EnterpriseYear

log = logging.getLogger(__name__)


def year_lock(*, enterprise_id, year):
    """The enterprise-year row, made if absent, locked until the transaction ends. Everybody locks it first."""
    EnterpriseYear.objects.get_or_create(enterprise_id=enterprise_id, year=year)
    return EnterpriseYear.objects.select_for_update().get(enterprise_id=enterprise_id, year=year)


def year_mark(row, *, at=None):
    """Marks one locked year row for settlement and sends the task once the transaction has committed."""
    row.requested += 1
    if row.marked_at is None or row.requested == row.settled + 1:
        row.marked_at = at or timezone.now()
    row.save(update_fields=["requested", "marked_at"])
    task_send(row.pk)


def years_mark(years):
    """Marks every year of a queryset of EnterpriseYear; the way for official data and settings. Returns how many."""
    keys = list(years.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        list(EnterpriseYear.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        EnterpriseYear.objects.filter(pk__in=keys).update(
            requested=F("requested") + 1, marked_at=timezone.now()
        )
        for key in keys[:SENT_AT_ONCE]:
            task_send(key)
    return len(keys)


#: More than this at once is left to the sweep, which settles in chunks.
SENT_AT_ONCE = 20


def task_send(year_id):
    """Sends the settlement task on commit. A broker that does not answer loses nothing: the sweep finds the row."""
    transaction.on_commit(lambda: _send(year_id))


def _send(year_id):
    from applications.tasks import settle

    try:
        settle.apply_async((year_id,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker not reached, the sweep will settle year %s: %s", year_id, error)
