"""Demands follow the settlement: made, raised, lowered, closed, dated, and told by letters."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from applications.errors import Refused
from applications.ledger import balances
from applications.letters.check import check_code_shown
from applications.letters.demand import demand_letter
from applications.letters.pdf import letter_pdf
from applications.letters.standing import letters_standing
from applications.lifecycle import transition
from applications.models import Demand, EnterpriseYear, Event, Holiday, LedgerEntry, Letter, State
from applications.recovery.follow import DUE_DAYS
from applications.recovery.terms import demand_dates_recompute, demand_extend
from applications.settlement.mark import years_mark
from applications.settlement.run import years_settle
from tests.factories import NOW, settle_all

pytestmark = pytest.mark.django_db


def letters():
    return list(Letter.objects.filter(kind=Letter.Kind.DEMAND).order_by("pk"))


def told():
    return [
        (e.data["old"], e.data["new"]) for e in Event.objects.filter(kind="claim.demanded").order_by("pk")
    ]


def test_a_demand_is_open_exactly_while_something_is_demanded(world):
    assert not Demand.objects.exists()
    for imports, open_ones, number in (
        ("150000000", 1, "0001"),
        ("120000000", 1, "0001"),
        ("170000000", 1, "0001"),
        ("300000000", 0, None),
        ("100000000", 1, "0002"),
    ):
        world.imports_become(imports)
        found = Demand.objects.filter(closed_at=None)
        assert found.count() == open_ones == (world.growth.demanded_cny > 0)
        assert [demand.number[-4:] for demand in found] == ([number] if number else [])
        assert balances(world.growth.pk)["demanded_cny"] == world.growth.demanded_cny


def test_the_events_say_from_what_to_what_and_why(world):
    world.imports_become("150000000")
    claim = world.expo(booth="520000")
    world.payable(claim)
    world.committed(claim)
    world.paid(claim)
    world.verify(claim, "400000", reason="发票重复，核减。")
    first, second = Event.objects.filter(kind="claim.demanded").order_by("pk")
    assert first.data["why"] == "名录、年度设置等官方数据有更正，应得金额重新计算。"
    assert (second.data["old"], second.data["new"]) == ("0.00", "20000.00")
    assert second.data["why"] == f"核查后更正了 {claim.number} 的“展位费”：发票重复，核减。"
    assert second.data["demand"] == Demand.objects.get(claim=claim).number


def test_nothing_is_demanded_of_money_that_the_bank_may_not_pay_and_all_of_it_once_it_has(world):
    claim = world.committed(world.payable(world.expo(booth="520000")))
    claim = world.verify(claim, "400000")
    assert (claim.demanded_cny, claim.locked_cny) == (Decimal("0.00"), Decimal("300000.00"))
    assert not Demand.objects.exists()
    claim = world.paid(claim)
    assert (claim.state, claim.demanded_cny) == (State.PAID, Decimal("20000.00"))
    assert "现在银行已经拨付" in Event.objects.get(kind="claim.demanded").data["why"]


def test_a_committed_excess_that_the_bank_does_not_pay_is_never_demanded(world):
    claim = world.committed(world.payable(world.expo(booth="520000")))
    world.verify(claim, "400000")
    data = {"amount": Decimal("300000.00"), "batch": "B", "topic": "batch:B", "result": "failed"}
    claim = world.step(claim, "release", world.finance, data=data, reason="账号有误。")
    assert (claim.state, claim.locked_cny, claim.demanded_cny) == (
        State.COMMERCE_REVIEW,
        None,
        Decimal("0.00"),
    )


@pytest.mark.parametrize(
    ("back", "state", "left"),
    [("600000.00", State.COMMERCE_REVIEW, "0"), ("100000.00", State.PAID, "50000")],
)
def test_what_the_bank_gives_back_need_not_be_paid_back_any_more(world, back, state, left):
    """Of 600,000.00 yuan 150,000.00 are demanded; with nothing paid any more, the claim goes back to commerce."""
    world.imports_become("150000000")
    given_back = {"amount": Decimal(back), "topic": "return:示例"}
    world.step(world.growth, "bank_return", world.finance, reason="账号已注销。", data=given_back)
    claim = world.fresh()
    assert (claim.state, claim.demanded_cny) == (state, Decimal(left))
    assert Demand.objects.filter(closed_at=None).exists() == (claim.demanded_cny > 0)
    assert balances(claim.pk)["demanded_cny"] == claim.demanded_cny
    assert told()[-1][1] == f"{Decimal(left):.2f}"


def test_a_claim_is_not_taken_back_before_the_demand_for_what_the_bank_gave_back_is_lifted(world):
    world.imports_become("150000000")
    given_back = {"amount": Decimal("600000.00"), "topic": "return:示例"}
    asked = {"claim_id": world.growth.pk, "actor": world.finance, "reason": "账号已注销。"}
    transition(action="bank_return", data=given_back, **asked)
    with pytest.raises(Refused, match="正在重新计算"):
        transition(action="re_examine", **asked)
    assert settle_all(world.growth).demanded_cny == 0


def test_a_letter_is_issued_when_the_demand_rises_and_at_no_other_time(world):
    counts = []
    for imports in ("150000000", "120000000", "170000000", "300000000"):
        world.imports_become(imports)
        counts.append(len(letters()))
    assert counts == [1, 2, 2, 2]
    assert [letter.number for letter in letters()] == [
        f"{world.growth.number}-Z1",
        f"{world.growth.number}-Z2",
    ]


def test_the_letter_says_how_much_why_by_when_and_how_and_can_be_printed(world):
    world.imports_become("150000000")
    [letter] = letters()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(letter_pdf(letter))).pages)
    plain = "".join(text.split())
    demand = world.demand()
    for words in (
        "外贸政策资金追回通知书",
        "150,000.00元",
        "壹拾伍万元整",
        "600,000.00元",
        "450,000.00元",
        demand.number,
        f"{demand.due_on.year}年{demand.due_on.month}月{demand.due_on.day}日前",
        "示例甲公司：",
        check_code_shown(letter.check_code),
        "省财政厅",
        "第一条，按现在核定的数据，这件申报应得450,000.00元。",
    ):
        assert words in plain, words
    assert "各件申报合计不超过年度总额度" not in plain, "the claim's own article takes it, not the limit"


def test_a_letter_names_the_limit_where_what_is_demanded_comes_from_it(world):
    world.imports_become("150000000")
    claim = world.growth
    claim.refresh_from_db()
    for own, named in (("450000.00", False), ("450000.01", True), ("600000.00", True)):
        claim.after_overlap_cny = Decimal(own)
        letter = demand_letter(
            claim,
            enterprise=claim.enterprise,
            demand=world.demand(),
            amount=Decimal("150000.00"),
            before=0,
            why="",
            at=NOW,
        )
        assert ("各件申报合计不超过年度总额度" in str(letter)) == named, own


def test_a_letter_counts_until_more_or_nothing_is_demanded_and_says_what_is_left(world):
    def standings():
        rows = Letter.objects.filter(kind=Letter.Kind.DEMAND).select_related("claim", "event").order_by("pk")
        return [(each.counts, each.text) for each in letters_standing(rows)]

    world.imports_become("150000000")
    assert standings() == [(True, "")]
    world.imports_become("170000000")
    assert standings() == [(True, "现在还需要退回 90,000.00 元。")]
    world.imports_become("120000000")
    assert standings() == [(False, "按其后的重新计算，退回金额增加，以新的通知书为准。"), (True, "")]
    world.imports_become("300000000")
    assert [counts for counts, _ in standings()] == [False, False]
    assert standings()[1][1] == "按其后的重新计算，不再需要退回。"


def test_a_demand_is_due_twenty_working_days_after_its_letter_and_later_where_it_rises(world):
    world.imports_become("150000000")
    demand = world.demand()
    letter_day = letters()[0].issued_at
    assert DUE_DAYS == 20
    before = demand.due_on
    granted = before + timedelta(days=300)
    demand_extend(
        demand_id=demand.pk, due_on=granted, reason="企业搬迁。", actor=world.finance, at=letter_day
    )
    world.imports_become("120000000")
    assert world.demand().due_on == granted, "what was granted is not taken away"


def test_a_date_that_was_expected_is_computed_again_once_holidays_are_known(world):
    world.imports_become("150000000")
    demand = world.demand()
    assert not demand.due_certain
    year = demand.due_on.year
    for each in (year - 1, year, year + 1):
        Holiday.objects.create(day=date(each, 1, 1), kind="off", name="元旦")
    Holiday.objects.create(day=demand.due_on, kind="off", name="示例假日")
    demand_dates_recompute()
    assert world.demand().due_certain
    assert world.demand().due_on > demand.due_on
    assert demand_dates_recompute() == 0


def test_where_no_demand_changes_nothing_is_asked_or_written(world):
    world.imports_become("150000000")

    def settle():
        years_mark(EnterpriseYear.objects.all(), send=False)
        with CaptureQueriesContext(connection) as queries:
            assert years_settle(list(EnterpriseYear.objects.values_list("pk", flat=True))) == 1
        return [query["sql"] for query in queries]

    before = LedgerEntry.objects.count(), Event.objects.count(), len(letters())
    statements = settle()
    assert not [sql for sql in statements if "applications_demand" in sql or "applications_letter" in sql]
    assert (LedgerEntry.objects.count(), Event.objects.count(), len(letters())) == before


def test_nothing_is_demanded_twice_however_often_the_year_is_settled(world):
    world.imports_become("150000000")
    for _ in range(3):
        years_mark(EnterpriseYear.objects.all())
        settle_all()
    assert told() == [("0.00", "150000.00")]
    assert Demand.objects.count() == 1
