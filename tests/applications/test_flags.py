"""What the system notices about claims: raised, refreshed and lifted by settlements, kept in history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.flags.kinds import KINDS, LIFTED, RAISED, REFRESHED, flag_sentence
from applications.lifecycle import claim_token, transition
from applications.models import (
    DeadlineExtension,
    DiscreditedEnterprise,
    EnterpriseYear,
    FiguresYear,
    Flag,
    TradeFigures,
    VerifiedValue,
)
from applications.official_changes import official_save, touched_mark
from applications.settlement.run import years_settle
from applications.trade_figures import figures_derive, figures_touched
from measures import registry
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_month,
    make_period,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

MILLION_300 = "300000000"
PREMIUMS = {"premiums": [{"premium_cny": "64000", "market": "JP"}, {"premium_cny": "12000", "market": "RU"}]}


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def period():
    return make_period()


def standing(claim):
    """The kinds of the flags that stand at a claim."""
    return sorted(claim.flags.filter(lifted_at=None).values_list("kind", flat=True))


def sentences(claim):
    """The sentences of the flags that stand at a claim."""
    return [
        flag_sentence(flag.kind, flag.data, claim.rule)
        for flag in claim.flags.filter(lifted_at=None).order_by("kind", "key")
    ]


def events(claim):
    """What was recorded about flags, oldest first."""
    found = claim.events.filter(kind__startswith="claim.flag_").order_by("pk")
    return [(event.kind, event.data["flag"]) for event in found]


def landing(firm, period, landed, *, imports=MILLION_300):
    """A claim of 4.1 beside official imports."""
    make_figures(firm, resource_import_cny=imports)
    return make_claim(firm, "4.1", period, facts={"landed_cny": landed, "bank_fees_cny": "100"})


def figures_change(firm, year=2025, **figures):
    """Corrects loaded figures as the console does, and settles."""
    row = TradeFigures.objects.get(credit_code=firm.credit_code, year=year)
    for name, value in figures.items():
        setattr(row, name, Decimal(value))
    official_save(row, actor=owner_of(firm))
    settle_all()


def detail_load(firm, month="2025-03", **row):
    """Loads a row of monthly detail as an import does, and settles."""
    make_month(firm.credit_code, month, **row)
    figures_derive({(firm.credit_code, int(month[:4]))})
    touched_mark(figures_touched({(firm.credit_code, int(month[:4]))}))
    settle_all()


# --- Declared against official -------------------------------------------------------------------


def test_landed_value_above_resource_imports_is_noticed_with_both_numbers(firm, period):
    claim = landing(firm, period, "310000000.50")
    assert sentences(claim) == [
        "申报的“省内落地使用加工的进口额”是 310,000,000.50 元，海关统计的 2025 年资源类产品进口额是 "
        "300,000,000.00 元，申报数多 10,000,000.50 元。"
    ]
    assert events(claim) == [(RAISED, "landed_above_imports")]
    assert claim.payable_cny == Decimal("50.00"), "a flag changes no amount"


def test_what_is_noticed_follows_the_figures_and_stays_in_history_when_it_is_no_longer_true(firm, period):
    claim = landing(firm, period, "310000000")
    figures_change(firm, resource_import_cny="305000000")
    flag = claim.flags.get()
    assert (flag.data["official"], flag.lifted_at) == ("305000000.00", None)
    figures_change(firm, resource_import_cny="310000000")
    assert standing(claim) == []
    figures_change(firm, resource_import_cny="1")
    assert standing(claim) == ["landed_above_imports"]
    assert claim.flags.count() == 2
    assert [kind for kind, _ in events(claim)] == [RAISED, REFRESHED, LIFTED, RAISED]


def test_settling_again_without_a_difference_writes_nothing(firm, period):
    claim = landing(firm, period, "310000000")
    token = claim_token(claim)
    EnterpriseYear.objects.update(requested=9)
    settle_all(claim)
    assert (claim.flags.count(), len(events(claim)), claim_token(claim)) == (1, 1, token)


def test_whoever_has_the_claim_open_is_told_that_something_was_noticed(firm, period):
    claim = landing(firm, period, "200000000")
    token = claim_token(claim)
    FiguresYear.objects.create(year=2025, closed_at=NOW)
    detail_load(firm, cny="5")
    claim.refresh_from_db()
    assert standing(claim) == ["figures_differ"]
    assert claim_token(claim) != token


def test_a_verified_value_that_agrees_with_official_data_contradicts_nothing(firm, period):
    claim = landing(firm, period, "310000000")
    VerifiedValue.objects.create(
        claim=claim, path="landed_cny", declared="310000000", value="290000000", reason="按海关统计核定。",
        entered_by=owner_of(firm), entered_at=NOW,
    )  # fmt: skip
    EnterpriseYear.objects.update(requested=9)
    settle_all()
    assert standing(claim) == []


def test_what_no_longer_counts_keeps_what_was_noticed_and_is_looked_at_anew_when_it_counts_again(
    firm, period
):
    claim = landing(firm, period, "310000000")
    transition(claim_id=claim.pk, action="withdraw", actor=owner_of(firm))
    figures_change(firm, resource_import_cny="400000000")
    assert standing(claim) == ["landed_above_imports"]
    again = make_claim(firm, "4.1", period, facts={"landed_cny": "310000000", "bank_fees_cny": "100"})
    assert standing(again) == []


def test_exports_and_premiums_that_do_not_fit_each_other(firm, period):
    make_figures(firm, export_usd="0", export_cny="0")
    make_figures(firm, 2024, export_usd="499999.99")
    platform = make_claim(firm, "7.1", period, facts={"premium_cny": "5000"})
    others = make_claim(firm, "7.2", period, facts=PREMIUMS)
    domestic = make_claim(firm, "7.3", period, facts={"premium_cny": "300"})
    assert sentences(platform) == ["申报了保费 5,000.00 元，海关统计的 2025 年出口额是 0。"]
    assert sentences(others) == ["申报了保费 76,000.00 元，海关统计的 2025 年出口额是 0。"]
    assert sentences(domestic) == [
        "海关统计的 2024 年出口额是 499,999.99 美元，没有达到这个事项要求的 500,000.00 美元。"
    ]
    figures_change(firm, export_usd="10000000.01", export_cny="70000000")
    assert sentences(platform) == [
        "海关统计的 2025 年出口额是 10,000,000.01 美元，超过这个事项的上限 10,000,000.00 美元。",
        "2025 年出口额 10,000,000.01 美元，2024 年 499,999.99 美元，是上年的 20.00 倍。",
    ]
    assert standing(others) == []


def test_a_sites_trade_above_the_firms_own_is_noticed(firm, period):
    make_figures(firm, import_cny="0", export_cny="9000000")
    claim = make_claim(
        firm,
        "3.2",
        period,
        facts={"site": "a.example", "site_trade_cny": "11000000", "construction_cny": "9"},
    )
    assert sentences(claim) == [
        "申报的“独立站当年进出口额”是 11,000,000.00 元，海关统计的 2025 年进口额与出口额之和是 "
        "9,000,000.00 元，申报数多 2,000,000.00 元。"
    ]


# --- Markets in monthly detail ---------------------------------------------------------------------


def test_a_market_without_exports_is_noticed_once_there_is_detail_of_the_year(firm, period):
    claim = make_claim(firm, "7.2", period, facts=PREMIUMS)
    assert standing(claim) == []
    detail_load(firm, country="俄罗斯联邦")
    detail_load(firm, "2025-04", country="KR")
    assert sentences(claim) == [
        "申报了承保日本的保费 64,000.00 元，2025 年海关月度明细（3 至 4 月）中没有对这个市场的出口。"
        "有出口的是：韩国、俄罗斯。"
    ]
    detail_load(firm, "2025-11", direction="import", country="日本")
    assert standing(claim) == ["market_without_exports"], "imports are no exports"
    detail_load(firm, "2025-12", country="日本")
    assert standing(claim) == []


def test_detail_that_does_not_say_where_exports_went_contradicts_no_market(firm, period):
    claim = make_claim(firm, "7.2", period, facts=PREMIUMS)
    detail_load(firm, country="俄罗斯")
    assert standing(claim) == ["market_without_exports"]
    detail_load(firm, country="其他")
    assert standing(claim) == []


def test_a_row_that_only_changes_its_country_is_noticed_too(firm, period):
    claim = make_claim(firm, "7.2", period, facts={"premiums": [PREMIUMS["premiums"][0]]})
    detail_load(firm, country="俄罗斯")
    row = make_month(firm.credit_code, "2025-05", country="俄罗斯")
    figures_derive({(firm.credit_code, 2025)})
    row.country = "日本"
    row.save()
    assert figures_derive({(firm.credit_code, 2025)}) == {(firm.credit_code, 2025)}
    EnterpriseYear.objects.update(requested=9)
    settle_all()
    assert standing(claim) == []


# --- Figures against detail ------------------------------------------------------------------------


def test_before_closing_only_detail_above_the_loaded_figure_is_a_difference(firm, period):
    make_figures(firm, cross_border_cny="20000000", export_cny="1")
    claim = make_claim(firm, "3.1", period)
    other = make_claim(firm, "5.1", period, facts={"booth_cny": "100"}, particulars=exhibition())
    detail_load(firm, cny="19999999.99", supervision_code="9610")
    assert standing(claim) == []
    detail_load(firm, cny="0.02", supervision_code="9710")
    assert sentences(claim) == [
        "2025 年跨境电商进出口额：年度数 20,000,000.00 元，月度明细合计 20,000,000.01 元，相差 0.01 元。"
        "金额按年度数计算。"
    ]
    assert standing(other) == [], "it does not rest on the figure"


def test_in_a_closed_year_every_difference_is_one_for_the_next_years_claims_as_well(firm):
    make_figures(firm, 2024, import_cny="50", export_cny="0")
    make_figures(firm, 2025, import_cny="0", export_cny="0")
    claim = make_claim(firm, "1.1", make_period())
    FiguresYear.objects.create(year=2024, closed_at=NOW)
    detail_load(firm, "2024-05", direction="import", cny="49")
    assert sentences(claim) == [
        "2024 年进口额：年度数 50.00 元，月度明细合计 49.00 元，相差 1.00 元。金额按年度数计算。"
    ]
    figures_change(firm, 2024, import_cny="49")
    assert standing(claim) == []


# --- About the firm --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "listed"),
    [
        (None, None, True),
        (date(2025, 12, 31), None, True),
        (date(2026, 1, 1), None, False),
        (None, date(2024, 12, 31), False),
        (date(2020, 1, 1), date(2025, 1, 1), True),
    ],
)
def test_a_firm_on_the_discredited_list_on_any_day_of_the_year_is_noticed(firm, period, since, until, listed):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100"}, particulars=exhibition())
    entry = DiscreditedEnterprise(credit_code=firm.credit_code, since=since, until=until)
    official_save(entry, actor=owner_of(firm))
    settle_all()
    assert standing(claim) == (["discredited"] if listed else [])
    entry.struck_reason = "登记错误"
    official_save(entry, actor=owner_of(firm))
    settle_all()
    assert standing(claim) == []


def test_several_entries_of_the_discredited_list_are_one_flag_with_all_days(firm, period):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100"}, particulars=exhibition())
    for since, until in ((date(2025, 2, 1), date(2025, 3, 1)), (date(2025, 9, 1), None)):
        row = DiscreditedEnterprise(credit_code=firm.credit_code, since=since, until=until)
        official_save(row, actor=owner_of(firm))
    settle_all()
    assert sentences(claim) == ["企业在 2025 年列入失信名单：2025-02-01 至 2025-03-01；2025-09-01 至今。"]
    assert claim.flags.get().hard


def test_a_claim_filed_under_an_extension_says_until_when_others_could(firm):
    period = make_period(deadline=date(2026, 2, 27))
    DeadlineExtension.objects.create(
        period=period, enterprise=firm, until=date(2026, 3, 31), reason="示例", granted_by=owner_of(firm),
        granted_at=NOW - timedelta(days=9),
    )  # fmt: skip
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100"}, particulars=exhibition())
    assert sentences(claim) == ["申报截止日期是 2026-02-27，企业在 2026-03-02 首次提交，已登记延期。"]


# --- The table, and what it costs ----------------------------------------------------------------------


def test_every_kind_says_which_items_it_concerns():
    def concerned(kind):
        return [code for code, rule in registry.ITEMS.items() if KINDS[kind].concerns(rule)]

    money = [code for code, rule in registry.ITEMS.items() if not rule.support]
    invoiced = ["3.2", "3.3", "4.1", "4.2", "5.1", "5.2", "5.3", "5.4", "5.5"]
    insured = ["7.1", "7.2", "7.3"]
    lent = declared = ["4.1", "4.2"]
    assert {kind: concerned(kind) for kind in KINDS} == {
        "discredited": money,
        "same_file": money,
        "same_invoice": invoiced,
        "same_policy": insured,
        "same_declaration": declared,
        "same_loan": lent,
        "landed_above_imports": ["4.1"],
        "site_above_trade": ["3.2"],
        "exports_outside_limit": ["4.2", "7.1", "7.3"],
        "premium_without_exports": ["7.1", "7.2"],
        "market_without_exports": ["7.2"],
        "figures_differ": ["1.1", "3.1", "4.1", "4.2", "7.1", "7.3"],
        "outside_year": ["4.1", "4.2", "7.1", "7.3"],
        "outside_window": [*invoiced, *insured],
        "same_file_own": money,
        "same_invoice_own": invoiced,
        "same_policy_own": insured,
        "same_declaration_own": declared,
        "same_loan_own": lent,
        "same_account": money,
        "same_contact": money,
        "young": money,
        "jump": ["1.1", "3.1", "4.1", "4.2", "7.1"],
        "just_reached": ["1.1", "3.1", "3.2", "3.5", "4.1", "4.2", "7.3"],
        "late": money,
    }
    hard = ["discredited", "same_file", "same_invoice", "same_policy", "same_declaration", "same_loan"]
    assert [kind for kind in KINDS if KINDS[kind].hard] == hard


def test_flags_of_many_firms_cost_as_many_queries_as_those_of_one(period):
    def contradictory(number):
        firm = make_firm(f"示例{number}号公司")
        make_figures(firm, export_usd="0", export_cny="0")
        make_month(firm.credit_code, country="KR")
        figures_derive({(firm.credit_code, 2025)})
        DiscreditedEnterprise.objects.create(credit_code=firm.credit_code)
        return make_claim(firm, "7.2", period, facts=PREMIUMS, settle=False)

    def queries():
        keys = list(EnterpriseYear.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            years_settle(keys)
        return len(captured)

    contradictory(0)
    one = queries()
    claims = [contradictory(number) for number in range(1, 9)]
    assert queries() == one
    assert Flag.objects.filter(claim__in=claims).count() == 8 * 4
