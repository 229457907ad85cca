"""Replays: what a draft would do is what publishing it does, and nothing is touched before."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.roles import Role
from applications import code_lists
from applications.errors import NotAllowed, Refused
from applications.jobs import job_cancel, job_run
from applications.lifecycle import transition as step
from applications.models import (
    CityRate,
    Claim,
    DerivedFigures,
    EnterpriseYear,
    Event,
    FiguresYear,
    FilingPeriod,
    Flag,
    Job,
    JobState,
    LedgerEntry,
    LprRate,
    Match,
    MatchYear,
    MonthlyTrade,
    YearSettings,
)
from applications.models.states import COUNTED_STATES
from applications.trade_figures import figures_derive
from review.models import Replay, ReplayLine
from review.publishing import version_add, version_change, version_draft, version_publish
from review.replay import draft_of, outdated, replay_cancel, replay_start, replays_visible
from review.replay_file import replay_file
from review.replay_sums import firms
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

COAL, ASH = "27011210", "26211000"
#: 60% of 400,000 to Japan and 50% of 100,000 to Brazil.
PREMIUMS = {
    "premiums": [
        {"premium_cny": "400000", "market": "JP", "new_mode": False},
        {"premium_cny": "100000", "market": "BR", "new_mode": False},
    ]
}
IMPORTS = {"bank_fees_cny": "700000", "landed_cny": "900000000"}
LOAN = {
    "principal_cny": "10000000",
    "issued_on": "2025-01-20",
    "repaid_on": None,
    "interest_paid_cny": "900000",
}


@pytest.fixture
def province():
    """People, and firms whose claims of 2025 rest on rates, lists, a city's rate and the limit in different ways."""
    people = SimpleNamespace(
        drafter=make_user("data1", role=Role.DATA, name="示例数据员甲"),
        publisher=make_user("data2", role=Role.DATA, name="示例数据员乙"),
        commerce=make_user("commerce", role=Role.COMMERCE),
        finance=make_user("finance", role=Role.FINANCE),
        city=make_user("city1", role=Role.CITY_COMMERCE, city="2301"),
        city2=make_user("city2", role=Role.CITY_COMMERCE, city="2301"),
        heihe=make_user("heihe", role=Role.CITY_COMMERCE, city="2311"),
        cityfin=make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
    )
    LprRate.objects.create(published_on=date(2024, 12, 20), one_year_percent="3.10")
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    for city in ("2301", "2311"):
        CityRate.objects.create(city=city, year=2025, item="5.5", rate="0.5", published_at=NOW)
    period = make_period()
    people.period = period
    people.bank = with_local_exports("示例甲公司")
    people.fees = make_claim(people.bank, "4.2", period, facts={"bank_fees_cny": "1000000", "loans": [LOAN]})
    make_claim(people.bank, "7.2", period, facts=PREMIUMS)
    people.limited = with_local_exports("示例乙公司")
    make_claim(people.limited, "4.2", period, facts={"bank_fees_cny": "9000000"})
    make_claim(people.limited, "5.5", period, facts={"brand_cny": "400000"})
    people.coal = with_detail("示例丙公司", {COAL: "600000000", ASH: "900000000"})
    make_claim(people.coal, "4.1", period, facts=IMPORTS)
    people.ash = with_detail("示例丁公司", {ASH: "900000000"})
    make_claim(people.ash, "4.1", period, facts=IMPORTS)
    people.heihe_firm = make_firm("示例戊公司", city="2311")
    make_claim(people.heihe_firm, "5.5", period, facts={"brand_cny": "300000"})
    people.locked = with_local_exports("示例己公司")
    people.lock = make_claim(people.locked, "4.2", period, facts={"bank_fees_cny": "300000"})
    for minutes, (action, who) in enumerate(
        (("approve", people.commerce), ("finance_approve", people.finance))
    ):
        step(claim_id=people.lock.pk, action=action, actor=who, at=NOW + timedelta(minutes=minutes))
        settle_all(people.lock)
    not_counted(period)
    return people


def with_local_exports(name):
    firm = make_firm(name)
    make_figures(firm, export_cny="900000000", local_product_export_cny="900000000")
    return firm


def with_detail(name, amounts):
    """A firm of which customs only know detail, by HS code; the year is closed."""
    firm = make_firm(name)
    for number, (hs_code, amount) in enumerate(amounts.items(), start=1):
        MonthlyTrade.objects.create(
            credit_code=firm.credit_code, month=date(2025, number, 1), direction="import", supervision_code="0110",
            hs_code=hs_code, amount_cny=Decimal(amount), amount_usd=Decimal(1),
        )  # fmt: skip
    figures_derive({(firm.credit_code, 2025)})
    FiguresYear.objects.get_or_create(year=2025, defaults={"closed_at": NOW})
    return firm


def not_counted(period):
    """A draft and a withdrawn claim, which no settlement takes."""
    firm = make_firm("示例庚公司")
    make_claim(firm, "5.1", period, facts={"booth_cny": "1000"}, particulars=exhibition(), submit=False)
    withdrawn = make_claim(firm, "5.5", period, facts={"brand_cny": "100000"})
    step(claim_id=withdrawn.pk, action="withdraw", actor=owner_of(firm), at=NOW)
    settle_all()


def drafted(people, **changes):
    """A draft of next year settings that differs in these values."""
    row = version_draft(YearSettings.objects.get(published_at__isnull=False), actor=people.drafter)
    for name, value in changes.items():
        setattr(row, name, value)
    return version_change(row, actor=people.drafter)


def replayed(row, actor):
    """The replay of a draft, done."""
    replay = replay_start(row, actor=actor)
    assert job_run(replay.job_id) == JobState.DONE
    replay.refresh_from_db()
    return replay


def paid_out():
    """What the claims of 2025 that count are paid, {(enterprise, item): yuan}."""
    claims = Claim.objects.filter(year=2025, state__in=COUNTED_STATES).order_by()
    rows = claims.values_list("enterprise", "item").annotate(sum=Sum("payable_cny"))
    return {(firm, item): amount for firm, item, amount in rows}


def said(replay, name):
    rows = replay.lines.values_list("enterprise", "item", name)
    return {(firm, item): amount for firm, item, amount in rows}


# --- What it says is what happens ----------------------------------------------------------------

MARKETS = st.lists(st.sampled_from(["BR", "RU", "US"]), unique=True)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "bank_cost_rate": st.sampled_from([Decimal("0.5"), Decimal("0.35"), Decimal("0.1"), Decimal(0)]),
        "day_count": st.sampled_from([360, 365, 30]),
        "key_markets": MARKETS,
        "rcep_members": st.lists(st.sampled_from(["JP", "KR", "BR"]), min_size=1, unique=True),
        "resource_codes": st.lists(st.sampled_from(["2701", "2621", "26", "9999"]), min_size=1, unique=True),
    },
)


def test_a_replay_says_to_the_fen_what_publishing_then_does(province):
    """Whatever the draft changes. A lock that is entitled to less is lifted on publication: the replay counts those."""
    seen = set()

    @settings(max_examples=25)
    @given(DRAFTS)
    def check(changes):
        with transaction.atomic():
            draft = drafted(province, **changes)
            replay = replayed(draft, province.drafter)
            assert said(replay, "before_cny") == paid_out()
            version_publish(draft, actor=province.publisher)
            settle_all()
            expected, locked = said(replay, "after_cny"), (province.locked.pk, "4.2")
            if replay.totals["falling"]:
                expected[locked] = replay.lines.get(enterprise=province.locked).entitled_after_cny
            assert paid_out() == expected
            seen.update(
                firm
                for firm, item in expected
                if expected[firm, item] != said(replay, "before_cny")[firm, item]
            )
            transaction.set_rollback(True)

    check()
    moving = {province.bank, province.limited, province.coal, province.ash, province.locked}
    assert seen == {firm.pk for firm in moving}, "the drafts have moved too little to prove anything"


@pytest.mark.parametrize("rate", ["0", "0.3", "0.7"])
def test_the_replay_of_a_citys_rate_says_what_publishing_then_does(province, rate):
    row = version_add(CityRate(city="2301", year=2025, item="5.5", rate=Decimal(rate)), actor=province.city)
    replay = replayed(row, province.city)
    before = paid_out()
    assert set(said(replay, "before_cny")) == {(province.limited.pk, "4.2"), (province.limited.pk, "5.5")}
    version_publish(row, actor=province.city2)
    settle_all()
    assert paid_out() == before | said(replay, "after_cny")


def test_lists_of_a_draft_decide_what_customs_detail_comes_to(province):
    replay = replayed(drafted(province, resource_codes=["2621"]), province.drafter)
    assert said(replay, "after_cny")[province.coal.pk, "4.1"] > 0
    assert said(replay, "before_cny")[province.ash.pk, "4.1"] == 0
    assert said(replay, "after_cny")[province.ash.pk, "4.1"] == Decimal("350000.00")


# --- Nothing is touched --------------------------------------------------------------------------


def everything():
    """All rows that a settlement could write, as they are."""
    models = (
        *(Claim, EnterpriseYear, Event, LedgerEntry, YearSettings, CityRate),
        *(DerivedFigures, Flag, Match, MatchYear),
    )
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_a_replay_touches_nothing_but_its_own_rows(province):
    draft = drafted(province, bank_cost_rate=Decimal("0.1"), resource_codes=["2621"])
    replay = replay_start(draft, actor=province.drafter)
    before = everything()
    job_run(replay.job_id)
    assert everything() == before
    assert replay.lines.exists()


def test_a_replay_that_is_cancelled_leaves_no_line(province, monkeypatch):
    from review import replay_work

    def cancel_then(rows, draft, compute=replay_work.lines_of_chunk):
        job_cancel(Job.objects.get(work="replay"))
        return compute(rows, draft)

    monkeypatch.setattr(replay_work, "CHUNK", 2)
    monkeypatch.setattr(replay_work, "lines_of_chunk", cancel_then)
    monkeypatch.setattr("applications.jobs.NOTE_EVERY", 0)
    replay = replay_start(drafted(province, day_count=365), actor=province.drafter)
    assert job_run(replay.job_id) == JobState.CANCELLED
    replay.refresh_from_db()
    assert (replay.totals, ReplayLine.objects.count()) == ({}, 0)


def test_a_replay_that_was_begun_by_a_worker_that_died_starts_anew(province):
    replay = replay_start(drafted(province, day_count=365), actor=province.drafter)
    ReplayLine.objects.create(
        replay=replay,
        enterprise=province.bank,
        item="4.2",
        payer="province",
        claims=7,
        before_cny=1,
        after_cny=2,
    )
    job_run(replay.job_id)
    assert replay.lines.get(enterprise=province.bank, item="4.2").claims == 1


def test_lines_do_not_depend_on_how_the_year_is_cut_into_chunks(province, monkeypatch):
    draft = drafted(province, bank_cost_rate=Decimal("0.1"))
    whole = said(replayed(draft, province.drafter), "after_cny")
    monkeypatch.setattr("review.replay_work.CHUNK", 2)
    assert said(replayed(draft, province.drafter), "after_cny") == whole


def test_a_chunk_costs_the_same_for_one_firm_and_for_many(
    province, django_assert_num_queries, django_assert_max_num_queries
):
    from review.replay_work import lines_of_chunk

    draft = drafted(province, resource_codes=["2621"])
    rows = list(EnterpriseYear.objects.select_related("enterprise").filter(year=2025).order_by("pk"))
    with django_assert_max_num_queries(40) as one:
        lines_of_chunk(rows[:1], draft)
    with django_assert_num_queries(len(one)):
        lines_of_chunk(rows, draft)


def test_a_year_with_spoilt_data_is_counted_and_stops_no_other(province):
    Claim.objects.filter(pk=province.fees.pk).update(facts={"bank_fees_cny": "viel"})
    replay = replayed(drafted(province, day_count=365), province.drafter)
    assert replay.totals["failed"] == 1
    assert not replay.lines.filter(enterprise=province.bank).exists()
    assert replay.lines.filter(enterprise=province.limited).exists()


# --- Sums ----------------------------------------------------------------------------------------


def test_gains_and_losses_add_up_to_the_difference_in_every_table(province):
    replay = replayed(
        drafted(province, bank_cost_rate=Decimal("0.4"), resource_codes=["2621"], key_markets=["BR"]),
        province.drafter,
    )
    totals = replay.totals
    amounts = {name: Decimal(totals[name]) for name in ("before", "after", "gain", "loss")}
    assert amounts["gain"] > 0 < amounts["loss"]
    assert amounts["after"] - amounts["before"] == amounts["gain"] - amounts["loss"]
    for table in ("items", "payers"):
        for name in ("before", "after"):
            assert sum(Decimal(row[name]) for row in totals[table]) == amounts[name]
    rows = list(firms(replay, everybody=True))
    assert sum(row["change"] for row in rows) == amounts["after"] - amounts["before"]
    assert totals["gaining"] == sum(row["change"] > 0 for row in rows)
    assert totals["losing"] == sum(row["change"] < 0 for row in rows)
    assert sum(row["claims"] for row in rows) == totals["claims"] == 8


def test_a_lock_stays_in_both_sums_and_its_entitlement_is_told(province):
    replay = replayed(drafted(province, bank_cost_rate=Decimal("0.1")), province.drafter)
    line = replay.lines.get(enterprise=province.locked)
    assert (line.before_cny, line.after_cny, line.locked_cny) == (Decimal("150000.00"),) * 3
    assert (line.entitled_before_cny, line.entitled_after_cny) == (Decimal("150000.00"), Decimal("30000.00"))
    totals = replay.totals
    assert (totals["locked"], totals["falling"], totals["entitled_after"]) == (1, 1, "30000.00")


def test_firms_are_ordered_by_gain_or_loss_and_found_by_name_or_code(province):
    replay = replayed(
        drafted(province, bank_cost_rate=Decimal("0.4"), resource_codes=["2621"]), province.drafter
    )

    def names(**asked):
        return [row["enterprise__name"] for row in firms(replay, **asked)]

    assert names(order="gain")[0] == "示例丁公司"
    assert names(order="loss")[0] == "示例甲公司"
    assert "示例己公司" in names(), "its lock would fall"
    assert "示例戊公司" not in names()
    assert "示例戊公司" in names(everybody=True)
    assert names(words="丁公司") == names(words=province.ash.credit_code) == ["示例丁公司"]
    assert names(words=province.ash.credit_code.lower()) == ["示例丁公司"]


def test_the_spreadsheet_says_the_same_and_every_number_is_a_number(province):
    replay = replayed(drafted(province, bank_cost_rate=Decimal("0.4")), province.drafter)
    book = load_workbook(BytesIO(replay_file(replay)))
    items, payers, lines = (list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book)
    for rows, columns in ((items, (3, 4)), (payers, (3, 4)), (lines, (6, 7))):
        for column, name in zip(columns, ("before", "after"), strict=True):
            assert sum(Decimal(str(row[column])) for row in rows) == Decimal(replay.totals[name])
    assert len(lines) == replay.lines.count()
    assert {row[1] for row in lines} == set(replay.lines.values_list("enterprise__credit_code", flat=True))


# --- Filing periods ------------------------------------------------------------------------------


def test_a_filing_period_moves_no_amount_and_says_which_drafts_follow_it(province):
    firm = make_firm("示例辛公司")
    particulars = {
        **exhibition("另一个示例展会"),
        "invoices": [{"paid_on": "2025-03-01"}, {"paid_on": "不清楚"}],
    }
    make_claim(firm, "5.1", province.period, facts={"booth_cny": "1"}, particulars=particulars, submit=False)
    make_claim(firm, "7.2", province.period, facts=PREMIUMS, submit=False)
    draft = version_draft(province.period, actor=province.drafter)
    draft.window_from, draft.items = date(2025, 6, 1), ["5.1"]
    version_change(draft, actor=province.drafter)
    replay = replayed(draft, province.drafter)
    assert replay.totals == {"period": {"filed": 8, "drafts": 3, "not_taken": 1, "outside": 1}}
    assert FilingPeriod.objects.count() == 2


# --- Who, and whether it still holds -------------------------------------------------------------


def test_a_second_press_finds_the_replay_that_is_under_way(province):
    draft = drafted(province, day_count=365)
    first = replay_start(draft, actor=province.drafter)
    assert replay_start(draft, actor=province.publisher) == first
    job_run(first.job_id)
    assert replay_start(draft, actor=province.publisher) != first


def test_only_holders_of_the_post_replay_and_cancel(province):
    draft = drafted(province, day_count=365)
    with pytest.raises(NotAllowed):
        replay_start(draft, actor=province.commerce)
    replay = replay_start(draft, actor=province.drafter)
    with pytest.raises(NotAllowed):
        replay_cancel(replay, actor=province.commerce)
    replay_cancel(replay, actor=province.publisher)
    assert Job.objects.get(pk=replay.job_id).state == JobState.CANCELLED


def test_what_is_in_force_or_overtaken_is_not_replayed(province):
    draft = drafted(province, day_count=365)
    newer = version_draft(draft, actor=province.drafter)
    version_publish(newer, actor=province.publisher)
    for row in (draft, newer):
        with pytest.raises(Refused, match="只有还没有生效"):
            replay_start(row, actor=province.drafter)


def test_a_draft_that_is_published_meanwhile_is_not_replayed_any_more(province):
    draft = drafted(province, day_count=365)
    replay = replay_start(draft, actor=province.drafter)
    version_publish(draft, actor=province.publisher)
    assert job_run(replay.job_id) == JobState.FAILED
    assert "已经发布" in Job.objects.get(pk=replay.job_id).message


def test_a_city_reads_the_replays_of_its_own_rates_alone(province):
    rate = version_add(CityRate(city="2301", year=2025, item="5.5", rate=Decimal("0.3")), actor=province.city)
    own = replayed(rate, province.city)
    provincial = replayed(drafted(province, day_count=365), province.drafter)
    for person in (province.city2, province.cityfin):
        assert list(replays_visible(person)) == [own]
    assert list(replays_visible(province.heihe)) == []
    for person in (province.drafter, province.commerce, province.finance):
        assert set(replays_visible(person)) == {own, provincial}
    assert list(replays_visible(owner_of(province.bank))) == []


def test_a_result_holds_until_draft_settings_or_claims_change(province):
    draft = drafted(province, day_count=365)
    replay = replayed(draft, province.drafter)
    assert outdated(replay, draft) == []
    draft.day_count = 366
    version_change(draft, actor=province.drafter)
    assert outdated(replay, draft) == ["试算以后草稿改过。"]
    draft.day_count = 365
    version_change(draft, actor=province.drafter)
    assert outdated(replay, draft) == []
    make_claim(make_firm("示例壬公司"), "7.2", province.period, facts=PREMIUMS, settle=False)
    [sentence] = outdated(replay, draft)
    assert "1 个企业年度" in sentence
    other = version_draft(draft, actor=province.drafter)
    version_publish(other, actor=province.publisher)
    assert "试算以后有新的版本生效。" in outdated(replay, draft)


def test_a_replay_remembers_the_draft_that_it_was_about(province):
    draft = drafted(province, day_count=365, local_origins=code_lists.local_origins()[:2])
    replay = replayed(draft, province.drafter)
    assert (draft_of(replay), replay.in_force, replay.version) == (draft, 1, 2)
    assert replay.values["day_count"] == 365
    assert Replay.objects.filter(pk=replay.pk, asked_by=province.drafter).exists()
    assert Event.objects.filter(kind="setting.replayed", topic=f"yearsettings:{draft.pk}").exists()
