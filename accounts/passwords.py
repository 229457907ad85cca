"""New passwords: set by their owner, or through a link that only the owner's mailbox gets."""

from datetime import timedelta

from axes.utils import reset as unlock
from celery import current_app
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from kombu.exceptions import OperationalError

from accounts.mail import mail_queue, site_link
from accounts.models import SignIn, User
from accounts.sign_ins import sign_ins_end
from accounts.signals import account_changed
from accounts.throttle import try_allowed

#: Links that one account gets within an hour, and accounts that one mail names.
MOST_AN_HOUR = 3
MOST_ACCOUNTS = 20


@transaction.atomic
def password_set(*, user, password, keep="", at=None):
    """Gives somebody a new password: other sessions than `keep` end, a lock after wrong ones is lifted, a mail tells of it."""
    at = at or timezone.now()
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_ins_end(user.sign_ins.exclude(session_key=keep or "-"), end=SignIn.End.PASSWORD, at=at)
    unlock(username=user.username)
    if user.email:
        context = {"user": user, "at": at, "reset": site_link("accounts:password_reset")}
        mail_queue(to=user.email, template="password_changed", context=context, at=at)


@transaction.atomic
def password_change(*, user, password, by_mail=False, keep="", at=None, source_ip=None):
    """The own password, changed by its owner; `by_mail` through a link from the mailbox."""
    at = at or timezone.now()
    password_set(user=user, password=password, keep=keep, at=at)
    kind = "user.password_mailed" if by_mail else "user.password_changed"
    account_changed.send(sender=User, user=user, kind=kind, data={}, at=at, source_ip=source_ip)


def reset_ask(typed):
    """Hands what somebody typed to a worker; whether the broker took it.

    Nothing is looked up here, so that neither the answer nor its time tells whether there is such an account.
    """
    try:
        current_app.send_task("accounts.tasks.password_reset_mail", (typed,))
    except (OperationalError, OSError):
        return False
    return True


@transaction.atomic
def reset_mail(typed, *, at=None):
    """Mails a link for each account that has this user name or mail address. Returns how many accounts got one.

    Closed accounts and accounts without an address get none, nor does one that has had its share of the hour.
    """
    at = at or timezone.now()
    named = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed), is_active=True)
    users = [
        user
        for user in named.exclude(email="").order_by("pk")[:MOST_ACCOUNTS]
        if try_allowed(name="password-reset", address=f"account:{user.pk}", most=MOST_AN_HOUR)
    ]
    by_address = {}
    for user in users:
        by_address.setdefault(user.email, []).append((user, reset_link(user)))
    until = at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    for address, accounts in by_address.items():
        context = {"accounts": accounts, "until": until}
        mail_queue(to=address, template="password_reset", context=context, secret=True, at=at)
    return len(users)


def reset_link(user):
    """The address at which this person sets a new password, once and for two hours."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return site_link("accounts:password_new", key, default_token_generator.make_token(user))
