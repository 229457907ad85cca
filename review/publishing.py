"""Versions of settings: drafted by one holder of the post, published by another; what is published never changes.

A change is always a new version. A draft that a later version has overtaken can no longer be published. A draft that was
loaded, or made by somebody without the post, belongs to nobody until a holder of the post adopts it: two of them still
put it in force.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from applications.code_lists import NAMES, code_fault
from applications.errors import NotAllowed, Refused
from applications.models import CityRate, Claim, DeadlineExtension, Event, FilingPeriod, YearSettings
from applications.monthly_sums import LISTS
from applications.official import year_settings
from applications.official_changes import Change, Touched, row_values, topic_of, touched_mark
from applications.record import event_add
from applications.trade_figures import figures_derive_year
from measures import registry
from measures.item import CITY

#: What the versions of one setting have in common.
KEYS = {YearSettings: ("year",), FilingPeriod: ("year", "title"), CityRate: ("city", "year", "item")}
_OWN = ("id", "version", "created_by", "created_at", "published_by", "published_at")

ADOPTED = "setting.adopted"
TITLES = {
    "setting.drafted": "起草",
    "setting.changed": "修改草稿",
    ADOPTED: "采用导入的草稿",
    "setting.replayed": "试算",
    "setting.replay_taken": "下载试算结果",
    "setting.published": "发布",
}


def holders_of(row):
    """(role, city) of the post that drafts and publishes a setting; city "" for the province."""
    return (Role.CITY_COMMERCE, row.city) if isinstance(row, CityRate) else (Role.DATA, "")


def is_holder(user, row):
    """Whether the user holds the post that the setting belongs to."""
    role, city = holders_of(row)
    return user.has_post(role, city=city or None)


def versions_of(row):
    """All versions of the setting that a row is a version of."""
    model = type(row)
    return model.objects.filter(**{name: getattr(row, name) for name in KEYS[model]})


def newest_published(row):
    """The number of the version in force; 0 where none is."""
    return versions_of(row).exclude(published_at=None).aggregate(n=Max("version"))["n"] or 0


def in_force(row):
    """The version in force; where none is, the defaults of a year's settings, otherwise None."""
    found = versions_of(row).filter(version=newest_published(row)).first()
    return year_settings(row.year) if found is None and isinstance(row, YearSettings) else found


def was_adopted(row):
    """Whether a draft was loaded and then adopted by the person who now counts as its drafter."""
    return Event.objects.filter(topic=topic_of(row), kind=ADOPTED).exists()


def needs_adoption(row):
    """Whether a draft comes from nobody who held its post, on the day of drafting or today: from a file, as a rule."""
    if row.is_published:
        return False
    drafter, (role, city) = row.created_by, holders_of(row)
    if drafter is None:
        return True
    days = {timezone.localdate(row.created_at), timezone.localdate()}
    posts = [post for day in days for post in drafter.posts_in_force(day)]
    return not any(post.role == role and post.city == city for post in posts)


def publishers_of(row):
    """Who may publish a draft today: holders of its post other than the one who drafted it; adopt it, if it needs that."""
    role, city = holders_of(row)
    today = timezone.localdate()
    posts = {"posts__role": role, "posts__starts_on__lte": today, "is_active": True}
    if city:
        posts["posts__city"] = city
    found = User.objects.filter(**posts).exclude(pk=row.created_by_id).prefetch_related("posts")
    return [user for user in found.distinct().order_by("pk") if user.has_post(role, city=city or None)]


def rate_limit(item):
    """The most that a city may set for one of its own items, between 0 and 1, as the policy says."""
    return registry.item(item).RATE_LIMIT


#: Items whose rate a city sets.
CITY_ITEMS = tuple(code for code, item in registry.ITEMS.items() if item.payer == CITY)


def _check_holder(row, actor):
    if not is_holder(actor, row):
        raise NotAllowed("您的岗位不能修改这项设置。")


def _check_values(row):
    """Refuses what the policy does not allow, whoever entered it."""
    if isinstance(row, CityRate):
        if row.item not in CITY_ITEMS:
            raise Refused("这个事项的比例不由市（地）规定。", field="item")
        if not 0 <= row.rate <= rate_limit(row.item):
            raise Refused(f"{row.item} 的比例不能超过 {rate_limit(row.item):.0%}。", field="rate")
    for name in NAMES if isinstance(row, YearSettings) else ():
        _check_list(name, getattr(row, name))
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as error:
        raise Refused("".join(error.messages)) from error


def _check_list(name, codes):
    label = YearSettings._meta.get_field(name).verbose_name
    if not codes:
        raise Refused(f"{label}至少要有一个。", field=name)
    for code in codes:
        if fault := code_fault(name, code):
            raise Refused(f"{label}“{code}”：{fault}", field=name)


def _lock_versions(row):
    """Locks the versions of a setting; waits for whoever drafts or publishes one at the same time."""
    return list(versions_of(row).select_for_update().order_by("pk"))


def version_locked(row):
    """The row as it is now, with all versions locked."""
    return next(each for each in _lock_versions(row) if each.pk == row.pk)


def _check_current(row):
    if row.version < newest_published(row):
        raise Refused("已有更新的版本生效，这一版不能再发布。请起草新版本。")


def _next_version(row):
    """The number of a new version, with the versions there are locked."""
    return max((each.version for each in _lock_versions(row)), default=0) + 1


@transaction.atomic
def version_add(row, *, actor, copied_from=None, at=None, source_ip=None):
    """Stores an unsaved row as the next draft version of its setting. Returns it."""
    _check_holder(row, actor)
    row.version = _next_version(row)
    row.created_by, row.published_by, row.published_at = actor, None, None
    _check_values(row)
    row.save(force_insert=True)
    if at:
        type(row).objects.filter(pk=row.pk).update(created_at=at)
        row.created_at = at
    setting_event("setting.drafted", row, changed_values(copied_from, row), actor, at, source_ip)
    return row


def version_draft(row, *, actor, at=None, source_ip=None):
    """Copies a version of a setting to a new draft, which can be changed until it is published."""
    copied = {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if each.name not in _OWN
    }
    new = type(row)(**copied)
    return version_add(new, actor=actor, copied_from=row, at=at, source_ip=source_ip)


@transaction.atomic
def version_change(row, *, actor, at=None, source_ip=None):
    """Stores the changed values of a draft; only whoever drafted it changes it, so that two people have seen it.

    A draft that becomes one of another setting, such as that of another year, takes the next number there.
    """
    _check_holder(row, actor)
    stored = type(row).objects.select_for_update().get(pk=row.pk)
    if stored.is_published:
        raise Refused("这一版已经发布，不能修改。请起草新版本。")
    if stored.created_by_id != actor.pk:
        raise NotAllowed("草稿由起草人修改。您可以另外起草一版。")
    if any(getattr(row, name) != getattr(stored, name) for name in KEYS[type(row)]):
        row.version = _next_version(row)
    _check_values(row)
    changes = changed_values(stored, row)
    if changes:
        row.save()
        setting_event("setting.changed", row, changes, actor, at, source_ip)
    return row


@transaction.atomic
def version_adopt(row, *, actor, at=None, source_ip=None):
    """Makes a holder of the post the drafter of a draft that was loaded. Returns it.

    Raises NotAllowed for whoever does not hold the post, Refused where there is nothing to adopt.
    """
    _check_holder(row, actor)
    row = version_locked(row)
    if row.is_published:
        raise Refused("这一版已经发布过了。")
    if not needs_adoption(row):
        raise Refused(f"这一版已由{row.created_by}采用或起草，请另一位同事核对后发布。")
    _check_current(row)
    loaded_by, row.created_by = row.created_by, actor
    row.save(update_fields=["created_by"])
    setting_event(ADOPTED, row, {}, actor, at, source_ip, loaded_by=str(loaded_by or ""))
    return row


@transaction.atomic
def version_publish(row, *, actor, at=None, source_ip=None):
    """Puts a draft in force and marks the years that it touches. Returns how many enterprise-years those are.

    Raises NotAllowed for whoever drafted it or does not hold the post, Refused where a later version is in force.
    """
    at = at or timezone.now()
    _check_holder(row, actor)
    row = version_locked(row)
    if row.is_published:
        raise Refused("这一版已经发布过了。")
    if row.created_by_id == actor.pk:
        raise NotAllowed("起草人不能自己发布，请另一位同事核对后发布。")
    if needs_adoption(row):
        raise Refused("这一版是导入的，要先由一位同事采用，再由另一位同事发布。")
    _check_current(row)
    _check_values(row)
    adds_up_otherwise = isinstance(row, YearSettings) and lists_differ(year_settings(row.year), row)
    row.published_by, row.published_at = actor, at
    row.save(update_fields=["published_by", "published_at"])
    if isinstance(row, FilingPeriod):
        _follow(row)
    if adds_up_otherwise:
        figures_derive_year(row.year)
    setting_event("setting.published", row, {}, actor, at, source_ip)
    touched = Touched()
    touched.add(row)
    return touched_mark(touched)


def lists_differ(settings, others):
    """Whether monthly customs detail adds up to other figures by two YearSettings; the order of a list does not count."""
    return any(set(getattr(settings, name)) != set(getattr(others, name)) for name in LISTS)


def _follow(period):
    """What has not been submitted yet, and extensions, go by the version in force; what was filed keeps its own."""
    former = versions_of(period).exclude(pk=period.pk)
    Claim.objects.filter(period__in=former, first_submitted_at=None).update(period=period)
    DeadlineExtension.objects.filter(period__in=former).update(period=period)


def setting_values(row):
    """What a version sets, {field: JSON value}; who and when aside."""
    return {name: value for name, value in row_values(row).items() if name not in _OWN}


def changed_values(before, after):
    """What two versions differ in, {field: [old, new]} as JSON values; who and when aside."""
    changes = Change(before, after).values
    return {name: values for name, values in changes.items() if name not in _OWN}


def setting_event(kind, row, changes, actor, at, source_ip, **data):
    """Records what was done with a version; `changes` as `changed_values` gives them."""
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        topic=topic_of(row),
        data={"version": row.version, "changes": changes, **data},
    )
