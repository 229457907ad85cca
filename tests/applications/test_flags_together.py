"""Two firms that give the same paper at the same moment, while workers settle: both claims end up flagged."""

from functools import partial
from threading import Event

import pytest
from django.db import transaction

from accounts.roles import Role
from applications.claims import claim_submit
from applications.flags.moves import moves_mark
from applications.lifecycle import transition as step
from applications.models import Claim, EnterpriseYear, TraceMove
from applications.settlement.run import years_settle
from tests.factories import (
    NOW,
    declared,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

INVOICE = {
    "invoices": [
        {"invoice_number": "01123456", "cost": "booth_cny", "amount_cny": "1", "paid_on": "2025-06-16"}
    ]
}
GIVEN = declared({"booth_cny": "100"}, exhibition() | INVOICE)


def draft(name, period):
    firm = make_firm(name)
    return make_claim(firm, "5.1", period, facts=GIVEN.facts, particulars=GIVEN.particulars, submit=False)


def submit(claim):
    return claim_submit(claim_id=claim.pk, actor=owner_of(claim.enterprise), declared=GIVEN, at=NOW)


def settle():
    """What a worker does: settles what waits, and marks whom that touches."""
    years_settle(list(EnterpriseYear.objects.values_list("pk", flat=True)), skip_locked=True)
    moves_mark()


def standing(claim):
    return list(claim.flags.filter(lifted_at=None).values_list("kind", "key"))


def test_both_are_flagged_although_neither_sees_the_other_when_it_submits():
    """One submission is settled and its note worked off while the other has been written and not yet committed."""
    period = make_period()
    one, other = draft("示例甲公司", period), draft("示例乙公司", period)
    written, settled = Event(), Event()

    def slowly():
        with transaction.atomic():
            submit(other)
            written.set()
            assert settled.wait(60)

    def quickly():
        assert written.wait(60)
        submit(one)
        settle()
        assert standing(one) == []
        assert not TraceMove.objects.exists()
        settled.set()

    together(slowly, quickly)
    settle()
    assert standing(other) == [("same_invoice", one.number)]
    settle()
    assert standing(one) == [("same_invoice", other.number)]


def test_both_are_flagged_whoever_is_first():
    period = make_period()
    for number in range(4):
        one, other = draft(f"示例{number}甲公司", period), draft(f"示例{number}乙公司", period)
        together(partial(submit, one), partial(submit, other), settle, settle)
        settle_all()
        for claim, beside in ((one, other), (other, one)):
            assert ("same_invoice", beside.number) in standing(claim)
        Claim.objects.update(state="withdrawn")
    assert not TraceMove.objects.exists()


def test_marking_others_and_deciding_on_many_years_wait_in_no_circle():
    period, officer = make_period(), make_user("commerce", role=Role.COMMERCE)
    claims = [submit(draft(f"示例{number}号公司", period)) for number in range(6)]
    settle_all()
    drafts = [draft(f"示例新{number}号公司", period) for number in range(2)]
    returns = [
        partial(step, claim_id=claim.pk, action="return", actor=officer, reason="请核对。")
        for claim in claims[::-2]
    ]
    together(*(partial(submit, each) for each in drafts), *returns, settle, settle, moves_mark)
    settle_all()
    numbers = {claim.number for claim in [*claims, *drafts]}
    for claim in [*claims, *drafts]:
        assert {key for _, key in standing(claim)} == numbers - {claim.number}


def test_a_note_is_worked_off_once_whoever_comes_first():
    period = make_period()
    one, other = draft("示例甲公司", period), draft("示例乙公司", period)
    for claim in (one, other):
        submit(claim)
    before = list(EnterpriseYear.objects.order_by("pk").values_list("requested", flat=True))
    together(moves_mark, moves_mark, moves_mark)
    moves_mark()
    requested = list(EnterpriseYear.objects.order_by("pk").values_list("requested", flat=True))
    assert [now - was for now, was in zip(requested, before, strict=True)] == [1, 1]
    assert not TraceMove.objects.exists()
