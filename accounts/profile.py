"""What people keep of themselves: name, telephone, and a mail address that counts once its mailbox has answered."""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.mail import mail_queue, site_link
from accounts.models import User
from accounts.signals import account_changed

#: How long the link to a new mail address is valid.
VALID = timedelta(hours=24)
_SALT = "accounts.mail-address"


@transaction.atomic
def profile_change(*, user, values, at=None, source_ip=None):
    """Stores name and telephone; `values` by field. Returns whether anything changed."""
    changes = {
        name: [getattr(user, name), value] for name, value in values.items() if getattr(user, name) != value
    }
    if not changes:
        return False
    for name, (_, value) in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    _tell(user, changes, at, source_ip)
    return True


def address_ask(*, user, address, at=None):
    """Mails a link to a new address; nothing changes until it is opened by the person, signed in."""
    at = at or timezone.now()
    token = signing.dumps([user.pk, user.email, address], salt=_SALT, compress=True)
    context = {"user": user, "link": site_link("accounts:address_link", token), "until": at + VALID}
    mail_queue(to=address, template="address_confirm", context=context, secret=True, at=at)


def link_is_ours(token):
    """Whether a link was mailed by us and has not run out."""
    return _read(token) is not None


def address_asked(token, user):
    """The new address of a link, or "" where it has run out, was used, is another person's or none of ours."""
    pk, before, address = _read(token) or (None, "", "")
    return address if (pk, before) == (user.pk, user.email) else ""


def _read(token):
    try:
        return signing.loads(token, salt=_SALT, max_age=VALID)
    except signing.BadSignature:
        return None


@transaction.atomic
def address_change(*, user, address, at=None, source_ip=None):
    """Takes over the confirmed address and tells the old one."""
    at = at or timezone.now()
    before, user.email = user.email, address
    user.save(update_fields=["email"])
    if before:
        context = {"user": user, "at": at, "address": _hinted(address)}
        mail_queue(to=before, template="address_changed", context=context, at=at)
    _tell(user, {"email": [before, address]}, at, source_ip)


def _tell(user, changes, at, source_ip):
    account_changed.send(
        sender=User,
        user=user,
        kind="user.changed",
        data={"changes": changes},
        at=at or timezone.now(),
        source_ip=source_ip,
    )


def _hinted(address):
    """`z•••@firm.example`: enough for its owner, nothing for others who read the old mailbox."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"
