"""What is paid once for ever is paid once: over all years, over all enterprises, and beside the system."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.roles import Role
from applications.claims import claim_withdraw
from applications.errors import Refused
from applications.lifecycle import transition as step
from applications.models import (
    Claim,
    DualCirculationEntry,
    EnterpriseYear,
    OverseasWarehouse,
    PastAward,
    Platform,
    State,
    YearSettings,
)
from applications.official_changes import official_save
from applications.settlement.mark import subjects_mark
from applications.settlement.run import years_settle
from applications.tasks import settlement_sweep
from tests.factories import NOW, make_claim, make_firm, make_period, make_user, owner_of, settle_all

pytestmark = pytest.mark.django_db

LATER = date(2027, 12, 31)
#: Each once-for-ever item with the facts of a claim for it.
ITEMS = {"2.1": {"platform": "P1"}, "3.4": {"warehouse": "W1"}, "6.1": {}}


@pytest.fixture
def officers():
    """Commerce and finance; nobody is drawn for a second check in either year."""
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=0, published_at=NOW)
    return {
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
    }


@pytest.fixture
def periods():
    """Both years can still be filed."""
    return {year: make_period(year, deadline=LATER) for year in (2024, 2025)}


def register(firm, *, level="provincial"):
    """The firm runs P1 and W1 and is on the national list."""
    fields = {"operator_code": firm.credit_code, "designated_on": date(2023, 1, 1)}
    Platform.objects.update_or_create(number="P1", level=level, defaults={"name": "示例平台", **fields})
    OverseasWarehouse.objects.update_or_create(number="W1", defaults={"name": "示例海外仓", **fields})
    DualCirculationEntry.objects.get_or_create(credit_code=firm.credit_code)


def lock(claim, officers):
    """Commerce and finance approve."""
    step(claim_id=claim.pk, action="approve", actor=officers["commerce"], at=NOW)
    step(claim_id=claim.pk, action="finance_approve", actor=officers["finance"], at=NOW)


def lift(claim, officers):
    """Finance takes its approval back."""
    step(claim_id=claim.pk, action="recall", actor=officers["finance"], at=NOW)


def barred(claim):
    """Whether the stored reasons say that it has been awarded before."""
    claim.refresh_from_db()
    return [reason["code"] for reason in claim.reasons] == ["already_awarded"]


@pytest.mark.parametrize("item", ITEMS)
def test_a_lock_of_another_year_bars_the_claim_and_lifting_it_frees_the_claim(officers, periods, item):
    firm = make_firm()
    register(firm)
    earlier, later = (make_claim(firm, item, periods[year], facts=ITEMS[item]) for year in (2024, 2025))
    assert not barred(later)
    lock(earlier, officers)
    settle_all()
    assert barred(later), "setting a lock marks the other years that have a claim for the subject"
    assert not barred(earlier)
    lift(earlier, officers)
    settle_all()
    assert not barred(later), "lifting a lock does too"


@pytest.mark.parametrize("item", ["2.1", "3.4"])
def test_another_enterprise_is_barred_by_the_lock_of_the_one_that_ran_it_before(officers, periods, item):
    former, firm = make_firm("示例甲公司"), make_firm("示例乙公司")
    register(former)
    lock(make_claim(former, item, periods[2024], facts=ITEMS[item]), officers)
    settle_all()
    register(firm)
    assert barred(make_claim(firm, item, periods[2025], facts=ITEMS[item]))


def test_another_level_of_the_platform_is_another_award(officers, periods):
    firm = make_firm()
    register(firm)
    lock(make_claim(firm, "2.1", periods[2024], facts=ITEMS["2.1"]), officers)
    national = {"number": "P1", "name": "示例平台", "operator_code": firm.credit_code}
    Platform.objects.create(level="national", designated_on=date(2025, 5, 1), **national)
    claim = make_claim(firm, "2.1", periods[2025], facts=ITEMS["2.1"])
    assert claim.payable_cny == Decimal("2000000.00")
    lock(claim, officers)
    keys = Claim.objects.filter(locked_cny__gt=0).order_by("pk").values_list("lifetime_key", flat=True)
    assert list(keys) == ["2.1|provincial|P1", "2.1|national|P1"]


def test_the_award_of_one_firm_does_not_bar_that_of_another_on_the_national_list(officers, periods):
    firms = make_firm("示例甲公司"), make_firm("示例乙公司")
    for firm in firms:
        register(firm)
    lock(make_claim(firms[0], "6.1", periods[2024]), officers)
    assert not barred(make_claim(firms[1], "6.1", periods[2025]))


@pytest.mark.parametrize("item", ITEMS)
def test_an_award_paid_outside_the_system_bars_the_claim_until_it_is_struck(officers, periods, item):
    firm = make_firm()
    register(firm)
    claim = make_claim(firm, item, periods[2025], facts=ITEMS[item])
    subject = next(iter(ITEMS[item].values()), "")
    award = PastAward(
        item=item,
        subject=subject,
        level="provincial" if item == "2.1" else "",
        credit_code="" if subject else firm.credit_code,
    )
    official_save(award, actor=officers["commerce"], at=NOW)
    settle_all()
    assert barred(claim)
    award.struck_reason = "登记有误"
    official_save(award, actor=officers["commerce"], at=NOW)
    settle_all()
    assert not barred(claim)


def test_the_database_itself_allows_one_lock_per_subject(officers, periods):
    firm = make_firm()
    register(firm)
    claims = [make_claim(firm, "3.4", periods[year], facts=ITEMS["3.4"]) for year in (2024, 2025)]
    Claim.objects.filter(pk=claims[0].pk).update(locked_cny=1, locked_at=NOW)
    with pytest.raises(IntegrityError, match="claim_once_for_ever"), transaction.atomic():
        Claim.objects.filter(pk=claims[1].pk).update(locked_cny=1, locked_at=NOW)
    Claim.objects.filter(pk=claims[1].pk).update(locked_cny=0, locked_at=NOW)


def test_a_second_lock_is_refused_in_words_even_before_its_year_is_settled_again(officers, periods):
    firm = make_firm()
    register(firm)
    earlier, later = (make_claim(firm, "3.4", periods[year], facts=ITEMS["3.4"]) for year in (2024, 2025))
    step(claim_id=later.pk, action="approve", actor=officers["commerce"], at=NOW)
    lock(earlier, officers)
    with pytest.raises(Refused, match="一次性奖励已经批准过一次"):
        step(claim_id=later.pk, action="finance_approve", actor=officers["finance"], at=NOW)
    later.refresh_from_db()
    assert (later.state, later.locked_cny) == (State.FINANCE_REVIEW, None)


def test_a_name_as_long_as_a_subject_can_be_settles(periods):
    claim = make_claim(make_firm(), "3.4", periods[2025], facts={"warehouse": "仓" * 200})
    assert claim.eligibility == "ineligible"


# --- Marking the other years ---------------------------------------------------------------------


def waiting():
    """The years that wait to be settled, with firm and year."""
    rows = EnterpriseYear.objects.filter(requested__gt=F("settled")).order_by("pk")
    return list(rows.values_list("enterprise__name", "year"))


def test_only_years_that_settle_a_claim_for_the_subject_are_marked(officers, periods):
    former, firm, third = make_firm("示例甲公司"), make_firm("示例乙公司"), make_firm("示例丙公司")
    register(former)
    earlier = make_claim(former, "3.4", periods[2024], facts=ITEMS["3.4"])
    make_claim(firm, "3.4", periods[2025], facts=ITEMS["3.4"])
    make_claim(firm, "3.4", periods[2024], facts={"warehouse": "W2"})
    make_claim(third, "3.4", periods[2025], facts=ITEMS["3.4"], submit=False)
    withdrawn = make_claim(third, "3.4", periods[2024], facts=ITEMS["3.4"])
    claim_withdraw(claim_id=withdrawn.pk, actor=owner_of(third), at=NOW)
    settle_all()
    lock(earlier, officers)
    assert subjects_mark() == 1
    assert waiting() == [("示例甲公司", 2024), ("示例乙公司", 2025)]
    assert subjects_mark() == 0, "each note is acted on once"


def test_a_lock_of_something_else_notes_nothing(officers, periods):
    firm = make_firm()
    claim = make_claim(
        firm,
        "5.1",
        periods[2025],
        facts={"booth_cny": "1000"},
        particulars={"exhibition_name": "示例展会", "starts_on": "2025-09-16"},
    )
    lock(claim, officers)
    assert not EnterpriseYear.objects.exclude(moved_subjects=[]).exists()


def test_the_other_years_are_marked_as_soon_as_the_lock_is_committed(
    officers, periods, django_capture_on_commit_callbacks
):
    firm = make_firm()
    register(firm)
    earlier, _ = (make_claim(firm, "6.1", periods[year]) for year in (2024, 2025))
    with django_capture_on_commit_callbacks(execute=True):
        lock(earlier, officers)
    assert waiting() == [("示例甲公司", 2024), ("示例甲公司", 2025)]


def test_a_mark_that_was_lost_on_its_way_is_made_by_the_sweep(officers, periods):
    firm = make_firm()
    register(firm)
    earlier, later = (make_claim(firm, "6.1", periods[year]) for year in (2024, 2025))
    lock(earlier, officers)
    years_settle([EnterpriseYear.objects.get(year=2024).pk])
    assert not barred(later)
    settlement_sweep()
    assert barred(later)


def test_a_lock_that_a_settlement_lifts_frees_the_other_years_too(officers, periods):
    firm = make_firm()
    register(firm)
    earlier, later = (make_claim(firm, "3.4", periods[year], facts=ITEMS["3.4"]) for year in (2024, 2025))
    lock(earlier, officers)
    settle_all()
    assert barred(later)
    warehouse = OverseasWarehouse.objects.get()
    warehouse.designated_on = date(2025, 2, 1)
    official_save(warehouse, actor=officers["commerce"], at=NOW)
    settle_all()
    earlier.refresh_from_db()
    assert (earlier.state, earlier.locked_cny) == (State.COMMERCE_REVIEW, None)
    assert not barred(later)
