"""An objection against a supplement: what was paid before stays paid, and only what the notice was to add is taken back."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.ledger import balances
from applications.models import Claim, Event, LedgerEntry, LedgerKind, Message, State
from review.notices import notice_publish
from review.supplements import rooms_of, supplement_consent, supplement_grant
from tests.factories import make_user, owner_of, settle_all
from tests.recovery_world import LATER, world_make
from tests.review.notice_world import decide, holidays_known, line_of, object_to

pytestmark = pytest.mark.django_db

PAID, MORE = Decimal("600000.00"), Decimal("300000.00")


@pytest.fixture
def world(sign_in):
    """600,000.00 yuan were paid, and 300,000.00 stand in a notice as a supplement; commerce3 had no part in it."""
    holidays_known()
    found = world_make()
    found.imports_become("300000000")
    found.commerce3 = make_user("commerce3", role=Role.COMMERCE)
    _supplement(found)
    return found


def _supplement(world, *, returned=None):
    consented = supplement_consent(
        claim_id=world.growth.pk, amount=MORE, note="数据更正。", actor=world.commerce2, at=LATER
    )
    granted = supplement_grant(
        supplement_id=consented.pk, amount=MORE, reason="同意补发。", actor=world.finance2, at=LATER
    )
    settle_all(world.growth)
    if returned:
        _returned(world, returned)
    notice_publish(
        payer="province",
        year=2025,
        title="2025 年度补发公示",
        claim_ids=[world.growth.pk],
        actor=world.finance,
    )
    world.fresh()
    return granted


def _returned(world, amount):
    world.step(
        world.growth,
        "part_return",
        world.finance,
        reason="账号不符。",
        data={"amount": Decimal(amount), "topic": "batch:BF2026-0001", "batch": "BF2026-0001"},
    )


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def test_upheld_only_the_supplement_is_taken_back_and_what_was_paid_stays(world):
    first, second = object_to(world.growth), object_to(world.growth, name="示例另一人")
    decide(first, world.commerce3, upheld=True, reason="新增的一票报关单不属于本企业。")
    claim = settle_all(world.fresh())
    assert (claim.state, claim.locked_cny, claim.paid_cny, claim.owed_cny) == (State.PAID, PAID, PAID, 0)
    assert (claim.objected, claim.demanded_cny) == (False, 0)
    assert line_of(claim).withdrawn_at is not None
    for objection in (first, second):
        objection.refresh_from_db()
    assert (first.standing, second.standing) == ("upheld", "lapsed")
    assert f"另一个异议（{first.number}）成立，公示的补发已撤回" in second.reason
    newest = LedgerEntry.objects.filter(claim=claim, kind=LedgerKind.UNLOCK).get()
    assert newest.amount_cny == -MORE
    assert balances(claim.pk)["locked_cny"] == PAID
    event = Event.objects.get(claim=claim, kind="claim.supplement_taken_back")
    assert (event.data["from"], event.data["to"]) == ("in_notice", "paid")
    assert event.data["objections_lapsed"] == [second.number]


def test_the_firm_reads_that_what_it_has_stays(world):
    decide(object_to(world.growth), world.commerce3, upheld=True, reason="不属于本企业。")
    told = Message.objects.get(kind="claim.supplement_taken_back")
    assert "补发的 300,000.00 元撤回，不再拨付；以前批准的金额不变，已经拨付的不用退回" in told.text
    client = Client()
    client.force_login(owner_of(world.firm))
    page = text(client.get(reverse("portal:claim", args=[world.growth.number])))
    assert "最近一次公示的金额已撤出，已经拨付的 600,000.00 元不变" in page
    assert "新的金额批准后另行公示" not in page


def test_what_the_claim_is_still_entitled_to_can_be_consented_to_decided_and_noticed_anew(world):
    decide(object_to(world.growth), world.commerce3, upheld=True)
    claim = settle_all(world.fresh())
    assert rooms_of([claim])[claim.pk].most == MORE
    assert not rooms_of([claim])[claim.pk].obstacle
    _supplement(world)
    assert (world.growth.state, world.growth.objected) == (State.IN_NOTICE, False)
    again = object_to(world.growth, text="再次提出的异议，内容不同。")
    with pytest.raises(NotAllowed, match="没有参与过"):
        decide(again, world.commerce3, upheld=False)
    decide(again, make_user("commerce4", role=Role.COMMERCE), upheld=False)
    world.step(world.growth, "close_notice")
    assert world.fresh().owed_cny == MORE


def test_what_the_bank_has_returned_meanwhile_stays_owed(world):
    objection = object_to(world.growth)
    _returned(world, "100000.00")
    decide(objection, world.commerce3, upheld=True)
    claim = world.fresh()
    assert (claim.state, claim.locked_cny, claim.paid_cny) == (State.PAYABLE, PAID, Decimal("500000.00"))
    assert claim.owed_cny == Decimal("100000.00")


def test_what_the_bank_had_returned_before_the_notice_stays_owed_as_well(world):
    """The notice lists it together with the supplement, as one amount that is still to be paid."""
    decide(object_to(world.growth), world.commerce3, upheld=True)
    settle_all(world.growth)
    _supplement(world, returned="100000.00")
    assert line_of(world.growth).amount_cny == MORE + Decimal("100000.00")
    again = object_to(world.growth, text="再次提出的异议，内容不同。")
    decide(again, make_user("commerce4", role=Role.COMMERCE), upheld=True)
    claim = world.fresh()
    assert (claim.state, claim.locked_cny, claim.paid_cny) == (State.PAYABLE, PAID, Decimal("500000.00"))
    assert claim.owed_cny == Decimal("100000.00")
    taken_back = LedgerEntry.objects.filter(claim=claim, kind=LedgerKind.UNLOCK).order_by("pk").last()
    assert taken_back.amount_cny == -MORE


def test_whoever_consented_to_the_supplement_does_not_decide(world):
    with pytest.raises(NotAllowed, match="没有参与过"):
        decide(object_to(world.growth), world.commerce2, upheld=True)


def test_a_claim_of_which_nothing_has_left_goes_back_as_a_whole(world):
    Claim.objects.filter(pk=world.growth.pk).update(paid_cny=0)
    data = {"objection": "YY2025-00001", "amount": MORE, "supplement": None}
    with pytest.raises(Refused, match="整件撤出公示"):
        world.step(world.growth, "take_back", world.commerce3, reason="示例", data=data)


def test_the_pages_say_what_upholding_does_and_that_it_was_done(world, sign_in):
    objection = object_to(world.growth)
    client = sign_in(world.commerce3)
    address = reverse("review:objection", args=[objection.number])
    said = text(client.get(address))
    assert "异议成立，撤出公示，撤回这次补发" in said
    assert "以前批准的 600,000.00 元已经拨付。撤回补发以后，已拨付的不变" in said
    typed = {"result": "upheld", "reason": "不属于本企业。", "token": f"{world.fresh().last_event}"}
    token = re.search(r'name="token" value="([^"]+)"', client.get(address).content.decode())[1]
    answer = client.post(
        reverse("review:objection_end", args=[objection.number]), typed | {"token": token}, follow=True
    )
    assert "异议成立，这次补发已撤回，申报已撤出公示" in text(answer)
    finance = sign_in(world.finance)
    assert "异议成立，已撤回" in text(finance.get(reverse("review:supplements") + "?tab=decided"))
    page = text(finance.get(reverse("review:supplement", args=[world.growth.number])))
    assert f"异议 {objection.number} 成立：不属于本企业。" in page
    assert "异议成立，撤回补发" in text(finance.get(reverse("review:claim", args=[world.growth.number])))
