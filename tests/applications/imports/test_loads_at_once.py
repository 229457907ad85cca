"""Loads at the same moment as others, as people at the console, and as settlements; and loads that end early."""

from decimal import Decimal
from functools import partial
from threading import Event as Signal
from time import sleep

import pytest
from django.db import connection

from applications.imports import loading
from applications.imports.loading import load_check, load_store
from applications.jobs import JobCancelled
from applications.models import (
    DataLoad,
    DerivedFigures,
    EnterpriseYear,
    Event,
    LoadClaim,
    MonthlyTrade,
    TradeFigures,
)
from applications.official_changes import official_save
from applications.settlement.run import years_settle
from tests.factories import NOW, credit_code, make_claim, make_figures, make_firm, make_period, owner_of
from tests.support.tables import csv_file, headings
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

FIGURES = headings("figures", "credit_code", "year", "import_cny", "export_cny")
DETAIL = headings(
    "monthly",
    *["credit_code", "month", "direction", "supervision_code", "hs_code", "amount_cny", "amount_usd"],
)


def figures_file(folder, amount, firms=range(1, 300), name="甲.csv"):
    return csv_file(folder, [FIGURES, *([credit_code(number), 2022, amount, 0] for number in firms)], name)


def detail_file(folder, amount, name="明细.csv"):
    rows = [
        [credit_code(number), f"2022-{month:02}", "出口", "0110", "27011210", amount, amount]
        for number in range(1, 40)
        for month in range(1, 13)
    ]
    return csv_file(folder, [DETAIL, *rows], name)


def counts(outcome):
    return outcome.new, outcome.changed, outcome.unchanged


def test_of_two_loads_of_the_same_file_at_once_the_second_finds_what_the_first_stored(tmp_path):
    path = figures_file(tmp_path, 5)
    found = together(*[partial(load_store, "figures", path)] * 2)
    assert sorted(map(counts, found)) == [(0, 0, 299), (299, 0, 0)]
    assert TradeFigures.objects.count() == Event.objects.filter(kind="official.changed").count() == 299


def test_two_loads_that_contradict_each_other_are_stored_one_after_the_other(tmp_path):
    paths = [detail_file(tmp_path, amount, f"{amount}.csv") for amount in (1, 2)]
    found = together(*(partial(load_store, "monthly", path) for path in paths))
    assert sorted(map(counts, found)) == [(0, 468, 0), (468, 0, 0)]
    (amount,) = MonthlyTrade.objects.order_by().values_list("amount_cny", flat=True).distinct()
    assert set(DerivedFigures.objects.values_list("export_cny", flat=True)) == {12 * amount}


def test_a_load_and_a_change_by_hand_of_the_same_rows_happen_one_after_the_other(tmp_path):
    firm = make_firm()
    row = make_figures(firm, 2022, import_cny="1")
    path = figures_file(tmp_path, 5)
    for amount in (10, 20, 30):
        row.import_cny = Decimal(amount)
        together(
            partial(official_save, row, actor=owner_of(firm)),
            partial(load_store, "figures", path),
            partial(
                official_save, TradeFigures(credit_code=credit_code(900 + amount), year=2022), actor=None
            ),
        )
        # Whoever came second started from what the first had left.
        first, second = Event.objects.filter(topic=f"figures:{firm.credit_code}:2022").order_by("-pk")[:2][
            ::-1
        ]
        assert first.data["changes"]["import_cny"][1] == second.data["changes"]["import_cny"][0]


def test_a_load_that_meets_a_change_by_hand_half_way_waits_for_its_end(tmp_path, monkeypatch):
    firm, begun, save = make_firm(), Signal(), TradeFigures.save
    row = make_figures(firm, 2022, import_cny="1")
    row.import_cny = Decimal(2)

    def slowly(self, **options):
        begun.set()
        sleep(0.5)
        save(self, **options)

    def load():
        assert begun.wait(60)
        return load_store("figures", figures_file(tmp_path, 5))

    monkeypatch.setattr(TradeFigures, "save", slowly)
    _, outcome = together(partial(official_save, row, actor=None), load)
    assert counts(outcome) == (298, 1, 0)
    row.refresh_from_db()
    assert row.import_cny == 5


def test_a_settlement_while_figures_are_loaded_ends_with_the_amounts_of_the_load(tmp_path):
    firm = make_firm()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, 2025, import_cny="0", export_cny="200000000")
    claim = make_claim(firm, "1.1", make_period())
    (year,) = EnterpriseYear.objects.filter(year=2025)
    for units in (20, 25, 30):
        rows = [FIGURES, [firm.credit_code, 2025, 0, units * 10_000_000]]
        together(
            partial(load_store, "figures", csv_file(tmp_path, rows), at=NOW),
            partial(years_settle, [year.pk]),
        )
        years_settle([year.pk])
        claim.refresh_from_db()
        assert claim.payable_cny == units * 30_000
        assert not LoadClaim.objects.filter(settled_at=None).exists()


# --- Ending early --------------------------------------------------------------------------------


class Cancelled(loading.Unwatched):
    """Progress of a job that somebody asks to end as soon as a part of the work begins."""

    def __init__(self, words):
        self.words, self.cancelled = words, False

    def phase(self, words, total=None):
        self.cancelled = words == self.words

    def step(self, done):
        self.check()

    def check(self):
        if self.cancelled:
            raise JobCancelled


def everything():
    """What a load writes to, as counts."""
    models = (MonthlyTrade, DerivedFigures, Event, DataLoad, LoadClaim)
    return [
        *(model.objects.count() for model in models),
        *EnterpriseYear.objects.order_by("pk").values_list("requested", flat=True),
    ]


def temporary_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'load%'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("words", ["正在读取", "正在写入"])
def test_a_load_that_is_cancelled_leaves_nothing_behind(tmp_path, words):
    firm = make_firm()
    EnterpriseYear.objects.create(enterprise=firm, year=2022)
    load_store("monthly", detail_file(tmp_path, 1), at=NOW)
    before = everything()
    with pytest.raises(JobCancelled):
        load_store("monthly", detail_file(tmp_path, 2), at=NOW, progress=Cancelled(words))
    assert (everything(), temporary_tables()) == (before, 0)
    assert not connection.in_atomic_block


def test_a_check_that_is_cancelled_leaves_no_temporary_table(tmp_path):
    with pytest.raises(JobCancelled):
        load_check("monthly", detail_file(tmp_path, 1), progress=Cancelled("正在读取"))
    assert temporary_tables() == 0


def test_a_load_that_fails_as_it_ends_leaves_nothing_behind(tmp_path, monkeypatch):
    before = everything()

    def broken(*arguments):
        raise RuntimeError("示例故障")

    monkeypatch.setattr(loading, "load_claims_note", broken)
    with pytest.raises(RuntimeError):
        load_store("monthly", detail_file(tmp_path, 1))
    assert (everything(), temporary_tables()) == (before, 0)


def test_a_record_is_stored_once_even_where_its_work_is_done_twice(tmp_path):
    path = figures_file(tmp_path, 5)
    record = DataLoad.objects.create(kind="figures", file_name="甲.csv", stage="storing", uploaded_at=NOW)
    copies = [DataLoad.objects.get(pk=record.pk) for _ in range(2)]
    found = together(*(partial(load_store, "figures", path, load=copy) for copy in copies))
    assert sorted(type(each).__name__ for each in found) == ["Outcome", "Refused"]
    record.refresh_from_db()
    assert (record.stage, record.report["new"], record.stored_at is None) == ("stored", 299, False)
    assert Event.objects.filter(kind="official.changed", data__load=record.pk).count() == 299
