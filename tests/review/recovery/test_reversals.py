"""A receipt that was recorded wrongly is reversed by a counter-entry: everything is as before it, and the voucher is free."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.roles import Role
from applications.calendar import due_date
from applications.errors import NotAllowed, Refused, Stale
from applications.letters.standing import letters_standing
from applications.lifecycle import transition
from applications.models import (
    Demand,
    EnterpriseYear,
    Event,
    Holiday,
    LedgerEntry,
    Letter,
    Message,
    Receipt,
    State,
)
from applications.recovery.follow import DUE_DAYS
from applications.recovery.standing import demands_with_plans, standing_of
from applications.recovery.terms import demand_dates_recompute, plan_set
from review.offsets import offset_add
from tests.factories import (
    make_appropriation,
    make_user,
    settle_all,
)
from tests.recovery_world import LATER
from tests.review.recovery.reversing import FOUND, balanced, money, receive, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded."""
    make_appropriation(actor=world.finance)
    world.imports_become("150000000")
    due_on = (LATER + timedelta(days=10)).date()
    Demand.objects.update(raised_at=LATER - timedelta(hours=1), due_on=due_on, due_certain=True)
    return world


def standing(demand):
    return standing_of(demands_with_plans(Demand.objects.all()).get(pk=demand.pk), today=FOUND.date())


def test_a_reversal_takes_back_what_the_receipt_did_by_one_entry_and_keeps_who_and_why(owing):
    before = money(owing.growth)
    receipt = receive(owing)
    settle_all()
    reverse(owing, receipt, reason=" 金额录错，应为 5,000.00 元 ")
    assert money(owing.growth) == before == ("600000.00", "600000.00", "150000.00")
    assert owing.growth.state == State.PAID
    entries = LedgerEntry.objects.filter(kind="receipt").order_by("pk")
    topic = f"demand:{receipt.demand.number}"
    assert [(str(e.amount_cny), e.topic) for e in entries] == [("-50000.00", topic), ("50000.00", topic)]
    receipt.refresh_from_db()
    assert (receipt.reversed_by, receipt.reversed_at) == (owing.finance2, FOUND)
    assert receipt.reversal_reason == "金额录错，应为 5,000.00 元"
    event = Event.objects.get(kind="claim.receipt_reversed")
    assert event.actor == owing.finance2
    told = {
        name: event.data[name] for name in ("amount", "reference", "reason", "open", "reopened", "demand")
    }
    assert told == {
        "amount": "50000.00", "reference": "凭证0001", "reason": "金额录错，应为 5,000.00 元", "open": "150000.00",
        "reopened": False, "demand": receipt.demand.number,
    }  # fmt: skip
    assert EnterpriseYear.objects.get().is_computing
    balanced()
    assert money(owing.growth) == before
    assert standing(receipt.demand).received == 0


def test_the_firm_is_told_what_no_longer_counts_and_what_is_open_now(owing):
    reverse(owing, receive(owing))
    message = Message.objects.order_by("pk").last()
    assert message.title.endswith("到账登记已更正，还需要退回 150,000.00 元")
    assert "登记的到账 50,000.00 元（凭证号 凭证0001）登记有误，已经冲销" in message.text
    assert "金额录错，应为 5,000.00 元。现在还需要退回 150,000.00 元" in message.text
    assert "不用再退" in message.text
    assert message.act
    assert owing.finance2.name not in message.text


def test_a_demand_that_was_open_all_the_time_keeps_its_day(owing):
    due = owing.demand().due_on
    reverse(owing, receive(owing), at=FOUND + timedelta(days=30))
    assert owing.demand().due_on == due


def test_a_demand_that_the_receipt_had_closed_is_open_again_and_has_time(owing):
    demand, letter = owing.demand(), Letter.objects.get(kind="demand")
    receipt = receive(owing, "150000.00")
    settle_all()
    assert owing.fresh().demanded_cny == 0
    reverse(owing, receipt)
    again = owing.demand()
    assert again == demand
    assert (again.due_on, again.due_certain) == due_date(start=FOUND, days=DUE_DAYS)
    assert Event.objects.get(kind="claim.receipt_reversed").data["reopened"] is True
    balanced()
    assert owing.fresh().demanded_cny == Decimal("150000.00")
    assert [(each.counts, each.text) for each in letters_standing([letter])] == [(True, "")]


@pytest.mark.parametrize("typed", ["凭证0001", "凭证 ０００１"])
def test_the_voucher_can_be_entered_anew_and_once(owing, typed):
    reverse(owing, receive(owing))
    settle_all()
    right = receive(owing, "5000.00", reference=typed, at=FOUND)
    with pytest.raises(Refused, match="已经登记过"):
        receive(owing, "10.00", at=FOUND)
    reverse(owing, right)
    receive(owing, "500.00", at=FOUND)
    assert Receipt.objects.filter(voucher="凭证0001").count() == 3
    assert money(owing.growth) == ("599500.00", "599500.00", "149500.00")
    balanced()


def test_the_reason_is_asked_for_and_never_cut(owing):
    receipt = receive(owing)
    for reason, words in (("  ", "请写明冲销的原因"), ("字" * 501, "最多 500 个字，现在有 501 个")):
        with pytest.raises(Refused, match=words) as refusal:
            reverse(owing, receipt, reason=reason)
        assert refusal.value.field == "reason"
    assert money(owing.growth)[2] == "100000.00"
    assert len(reverse(owing, receipt, reason="字" * 500).reversal_reason) == 500


def test_a_receipt_is_reversed_once_and_the_second_is_told_by_whom(owing):
    receipt = receive(owing)
    reverse(owing, receipt)
    with pytest.raises(Stale, match=f"已由{owing.finance2.name}于 .* 冲销，不能再冲销一次"):
        reverse(owing, receipt, actor=owing.finance)
    assert LedgerEntry.objects.filter(kind="receipt").count() == 2
    assert money(owing.growth)[2] == "150000.00"


def test_an_offset_is_no_receipt_of_money_and_stays(owing):
    later = owing.payable(owing.expo())
    kept = offset_add(
        demand_id=owing.demand().pk, claim_id=later.pk, amount=Decimal("70000.00"), reason="同意。",
        actor=owing.finance, at=LATER,
    )  # fmt: skip
    with pytest.raises(Refused, match="抵扣是财政部门的决定，不能冲销"):
        reverse(owing, kept)
    assert money(owing.growth)[2] == "80000.00"


def test_only_finance_of_the_payer_reverses_and_nobody_who_acts_for_the_firm(owing):
    receipt = receive(owing)
    for person in (owing.commerce, make_user("heihefin", role=Role.CITY_FINANCE, city="2311")):
        with pytest.raises(NotAllowed, match="省财政厅"):
            reverse(owing, receipt, actor=person)
    owing.firm.memberships.create(user=owing.finance2, role="clerk", since=LATER)
    with pytest.raises(NotAllowed, match="经办人"):
        reverse(owing, receipt)
    assert not Receipt.objects.exclude(reversed_at=None).exists()


def test_a_deputy_reverses_and_the_record_says_for_whom(owing):
    deputy = make_user("deputy")
    today = timezone.localdate()
    deputy.posts.create(role=Role.FINANCE, deputy_for=owing.finance, starts_on=today, ends_on=today)
    reverse(owing, receive(owing), actor=deputy, at=timezone.now())
    assert Event.objects.get(kind="claim.receipt_reversed").data["deputy_for"] == owing.finance.name


def test_what_was_decided_on_has_not_changed_meanwhile(owing):
    receipt = receive(owing)
    receive(owing, "10000.00", reference="凭证0002")
    with pytest.raises(Stale, match=r"由 100,000\.00 元变为 90,000\.00 元"):
        reverse(owing, receipt, seen=Decimal("100000.00"))
    assert reverse(owing, receipt, seen=Decimal("90000.00")).reversed_at


def test_what_the_bank_has_just_given_back_is_settled_first(owing):
    receipt = receive(owing, "0.01")
    settle_all()
    transition(
        claim_id=owing.growth.pk, action="bank_return", actor=owing.finance, reason="账号不符。", at=LATER,
        data={"amount": Decimal("599999.99"), "topic": "batch:BF2026-0001", "batch": "BF2026-0001"},
    )  # fmt: skip
    with pytest.raises(Refused, match="正在重新计算"):
        reverse(owing, receipt)
    assert money(owing.growth)[2] == "149999.99"


def test_the_amount_goes_to_the_demand_that_is_open_meanwhile(owing):
    first = owing.demand()
    receipt = receive(owing, "150000.00")
    settle_all()
    owing.imports_become("100000000")
    second = owing.demand()
    assert second != first
    Demand.objects.filter(pk=second.pk).update(raised_at=LATER)
    reverse(owing, receipt)
    assert owing.demand() == second
    first.refresh_from_db()
    assert first.closed_at is not None
    data = Event.objects.get(kind="claim.receipt_reversed").data
    assert (data["demand"], data["receipt_demand"]) == (second.number, first.number)
    assert (data["open"], data["reopened"]) == ("300000.00", False)
    assert money(owing.growth) == ("600000.00", "600000.00", "300000.00")
    balanced()
    assert money(owing.growth)[2] == "300000.00"
    receive(owing, "300000.00", at=FOUND)
    assert not Demand.objects.filter(closed_at=None).exists()
    balanced()


# --- Instalments ----------------------------------------------------------------------------------


def agree(world, *parts, at=LATER):
    parts = [((LATER + timedelta(days=days)).date(), Decimal(amount)) for days, amount in parts]
    plan_set(demand_id=world.demand().pk, parts=parts, reason="企业申请。", actor=world.finance, at=at)


def parts_of(demand):
    return [((part.due_on - LATER.date()).days, str(part.open)) for part in standing(demand).parts]


def test_parts_that_the_receipt_had_filled_are_open_again_on_their_days(owing):
    agree(owing, (100, "100000"), (200, "50000"), at=LATER - timedelta(minutes=1))
    receipt = receive(owing, "120000.00")
    assert parts_of(owing.demand()) == [(100, "0.00"), (200, "30000.00")]
    reverse(owing, receipt)
    assert parts_of(owing.demand()) == [(100, "100000.00"), (200, "50000.00")]
    data = Event.objects.get(kind="claim.receipt_reversed").data
    assert [amount for _, amount in data["parts"]] == ["100000.00", "50000.00"]
    assert "前 100,000.00 元；" in Message.objects.order_by("pk").last().text


def test_what_came_in_before_the_parts_were_agreed_is_due_on_a_day_of_its_own(owing):
    receipt = receive(owing)
    agree(owing, (100, "50000"), (200, "50000"), at=LATER + timedelta(minutes=1))
    late = FOUND + timedelta(days=60)
    reverse(owing, receipt, at=late)
    assert owing.demand().due_on == due_date(start=late, days=DUE_DAYS)[0]
    assert sorted(amount for _, amount in parts_of(owing.demand())) == ["50000.00"] * 3


def test_days_that_passed_while_the_demand_was_closed_are_given_anew(owing):
    agree(owing, (1, "100000"), (200, "30000"), (300, "20000"), at=LATER - timedelta(minutes=1))
    receipt = receive(owing, "150000.00")
    settle_all()
    reverse(owing, receipt)
    new = (due_date(start=FOUND, days=DUE_DAYS)[0] - LATER.date()).days
    assert parts_of(owing.demand()) == [(new, "100000.00"), (200, "30000.00"), (300, "20000.00")]
    assert not standing(owing.demand()).is_late
    assert owing.demand().instalments.filter(replaced_at=FOUND).count() == 3
    receive(owing, "110000.00", at=FOUND + timedelta(minutes=1))
    assert [amount for _, amount in parts_of(owing.demand())] == ["0.00", "20000.00", "20000.00"]
    balanced()


def test_parts_that_have_all_passed_become_one_day(owing):
    agree(owing, (0, "100000"), (1, "50000"), at=LATER - timedelta(minutes=1))
    receipt = receive(owing, "150000.00")
    reverse(owing, receipt)
    assert not owing.demand().instalments.filter(replaced_at=None).exists()
    assert owing.demand().due_on == due_date(start=FOUND, days=DUE_DAYS)[0]
    assert [amount for _, amount in parts_of(owing.demand())] == ["150000.00"]
    assert not standing(owing.demand()).is_late


def test_a_day_that_counts_from_a_reversal_does_so_when_holidays_become_known(owing):
    receipt, found = receive(owing, "150000.00"), timezone.now() + timedelta(days=40)
    reverse(owing, receipt, at=found)
    assert owing.demand().due_certain is False
    for year in (found.year, found.year + 1):
        Holiday.objects.create(day=date(year, 1, 1), kind="off")
    demand_dates_recompute()
    again = owing.demand()
    assert (again.due_on, again.due_certain) == due_date(start=found, days=DUE_DAYS)
    assert again.due_certain is True
