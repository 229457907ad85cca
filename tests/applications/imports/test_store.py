"""Rows beside what is stored: new, changed, unchanged, refused; their history, and the years that are computed again."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.imports import loading
from applications.imports.loading import load_check, load_store
from applications.models import (
    AgriculturalExporter,
    DataLoad,
    DiscreditedEnterprise,
    DualCirculationEntry,
    EnterpriseYear,
    Event,
    Holiday,
    LprRate,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
)
from applications.official_changes import Change, topic_of
from tests.factories import SHANGHAI, credit_code, make_figures, make_firm, make_user
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db

A, B, C = (credit_code(number) for number in (1, 2, 3))
AT = datetime(2026, 11, 22, 0, 30, tzinfo=SHANGHAI)


@pytest.fixture
def keeper():
    """A holder of the post "data and rules"."""
    return make_user("data1", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def store(tmp_path, keeper):
    """Stores rows under the headings of some fields; gives the Outcome."""

    def run(kind, fields, *rows, **options):
        path = csv_file(tmp_path, [headings(kind, *fields.split()), *rows])
        return load_store(kind, path, **{"actor": keeper, "at": AT, "source_ip": "10.0.0.1", **options})

    return run


def counts(outcome):
    return outcome.new, outcome.changed, outcome.unchanged, outcome.refused_rows


def faults(outcome):
    return [(each.row, each.column, each.code, each.value) for each in outcome.refused]


# --- New, changed, unchanged ---------------------------------------------------------------------

#: Of each kind: its fields, a row, and the same key with another value in its last field.
KINDS = {
    "figures": ("credit_code year import_cny", (A, 2022, 5), (A, 2022, "6.50")),
    "platforms": (
        "number name level operator_code designated_on",
        ("P1", "示例平台", "省级", A, "2022-03-01"),
        ("P1", "示例平台", "省级", A, "2022-03-02"),
    ),
    "warehouses": (
        "number name operator_code designated_on country",
        ("W1", "示例仓", A, "2022-03-01", "俄罗斯"),
        ("W1", "示例仓", A, "2022-03-01", ""),
    ),
    "dual-circulation": ("credit_code batch", (A, "第一批"), (A, "第二批")),
    "agricultural": ("credit_code since until", (A, "", "2022-12-31"), (A, "", "")),
    "discredited": ("credit_code since until", (A, "2022-01-01", ""), (A, "2022-01-01", "2022-02-01")),
    "enterprises": (
        "credit_code name city ftz",
        (A, "示例甲公司", "哈尔滨", "是"),
        (A, "示例甲公司", "哈尔滨", ""),
    ),
    "lpr": ("published_on one_year_percent", ("2022-01-20", "3.70%"), ("2022-01-20", "3.65%")),
    "holidays": ("day kind name", ("2022-01-03", "休", "元旦"), ("2022-01-03", "班", "元旦")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_new_once_and_changes_once_and_stays(store, kind):
    fields, row, other = KINDS[kind]
    assert counts(store(kind, fields, row)) == (1, 0, 0, 0)
    assert counts(store(kind, fields, row)) == (0, 0, 1, 0)
    assert counts(store(kind, fields, other)) == (0, 1, 0, 0)
    assert counts(store(kind, fields, other)) == (0, 0, 1, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_of_a_loaded_row_is_that_of_one_kept_by_hand(store, kind):
    fields, row, other = KINDS[kind]
    model = type(_only(store(kind, fields, row)))
    first = model.objects.get()
    store(kind, fields, other)
    second = model.objects.get()
    made, changed = Event.objects.filter(kind="official.changed").order_by("pk")
    for event, change in ((made, Change(None, first)), (changed, Change(first, second))):
        assert event.data["changes"] == change.values
        assert event.data["model"] == model._meta.model_name
        assert event.topic == topic_of(second)
        assert event.data["file"] == "示例数据.csv"
        assert (event.actor.name, event.at, event.source_ip) == ("示例数据员甲", AT, "10.0.0.1")
    assert [made.data["new"], changed.data["new"]] == [True, False]
    assert [made.data["load"], changed.data["load"]] == list(
        DataLoad.objects.order_by("pk").values_list("pk", flat=True)
    )


def _only(outcome):
    from applications.imports.kinds import KINDS as TABLES

    return TABLES[outcome.kind].model.objects.get()


def test_the_source_of_a_row_is_the_file_that_last_changed_it_and_its_day(store):
    store("figures", "credit_code year import_cny", (A, 2022, 5), (B, 2022, 5), file_name="figures-2022.xlsx")
    later = datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI)
    store("figures", "credit_code year import_cny", (A, 2022, 5), (B, 2022, 6), at=later)
    assert TradeFigures.objects.get(credit_code=A).source == "figures-2022.xlsx（2026-11-22 导入）"
    assert TradeFigures.objects.get(credit_code=B).source == "示例数据.csv（2026-12-01 导入）"


def test_another_source_alone_is_no_change(store):
    make_figures(make_firm(), 2022, import_cny="5")
    TradeFigures.objects.update(credit_code=A, source="人工录入", name="")
    outcome = store("figures", "credit_code year import_cny", (A, 2022, 5))
    assert counts(outcome) == (0, 0, 1, 0)
    assert TradeFigures.objects.get().source == "人工录入"


def test_a_long_file_name_leaves_room_for_the_day(store):
    store("figures", "credit_code year import_cny", (A, 2022, 5), file_name="长" * 196 + ".csv")
    source = TradeFigures.objects.get().source
    assert len(source) == 200
    assert source.endswith("长（2026-11-22 导入）")


def test_a_column_that_is_absent_leaves_what_is_stored_and_an_empty_cell_takes_it_away(store):
    store("figures", "credit_code name year import_cny export_cny", (A, "示例甲公司", 2022, 5, 7))
    outcome = store("figures", "credit_code year export_cny", (A, 2022, ""))
    assert counts(outcome) == (0, 1, 0, 0)
    row = TradeFigures.objects.get()
    assert (row.name, row.import_cny, row.export_cny) == ("示例甲公司", 5, None)


def test_of_a_new_row_absent_columns_are_empty(store):
    store("enterprises", "credit_code name city", (A, "示例甲公司", "黑河"))
    row = RegisteredEnterprise.objects.get()
    assert (row.city, row.introduced_year, row.ftz, row.established_on) == ("2311", None, False, None)
    assert (row.address, row.phone, row.struck_reason) == ("", "", "")


def test_a_part_of_the_key_that_the_file_does_not_have_is_an_open_start(store):
    store("platforms", KINDS["platforms"][0], KINDS["platforms"][1])
    fields = "platform_number credit_code since"
    store("platform-members", fields, ("P1", B, "2022-01-01"))
    assert counts(store("platform-members", "platform_number credit_code", ("P1", B))) == (1, 0, 0, 0)
    assert counts(store("platform-members", "platform_number credit_code", ("P1", B))) == (0, 0, 1, 0)
    assert list(PlatformMember.objects.order_by("since").values_list("since", flat=True)) == [
        date(2022, 1, 1),
        None,
    ]


def test_rows_with_an_open_start_meet_each_other_and_what_is_stored(store):
    fields = "credit_code since until"
    outcome = store(
        "agricultural",
        fields,
        (A, "", "2022-12-31"),
        (A, "", "2022-12-31"),
        (B, "", ""),
        (B, "2022-01-01", ""),
    )
    assert counts(outcome) == (3, 0, 1, 0)
    assert counts(store("agricultural", fields, (A, "", "2023-12-31"), (B, "", ""))) == (0, 1, 1, 0)
    assert AgriculturalExporter.objects.count() == 3


# --- The same key twice --------------------------------------------------------------------------


def test_the_same_row_twice_counts_once_as_given_and_then_as_unchanged(store):
    fields = "credit_code year import_cny"
    rows = ((A, 2022, "5"), (B, 2022, 6), (A, 2022, "5.00"), (A, "2022年", "５"))
    assert counts(store("figures", fields, *rows)) == (2, 0, 2, 0)
    assert counts(store("figures", fields, *rows)) == (0, 0, 4, 0)


def test_rows_of_one_key_that_differ_are_all_refused(store):
    rows = ((A, 2022, 5), (B, 2022, 6), (A, 2022, 5), (f" {A} ", 2022, 7), (A, 2023, 5))
    outcome = store("figures", "credit_code year import_cny", *rows, good_rows=True)
    assert counts(outcome) == (2, 0, 0, 3)
    heading = "统一社会信用代码"
    assert faults(outcome) == [
        (2, heading, "duplicate", A),
        (4, heading, "duplicate", A),
        (5, heading, "duplicate", f" {A} "),
    ]
    assert {(row.credit_code, row.year) for row in TradeFigures.objects.all()} == {(B, 2022), (A, 2023)}
    assert [each.message for each in outcome.refused][:2] == [
        "第2行与第5行的统一社会信用代码、年度相同，其他内容却不同。请核对后只留一行。",
        "第4行与第2行的统一社会信用代码、年度相同，其他内容却不同。请核对后只留一行。",
    ]


def test_rows_that_clash_are_found_however_far_apart_they_stand(store, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK", 2)
    firms = [(credit_code(number), 2022, 1) for number in range(10, 20)]
    outcome = store(
        "figures", "credit_code year import_cny", (A, 2022, 5), *firms, (A, 2022, 6), (B, 2022, "x")
    )
    assert [(row, code) for row, _, code, _ in faults(outcome)] == [
        (2, "duplicate"),
        (13, "duplicate"),
        (14, "not_a_number"),
    ]
    assert counts(outcome) == (10, 0, 0, 3)


def test_refused_rows_play_no_part_in_it(store):
    rows = ((A, 2022, 5), (A, 2022, "1.2.3"))
    outcome = store("figures", "credit_code year import_cny", *rows, good_rows=True)
    assert counts(outcome) == (1, 0, 0, 1)
    assert faults(outcome) == [(3, "进口额", "not_a_number", "1.2.3")]


def test_columns_that_are_not_recognised_make_no_difference(store, tmp_path):
    rows = [
        [*headings("figures", "credit_code", "year", "import_cny"), "备注"],
        [A, 2022, 5, "甲"],
        [A, 2022, 5, "乙"],
    ]
    outcome = load_store("figures", csv_file(tmp_path, rows))
    assert counts(outcome) == (1, 0, 1, 0)


def test_all_rows_refused_as_duplicates_leave_nothing_to_store(store):
    outcome = store("figures", "credit_code year import_cny", (A, 2022, 5), (A, 2022, 6), good_rows=True)
    assert (counts(outcome), outcome.stored, outcome.rows) == ((0, 0, 0, 2), True, 2)


# --- Which years are computed again --------------------------------------------------------------

YEARS = (2021, 2022, 2023, 2024)


@pytest.fixture
def firms():
    """Two registered firms with four years each; the codes are A and B."""
    made = []
    for code, name in ((A, "示例甲公司"), (B, "示例乙公司")):
        firm = make_firm(name)
        assert firm.credit_code == code
        made.append(firm)
        EnterpriseYear.objects.bulk_create(EnterpriseYear(enterprise=firm, year=year) for year in YEARS)
    return made


def marked():
    """{(firm's code, year): how often} of what waits to be settled."""
    rows = EnterpriseYear.objects.filter(requested__gt=0)
    return {
        (code, year): times
        for code, year, times in rows.values_list("enterprise__credit_code", "year", "requested")
    }


def once(code, *years):
    return {(code, year): 1 for year in years or YEARS}


def forget():
    EnterpriseYear.objects.update(requested=0, settled=0)


def test_figures_mark_their_year_and_the_next_of_the_firms_whose_rows_changed(store, firms):
    fields = "credit_code year import_cny"
    outcome = store("figures", fields, (A, 2021, 5), (A, 2022, 5), (B, 2022, 5), (C, 2022, 5))
    assert marked() == once(A, 2021, 2022, 2023) | once(B, 2022, 2023)
    assert outcome.years_marked == 5
    forget()
    outcome = store("figures", fields, (A, 2021, 5), (A, 2022, 6), (B, 2022, 5), (C, 2022, 5))
    assert marked() == once(A, 2022, 2023)
    assert outcome.years_marked == DataLoad.objects.latest("pk").years_marked == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_changes_nothing_marks_nothing_and_leaves_no_event(store, firms, kind):
    fields, row, _ = KINDS[kind]
    store(kind, fields, row)
    forget()
    events = Event.objects.count()
    assert store(kind, fields, row).years_marked == 0
    assert (marked(), Event.objects.count()) == ({}, events)


@pytest.mark.parametrize(
    "kind", ["enterprises", "warehouses", "dual-circulation", "agricultural", "platforms"]
)
def test_a_register_marks_every_year_of_the_firm_that_its_row_is_about(store, firms, kind):
    fields, row, other = KINDS[kind]
    store(kind, fields, row)
    assert marked() == once(A)
    forget()
    store(kind, fields, other)
    assert marked() == once(A)


def test_a_new_operator_marks_the_firm_before_and_the_firm_after(store, firms):
    fields, row, _ = KINDS["warehouses"]
    store("warehouses", fields, row)
    forget()
    store("warehouses", fields, ("W1", "示例仓", B, "2022-03-01", "俄罗斯"))
    assert marked() == once(A) | once(B)


def test_a_platform_marks_its_members_as_well(store, firms):
    PlatformMember.objects.create(platform_number="P1", credit_code=B)
    fields, row, _ = KINDS["platforms"]
    store("platforms", fields, row)
    assert marked() == once(A) | once(B)


def test_a_published_rate_marks_everything_and_a_holiday_its_year(store, firms):
    store("holidays", *KINDS["holidays"][:2])
    assert marked() == once(A, 2022) | once(B, 2022)
    forget()
    store("lpr", *KINDS["lpr"][:2])
    assert marked() == once(A) | once(B)


def test_checking_marks_nothing_and_stores_nothing(firms, tmp_path):
    fields, row, _ = KINDS["figures"]
    outcome = load_check("figures", csv_file(tmp_path, [headings("figures", *fields.split()), row]))
    assert (counts(outcome), outcome.stored, marked()) == ((1, 0, 0, 0), False, {})
    assert not TradeFigures.objects.exists()
    assert not Event.objects.exists()
    assert not DataLoad.objects.exists()


# --- Struck rows, previews -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("dual-circulation", DualCirculationEntry),
        ("discredited", DiscreditedEnterprise),
        ("warehouses", OverseasWarehouse),
    ],
)
def test_a_row_that_was_struck_out_stays_so_and_is_told(store, kind, model):
    fields, row, other = KINDS[kind]
    store(kind, fields, row)
    model.objects.update(struck_reason="登记错误")
    for values in (row, other):
        (warning,) = store(kind, fields, values).warnings
        assert (warning.code, warning.row) == ("struck_row", 2)
        assert "登记错误" in warning.message
        assert model.objects.get().struck_reason == "登记错误"


def test_the_preview_says_of_each_of_the_first_rows_what_becomes_of_it(store, tmp_path):
    fields = "credit_code year import_cny"
    store("figures", fields, (A, 2022, 5), (B, 2022, 5))
    rows = [
        (A, 2022, 5),
        (B, 2022, 6),
        (C, 2022, 7),
        (C, 2022, 7),
        (C, 2023, "x"),
        (A, 2023, 1),
        (A, 2023, 2),
    ]
    more = [(credit_code(number), 2022, 1) for number in range(10, 40)]
    path = csv_file(tmp_path, [headings("figures", *fields.split()), *rows, *more])
    outcome = load_check("figures", path)
    assert len(outcome.preview) == 20
    assert [each["status"] for each in outcome.preview][:8] == [
        "unchanged",
        "changed",
        "new",
        "unchanged",
        "refused",
        "refused",
        "refused",
        "new",
    ]
    assert outcome.preview[1] == {"row": 3, "cells": [B, "2022", "6"], "status": "changed"}
    assert outcome.columns == headings("figures", *fields.split())


class Watched(loading.Unwatched):
    """Progress that remembers what it was told."""

    def __init__(self):
        self.phases, self.steps = [], []

    def phase(self, words, total=None):
        self.phases.append((words, total))

    def step(self, done):
        self.steps.append(done)


def test_whoever_waits_sees_how_far_the_reading_is(store, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK", 2)
    progress = Watched()
    rows = [(credit_code(number), 2022, 1) for number in range(10, 20)]
    store("figures", "credit_code year import_cny", *rows, progress=progress)
    assert progress.phases == [("正在读取", 1000), ("正在写入", None)]
    assert progress.steps == sorted(progress.steps)
    assert len(progress.steps) == 5
    assert progress.steps[-1] <= 1000


def test_amounts_are_stored_to_the_fen(store):
    store("figures", "credit_code year import_cny export_usd", (A, 2022, "9,999,999,999,999.99", "0.01"))
    row = TradeFigures.objects.get()
    assert (row.import_cny, row.export_usd) == (Decimal("9999999999999.99"), Decimal("0.01"))


def test_texts_with_marks_of_the_copy_format_arrive_as_they_are(store):
    name = 'N\\A "甲"\\.公司\u3000(全)'
    store("enterprises", "credit_code name city", (A, name, "黑河"))
    assert RegisteredEnterprise.objects.get().name == name


def test_what_one_kind_stores_is_of_its_model_alone(store):
    for kind, (fields, row, _) in KINDS.items():
        store(kind, fields, row)
    models = (TradeFigures, Platform, OverseasWarehouse, LprRate, Holiday)
    assert [model.objects.count() for model in models] == [1] * 5
