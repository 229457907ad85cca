"""`manage.py load`: what it prints for the sample files, how it ends, and that it stores what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from applications.imports.kinds import KINDS
from applications.models import CityRate, DataLoad, Event, Holiday, LprRate, Platform, TradeFigures
from config.addresses import PROJECT_DIR
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db

SAMPLES = PROJECT_DIR / "tests/data/imports"
#: Sample files with their kinds; only members come second, after their platforms.
FILES = {
    "figures-clean.xlsx": "figures",
    "figures-messy.xlsx": "figures",
    "figures-gb18030.csv": "figures",
    "platforms.xlsx": "platforms",
    "platform-members.csv": "platform-members",
    "lpr.csv": "lpr",
    "holidays.xlsx": "holidays",
    "city-rates.xlsx": "city-rates",
    "dual-circulation.csv": "dual-circulation",
}


@pytest.fixture
def load(capfdbinary):
    """Runs the command in this process; gives (what it printed, its status)."""

    def run(*arguments):
        status = 0
        try:
            call_command("load", *map(str, arguments))
        except SystemExit as end:
            status = end.code
        out, err = capfdbinary.readouterr()
        assert err == b""
        return json.loads(out.decode("utf-8")), status

    return run


def expected(name):
    return json.loads((SAMPLES / f"{Path(name).stem}.expected.json").read_text(encoding="utf-8"))


def in_order(entries):
    return sorted(entries, key=lambda each: (each.get("row", 0), each.get("column", "")))


def assert_as_expected(printed, wanted):
    """The comparison that the samples' README describes."""
    assert {**wanted, "refused": [], "warnings": []}.items() <= {
        **printed,
        "refused": [],
        "warnings": [],
    }.items()
    given = in_order(printed["refused"])
    for found, entry in zip(given, in_order(wanted["refused"]), strict=True):
        assert found["message"]
        assert {key: found[key] for key in entry if key != "message"} == {
            key: value for key, value in entry.items() if key != "message"
        }
    digits = [each for each in printed["warnings"] if each["code"] == "check_digit"]
    for found, entry in zip(
        in_order(digits),
        in_order(each for each in wanted["warnings"] if each["code"] == "check_digit"),
        strict=True,
    ):
        assert (found["row"], found["column"]) == (entry["row"], entry["column"])
        assert found["message"]
    unknown = [
        "".join(each["column"].split()) for each in printed["warnings"] if each["code"] == "unknown_column"
    ]
    for entry in wanted["warnings"]:
        assert entry["code"] == "check_digit" or entry["column"] in unknown


@pytest.mark.parametrize("name", FILES)
def test_a_sample_file_is_reported_as_expected_and_a_second_run_changes_nothing(load, name):
    if name == "platform-members.csv":
        load("platforms", SAMPLES / "platforms.xlsx")
    wanted = expected(name)
    printed, status = load(FILES[name], SAMPLES / name)
    assert_as_expected(printed, wanted)
    assert status == (1 if wanted["refused"] else 0)
    again, status_again = load(FILES[name], SAMPLES / name)
    assert status_again == status
    if wanted["stored"]:
        good = wanted["rows"]
        assert (again["new"], again["changed"], again["unchanged"], again["stored"]) == (0, 0, good, True)
    else:
        assert again == printed


@pytest.mark.parametrize("name", FILES)
def test_checking_a_sample_reports_the_same_and_stores_nothing(load, name):
    if name == "platform-members.csv":
        load("platforms", SAMPLES / "platforms.xlsx")
    printed, _ = load(FILES[name], SAMPLES / name, "--check")
    assert_as_expected(printed, {**expected(name), "stored": False})
    assert KINDS[FILES[name]].model.objects.count() == 0


@pytest.mark.parametrize(("name", "model", "good"), [
    ("figures-messy.xlsx", TradeFigures, 4),
    ("lpr.csv", LprRate, 6),
    ("city-rates.xlsx", CityRate, 5),
])  # fmt: skip
def test_the_good_rows_of_a_sample_are_stored_where_they_are_asked_for(load, name, model, good):
    printed, status = load(FILES[name], SAMPLES / name, "--good-rows")
    assert_as_expected(printed, {**expected(name), "stored": True})
    assert status == 1
    assert model.objects.count() == good
    again, _ = load(FILES[name], SAMPLES / name, "--good-rows")
    assert (again["new"], again["unchanged"]) == (0, good)


def test_checking_for_good_rows_stores_nothing(load):
    printed, status = load("lpr", SAMPLES / "lpr.csv", "--check", "--good-rows")
    assert (printed["stored"], status, LprRate.objects.count()) == (False, 1, 0)


def test_nothing_is_stored_where_anything_is_refused(load):
    load("lpr", SAMPLES / "lpr.csv")
    assert not LprRate.objects.exists()
    assert not DataLoad.objects.exists()
    assert not Event.objects.exists()


def test_what_is_stored_leaves_its_record(load):
    load("holidays", SAMPLES / "holidays.xlsx")
    record = DataLoad.objects.get()
    assert (record.kind, record.stage, record.file_name) == ("holidays", "stored", "holidays.xlsx")
    assert (record.uploaded_by, record.good_rows_only, record.size) == (
        None,
        False,
        (SAMPLES / "holidays.xlsx").stat().st_size,
    )
    assert len(record.sha256) == 64
    assert record.report["new"] == Holiday.objects.count() == 25


@pytest.mark.parametrize(
    ("kind", "file", "code"),
    [
        ("prices", SAMPLES / "lpr.csv", "unknown_kind"),
        ("lpr", SAMPLES / "not-there.csv", "no_file"),
        ("lpr", SAMPLES, "no_file"),
        ("lpr", SAMPLES / "holidays.xlsx", "no_headings"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_a_code_and_a_sentence(load, kind, file, code):
    printed, status = load(kind, file)
    assert set(printed) == {"error"}
    assert (printed["error"]["code"], status) == (code, 2)
    assert printed["error"]["message"].endswith("。")


def test_half_a_million_faults_need_not_be_held_to_be_printed(load, tmp_path, monkeypatch):
    monkeypatch.setattr("applications.imports.spool.IN_MEMORY", 1000)
    rows = [[f"{number}", f"示例{number}公司"] for number in range(300)]
    printed, status = load(
        "dual-circulation", csv_file(tmp_path, [headings("dual-circulation", "credit_code", "name"), *rows])
    )
    assert [each["row"] for each in printed["refused"]] == list(range(2, 302))
    assert (printed["rows"], status) == (300, 1)


# --- As a program --------------------------------------------------------------------------------


def program(*arguments, database=None):
    """Runs `python manage.py load …` on the test database, in the poorest of locales."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE": database or connection.settings_dict["NAME"],
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
    }
    command = [sys.executable, str(PROJECT_DIR / "manage.py"), "load", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, cwd=PROJECT_DIR, env=environment, timeout=120)


@pytest.mark.django_db(transaction=True)
def test_as_a_program_it_prints_one_object_in_utf8_and_nothing_else():
    done = program("figures", SAMPLES / "figures-messy.xlsx", "--good-rows")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b"\n") == 1
    printed = json.loads(done.stdout.decode("utf-8"))
    assert "统一社会信用代码" in done.stdout.decode("utf-8")
    assert printed["stored"]
    assert TradeFigures.objects.count() == printed["new"]


def test_a_wrong_call_says_how_to_call_it_and_ends_with_2():
    done = program("figures")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"usage" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_members_of_a_platform_come_after_it_as_a_program_too():
    first = program("platform-members", SAMPLES / "platform-members.csv")
    assert first.returncode == 1
    assert {each["code"] for each in json.loads(first.stdout)["refused"]} == {"bad_choice"}
    assert program("platforms", SAMPLES / "platforms.xlsx").returncode == 0
    assert program("platform-members", SAMPLES / "platform-members.csv").returncode == 0
    assert Platform.objects.count() == 6


def test_without_a_database_it_says_so_and_ends_with_2():
    done = program("lpr", SAMPLES / "lpr.csv", database="not-there")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "no_database"
    assert b"not-there" in done.stderr
