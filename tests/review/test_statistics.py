"""The year's story: every figure is what counting the claims one by one gives, and costs the same for few and for many."""

import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.cities import City
from accounts.roles import Role
from applications.lifecycle import transition
from applications.models import (
    Claim,
    Event,
    Holiday,
    LedgerEntry,
    LedgerKind,
    State,
    TradeFigures,
    YearSettings,
)
from applications.models.states import LOCKED_STATES
from measures import registry
from measures.money import grouped
from review.statistics import pace_of, stays_of, story_of
from review.statistics.story import LARGE, SMALL, UNKNOWN
from tests.factories import (
    NOW,
    UNMET,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    settle_all,
)

pytestmark = pytest.mark.django_db

ZERO = Decimal("0.00")


@pytest.fixture
def people():
    """Commerce and finance; nobody is drawn for a second check, and the working days of 2026 are known."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    return {
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
    }


@pytest.fixture
def world(people):
    """Three firms of two cities, small, large and unknown to customs; claims in several states, one cut by everything."""
    period = make_period()
    small, large, unknown = (
        make_firm("示例小公司"),
        make_firm("示例大公司", city="2306"),
        make_firm("示例新公司"),
    )
    make_figures(small, import_cny="4000000", export_cny="5999999.99", export_usd="800000")
    make_figures(large, import_cny="4000000", export_cny="6000000", export_usd="800000")
    file = lambda firm, item, at=NOW, other="0", **facts: make_claim(  # noqa: E731
        firm,
        item,
        period,
        facts=facts,
        particulars=exhibition() if item == "5.1" else {},
        other=other,
        at=at,
    )
    claims = [
        file(small, "5.1", booth_cny="600000", other="12000.5"),
        file(small, "7.1", premium_cny="30000.33"),
        file(large, "7.1", at=NOW + timedelta(days=40), premium_cny="1234.56"),
        file(unknown, "5.1", booth_cny="100"),
    ]
    make_claim(unknown, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(), submit=False)
    for claim in claims[:3]:
        transition(claim_id=claim.pk, action="approve", actor=people["commerce"], at=NOW + timedelta(days=41))
    for claim in claims[:2]:
        transition(
            claim_id=claim.pk, action="finance_approve", actor=people["finance"], at=NOW + timedelta(days=43)
        )
        settle_all()
    transition(
        claim_id=claims[3].pk,
        action="reject",
        actor=people["commerce"],
        reason="不符合。",
        data=UNMET,
        at=NOW,
    )
    settle_all()
    return claims


def submitted():
    return list(Claim.objects.exclude(first_submitted_at=None).select_related("enterprise"))


def counted(group, claims):
    """Whether a group says what its claims say one by one."""
    locked = [claim for claim in claims if claim.state in LOCKED_STATES and claim.locked_cny]
    paid = [claim for claim in claims if claim.paid_cny]
    assert (group.claims, group.firms) == (len(claims), len({claim.enterprise_id for claim in claims}))
    assert (group.approved, group.approved_cny) == (len(locked), sum((c.locked_cny for c in locked), ZERO))
    assert (group.paid, group.paid_cny) == (len(paid), sum((c.paid_cny for c in paid), ZERO))
    assert group.paid_firms == len({claim.enterprise_id for claim in paid})


def test_every_group_is_what_its_claims_add_up_to(world):
    story, claims = story_of(2025, Claim.objects.all()), submitted()
    counted(story.total, claims)
    for group in story.by_measure:
        counted(group, [claim for claim in claims if registry.measure_of(claim.item).number == group.key])
    for group in story.by_city:
        counted(group, [claim for claim in claims if claim.city == group.key])
    for groups in (story.by_measure, story.by_city, story.by_size):
        assert sum(group.claims for group in groups) == len(claims)
    assert [group.label for group in story.by_city] == [City.HARBIN.label, City.DAQING.label]
    assert story.states == Counter(State(claim.state) for claim in claims)


def test_a_firm_of_ten_million_is_not_small_and_one_a_fen_below_is(world):
    sizes = {group.key: group.firms for group in story_of(2025, Claim.objects.all()).by_size}
    assert sizes == {SMALL: 1, LARGE: 1, UNKNOWN: 1}


def test_how_many_small_firms_there_are_is_told_even_where_there_are_none(world, reader):
    text = reader.get(reverse("review:statistics")).content.decode()
    assert "小型企业（年进出口额不足 1000 万元）1 家，占申报企业的 33.3%" in text
    TradeFigures.objects.update(import_cny="900000000")
    story = story_of(2025, Claim.objects.all())
    assert [(group.key, group.firms) for group in story.by_size] == [(SMALL, 0), (LARGE, 2), (UNKNOWN, 1)]
    text = reader.get(reverse("review:statistics")).content.decode()
    assert "小型企业（年进出口额不足 1000 万元）0 家，占申报企业的 0.0%，占批准金额的 0.0%" in text


def test_a_month_in_which_nothing_happened_is_drawn_all_the_same(world):
    Claim.objects.filter(pk=world[3].pk).update(
        first_submitted_at=timezone.make_aware(timezone.datetime(2025, 12, 31, 12, 0))
    )
    months = story_of(2025, Claim.objects.all()).by_month
    assert [each.month for each in months] == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 4, 1),
    ]
    assert [each.filed for each in months] == [1, 0, 0, 2, 1]


def test_the_four_steps_tell_what_each_cut_took(world):
    story = story_of(2025, Claim.objects.all())
    counted_claims = [claim for claim in submitted() if claim.state != State.REJECTED]
    for name in ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny"):
        assert getattr(story, name) == sum(getattr(claim, name) for claim in counted_claims)
    assert (story.cut_by_cap, story.cut_by_overlap) == (Decimal("120000.00"), Decimal("12000.50"))


def test_months_are_those_of_the_province_and_add_up_to_the_ledger(world):
    Claim.objects.filter(pk=world[0].pk).update(
        # Still February in Greenwich.
        first_submitted_at=timezone.make_aware(timezone.datetime(2026, 3, 1, 0, 30))
    )
    months = {each.month: each for each in story_of(2025, Claim.objects.all()).by_month}
    assert {month: each.filed for month, each in months.items()} == {date(2026, 3, 1): 3, date(2026, 4, 1): 1}
    locks = LedgerEntry.objects.filter(kind=LedgerKind.LOCK).aggregate(sum=Sum("amount_cny"))["sum"]
    assert months[date(2026, 4, 1)].approved_cny == locks


def test_the_pace_counts_working_days_to_the_first_payment(world):
    assert pace_of(Claim.objects.all()) is None
    for claim, days in ((world[0], 45), (world[1], 50)):
        Claim.objects.filter(pk=claim.pk).update(paid_cny=1)
        for later in (days, days + 30):
            LedgerEntry.objects.create(
                enterprise=claim.enterprise,
                year=2025,
                claim=claim,
                kind=LedgerKind.PAYMENT,
                amount_cny=1,
                at=NOW + timedelta(days=later),
            )
    pace = pace_of(Claim.objects.all())
    # From Monday 2 March: 45 days are six weeks and three days, 50 are seven weeks and one.
    assert (pace.claims, pace.median, pace.most) == (2, 33, 36)
    assert pace.spread == ((20, 0), (40, 2), (60, 2), (90, 2), (120, 2), (None, 2))


def test_stays_are_the_working_days_at_each_desk(world):
    stays = {stay.label: (stay.claims, stay.average) for stay in stays_of(Claim.objects.all())}
    # Approved on a Sunday by commerce, on the Tuesday by finance.
    assert stays[State.FINANCE_REVIEW.label] == (2, 2.0)
    assert stays[State.COMMERCE_REVIEW.label][0] == 4


def test_a_story_of_nothing_is_empty():
    story = story_of(2025, Claim.objects.all())
    assert (story.total.claims, story.by_city, story.by_month, story.states) == (0, [], [], {})
    assert story.payable_cny == ZERO
    assert len(story.by_measure) == 7


def test_the_story_costs_the_same_for_few_and_for_many(world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            story_of(2025, Claim.objects.all())
            pace_of(Claim.objects.all())
            stays_of(Claim.objects.all())
        return len(captured)

    few = queries()
    for number in range(4):
        make_claim(
            make_firm(f"示例{number}号公司"),
            "5.1",
            world[0].period,
            facts={"booth_cny": "1"},
            particulars=exhibition(),
        )
    assert queries() == few


# --- The page and the sheet ------------------------------------------------------------------------


@pytest.fixture
def reader(people):
    """A browser's stand-in for finance of the province."""
    client = Client()
    client.force_login(people["finance"])
    return client


def test_the_page_tells_the_story_in_words_and_its_tables_add_up(world, reader):
    page = reader.get(reverse("review:statistics"))
    text = page.content.decode()
    story = story_of(2025, Claim.objects.all())
    assert "3 家企业提交了 4 件申报" in text
    assert f"已批准 2 件，共 {grouped(story.total.approved_cny)} 元" in text
    assert "措施五" in text
    for groups in ("measures", "cities", "sizes"):
        assert sum(group.approved_cny for group, _ in page.context[groups]) == story.total.approved_cny


def test_a_year_without_claims_says_so_and_one_that_is_none_is_not_found(people, reader):
    assert "这一年还没有申报" in reader.get(reverse("review:statistics")).content.decode()
    empty = reader.get(reverse("review:statistics"), {"year": "2031"}).content.decode()
    assert "2031 年度统计" in empty
    assert "这一年还没有申报" in empty
    assert reader.get(reverse("review:statistics_sheet"), {"year": "2031"}).status_code == 404
    for year in ("1999", "x", "²", "9" * 30):
        assert reader.get(reverse("review:statistics"), {"year": year}).status_code == 404


def test_a_citys_finance_reads_the_story_of_its_own_money(world):
    client = Client()
    client.force_login(make_user("cityfin", role=Role.CITY_FINANCE, city="2301"))
    page = client.get(reverse("review:statistics")).content.decode()
    assert "这一年还没有申报" in page
    assert "哈尔滨市财政局承担的资金" in page


def test_the_sheets_add_up_to_the_page_and_hold_no_formula(world, reader):
    answer = reader.get(reverse("review:statistics_sheet"), {"year": "2025"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    story = story_of(2025, Claim.objects.all())
    assert book.sheetnames == ["按措施", "按市（地）", "按企业规模", "按月", "金额形成", "用时"]
    for name in ("按措施", "按市（地）", "按企业规模"):
        rows = list(book[name].iter_rows(values_only=True))
        head = next(row for row in rows if "批准金额（元）" in row)
        totals = dict(zip(head, next(row for row in rows if row[0] == "合计"), strict=True))
        assert Decimal(str(totals["批准金额（元）"])) == story.total.approved_cny
        assert totals["申报件数"] == story.total.claims
    assert book["按措施"]["A2"].value.startswith("省级和各市（地）承担的资金　统计截至")
    steps = {row[0]: row[1] for row in book["金额形成"].iter_rows(values_only=True)}
    assert Decimal(str(steps["应付"])) == story.payable_cny
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert Event.objects.filter(topic="statistics").count() == 1
