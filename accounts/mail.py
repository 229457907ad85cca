"""Mail: written down together with what it tells of, sent afterwards, and tried again until the server takes it."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Mail

log = logging.getLogger(__name__)

#: Waiting times between tries; after the last one a mail is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
#: Mails that one sweep sends at most.
MOST = 200
#: More mails than this in one go are left to the sweep, so that nobody's click waits for the broker.
AT_ONCE = 20
#: Failures in a row after which a sweep takes the mail server to be away.
AWAY_AFTER = 3


def site_link(name, *args):
    """The absolute address of one of our pages, made from SITE_URL and never from what a request claims to be."""
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


@dataclass(frozen=True)
class MailDraft:
    """A mail to be written: address, name of the template under `templates/mail/`, what the template says."""

    to: str
    template: str
    context: dict
    secret: bool = False


def mail_queue(*, to, template, context, secret=False, at=None):
    """Writes a mail down and has it sent once the caller's transaction holds. Returns the Mail.

    `template` names `templates/mail/<template>.txt`, plain text whose first line is the subject. A `secret` mail's text
    is forgotten once sent.
    """
    return mails_queue([MailDraft(to, template, context, secret)], at=at)[0]


def mails_queue(drafts, *, at=None):
    """`mail_queue` for several at once, with one statement. More than a few are left to the sweep."""
    at = at or timezone.now()
    mails = Mail.objects.bulk_create([_written(draft, at) for draft in drafts], batch_size=1000)
    keys = [mail.pk for mail in mails if mail.given_up_at is None]
    if keys and len(keys) <= AT_ONCE:
        transaction.on_commit(partial(_hand_over, keys))
    return mails


def _written(draft, at):
    """The Mail of a draft. One to what is no address is given up at once and stays readable for administrators."""
    template = get_template(f"mail/{draft.template}.txt").template
    # Plain text: nothing in it is escaped.
    text = template.render(Context(draft.context, autoescape=False)).lstrip()
    subject, _, body = text.partition("\n")
    mail = Mail(
        to=draft.to[:254],
        subject=_one_line(subject)[:200],
        body=body.strip() + "\n",
        secret=draft.secret,
        created_at=at,
        due_at=at,
    )
    try:
        validate_email(draft.to)
    except ValidationError:
        _give_up(mail, "收件地址不完整。", at)
    return mail


def _one_line(text):
    """White space of any kind made single spaces: what separates lines in a header can never stand in a subject."""
    return " ".join(text.split())


def _hand_over(keys):
    """Where the broker is away the sweep finds the mails."""
    try:
        for pk in keys:
            current_app.send_task("accounts.tasks.mail_send", (pk,))
    except (OperationalError, OSError) as error:
        log.warning("Mail waits for the sweep, because the broker does not answer: %s", error)


def mails_sweep(at=None):
    """Sends what is due and was not sent. Returns how many went out.

    After a few failures in a row the mail server counts as away, and the next sweep tries again.
    """
    at = at or timezone.now()
    waiting = Mail.objects.filter(sent_at=None, given_up_at=None, due_at__lte=at).order_by("due_at", "pk")
    sent = failed = 0
    for pk in list(waiting.values_list("pk", flat=True)[:MOST]):
        tried = _send(pk, at)
        sent += tried is True
        failed = failed + 1 if tried is False else 0
        if failed == AWAY_AFTER:
            break
    return sent


def mail_send(pk, *, at=None):
    """Sends one mail unless it has gone out, or somebody else is sending it. Returns whether it went out now.

    The row stays locked while the server is asked, so that two workers never send the same mail; a worker that dies
    between the server's yes and the commit sends it twice, which is better than never.
    """
    return _send(pk, at or timezone.now()) is True


def _send(pk, at):
    """True: it went out; False: it did not; None: nothing was to be done here."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=True)
            .filter(pk=pk, sent_at=None, given_up_at=None, due_at__lte=at)
            .first()
        )
        if mail is None:
            return None
        mail.tries += 1
        try:
            EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
        except OSError as trouble:  # smtplib's errors are OSErrors too
            _put_off(mail, trouble, at)
        except (
            ValueError
        ) as trouble:  # what no server would ever take, such as an address that cannot be encoded
            _give_up(mail, _named(trouble), at)
        except Exception as trouble:  # one mail that cannot be set must not hold up all those behind it
            log.exception("Mail %s was not sent.", mail.pk)
            _put_off(mail, trouble, at)
        else:
            mail.sent_at, mail.trouble = at, ""
            mail.body = "" if mail.secret else mail.body
        mail.save()
        return mail.sent_at is not None


def _named(trouble):
    return f"{type(trouble).__name__}: {trouble}"


def _give_up(mail, trouble, at):
    """A secret is of no use any more once its mail is given up."""
    mail.trouble, mail.given_up_at = trouble[:300], at
    mail.body = "" if mail.secret else mail.body


def _put_off(mail, trouble, at):
    if mail.tries > len(WAITS):
        _give_up(mail, _named(trouble), at)
    else:
        mail.trouble, mail.due_at = _named(trouble)[:300], at + WAITS[mail.tries - 1]
