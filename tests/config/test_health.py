"""What ``/healthz`` tells."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from applications.models import Enterprise, EnterpriseYear
from config import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def beating(settings: Settings) -> None:
    cache.set(settings.BEAT_HEARTBEAT_KEY, time.time() - 3)


@pytest.fixture
def year() -> EnterpriseYear:
    enterprise = Enterprise.objects.create(
        credit_code="91230100MA00000000", name="示例企业", created_at=timezone.now()
    )
    return EnterpriseYear.objects.create(enterprise=enterprise, year=2026)


def look(client: Client) -> tuple[int, dict]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()


@pytest.mark.usefixtures("beating")
def test_all_is_well(client: Client) -> None:
    status, told = look(client)
    assert status == 200
    assert told.pop("beat_age_seconds") in {3, 4}
    assert told == {"status": "ok", "database": True, "broker": True, "oldest_unsettled_seconds": 0}


def test_a_beat_that_never_came_is_a_failure(client: Client) -> None:
    status, told = look(client)
    assert (status, told["status"], told["beat_age_seconds"]) == (503, "failing", None)


@pytest.mark.parametrize(("age", "status"), [(health.BEAT_LIMIT - 2, 200), (health.BEAT_LIMIT + 2, 503)])
def test_an_old_beat_is_a_failure(client: Client, settings: Settings, age: int, status: int) -> None:
    cache.set(settings.BEAT_HEARTBEAT_KEY, time.time() - age)
    assert look(client)[0] == status


@pytest.mark.usefixtures("beating")
@pytest.mark.parametrize(
    ("waited", "status"), [(health.UNSETTLED_LIMIT - 5, 200), (health.UNSETTLED_LIMIT + 5, 503)]
)
def test_a_year_that_waits_too_long_is_a_failure(
    client: Client, year: EnterpriseYear, waited: int, status: int
) -> None:
    year.requested, year.marked_at = 2, timezone.now() - timedelta(seconds=waited)
    year.save()
    assert look(client)[0] == status
    assert waited <= look(client)[1]["oldest_unsettled_seconds"] <= waited + 3


@pytest.mark.usefixtures("beating")
def test_a_settled_year_does_not_wait(client: Client, year: EnterpriseYear) -> None:
    year.requested = year.settled = 2
    year.marked_at = timezone.now() - timedelta(days=9)
    year.save()
    assert look(client)[1]["oldest_unsettled_seconds"] == 0


def test_an_absent_broker_is_told_at_once(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    began = time.monotonic()
    status, told = look(client)
    assert (status, told["broker"], told["beat_age_seconds"]) == (503, False, None)
    assert time.monotonic() - began < 3


def test_an_absent_database_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("could not connect to server at secret-host")

    monkeypatch.setattr(health.connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False
    assert answer.json()["oldest_unsettled_seconds"] is None
    assert b"secret-host" not in answer.content


@pytest.mark.usefixtures("beating")
def test_the_question_is_cheap(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        client.get("/healthz")
