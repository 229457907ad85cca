"""Where people are signed in: noted when it begins, now and then while it lasts, and when it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessFailureLog
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.devices import device_words
from accounts.mail import mail_queue, site_link
from accounts.models import SignIn

#: In the session: when the person was last noted to be there, in seconds since the epoch.
SEEN = "seen"
SEEN_EVERY = timedelta(minutes=5)
#: How far back people see their own sign-ins.
SHOWN = timedelta(days=90)
#: How long they are kept: the law asks for six months of logs, and whoever files once a year is recognised again.
KEPT = timedelta(days=400)


def sign_in_begin(*, user, session, source_ip=None, device="", at=None):
    """Notes that a session is this person's from now on. Returns the SignIn, the same one for the same session."""
    at = at or timezone.now()
    if not session.session_key:
        session.create()
    session[SEEN] = int(at.timestamp())
    sign_in, _ = SignIn.objects.get_or_create(
        session_key=session.session_key,
        defaults={
            "user": user,
            "began_at": at,
            "seen_at": at,
            "source_ip": source_ip,
            "device": device[:300],
        },
    )
    return sign_in


def sign_in_seen(request, *, at=None):
    """Notes that the person is still there, at most every five minutes; in between it costs no query."""
    at = at or timezone.now()
    if at.timestamp() - request.session.get(SEEN, 0) < SEEN_EVERY.total_seconds():
        return
    # A session whose password was changed elsewhere still names its person, but is nobody's any more.
    if not request.user.is_authenticated:
        return
    request.session[SEEN] = int(at.timestamp())
    if not SignIn.objects.filter(session_key=request.session.session_key).update(seen_at=at):
        sign_in_begin(user=request.user, session=request.session, at=at, **_origin(request))


def sign_in_moved(*, before, after):
    """A session goes on under another key."""
    SignIn.objects.filter(session_key=before).exclude(session_key="").update(session_key=after)


@transaction.atomic
def sign_ins_end(sign_ins, *, end, at=None):
    """Ends those of the given sign-ins that go on, and their sessions: at the next click nobody is signed in there.

    Returns how many ended.
    """
    going_on = sign_ins.filter(ended_at=None).select_for_update()
    keys = dict(going_on.values_list("pk", "session_key"))
    Session.objects.filter(session_key__in=[key for key in keys.values() if key]).delete()
    return SignIn.objects.filter(pk__in=keys).update(ended_at=at or timezone.now(), end=end, session_key="")


def sign_ins_now(user, *, at=None):
    """Where the person is signed in at this moment, the latest seen first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at or timezone.now())
    return user.sign_ins.filter(Exists(alive), ended_at=None).order_by("-seen_at", "-pk")


def sign_ins_past(user, *, at=None):
    """What has happened at the person's sign-in within 90 days, the latest first: sign-ins that ended, and failed tries.

    A queryset of dictionaries: `at`, `source_ip`, `device`, `ended_at`, `end`, `factor`, `failed`, and `path`, at which
    of the two steps a try failed.
    """
    since = (at or timezone.now()) - SHOWN
    ended = user.sign_ins.filter(began_at__gte=since, ended_at__isnull=False).values(
        "source_ip",
        "device",
        "ended_at",
        "end",
        "factor",
        at=F("began_at"),
        failed=Value(False),
        path=Value(""),
    )
    tries = AccessFailureLog.objects.filter(username=user.username, attempt_time__gte=since).values(
        source_ip=F("ip_address"),
        device=F("user_agent"),
        ended_at=Value(None, output_field=models.DateTimeField()),
        end=Value(""),
        factor=Value(""),
        at=F("attempt_time"),
        failed=Value(True),
        path=F("path_info"),
    )
    return ended.order_by().union(tries.order_by(), all=True).order_by("-at")


def past_words(rows):
    """Rows of `sign_ins_past` with what pages say: `words` of the device, `way` of signing in, `trouble`, `end`."""
    code = reverse("accounts:code")
    for row in rows:
        wrong = "密码对，验证码不对" if row["path"] == code else "用户名或密码不对，或者已锁定"
        yield {
            **row,
            "words": device_words(row["device"]),
            "way": SignIn.Factor(row["factor"]).label,
            "trouble": wrong if row["failed"] else "",
            "end": SignIn.End(row["end"]).label if row["end"] else "",
        }


def sign_in_failed(request, user):
    """Notes that somebody gave the right password and a wrong code, beside the wrong passwords."""
    origin = _origin(request)
    AccessFailureLog.objects.create(
        username=user.username,
        ip_address=origin["source_ip"],
        user_agent=origin["device"][:255],
        path_info=request.path[:255],
    )


@dataclass(frozen=True)
class Origin:
    """Where a request comes from, in words."""

    device: str
    source_ip: str
    at: datetime


def new_device_tell(sign_in):
    """Tells a person by mail of a sign-in from a device that was not known; quiet at the first sign-in of all.

    Somebody who comes from the same address with the same browser as before is not bothered.
    """
    user, words = sign_in.user, device_words(sign_in.device)
    earlier = user.sign_ins.exclude(pk=sign_in.pk).values_list("device", "source_ip").distinct()
    known = {(device_words(device), source_ip) for device, source_ip in earlier}
    if not user.email or not known or (words, sign_in.source_ip) in known:
        return
    origin = Origin(words, sign_in.source_ip or "不详", sign_in.began_at)
    links = {"sessions": site_link("accounts:sessions"), "password": site_link("accounts:password")}
    mail_queue(to=user.email, template="new_device", context={"user": user, "origin": origin, "links": links})


@transaction.atomic
def sign_ins_sweep(*, at=None):
    """Notes which sessions have run out, and forgets what is older than it need be. Returns how many had run out."""
    at = at or timezone.now()
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    over = SignIn.objects.filter(~Exists(session.filter(expire_date__gt=at)), ended_at=None)
    count = over.update(
        ended_at=Coalesce(Subquery(session.values("expire_date")[:1]), Value(at)),
        end=SignIn.End.EXPIRED,
        session_key="",
    )
    Session.objects.filter(expire_date__lte=at).delete()
    SignIn.objects.filter(ended_at__lt=at - KEPT).delete()
    AxesProxyHandler.reset_logs(age_days=KEPT.days)
    AxesProxyHandler.reset_failure_logs(age_days=KEPT.days)
    return count


# --- What Django tells ----------------------------------------------------------------------------


def signed_in(sender, request, user, **_):
    """Receives `user_logged_in`."""
    sign_in_begin(user=user, session=request.session, **_origin(request))


def signed_out(sender, request, user, **_):
    """Receives `user_logged_out`, while the session is still there."""
    if user is not None:
        own = user.sign_ins.filter(session_key=request.session.session_key or "-")
        sign_ins_end(own, end=SignIn.End.SIGNED_OUT)


def _origin(request):
    return {
        "source_ip": request.META.get("REMOTE_ADDR") or None,
        "device": request.META.get("HTTP_USER_AGENT", ""),
    }
