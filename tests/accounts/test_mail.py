"""Mail: written down with what it tells of, sent afterwards, tried again, given up, and never sent twice."""

import email
import smtplib
import socket
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.mail.backends.filebased import EmailBackend as FileMailbox
from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone

from accounts.mail import (
    AT_ONCE,
    AWAY_AFTER,
    WAITS,
    MailDraft,
    mail_queue,
    mail_send,
    mails_queue,
    mails_sweep,
    site_link,
)
from accounts.models import Mail
from config.celery import app
from tests.support.threads import together

pytestmark = pytest.mark.django_db


FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture(autouse=True)
def box(settings, tmp_path):
    """The folder that mails are written to."""
    settings.EMAIL_BACKEND = FILES
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def template(settings, tmp_path):
    """Writes a template for a mail."""
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    settings.TEMPLATES = [
        {**entry, "DIRS": [tmp_path / "templates", *entry["DIRS"]]} for entry in settings.TEMPLATES
    ]
    (folder / "sample.txt").write_text("{{ subject }}\n{{ text }}\n", encoding="utf-8")
    assert get_template("mail/sample.txt")


@pytest.fixture
def closed_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server_away(settings, closed_port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", closed_port, 2


def write(subject="示例主题", text="示例正文", to="clerk@firm.example", **more):
    return mail_queue(to=to, template="sample", context={"subject": subject, "text": text}, **more)


def received(box):
    """The mails of the folder, oldest first, parsed as a reader's program would."""
    parsed = []
    for path in sorted(Path(box).glob("*.log")):
        for part in path.read_bytes().split(b"-" * 79 + b"\n"):
            if part.strip():
                parsed.append(email.message_from_bytes(part, policy=policy.default))
    return parsed


def test_a_mail_goes_out_as_plain_text_with_subject_sender_and_reader(template, box):
    mail = write("企业核验通过", "您可以提交申报了 & <放心>。")
    assert mail_send(mail.pk)
    [found] = received(box)
    assert (found["subject"], found["to"], found["from"]) == (
        "企业核验通过",
        "clerk@firm.example",
        configured.DEFAULT_FROM_EMAIL,
    )
    assert found.get_content_type() == "text/plain"
    assert found.get_content().strip() == "您可以提交申报了 & <放心>。"


def test_a_mail_is_sent_once(template, box):
    mail = write()
    assert mail_send(mail.pk)
    assert not mail_send(mail.pk)
    assert mails_sweep() == 0
    assert len(received(box)) == 1


def test_a_mail_that_tells_of_what_did_not_happen_is_never_sent(template, box):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    assert mails_sweep() == 0


@pytest.fixture
def broker_away(closed_port):
    before = app.conf.broker_url
    broker_use(f"redis://127.0.0.1:{closed_port}/0")
    yield
    broker_use(before)


def broker_use(url):
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    app.amqp._producer_pool = None
    app._pool = None


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nobody_is_held_up_and_the_sweep_sends(template, broker_away, box):
    with transaction.atomic():
        mail = write()
    assert Mail.objects.get(pk=mail.pk).sent_at is None
    assert mails_sweep() == 1
    assert len(received(box)) == 1


def test_while_the_server_is_away_a_mail_waits_longer_each_time_and_is_then_given_up(template, server_away):
    at = timezone.now()
    mail = write(at=at)
    for wait in WAITS:
        assert mails_sweep(at) == 0
        mail.refresh_from_db()
        assert mail.due_at == at + wait
        assert "Refused" in mail.trouble
        assert mails_sweep(mail.due_at - timedelta(seconds=1)) == 0
        at = mail.due_at
    mail.refresh_from_db()
    assert (mail.tries, mail.given_up_at) == (len(WAITS), None)
    mails_sweep(at)
    mail.refresh_from_db()
    assert (mail.tries, mail.given_up_at) == (len(WAITS) + 1, at)
    mails_sweep(at + timedelta(days=9))
    mail.refresh_from_db()
    assert mail.tries == len(WAITS) + 1


def test_a_server_that_is_back_gets_what_waited(template, server_away, box, settings):
    mail = write()
    assert not mail_send(mail.pk)
    settings.EMAIL_BACKEND = FILES
    mail.refresh_from_db()
    assert mails_sweep(mail.due_at) == 1
    mail.refresh_from_db()
    assert (mail.trouble, len(received(box))) == ("", 1)


def test_a_sweep_leaves_a_server_that_is_away_in_peace(template, server_away):
    for _ in range(AWAY_AFTER + 2):
        write()
    mails_sweep()
    assert Mail.objects.filter(tries=1).count() == AWAY_AFTER


def test_one_bad_address_holds_up_no_other_mail(template, box):
    bad = write(to="nobody at all")
    assert bad.given_up_at is not None
    assert bad.trouble == "收件地址不完整。"
    good = write()
    assert mails_sweep() == 1
    assert Mail.objects.get(pk=good.pk).sent_at is not None


class Choosy(FileMailbox):
    """A server's library that fails in a way of its own at one reader."""

    def send_messages(self, email_messages):
        if any("odd@firm.example" in each.to for each in email_messages):
            raise LookupError("no such encoding")
        return super().send_messages(email_messages)


def test_a_mail_that_fails_in_an_unknown_way_waits_and_holds_up_no_other(template, box, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    odd, good = write(to="odd@firm.example"), write()
    assert mails_sweep() == 1
    odd.refresh_from_db()
    good.refresh_from_db()
    assert good.sent_at
    assert not odd.sent_at
    assert odd.tries == 1
    assert odd.due_at > odd.created_at
    assert "LookupError" in odd.trouble


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_a_mail_once(template, box):
    mail = write()
    outcomes = together(lambda: mail_send(mail.pk), lambda: mail_send(mail.pk))
    assert sorted(outcomes) == [False, True]
    assert len(received(box)) == 1


@pytest.mark.parametrize("away", [False, True])
def test_a_secret_is_forgotten_once_its_mail_is_sent_or_given_up(template, settings, closed_port, away):
    if away:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port
    mail = write(text="https://duixian.example/reset/abc", secret=True)
    assert "abc" in mail.body
    mail_send(mail.pk)
    if away:
        mail.refresh_from_db()
        assert "abc" in mail.body, "it is still needed for the next try"
        Mail.objects.update(tries=len(WAITS))
        mails_sweep(mail.due_at)
    mail.refresh_from_db()
    assert mail.body == ""


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\u2028", "\x85"])
def test_nothing_in_a_subject_becomes_a_header(template, box, break_):
    mail = write(f"主题{break_}Bcc: other@firm.example")
    assert mail_send(mail.pk)
    [found] = received(box)
    assert found["bcc"] is None
    assert found["to"] == "clerk@firm.example"
    assert not set(found["subject"]) & set("\r\n")


def test_a_reader_can_bring_no_header_either(template):
    mail = write(to="clerk@firm.example\nBcc: other@firm.example")
    assert mail.given_up_at is not None


def test_a_long_chinese_subject_arrives_whole(template, box):
    subject = "线上展会补贴：" + "退回补正，请在 2026 年 4 月 20 日（预计）前重新提交" * 4
    mail = write(subject)
    assert mail_send(mail.pk)
    # A long header begins on its second line; readers take no notice of that.
    assert received(box)[0]["subject"].strip() == subject
    assert len(write("长" * 500).subject) == 200


def test_many_mails_cost_one_statement_and_are_left_to_the_sweep(
    template, django_assert_num_queries, django_capture_on_commit_callbacks
):
    drafts = [
        MailDraft(f"clerk{n}@firm.example", "sample", {"subject": "示例", "text": "示例"})
        for n in range(AT_ONCE + 1)
    ]
    with django_capture_on_commit_callbacks() as callbacks, django_assert_num_queries(1):
        mails_queue(drafts)
    assert callbacks == []
    assert mails_sweep() == len(drafts)


def test_links_are_made_of_the_setting_alone(settings):
    settings.SITE_URL = "https://duixian.example/"
    assert site_link("portal:measure", 3) == "https://duixian.example/measures/3/"


def test_what_a_mail_server_says_is_an_os_error():
    assert issubclass(smtplib.SMTPException, OSError)
