"""Rates of cities from a file are drafts: versions beside those of the console, in force only once published."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.imports.loading import load_check, load_store
from applications.models import CityRate, EnterpriseYear, Event
from tests.factories import NOW, make_firm, make_user
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    return make_user("data1", role=Role.DATA)


@pytest.fixture
def path(tmp_path):
    def write(*rows):
        return csv_file(tmp_path, [headings("city-rates"), *rows], "比例.csv")

    return write


@pytest.fixture
def store(path, keeper):
    return lambda *rows: load_store("city-rates", path(*rows), actor=keeper, at=NOW)


def counts(outcome):
    return outcome.new, outcome.changed, outcome.unchanged, outcome.refused_rows


def versions():
    rows = CityRate.objects.order_by("city", "year", "item", "version")
    return [(each.city, each.item, each.version, each.rate, each.is_published) for each in rows]


def test_a_loaded_rate_is_a_draft_by_whoever_loaded_it_and_marks_nothing(store, keeper):
    EnterpriseYear.objects.create(enterprise=make_firm(city="2301"), year=2022)
    outcome = store(("哈尔滨", 2022, "3.3", "50%"), ("黑河市", 2022, "5.5", "0.25"))
    assert (counts(outcome), outcome.years_marked) == ((2, 0, 0, 0), 0)
    assert versions() == [
        ("2301", "3.3", 1, Decimal("0.5"), False),
        ("2311", "5.5", 1, Decimal("0.25"), False),
    ]
    row = CityRate.objects.first()
    assert (row.created_by, row.created_at, row.source) == (keeper, NOW, "比例.csv（2026-03-02 导入）")
    assert not EnterpriseYear.objects.filter(requested__gt=0).exists()


def test_it_is_compared_with_the_newest_version_whatever_its_state(store):
    store(("哈尔滨", 2022, "3.3", "50%"))
    assert counts(store(("哈尔滨", 2022, "3.3", "50"))) == (0, 0, 1, 0)
    assert counts(store(("哈尔滨", 2022, "3.3", "40%"))) == (0, 1, 0, 0)
    CityRate.objects.create(city="2301", year=2022, item="3.3", version=3, rate="0.3", published_at=NOW)
    assert counts(store(("哈尔滨", 2022, "3.3", "30%"))) == (0, 0, 1, 0)
    assert counts(store(("哈尔滨", 2022, "3.3", "40%"))) == (0, 1, 0, 0)
    assert [(version, rate, published) for _, _, version, rate, published in versions()] == [
        (1, Decimal("0.5"), False),
        (2, Decimal("0.4"), False),
        (3, Decimal("0.3"), True),
        (4, Decimal("0.4"), False),
    ]


def test_a_draft_from_a_file_has_its_event(store):
    store(("哈尔滨", 2022, "3.3", "50%"))
    outcome = store(("哈尔滨", 2022, "3.3", "40%"))
    first, second = Event.objects.filter(kind="setting.drafted").order_by("pk")
    rows = list(CityRate.objects.order_by("version").values_list("pk", flat=True))
    assert [first.topic, second.topic] == [f"cityrate:{pk}" for pk in rows]
    assert first.data["changes"] == {
        "city": [None, "2301"],
        "year": [None, 2022],
        "item": [None, "3.3"],
        "rate": [None, "0.5"],
        "source": [None, "比例.csv（2026-03-02 导入）"],
    }
    assert second.data == {
        "version": 2,
        "load": outcome.load.pk,
        "file": "比例.csv",
        "changes": {"rate": ["0.5", "0.4"]},
    }


def test_the_same_rate_twice_counts_once_and_different_ones_are_refused(store, path):
    outcome = store(("哈尔滨", 2022, "3.3", "50%"), ("哈尔滨市", 2022, 3.3, 0.5))
    assert counts(outcome) == (1, 0, 1, 0)
    outcome = load_check("city-rates", path(("哈尔滨", 2022, "3.3", "50%"), ("哈尔滨市", 2022, "3.3", "40%")))
    assert [(each.row, each.column, each.code, each.value) for each in outcome.refused] == [
        (2, "市（地）", "duplicate", "哈尔滨"),
        (3, "市（地）", "duplicate", "哈尔滨市"),
    ]
