"""More time for a firm: a filing deadline extended from its page, recorded, and seen by the firm."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.lifecycle import claim_token, transition
from applications.models import DeadlineExtension, Event, Message
from review.extensions import deadline_extend
from tests.factories import exhibition, make_claim, make_firm, make_period, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def period():
    """A period that has just closed."""
    return make_period(deadline=timezone.localdate() - timedelta(days=1))


def later(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def page_of(firm):
    return reverse("review:extension", args=[firm.pk])


def test_commerce_extends_from_the_firms_page_and_the_firm_is_told(officers, sign_in, firm, period):
    client = sign_in(officers.commerce)
    assert page_of(firm) in client.get(reverse("review:enterprise", args=[firm.pk])).content.decode()
    typed = {"period": period.pk, "until": later(5), "reason": "企业来函，设备故障。"}
    answer = client.post(page_of(firm), typed)
    assert answer["Location"] == page_of(firm)
    given = DeadlineExtension.objects.get()
    assert (given.enterprise, given.granted_by) == (firm, officers.commerce)
    page = client.get(page_of(firm)).content.decode()
    assert "企业来函，设备故障。" in page
    event = Event.objects.get(kind="deadline.extended")
    assert event.data["until"] == typed["until"]
    assert Message.objects.filter(enterprise=firm, kind="deadline.extended").exists()
    assert period.closing_day(firm.pk) == given.until


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"until": later(5)}, "请写明延期的原因"),
        ({"until": later(-3), "reason": "来函。"}, "要晚于截止日期"),
        ({"until": "明天", "reason": "来函。"}, "日期"),
        ({"reason": "来函。", "until": ""}, "请填写这一项。"),
        ({"until": later(5), "reason": "来函。", "period": "0"}, "请从列出的申报批次中选择"),
        ({"until": later(5), "reason": "来函。", "period": ""}, "请选择申报批次"),
    ],
)
def test_what_cannot_be_granted_is_said_where_it_stands(officers, sign_in, firm, period, typed, sentence):
    answer = sign_in(officers.commerce).post(page_of(firm), {"period": period.pk, **typed})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    if typed.get("reason"):
        assert typed["reason"] in page
    assert not DeadlineExtension.objects.exists()


def test_an_extension_gives_more_time_than_the_one_before(officers, firm, period):
    granted = {"enterprise": firm, "period": period, "reason": "来函。", "actor": officers.commerce}
    day = timezone.localdate() + timedelta(days=5)
    deadline_extend(**granted, until=day)
    with pytest.raises(Refused, match="已经延长至"):
        deadline_extend(**granted, until=day)
    deadline_extend(**granted, until=day + timedelta(days=1))


def test_a_day_that_is_over_extends_nothing_and_today_does(officers, firm):
    period = make_period(deadline=date(2026, 3, 31))
    granted = {"enterprise": firm, "period": period, "reason": "来函。", "actor": officers.commerce}
    with pytest.raises(Refused, match="已经过去"):
        deadline_extend(**granted, until=timezone.localdate() - timedelta(days=1))
    deadline_extend(**granted, until=timezone.localdate())


def test_nobody_extends_for_the_own_firm(officers, period):
    firm = make_firm("示例乙公司", owner=officers.commerce)
    with pytest.raises(NotAllowed):
        deadline_extend(
            enterprise=firm,
            period=period,
            until=timezone.localdate() + timedelta(days=3),
            reason="来函。",
            actor=officers.commerce,
        )
    assert owner_of(firm) == officers.commerce


def test_a_correction_that_was_given_more_time_shows_the_day_on_both_sides(officers, sign_in, firm):
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition())
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    claim.refresh_from_db()
    until = claim.return_due_on + timedelta(days=9)
    address = reverse("review:decide", args=[claim.number, "extend"])
    typed = {"token": claim_token(claim), "until": until.isoformat(), "reason": "企业来函。"}
    assert sign_in(officers.commerce).post(address, typed).status_code == 302
    shown = f"{until.month} 月 {until.day} 日"
    for user, page in ((officers.commerce, "review:claim"), (owner_of(firm), "portal:claim")):
        assert shown in sign_in(user).get(reverse(page, args=[claim.number])).content.decode()
