"""Between the password and the code: a session that is nobody's yet, and who is at the door."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import login
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp import login as otp_login

from accounts.models import User
from accounts.second_factor import factor_of

#: In the session: who gave the right password, when, and where the person wants to go.
PENDING = "sign_in_pending"
#: How long the password counts while the code is looked for, or the app is set up.
VALID = timedelta(minutes=15)


@dataclass(frozen=True)
class Pending:
    """Somebody whose password was right and who still owes the second factor. `after` is "" or an address of ours."""

    user: User
    backend: str
    after: str


def pending_begin(request, user, *, backend, after="", at=None):
    """Remembers that the password was right. The session gets a new key and is signed in to nothing."""
    at = at or timezone.now()
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "backend": backend,
        "hash": user.get_session_auth_hash(),
        "at": at.timestamp(),
        "after": after,
    }


def pending_of(request, *, at=None):
    """The Pending of this session, or None: too long ago, the password has changed, the account was closed."""
    at = at or timezone.now()
    kept = request.session.get(PENDING)
    if not kept or at.timestamp() - kept["at"] >= VALID.total_seconds():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, kept["backend"], kept["after"])


def step_of(user):
    """The page of the next step: the code, or setting the app up."""
    return "accounts:code" if factor_of(user) else "accounts:second_factor_set"


def sign_in_complete(request, pending, *, device, factor):
    """Signs the person in, under a new session key, with what was asked for besides the password (SignIn.Factor)."""
    request.session.pop(PENDING, None)
    login(request, pending.user, backend=pending.backend)
    otp_login(request, device)
    pending.user.sign_ins.filter(session_key=request.session.session_key).update(factor=factor)
