"""The command as a process of its own: what it prints, and with which status it ends."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from applications.models import TradeFigures
from config.addresses import PROJECT_DIR

from .asking import CODE, code, imports_of
from .books import book, csv_of

TABLE = [(CODE, "年度", "进口额"), (code(1), 2022, 5), (code(2), 2022, 6)]


@pytest.fixture
def manage(transactional_db, tmp_path):
    """Runs `manage.py load` with these arguments; bytes become a file."""

    def run(*arguments):
        given = []
        for argument in arguments:
            if isinstance(argument, bytes):
                path = tmp_path / f"数据{len(given)}"
                path.write_bytes(argument)
                argument = str(path)
            given.append(argument)
        told = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE": connection.settings_dict["NAME"]}
        return subprocess.run(
            [sys.executable, "manage.py", "load", *given],
            cwd=PROJECT_DIR,
            env=os.environ | told,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_one_object_is_printed_and_nothing_else(manage):
    done = manage("figures", book(TABLE))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rows"], said["new"], said["stored"]) == (2, 2, True)
    assert done.stderr == ""
    assert imports_of(1, 2) == ["5.00", "6.00"]


def test_flags_may_stand_before_or_behind(manage):
    content = csv_of([*TABLE, (code(3), "2022", "x")], encoding="gb18030")
    done = manage("--check", "figures", content)
    assert (done.returncode, json.loads(done.stdout)["stored"]) == (1, False)
    done = manage("figures", content, "--good-rows")
    said = json.loads(done.stdout)
    assert (done.returncode, said["stored"], said["new"]) == (1, True, 2)
    assert said["refused"][0]["value"] == "x"
    assert TradeFigures.objects.count() == 2


def test_a_file_that_cannot_be_read_is_status_two(manage):
    done = manage("figures", b"%PDF-1.7\n")
    assert done.returncode == 2
    said = json.loads(done.stdout)
    assert said["error"]["code"] == "not_a_spreadsheet"
    assert said["error"]["message"]


def test_an_unknown_kind_is_status_two(manage):
    done = manage("trade", book(TABLE))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_status_two(manage):
    done = manage("figures", "/nowhere/示例.xlsx")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_is_status_two(manage, tmp_path):
    done = manage("figures", str(tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
