"""Instalments, more time, and how a demand stands on a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.errors import Refused
from applications.messages import reminders_send
from applications.models import Demand, Instalment, Message
from applications.recovery.receipts import receipt_add
from applications.recovery.standing import demands_with_plans, standing_of
from applications.recovery.terms import demand_extend, plan_set
from tests.factories import NOW, settle_all
from tests.recovery_world import LATER

pytestmark = pytest.mark.django_db

APRIL, MAY = date(2026, 4, 15), date(2026, 5, 15)
HALVES = [(APRIL, Decimal("100000.00")), (MAY, Decimal("50000.00"))]


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded by 30 March 2026."""
    world.imports_become("150000000")
    Demand.objects.update(raised_at=NOW, due_on=date(2026, 3, 30), due_certain=True)
    return world


def plan(world, parts=HALVES, reason="资金周转困难。", at=LATER):
    return plan_set(demand_id=world.demand().pk, parts=parts, reason=reason, actor=world.finance, at=at)


def receive(world, amount, at=LATER + timedelta(days=2)):
    receipt_add(
        demand_id=world.demand().pk, amount=Decimal(amount), received_on=at.date(), reference=f"凭证{amount}",
        actor=world.finance, at=at,
    )  # fmt: skip
    settle_all()


def standing(day=date(2026, 3, 10)):
    return standing_of(demands_with_plans(Demand.objects.all()).get(), today=day)


def open_parts(day=date(2026, 3, 10)):
    return [(part.due_on, part.open) for part in standing(day).parts if part.open]


def test_a_plan_adds_up_to_what_is_open_and_replaces_the_earlier_one_as_a_whole(owing):
    plan(owing)
    thirds = [(APRIL + timedelta(days=30 * n), Decimal("50000.00")) for n in range(3)]
    plan(owing, thirds, at=LATER + timedelta(days=1))
    assert Instalment.objects.filter(replaced_at=None).count() == 3
    assert Instalment.objects.exclude(replaced_at=None).count() == 2
    assert open_parts() == thirds


@pytest.mark.parametrize(
    ("parts", "field", "words"),
    [
        ([(APRIL, "100000.00"), (MAY, "49999.99")], "parts", "少 0.01 元"),
        ([(APRIL, "100000.00"), (MAY, "50000.01")], "parts", "多 0.01 元"),
        ([(APRIL, "150000.00")], "parts", "2 至 24 期"),
        ([(APRIL, "150000.00"), (MAY, "0.00")], "amount:1", "大于 0"),
        ([(APRIL, "100000.00"), (APRIL, "50000.00")], "due_on:1", "已经有一期"),
        ([(date(2026, 3, 2), "100000.00"), (MAY, "50000.00")], "due_on:0", "已经过去"),
        ([(APRIL, "100000.00"), (date(2099, 1, 1), "50000.00")], "due_on:1", "3 年以内"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_place(owing, parts, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        plan(owing, [(day, Decimal(amount)) for day, amount in parts])
    assert refusal.value.field == field
    assert not Instalment.objects.exists()


def test_a_slip_in_the_year_is_refused_since_no_date_can_be_made_earlier_again(owing):
    by = {"demand_id": owing.demand().pk, "reason": "搬迁。", "actor": owing.finance, "at": LATER}
    with pytest.raises(Refused, match="3 年以内") as refusal:
        demand_extend(due_on=date(2029, LATER.month, LATER.day + 1), **by)
    assert refusal.value.field == "due_on"
    demand_extend(due_on=date(2029, LATER.month, LATER.day), **by)


def test_a_plan_and_more_time_need_a_reason(owing):
    with pytest.raises(Refused, match="原因"):
        plan(owing, reason=" ")
    with pytest.raises(Refused, match="原因"):
        demand_extend(demand_id=owing.demand().pk, due_on=MAY, reason="", actor=owing.finance, at=LATER)


def test_what_comes_in_is_taken_off_the_earliest_part_and_what_is_let_off_the_latest(owing):
    plan(owing)
    receive(owing, "120000.00")
    assert open_parts() == [(MAY, Decimal("30000.00"))]
    owing.imports_become("153000000")
    owing.imports_become("160000000")
    assert open_parts() == []


def test_what_is_let_off_leaves_the_earliest_part_as_it_is(owing):
    plan(owing)
    owing.imports_become("170000000")
    assert open_parts() == [(APRIL, Decimal("90000.00"))]


def test_what_is_added_after_a_plan_is_due_with_the_demand(owing):
    plan(owing)
    owing.imports_become("140000000")
    demand = owing.demand()
    assert open_parts() == sorted([*HALVES, (demand.due_on, Decimal("30000.00"))])


@pytest.mark.parametrize(
    ("day", "late", "near"),
    [
        ("2026-03-20", 0, False),
        ("2026-03-23", 0, True),
        ("2026-03-30", 0, True),
        ("2026-03-31", 150000, False),
    ],
)
def test_a_demand_stands_out_five_working_days_before_its_day_and_when_it_is_late(owing, day, late, near):
    found = standing(date.fromisoformat(day))
    assert (found.late, found.is_near) == (Decimal(late), near)


def test_only_the_part_whose_day_has_passed_is_late(owing):
    plan(owing)
    found = standing(date(2026, 4, 16))
    assert (found.late, found.days_over) == (Decimal("100000.00"), 1)


def test_more_time_is_later_than_before_recorded_and_not_for_parts(owing):
    demand = owing.demand()
    with pytest.raises(Refused, match="晚于现在的期限"):
        demand_extend(
            demand_id=demand.pk, due_on=date(2026, 3, 30), reason="搬迁。", actor=owing.finance, at=LATER
        )
    demand_extend(demand_id=demand.pk, due_on=APRIL, reason="搬迁。", actor=owing.finance, at=LATER)
    assert owing.demand().due_on == APRIL
    assert owing.growth.events.get(kind="claim.demand_extended").data["due_before"] == "2026-03-30"
    plan(owing)
    with pytest.raises(Refused, match="各期的日期"):
        demand_extend(demand_id=demand.pk, due_on=MAY, reason="搬迁。", actor=owing.finance, at=LATER)


@pytest.mark.parametrize(
    ("day", "titles"),
    [
        ("2026-03-24", []),
        ("2026-03-25", ["还有 3 个工作日要退回款项"]),
        ("2026-03-30", ["今天是退回款项的最后一天"]),
        ("2026-03-31", ["退回款项的期限已过"]),
    ],
)
def test_the_firm_is_reminded_before_on_and_after_the_day(owing, day, titles):
    for _ in range(2):
        reminders_send(at=NOW.replace(month=int(day[5:7]), day=int(day[8:])))
    found = Message.objects.filter(kind__startswith="reminder.repay")
    assert [message.title.partition("：")[2] for message in found] == titles
