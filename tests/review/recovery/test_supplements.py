"""Adding to locks that are entitled to more: never above the limit, consented to and decided by two, noticed and paid alone."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.models import EnterpriseYear, Event, Message, State, Supplement
from applications.recovery.receipts import receipt_add
from review.supplements import (
    claims_entitled_to_more,
    rooms_of,
    supplement_consent,
    supplement_grant,
    supplement_refuse,
)
from tests.factories import UNMET, make_user, settle_all
from tests.recovery_world import LATER

pytestmark = pytest.mark.django_db

MORE = Decimal("300000.00")


@pytest.fixture
def more(world):
    """600,000.00 yuan were paid, and 900,000.00 would be due."""
    world.imports_become("300000000")
    return world


def consent(world, amount=MORE, actor=None, claim=None, note="海关数据更正。"):
    return supplement_consent(
        claim_id=(claim or world.growth).pk,
        amount=amount,
        note=note,
        actor=actor or world.commerce2,
        at=LATER,
    )


def grant(world, found, actor=None, amount=None, reason="同意补发。"):
    made = supplement_grant(
        supplement_id=found.pk,
        amount=amount or found.amount_cny,
        reason=reason,
        actor=actor or world.finance2,
        at=LATER,
    )
    settle_all(world.growth)
    return made


def most(claim):
    claim.refresh_from_db()
    return rooms_of([claim])[claim.pk].most


def test_what_the_lock_is_short_of_can_be_added_and_only_that_is_noticed_and_paid(more):
    assert list(claims_entitled_to_more()) == [more.growth]
    grant(more, consent(more))
    claim = more.fresh()
    assert (claim.state, claim.locked_cny, claim.owed_cny) == (State.APPROVED, Decimal("900000.00"), MORE)
    assert balances(claim.pk)["locked_cny"] == claim.locked_cny
    assert claim.demanded_cny == 0
    more.step(claim, "publish", more.finance, data={"notice": "GS2025-002"})
    more.step(claim, "close_notice")
    more.committed(claim)
    assert more.paid(claim).paid_cny == Decimal("900000.00")
    assert most(claim) == 0
    assert list(claims_entitled_to_more()) == []


def test_the_firm_is_told_of_what_is_added_and_of_nothing_before(more):
    before = Message.objects.count()
    found = consent(more)
    assert Message.objects.count() == before
    grant(more, found)
    assert Message.objects.filter(kind="claim.supplemented").count() == 1
    assert Supplement.objects.get().standing == "granted"


def test_a_lock_at_nothing_that_rests_in_approved_can_be_added_to(world):
    """The limit of the exhibition's 300,000.00 yuan left the second claim nothing; with 1.1 gone higher it leaves all."""
    world.imports_become("200000000")
    first = world.approved(world.expo("甲展会", booth="520000"))
    second = world.approved(world.expo("乙展会", booth="100000"))
    assert (second.state, second.locked_cny) == (State.APPROVED, Decimal("0.00"))
    assert most(second) == 0, "the shared cap of 5.1 to 5.3 leaves nothing"
    world.step(first, "re_examine", world.finance, reason="重新核对。")
    world.step(first, "reject", world.commerce2, reason="发票不实。", data=UNMET)
    assert most(second) == Decimal("70000.00")
    found = consent(world, Decimal("70000.00"), claim=second)
    supplement_grant(
        supplement_id=found.pk, amount=found.amount_cny, reason="限额有余。", actor=world.finance2, at=LATER
    )
    settle_all(second)
    assert (second.state, second.locked_cny, second.owed_cny) == (
        State.APPROVED,
        Decimal("70000.00"),
        Decimal("70000.00"),
    )


def test_a_shared_cap_bounds_what_can_be_added_together_with_claims_that_wait(world):
    first = world.expo("甲展会", booth="300000")
    world.payable(first)
    world.committed(first)
    world.paid(first)
    world.verify(first, "290000")
    world.expo("乙展会", booth="100000")
    settle_all(first)
    world.verify(first, "400000")
    room = rooms_of([first])[first.pk]
    assert room.cap == Decimal("300000.00") - Decimal("210000.00") - Decimal("70000.00")
    assert room.most == Decimal("20000.00")


def test_what_a_claim_with_other_support_needs_of_a_shared_cap_is_not_given_away(world):
    """Of 300,000.00 yuan the second needs 100,000.00 to be paid 50,000.00: as much as the first leaves it, to the fen."""
    first = world.payable(world.expo("甲展会", booth="285714.29"))
    world.committed(first)
    world.paid(first)
    second = world.expo("乙展会", booth="200000")
    second.other_support_cny = Decimal("50000.00")
    second.save()
    settle_all(second)
    world.verify(first, "400000")
    room = rooms_of([first])[first.pk]
    second.refresh_from_db()
    assert (first.locked_cny, room.entitled) == (Decimal("200000.00"), Decimal("80000.00"))
    assert (second.capped_cny, second.after_overlap_cny) == (Decimal("100000.00"), Decimal("50000.00"))
    assert (room.cap, room.most) == (0, 0)


def test_of_two_locks_that_share_a_cap_either_may_be_given_what_is_left(world):
    """Both come to more than they were locked at; what the later one might be given is not kept for it."""
    both = [world.payable(world.expo(name, booth="100000")) for name in ("甲展会", "乙展会")]
    for claim in both:
        world.committed(claim)
        world.paid(claim)
    for claim in both:
        world.verify(claim, "400000")
    for claim in both:
        claim.refresh_from_db()
    assert [rooms_of(both)[claim.pk].most for claim in both] == [Decimal("160000.00")] * 2


def test_commerce_consents_and_another_person_of_finance_decides(more):
    with pytest.raises(NotAllowed, match="省商务厅"):
        consent(more, actor=more.finance)
    found = consent(more)
    with pytest.raises(NotAllowed):
        grant(more, found, actor=more.commerce)
    both = make_user("both", role=Role.COMMERCE)
    both.posts.create(role=Role.FINANCE, starts_on="2020-01-01")
    Supplement.objects.update(consented_by=both)
    with pytest.raises(NotAllowed, match="另一位"):
        grant(more, found, actor=both)


def test_nobody_consents_or_decides_for_a_firm_that_they_act_for(more):
    more.firm.memberships.create(user=more.commerce2, role="clerk", since=LATER)
    with pytest.raises(NotAllowed, match="代这家企业"):
        consent(more)
    found = consent(more, actor=more.commerce)
    more.firm.memberships.create(user=more.finance2, role="clerk", since=LATER)
    with pytest.raises(NotAllowed, match="经办人"):
        grant(more, found)


def test_stale_amounts_are_refused_and_the_consent_can_be_renewed(more):
    with pytest.raises(Stale, match="300,000"):
        consent(more, MORE - Decimal("0.01"))
    found = consent(more)
    more.imports_become("280000000")
    with pytest.raises(Stale, match="重新同意"):
        grant(more, found)
    assert more.growth.locked_cny == Decimal("600000.00")
    renewed = consent(more, Decimal("240000.00"))
    assert (renewed.pk, Supplement.objects.count()) == (found.pk, 1)
    with pytest.raises(Stale, match="刚刚有变化"):
        grant(more, renewed, amount=MORE)
    grant(more, renewed)
    assert more.fresh().locked_cny == Decimal("840000.00")


def test_a_second_click_adds_nothing_twice(more):
    found = consent(more)
    with pytest.raises(Stale):
        consent(more)
    grant(more, found)
    with pytest.raises(Stale):
        grant(more, found)
    assert more.fresh().locked_cny == Decimal("900000.00")


def test_finance_may_say_no_and_commerce_may_ask_again(more):
    found = consent(more)
    supplement_refuse(supplement_id=found.pk, reason="先核对数据。", actor=more.finance2, at=LATER)
    assert more.fresh().locked_cny == Decimal("600000.00")
    assert Event.objects.filter(kind="claim.supplement_refused").exists()
    consent(more)
    assert Supplement.objects.count() == 2


def test_nothing_is_added_while_something_is_owed_or_being_computed(more):
    grant(more, consent(more))
    more.imports_become("400000000")
    with pytest.raises(Refused, match="还有没有拨付"):
        consent(more)


def test_while_the_year_is_computed_nobody_decides(more):
    found = consent(more)
    row = EnterpriseYear.objects.get()
    EnterpriseYear.objects.update(requested=row.requested + 1)
    with pytest.raises(Refused, match="重新计算"):
        supplement_grant(supplement_id=found.pk, amount=MORE, reason="补发。", actor=more.finance2, at=LATER)


def test_what_came_back_can_be_added_again_when_the_correction_was_wrong(world):
    world.imports_become("150000000")
    demand = world.demand()
    demand.raised_at = LATER
    demand.save()
    receipt_add(
        demand_id=demand.pk, amount=Decimal("150000.00"), received_on=LATER.date(), reference="凭证1",
        actor=world.finance, at=LATER,
    )  # fmt: skip
    settle_all()
    world.imports_become("200000000")
    assert most(world.growth) == Decimal("150000.00")
