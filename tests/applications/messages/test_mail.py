"""Which messages go by mail, to whom, and what a person chooses of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail
from applications.models import MailChoice, Membership
from applications.record import event_add
from applications.support import support_request_file
from tests.factories import exhibition, make_claim

from .steps import newest

pytestmark = pytest.mark.django_db


# --- By mail -------------------------------------------------------------------------------------


def test_news_goes_by_mail_to_every_member_with_an_address(firm, with_address, colleague, period, settings):
    settings.SITE_URL = "https://duixian.example"
    claim = make_claim(
        firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition(), at=timezone.now()
    )
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("owner@firm.example", f"境外展会：已收到申报（{claim.number}）")
    assert f"https://duixian.example/messages/{newest(firm).pk}/" in mail.body
    assert "https://duixian.example/messages/settings/" in mail.body
    assert firm.name in mail.body
    assert "&" not in mail.body


def test_old_stories_are_not_mailed(firm, with_address, claim):
    assert newest(firm).created_at < timezone.now() - timedelta(days=3)
    assert not Mail.objects.exists()


def test_whoever_has_left_or_is_locked_out_gets_no_mail(firm, with_address, colleague):
    colleague.email = "colleague@firm.example"
    colleague.save()
    Membership.objects.filter(user=colleague).update(ended_at=timezone.now())
    with_address.is_active = False
    with_address.save()
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    assert newest(firm).kind == "enterprise.verified"
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("kind", "data", "mailed"),
    [
        ("enterprise.verified", {}, True),
        ("support.closed", None, False),
        ("deadline.extended", {"period": "示例", "until": "2026-05-01", "reason": "火灾"}, True),
    ],
)
def test_a_topic_that_was_switched_off_is_not_mailed_and_the_important_ones_cannot_be(
    firm, with_address, kind, data, mailed
):
    request = support_request_file(
        enterprise=firm, item="8.1", actor=with_address, facts={"subject": "一", "details": "二"}
    )
    Mail.objects.all().delete()
    MailChoice.objects.create(user=with_address, off=["support", "firm", "todo"])
    event_add(kind=kind, enterprise_id=firm.pk, data={"number": request.number} if data is None else data)
    assert newest(firm).kind == kind
    assert Mail.objects.exists() == mailed


# --- Settings ------------------------------------------------------------------------------------


def test_a_person_chooses_what_comes_by_mail(as_owner, with_address):
    address = reverse("portal:message_settings")
    text = as_owner.get(address).content.decode()
    assert "owner@firm.example" in text
    assert text.count("checked") == 4
    as_owner.post(address, {"topics": ["money"]})
    assert sorted(MailChoice.objects.get(user=with_address).off) == ["period", "progress", "support"]
    assert as_owner.get(address).content.decode().count("checked") == 1
    as_owner.post(address, {})
    assert len(MailChoice.objects.get(user=with_address).off) == 4


def test_what_cannot_be_chosen_is_refused_and_keeps_what_was_ticked(as_owner, owner):
    answer = as_owner.post(reverse("portal:message_settings"), {"topics": ["firm", "money"]})
    assert answer.status_code == 422
    assert "请只选择列出的种类。" in answer.content.decode()
    assert answer.content.decode().count("checked") == 1
    assert not MailChoice.objects.exists()


def test_without_an_address_the_page_says_that_no_mail_goes_out(as_owner):
    assert "您还没有登记邮箱" in as_owner.get(reverse("portal:message_settings")).content.decode()
