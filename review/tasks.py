"""Celery tasks of the administration's side: each calls a service and can be repeated without harm."""

import logging

from celery import shared_task

from applications.errors import Refused
from review.audit.digest import digests_make
from review.ledger.check import check_of_the_day

log = logging.getLogger(__name__)


@shared_task
def day_digests():
    """Makes the digests of the days that are over; where somebody goes on writing, the next run does it."""
    try:
        digests_make()
    except Refused as refusal:
        log.warning("%s", refusal.message)


@shared_task
def ledger_check():
    """Checks the ledger once a night: the first run of a day does it, and the others find it done."""
    found = check_of_the_day()
    if found is not None and found.count:
        log.error("the check of the ledger found %s problems", found.count)
