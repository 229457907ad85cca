"""Fixtures that any test may ask for: servers, a live worker, browsers; and what holds for every test."""

import fcntl
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_migrate
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from config import embedded
from config.addresses import Layout, broker_url, with_redis_database
from config.celery import app
from tests.settings import PROCESS
from tests.support.browser import CHROMIUM_ARGUMENTS, PATIENCE, SHOWN, Watch, chromium
from tests.support.search import TIMES
from tests.support.worker import CeleryProcess, LiveWorker, broker_use

# Playwright's synchronous interface runs inside an event loop, where Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

expect.set_options(timeout=SHOWN)

# The same examples every time, so that a failure is due to the change at hand: the slow run only has more of them. With
# ``--hypothesis-seed`` others are searched. How long an example takes to make depends on the machine, and is no fault.
ANY_MACHINE = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}


def pytest_configure(config: pytest.Config) -> None:
    fresh = config.getoption("--hypothesis-seed") is not None
    for name, examples in (("fast", 60), ("slow", 1500)):
        hypothesis.settings.register_profile(
            name, max_examples=examples * TIMES, derandomize=not fresh, print_blob=fresh, **ANY_MACHINE
        )
    hypothesis.settings.load_profile("slow" if config.option.markexpr == "slow" else "fast")
    for folder in (settings.STATIC_ROOT, settings.EVIDENCE_ROOT, settings.IMPORT_ROOT):
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last process to leave stops the servers; one that runs tests for another leaves that to it."""
    if hasattr(config, "workerinput"):
        return
    with _users_lock() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        embedded.stop(settings.LAYOUT)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: no search for garbage has to go through it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[pytest.TestReport]:
    return _not_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    return _not_skipped((yield))


def _not_skipped(
    report: pytest.TestReport | pytest.CollectReport,
) -> pytest.TestReport | pytest.CollectReport:
    """Where everything must have run (``CI=true``), a skipped test is a failed one."""
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


def _users_lock() -> TextIO:
    return (settings.LAYOUT.data_dir / "users.lock").open("w")


# --- Servers -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def servers() -> Iterator[Layout]:
    """PostgreSQL and Valkey for tests, apart from those of a running product; started by the first who asks."""
    names = frozenset(
        name for name, own in (("PostgreSQL", settings.OWN_DATABASE), ("Valkey", settings.OWN_REDIS)) if own
    )
    with _users_lock() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        embedded.start(settings.LAYOUT, names=names, durable=False)
        yield settings.LAYOUT


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, servers: Layout) -> None:
    """Whoever asks for the database gets the servers started first."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The names of models and permissions are made with the tables and stay (``tests/support/postgresql``); Django would
    look for them again whenever tables are emptied."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(scope="module")
def rows_kept(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What fixtures of a module that ask for this one make is made once: each test starts from it, and what the test changes
    is taken back. What they return, a test gets as a copy (:func:`copy.deepcopy`).

    It is kept in a transaction that is never committed, so that no test of the module can have transactions of its own.
    """
    marks = [
        item.get_closest_marker("django_db")
        for item in request.node.session.items
        if item.module is request.module
    ]
    assert not any(mark and mark.kwargs.get("transaction") for mark in marks), "nobody else sees what is kept"
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing that one test leaves in the cache, such as a count of tries, reaches the next."""
    yield
    if "servers" in request.fixturenames or "django_db_setup" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def empty_folders(settings: object) -> Iterator[None]:
    """The folders of evidence and of imported files are empty when a test begins."""
    yield
    for folder in (settings.EVIDENCE_ROOT, settings.IMPORT_ROOT):
        for item in Path(folder).iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()


# --- Background work -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def worker_process(django_db_setup: None) -> Iterator[LiveWorker]:
    """The one worker of this process; use :func:`live_worker`, which drains it."""
    worker = LiveWorker()
    yield worker
    worker.stop()


@pytest.fixture
def live_worker(transactional_db: None, worker_process: LiveWorker) -> Iterator[LiveWorker]:
    """A real worker on the test database; all its tasks are done before the tables are emptied."""
    if worker_process.alive:
        worker_process.resume()
    else:
        worker_process.start()
    yield worker_process
    worker_process.drain()
    worker_process.pause()


@pytest.fixture
def live_beat(live_worker: LiveWorker) -> Iterator[CeleryProcess]:
    """Beat, with every schedule shortened to a second; gone before the worker is drained."""
    beat = CeleryProcess("beat", "--loglevel", "INFO", "--pidfile=")
    beat.start()
    yield beat
    beat.stop()


@pytest.fixture
def own_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A broker of this test's own, that it may kill; this process and the workers it starts send there."""
    with TemporaryDirectory(prefix="broker-") as folder:
        layout = Layout(Path(folder))
        embedded.start(layout, names=frozenset({"Valkey"}))
        before = app.conf.broker_url
        monkeypatch.setenv("REDIS_URL", layout.redis_url)
        # The database that tests/settings.py gives the workers of this test process.
        broker_use(broker_url(with_redis_database(layout.redis_url, 2 * PROCESS)))
        yield layout
        embedded.stop(layout)
        broker_use(before)


# --- Browsers ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_ARGUMENTS}


@pytest.fixture
def new_page(live_server: LiveServer, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a browser context of its own (a person of their own), watched until the test ends.

    The test fails where any page had a script error, met the security policy or asked another host.
    """
    contexts, watches = [], []

    def open_page(**options: object) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watches.append(Watch(context, host=urlsplit(live_server.url).netloc))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest.fixture
def page_desktop(new_page: Callable[..., Page]) -> Page:
    """A page on an ordinary screen, 1280 pixels wide."""
    return new_page(viewport={"width": 1280, "height": 900})


@pytest.fixture
def page_phone(new_page: Callable[..., Page]) -> Page:
    """A page on a phone, 390 pixels wide."""
    return new_page(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=2
    )
