"""What a deputy of the payer's finance does with money names the one who is stood in for, wherever it is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.models import Event
from review.appropriations import appropriation_add
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.reports import payment_report
from review.models import PaymentLine
from review.notices import notice_close_by_hand
from review.payouts import batch_lock, batch_withdraw, line_drop
from review.shortage import shortage_decide, shortage_simulate
from tests.factories import NOW, make_period, make_user
from tests.review.batch_world import finance_world, locked, made, payable_claims
from tests.review.budget_world import FIVE, locked_claims, money
from tests.review.notice_world import approved, holidays_known, publish

pytestmark = pytest.mark.django_db

RESULT = PaymentLine.Result


def deputy_of(absent, role=Role.FINANCE, **place):
    """Somebody who stands in for an absent colleague, and holds no other post."""
    deputy = make_user("deputy", name="示例代理人")
    ends = timezone.localdate() + timedelta(days=5)
    deputy.posts.create(role=role, deputy_for=absent, starts_on=NOW.date(), ends_on=ends, **place)
    return deputy


def told(person):
    """{kind: for whom} of everything that a person did."""
    return {event.kind: event.data.get("deputy_for") for event in Event.objects.filter(actor=person)}


def test_batches_and_what_the_bank_did_with_them():
    world = finance_world()
    deputy = deputy_of(world.maker)
    claims = payable_claims(world, 4)
    batch = batch_lock(batch_id=made(world, claims[:2]).pk, actor=deputy)
    paid, failed = batch.payments.order_by("position")
    payment_report(payment_id=paid.pk, result=RESULT.PAID, actor=deputy)
    payment_report(payment_id=failed.pk, result=RESULT.FAILED, note="账号不符", actor=deputy)
    [row] = accounts_waiting(["province"])
    account_confirm(payment_id=row.payment.pk, mark=row.mark, note="与银行核实无误", actor=deputy)
    draft = made(world, claims[2:])
    line_drop(line_id=draft.lines.order_by("pk").first().pk, actor=deputy)
    batch_withdraw(batch_id=draft.pk, actor=deputy, reason="示例")
    kinds = {
        "batch.locked",
        "batch.result_recorded",
        "batch.settled",
        "batch.line_dropped",
        "batch.withdrawn",
    }
    found = told(deputy)
    assert kinds | {"claim.account_confirmed", "claim.paid"} <= set(found)
    assert set(found.values()) == {"示例财政员甲"}
    client = Client()
    client.force_login(make_user("auditor", role=Role.AUDITOR))
    for address in (reverse("review:batch", args=[batch.number]), reverse("review:audit")):
        assert "示例代理人（代理示例财政员甲）" in client.get(address).content.decode(), address


def test_the_budget_and_how_too_little_of_it_is_shared():
    deputy = deputy_of(make_user("finance", role=Role.FINANCE, name="示例财政员甲"))
    locked_claims(make_period(), "100.00", "50.00")
    appropriation_add(
        measure=5,
        year=2025,
        payer="province",
        amount=money("120"),
        document="示例财指〔2026〕1号",
        document_on=NOW.date(),
        actor=deputy,
    )
    token = shortage_simulate(FIVE).token
    shortage_decide(key=FIVE, method="in_order", reason="示例纪要", token=token, actor=deputy)
    assert told(deputy) == {
        "budget.appropriated": "示例财政员甲",
        "budget.shortage_decided": "示例财政员甲",
    }


def test_notices_of_the_province_and_of_a_city(officers):
    holidays_known()
    deputy = deputy_of(officers.cityfin, Role.CITY_FINANCE, city="2301")
    claim = approved(officers, item="5.4", facts={"credit_report_cny": "36000.00"})
    notice = publish(officers, claim, actor=deputy)
    type(notice).objects.update(certain=False, last_day=NOW.date())
    notice_close_by_hand(notice_id=notice.pk, actor=deputy)
    found = told(deputy)
    assert {"notice.published", "notice.closed"} <= set(found)
    assert set(found.values()) == {officers.cityfin.name}


def test_who_acts_in_the_own_right_stands_in_for_nobody():
    world = finance_world()
    locked(world, payable_claims(world, 1))
    assert set(told(world.checker).values()) == {None}
