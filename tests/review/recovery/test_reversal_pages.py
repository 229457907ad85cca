"""The page on which a receipt is reversed, and how a reversed receipt stands in the lists of both sides."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse as address_of
from django.utils import timezone

from accounts.roles import Role
from applications.models import Demand, Receipt
from applications.recovery.receipts import receipt_add
from review.offsets import offset_add
from review.reversals import receipt_reverse
from tests.factories import make_appropriation, make_user, owner_of, settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded, of which 50,000.00 are recorded as paid back."""
    make_appropriation(actor=world.finance)
    world.imports_become("150000000")
    world.receipt = receive(world, "50000.00", "凭证一号")
    settle_all()
    return world


def receive(world, amount, reference):
    return receipt_add(
        demand_id=world.demand().pk, amount=Decimal(amount), received_on=timezone.localdate(), reference=reference,
        actor=world.finance,
    )  # fmt: skip


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(receipt):
    return address_of("review:demand_receipt", args=[receipt.demand.number, receipt.pk])


def demand_page(world, user):
    return as_(user).get(address_of("review:demand", args=[world.receipt.demand.number])).content.decode()


def posted(world, *, user=None, status=302, receipt=None, **fields):
    given = {"reason": "金额录错，应为五千元。", "checked": "on", "seen": "100000.00", **fields}
    response = as_(user or world.finance2).post(page_of(receipt or world.receipt), given)
    assert response.status_code == status
    return response.content.decode()


def test_the_page_shows_what_will_be_and_asks_for_a_reason(owing):
    assert page_of(owing.receipt) in demand_page(owing, owing.finance2)
    page = as_(owing.finance2).get(page_of(owing.receipt)).content.decode()
    for words in (
        "凭证一号",
        "100,000.00",
        "150,000.00",
        "550,000.00",
        "600,000.00",
        owing.finance.name,
        "冲销的原因",
    ):
        assert words in page, words
    assert not Receipt.objects.exclude(reversed_at=None).exists(), "looking changes nothing"


def test_what_is_missing_is_said_at_the_field_and_what_was_typed_stays(owing):
    page = posted(owing, status=422, reason="登记在了别的追回上", checked="")
    assert "登记在了别的追回上" in page
    assert "请对照银行凭证核对后勾选" in page
    assert "请写明冲销的原因" in posted(owing, status=422, reason="  ")
    long = "错" * 501
    page = posted(owing, status=422, reason=long)
    assert "最多 500 个字，现在有 501 个" in page
    assert long in page
    assert not Receipt.objects.exclude(reversed_at=None).exists()


def test_a_page_of_before_decides_nothing_and_keeps_the_reason(owing):
    receive(owing, "10000.00", "凭证二号")
    page = posted(owing, status=409)
    assert "由 100,000.00 元变为 90,000.00 元" in page
    assert "金额录错，应为五千元。" in page
    assert 'name="seen" value="90000.00"' in page
    posted(owing, seen="90000.00")
    assert Receipt.objects.get(reference="凭证一号").reversed_at


def test_a_reversed_receipt_stays_in_the_list_says_why_and_counts_no_more(owing):
    posted(owing)
    page = demand_page(owing, owing.finance2)
    assert "已冲销 50,000.00 元" not in page
    for words in (
        "已冲销",
        f"已冲销：{owing.finance2.name}",
        "原因：金额录错，应为五千元。",
        "<s>50,000.00</s>",
        "合计（不含已冲销）",
        "追回到账（冲销）",
    ):
        assert words in page, words
    assert page_of(owing.receipt) not in page, "it cannot be reversed again"
    assert "150,000.00" in page
    listed = as_(owing.finance2).get(address_of("review:recovery"))
    assert listed.context["sums"]["received"] == 0
    assert listed.context["sums"]["open"] == Decimal("150000.00")


def test_a_second_press_is_told_that_it_is_done(owing):
    posted(owing)
    page = posted(owing, status=409)
    assert f"已由{owing.finance2.name}于" in page
    assert 'name="reason"' not in page
    again = as_(owing.finance).get(page_of(owing.receipt)).content.decode()
    assert "不能再冲销一次" in again
    assert "<form" not in again.split("<main")[1].split("</main>")[0]


def test_a_closed_demand_is_reversed_from_its_page_and_open_again(owing):
    receive(owing, "100000.00", "凭证二号")
    settle_all()
    assert not Demand.objects.filter(closed_at=None).exists()
    assert page_of(owing.receipt) in demand_page(owing, owing.finance2)
    assert (
        "这件追回已了结，冲销后重新打开" in as_(owing.finance2).get(page_of(owing.receipt)).content.decode()
    )
    posted(owing, seen="0.00")
    page = demand_page(owing, owing.finance2)
    assert "这件追回重新打开" in page
    assert "登记到账</button>" in page


def test_the_firm_reads_that_the_registration_was_corrected_and_no_name(owing):
    posted(owing)
    page = (
        as_(owner_of(owing.firm)).get(address_of("portal:claim", args=[owing.growth.number])).content.decode()
    )
    for words in (
        "登记有误",
        "不再计入。原因：金额录错，应为五千元。",
        "<s>50,000.00</s>",
        "150,000.00",
        "冲销到账登记",
    ):
        assert words in page, words
    assert owing.finance2.name not in page


def test_only_the_payers_finance_finds_the_way_there(owing):
    for person in (owing.commerce, make_user("auditor", role=Role.AUDITOR)):
        assert page_of(owing.receipt) not in demand_page(owing, person)
        posted(owing, user=person, status=403)
    posted(owing, user=make_user("heihefin", role=Role.CITY_FINANCE, city="2311"), status=404)
    owing.firm.memberships.create(user=owing.finance2, role="clerk", since=timezone.now())
    assert page_of(owing.receipt) not in demand_page(owing, owing.finance2)
    assert "您是这家企业的经办人" in posted(owing, status=403)
    assert not Receipt.objects.exclude(reversed_at=None).exists()


def test_an_offset_has_no_such_page(owing):
    later = owing.payable(owing.expo())
    kept = offset_add(
        demand_id=owing.demand().pk, claim_id=later.pk, amount=Decimal("70000.00"), reason="同意。",
        actor=owing.finance,
    )  # fmt: skip
    assert page_of(kept) not in demand_page(owing, owing.finance2)
    posted(owing, receipt=kept, status=404)


def test_the_sums_of_a_demand_of_which_all_was_reversed_stay_right_once_it_is_paid(owing):
    receipt_reverse(receipt_id=owing.receipt.pk, reason="录错。", actor=owing.finance2)
    receive(owing, "150000.00", "凭证一号")
    settle_all()
    page = as_(owing.finance2).get(address_of("review:recovery") + "?tab=closed").content.decode()
    assert "150,000.00" in page
    assert "200,000.00" not in page
