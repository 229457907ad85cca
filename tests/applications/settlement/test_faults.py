"""Settlement survives the death of the broker and of the worker: with real processes, killed without warning."""

import shutil
from contextlib import contextmanager

import psutil
import pytest
from django.db import connection
from django.db.models import F

from applications.models import EnterpriseYear, Event, State
from config import embedded
from config.embedded.processes import wait_until
from tests.factories import exhibition, make_claim, make_firm, make_period
from tests.support.worker import CeleryProcess, LiveWorker

pytestmark = pytest.mark.django_db(transaction=True)

SETTLED = 120
FACTS = {"booth_cny": "100000"}


def _waiting():
    return EnterpriseYear.objects.filter(requested__gt=F("settled"))


def test_a_broker_that_is_killed_and_emptied_after_a_submission_loses_nothing(own_broker):
    worker, beat = LiveWorker(), CeleryProcess("beat", "--loglevel", "INFO", "--pidfile=")
    psutil.Process(embedded.running(own_broker)["Valkey"]).kill()
    wait_until(lambda: embedded.running(own_broker)["Valkey"] is None, seconds=60)
    claim = make_claim(make_firm(), "5.1", make_period(), facts=FACTS, particulars=exhibition(), settle=False)
    assert claim.state == State.COMMERCE_REVIEW, "the submission is accepted without a broker"
    assert _waiting().count() == 1
    shutil.rmtree(own_broker.valkey)
    embedded.start(own_broker, names=frozenset({"Valkey"}))
    try:
        worker.start()
        beat.start()
        assert wait_until(lambda: not _waiting().exists(), seconds=SETTLED), worker.log.read_text()
    finally:
        beat.stop()
        worker.stop()
    claim.refresh_from_db()
    assert str(claim.payable_cny) == "70000.00"


@pytest.fixture
def ledger_held():
    """Another connection keeps everybody from writing to the ledger until the block ends."""
    other = connection.copy()

    @contextmanager
    def hold():
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE applications_ledgerentry IN SHARE MODE")
        yield
        other.rollback()

    yield hold
    other.close()


def _count(condition):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
        )
        return cursor.fetchone()[0]


def _somebody_waits_to_write():
    return _count("wait_event_type = 'Lock'") > 0


def _others_in_transaction():
    return _count("state <> 'idle'") > 0


def test_a_worker_that_is_killed_in_the_middle_of_settling_leaves_nothing_half_written(
    own_broker, ledger_held
):
    worker, beat = LiveWorker(), CeleryProcess("beat", "--loglevel", "INFO", "--pidfile=")
    worker.start()
    try:
        with ledger_held():
            claim = make_claim(
                make_firm(), "5.1", make_period(), facts=FACTS, particulars=exhibition(), settle=False
            )
            # Its events are written, its ledger entries cannot be: the worker is in the middle.
            assert wait_until(_somebody_waits_to_write, seconds=SETTLED), worker.log.read_text()
            worker.kill()
        # Its server process goes on for the moment that it takes to find its client gone.
        assert wait_until(lambda: not _others_in_transaction(), seconds=SETTLED)
        assert _waiting().count() == 1
        assert not Event.objects.filter(kind="claim.settled").exists()
        claim.refresh_from_db()
        assert claim.computed_cny is None
        worker.start()
        beat.start()
        assert wait_until(lambda: not _waiting().exists(), seconds=SETTLED), worker.log.read_text()
    finally:
        beat.stop()
        worker.stop()
    claim.refresh_from_db()
    assert str(claim.payable_cny) == "70000.00"
    assert Event.objects.filter(kind="claim.settled").count() == 1
