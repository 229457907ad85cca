"""Mail: written down together with what it tells of, sent afterwards, and tried again until the server takes it."""

import logging
from datetime import timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Mail

log = logging.getLogger(__name__)

#: Waiting times between tries; after the last one a mail is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
#: Mails that one sweep sends at most.
MOST = 200


def site_link(name, *args):
    """The absolute address of one of our pages, made from SITE_URL and never from what a request claims to be."""
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


def mail_queue(*, to, template, context, secret=False, at=None):
    """Writes a mail down and has it sent once the caller's transaction holds. Returns the Mail.

    `template` names `templates/mail/<template>.txt`, plain text whose first line is the subject. A `secret` mail's text
    is forgotten once sent.
    """
    at = at or timezone.now()
    subject, _, body = render_to_string(f"mail/{template}.txt", context).lstrip().partition("\n")
    mail = Mail.objects.create(
        to=to,
        subject=subject.strip()[:200],
        body=body.strip() + "\n",
        secret=secret,
        created_at=at,
        due_at=at,
    )
    transaction.on_commit(partial(_hand_over, mail.pk))
    return mail


def _hand_over(pk):
    """Where the broker is away the sweep finds the mail."""
    try:
        current_app.send_task("accounts.tasks.mail_send", (pk,))
    except (OperationalError, OSError) as error:
        log.warning("A mail waits for the sweep, because the broker does not answer: %s", error)


def mails_sweep(at=None):
    """Sends what is due and was not sent. Returns how many went out."""
    at = at or timezone.now()
    waiting = Mail.objects.filter(sent_at=None, given_up_at=None, due_at__lte=at).order_by("due_at", "pk")
    return sum(mail_send(pk, at=at) for pk in list(waiting.values_list("pk", flat=True)[:MOST]))


def mail_send(pk, *, at=None):
    """Sends one mail unless it has gone out, or somebody else is sending it. Returns whether it went out now.

    The row stays locked while the server is asked, so that two workers never send the same mail; a worker that dies
    between the server's yes and the commit sends it twice, which is better than never.
    """
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=True)
            .filter(pk=pk, sent_at=None, given_up_at=None)
            .first()
        )
        if mail is None:
            return False
        at = at or timezone.now()
        mail.tries += 1
        try:
            EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
        except OSError as trouble:  # smtplib's errors are OSErrors too
            _put_off(mail, trouble, at)
        else:
            mail.sent_at, mail.trouble = at, ""
            mail.body = "" if mail.secret else mail.body
        mail.save()
        return mail.sent_at is not None


def _put_off(mail, trouble, at):
    mail.trouble = f"{type(trouble).__name__}: {trouble}"[:300]
    if mail.tries > len(WAITS):
        mail.given_up_at = at
    else:
        mail.due_at = at + WAITS[mail.tries - 1]
