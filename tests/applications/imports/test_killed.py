"""An import that is killed leaves nothing half done, and can be run again."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.db.models import Count, Sum

from applications.models import DerivedFigures, MonthlyTrade
from config.addresses import PROJECT_DIR
from tests.factories import credit_code

from .messy.asking import ask
from .messy.books import csv_of

HEADINGS = (
    "统一社会信用代码",
    "年月",
    "进出口",
    "监管方式",
    "商品编码",
    "金额（元）",
    "金额（美元）",
)
#: Seconds in which the server has noticed that a client is gone, and a storing has begun.
LIMIT = 60


def detail(path, rows, *, amount):
    """Writes a file of monthly detail, each row with the same amount."""
    lines = [
        (credit_code(number // 600), f"2022-{number // 50 % 12 + 1:02}", "进口", "0110", f"8471{number % 50:04}", amount, amount)
        for number in range(rows)
    ]  # fmt: skip
    path.write_bytes(csv_of([HEADINGS, *lines]))
    return path


def state():
    """All that an import of monthly detail stores, as sums."""
    monthly = MonthlyTrade.objects.aggregate(Count("pk"), Sum("amount_cny"), Sum("amount_usd"))
    yearly = DerivedFigures.objects.aggregate(Count("pk"), Sum("import_cny"))
    return (*monthly.values(), *yearly.values())


def wait_for(condition):
    """Waits until the query, which is given the names of the table and of the import's sessions, says yes."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(condition, {"table": MonthlyTrade._meta.db_table, "name": NAME})
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    raise AssertionError("it has not come to that")


#: What the server calls the sessions of the import that is killed; other processes have sessions of their own.
NAME = "killed-import"
STORING = (
    "SELECT count(*) > 0 FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
    " JOIN pg_stat_activity USING (pid) WHERE relname = %(table)s"
    " AND mode = 'RowExclusiveLock' AND granted AND application_name = %(name)s"
)
GONE = "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = %(name)s"


def killed(path, *, after):
    """Starts an import, and kills it some seconds after it has begun to store. Returns whether it had ended."""
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "PGAPPNAME": NAME,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "load", "monthly", str(path)],
        cwd=PROJECT_DIR,
        env=os.environ | told,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(STORING)
        time.sleep(after)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    wait_for(GONE)
    return process.returncode != -signal.SIGKILL


def trial(tmp_path, rows, moments):
    """Kills the replacing of detail at some moments; everything is as before or, where it came so far, as after."""
    old = detail(tmp_path / "旧.csv", rows, amount=1)
    new = detail(tmp_path / "新.csv", rows + rows // 10, amount=2)
    assert ask("monthly", new).status == 0
    after = state()
    MonthlyTrade.objects.all().delete()
    DerivedFigures.objects.all().delete()
    assert ask("monthly", old).status == 0
    before = state()
    assert before != after
    outcomes = []
    for moment in moments:
        ended = killed(new, after=moment)
        outcomes.append(state())
        assert outcomes[-1] in ([after] if ended else [before, after])
        if outcomes[-1] == after:
            break
    answer = ask("monthly", new)
    assert (answer.status, answer.said["stored"]) == (0, True)
    assert state() == after
    return outcomes, before


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_as_it_stores_leaves_everything_as_it_was(tmp_path):
    outcomes, before = trial(tmp_path, 6000, [0])
    assert outcomes == [before]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_large_import_may_be_killed_at_any_moment(tmp_path):
    outcomes, before = trial(tmp_path, 50_000, [0, 0.1, 0.3, 0.6, 1, 1.5, 2, 3, 4, 5])
    assert outcomes[0] == before
