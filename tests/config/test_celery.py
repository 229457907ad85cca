"""Sending and doing background work."""

import socket
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from kombu.exceptions import OperationalError
from redis import Redis

from config.addresses import broker_url
from config.celery import app
from config.embedded.processes import wait_until
from tests.support.worker import CeleryProcess, LiveWorker

HEARTBEAT = "applications.tasks.beat_heartbeat"


@pytest.mark.parametrize("left_behind", [False, True])
def test_a_task_for_an_absent_broker_is_refused_at_once(tmp_path: Path, left_behind: bool) -> None:
    address = tmp_path / "valkey.sock"
    if left_behind:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(address))
    began = time.monotonic()
    with (
        app.connection_for_write(broker_url(f"unix://{address}")) as connection,
        pytest.raises(OperationalError),
    ):
        app.send_task(HEARTBEAT, connection=connection)
    assert time.monotonic() - began < 3


def test_a_task_is_sent_where_no_worker_listens(servers: object) -> None:
    with Redis.from_url(settings.REDIS_URL) as broker:
        app.send_task(HEARTBEAT, queue="nobody-listens")
        assert broker.llen("nobody-listens") == 1
        broker.delete("nobody-listens")


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_a_worker_that_was_killed_is_followed_by_one_that_works(live_worker: LiveWorker) -> None:
    live_worker.kill()
    app.send_task(HEARTBEAT)
    assert cache.get(settings.BEAT_HEARTBEAT_KEY) is None
    live_worker.start()
    assert wait_until(lambda: cache.get(settings.BEAT_HEARTBEAT_KEY) is not None, seconds=90)


def test_beat_is_seen_to_be_alive(live_beat: CeleryProcess, client: Client) -> None:
    assert wait_until(lambda: client.get("/healthz").status_code == 200, seconds=90), (
        live_beat.log.read_text()
    )
