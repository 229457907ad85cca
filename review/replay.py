"""Replays: what a draft of a setting would do to all filed claims of its year, asked for by who may publish it.

The amounts are computed by `replay_work` as a job; here replays are begun, found, ended, and judged: whether what they
say still holds.
"""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.roles import CITY_ROLES, Role
from applications.errors import NotAllowed, Refused
from applications.jobs import job_add, job_cancel
from applications.models import OPEN_JOB_STATES, EnterpriseYear
from review.models import Replay
from review.publishing import (
    KEYS,
    is_holder,
    newest_published,
    setting_event,
    setting_values,
    version_locked,
)

WORK = "replay"
MODELS = {model._meta.model_name: model for model in KEYS}
#: Who reads every replay; a city reads those of its own rates.
PROVINCE = (Role.COMMERCE, Role.FINANCE, Role.DATA, Role.AUDITOR)


@transaction.atomic
def replay_start(row, *, actor, at=None, source_ip=None):
    """Begins the replay of a draft, or finds the one that is under way. Returns the Replay.

    Raises NotAllowed without the setting's post, Refused for what is no open draft.
    """
    if not is_holder(actor, row):
        raise NotAllowed("您的岗位不能试算这项设置。")
    row, at = version_locked(row), at or timezone.now()
    if row.is_published or row.version < newest_published(row):
        raise Refused("只有还没有生效、也没有被取代的草稿可以试算。")
    found = replays_of(row).filter(job__state__in=OPEN_JOB_STATES).first()
    if found:
        return found
    job = job_add(work=WORK, params={}, actor=actor, at=at, source_ip=source_ip)
    made = Replay.objects.create(
        model=row._meta.model_name,
        draft=row.pk,
        year=row.year,
        version=row.version,
        job=job,
        asked_by=actor,
        asked_at=at,
    )
    setting_event("setting.replayed", row, {}, actor, at, source_ip, replay=made.pk)
    return made


def replay_cancel(replay, *, actor, at=None):
    """Ends a replay that is under way. Raises NotAllowed without the setting's post, Refused where it has ended."""
    if not is_holder(actor, draft_of(replay)):
        raise NotAllowed("您的岗位不能取消这次试算。")
    job_cancel(replay.job, at=at)


def draft_of(replay):
    """The draft that a replay is about, as it is now; drafts are never deleted."""
    return MODELS[replay.model].objects.get(pk=replay.draft)


def draft_words(row):
    """What a version of a setting is called: 2025 年度设置第 2 版."""
    names = {
        "yearsettings": lambda: f"{row.year} 年度设置",
        "filingperiod": lambda: row.title,
        "cityrate": lambda: f"{row.get_city_display()} {row.year} 年度 {row.item} 比例",
    }
    return f"{names[row._meta.model_name]()}第 {row.version} 版"


def replays_of(row):
    """The replays of a draft, newest first."""
    found = Replay.objects.filter(model=row._meta.model_name, draft=row.pk)
    return found.select_related("job", "asked_by").order_by("-pk")


def replays_visible(user):
    """Replays that an officer may read: the province and auditors all, a city those of its own rates."""
    if user.has_post(*PROVINCE):
        return Replay.objects.all()
    cities = {post.city for post in user.posts_in_force() if post.role in CITY_ROLES}
    rates = MODELS["cityrate"].objects.filter(city__in=cities)
    return Replay.objects.filter(model="cityrate", draft__in=rates.values("pk"))


def outdated(replay, row):
    """Why a replay that has ended no longer says what publishing the draft would do, as sentences; none while it does."""
    found = []
    if replay.values != setting_values(row):
        found.append("试算以后草稿改过。")
    if replay.in_force != newest_published(row):
        found.append("试算以后有新的版本生效。")
    since = replay.job.started_at
    moved = EnterpriseYear.objects.filter(year=replay.year)
    moved = moved.filter(Q(settled_at__gt=since) | Q(requested__gt=F("settled"))).count()
    if moved:
        found.append(f"试算以后有 {moved} 个企业年度重新计算过，或者正在计算。")
    return found
