"""A real Celery worker, beat and web server, on the database and queue of this test process."""

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection
from redis import Redis

from config.addresses import PROJECT_DIR
from config.celery import app
from config.embedded.processes import wait_until

# Seconds.
READY_LIMIT, DRAIN_LIMIT, STOP_LIMIT = 180, 180, 30


class LiveProcess:
    """A part of the product as a process of its own, on the database and queue of this test process."""

    def __init__(self, name: str, *arguments: str, **environment: str) -> None:
        self._arguments, self._environment = arguments, environment
        self._process: subprocess.Popen | None = None
        self.log = Path(settings.FILES) / f"{name}.log"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._arguments],
                cwd=PROJECT_DIR,
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "TEST_DATABASE": connection.settings_dict["NAME"],
                    **self._environment,
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Let it finish what it has in hand."""
        if self.alive:
            self._process.terminate()
            try:
                self._process.wait(timeout=STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it and all that it started, without warning, as a crash or a lack of memory would."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()


class CeleryProcess(LiveProcess):
    """``celery worker`` or ``celery beat``."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        super().__init__(arguments[0], "celery", "--app", "config", *arguments, **environment)


class LiveWeb(LiveProcess):
    """The web server, on a port of this machine."""

    def __init__(self, port: int) -> None:
        where = ("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2")
        super().__init__("web", "gunicorn", "config.wsgi:application", *where)
        self._port = port

    def start(self) -> None:
        """Start it and wait until it answers; what is left of one that was killed lets go of the port first."""
        assert wait_until(lambda: self._status() is None, seconds=READY_LIMIT), "the port is not free"
        super().start()
        ready = wait_until(lambda: self._status() is not None, seconds=READY_LIMIT)
        assert ready, f"the web server does not answer:\n{self.log.read_text()}"

    def _status(self) -> int | None:
        """What it answers when it is asked how it is; None where nobody does."""
        asked = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            asked.request("GET", "/healthz")
            return asked.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            asked.close()


class LiveWorker(CeleryProcess):
    """One worker for all tests of this process; started again after a test that killed it."""

    def __init__(self) -> None:
        super().__init__(
            *("worker", "--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
        )

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        super().start()
        ready = wait_until(lambda: " ready." in self.log.read_text() or not self.alive, seconds=READY_LIMIT)
        assert ready, f"the worker is not ready:\n{self.log.read_text()}"
        assert self.alive, f"the worker has ended:\n{self.log.read_text()}"

    def pause(self) -> None:
        """Stand still, so that tests that ask for no worker have none: it would settle what they settle themselves."""
        if self.alive:
            os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on, without what was sent while it stood still."""
        with Redis.from_url(settings.REDIS_URL) as broker:
            broker.delete(settings.CELERY_TASK_DEFAULT_QUEUE)
        os.killpg(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Let it finish what it has in hand, if it does not stand still."""
        if self.alive:
            os.killpg(self._process.pid, signal.SIGCONT)
        super().stop()

    def drain(self) -> None:
        """Wait until nothing is queued and nothing runs; tasks that nobody is left to do are dropped."""
        broker = Redis.from_url(settings.REDIS_URL)
        try:
            if not self.alive:
                broker.flushdb()
            # A task is acknowledged when it is done, so until then it stands among the unacknowledged.
            drained = wait_until(
                lambda: not broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE) and not broker.hlen("unacked"),
                seconds=DRAIN_LIMIT,
            )
        finally:
            broker.close()
        assert drained, f"tasks are left:\n{self.log.read_text()[-5000:]}"


def broker_use(url: str) -> None:
    """Lets this process send its tasks to another broker."""
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    app.amqp._producer_pool = None
    app._pool = None
