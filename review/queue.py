"""The work that waits for an officer: which claims, in which order, and for how many working days."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
)
from django.utils import timezone

from accounts.roles import Role
from applications.flags.standing import open_kinds
from applications.lifecycle import TRANSITIONS
from applications.lifecycle.clock import clock_days
from applications.lifecycle.possible import OFFICE_STEPS
from applications.models import Claim, EnterpriseYear, Event, State
from applications.official import working_calendar
from applications.visibility import claims_for_office

S = State
_OFFICE_EVENTS = tuple(step.event for step in OFFICE_STEPS)
_NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Tab:
    """One view of the queue; `counted` ones show their number."""

    key: str
    label: str
    empty: str
    counted: bool = True


WAITING = Tab("waiting", "待我审核", "没有等待您审核的申报。您不需要做什么。")
TAKEN = Tab("taken", "已领办", "您还没有领办申报。打开一件申报，点“领办”即可。")
CHECK = Tab("check", "抽查复核", "没有等待复核的申报。您不需要做什么。")
RETURNED = Tab("returned", "等待企业", "没有等待企业补正的申报。您不需要做什么。")
SENT_BACK = Tab("sent_back", "财政退回", "没有被财政退回的申报。您不需要做什么。")
HANDLED = Tab("handled", "我处理过的", "您还没有处理过申报。处理以后会列在这里。", counted=False)
TABS = (WAITING, TAKEN, CHECK, RETURNED, SENT_BACK, HANDLED)
#: Tabs that only offices of commerce have: nobody checks, corrects or sends back after finance.
_COMMERCE_TABS = frozenset({CHECK, RETURNED, SENT_BACK})


def tabs_of(user):
    """The tabs that the person's posts have work in; none without a post that decides."""
    commerce = user.has_post(Role.COMMERCE, Role.CITY_COMMERCE)
    if not commerce and not user.has_post(Role.FINANCE, Role.CITY_FINANCE):
        return ()
    return tuple(tab for tab in TABS if commerce or tab not in _COMMERCE_TABS)


def claims_in_tab(user, tab):
    """Claims of one tab, in its order: oldest and then largest first; what was handled last comes first there."""
    claims = Claim.objects.filter(_condition(user, tab))
    if tab is HANDLED:
        return claims.order_by("-state_since", "pk")
    return claims.order_by("waiting_on", F("payable_cny").desc(nulls_last=True), "pk")


def claims_waiting(user):
    """What the person's office has to decide now, second checks aside, in the order of the queue."""
    return claims_in_tab(user, WAITING)


def tab_counts(user):
    """{tab: number of claims} of the counted tabs that the person has, in one query."""
    tabs = [tab for tab in tabs_of(user) if tab.counted]
    counts = {tab.key: Count("pk", filter=_condition(user, tab)) for tab in tabs}
    found = Claim.objects.aggregate(**counts) if counts else {}
    return {tab: found[tab.key] for tab in tabs}


def _condition(user, tab):
    office = _office(user)
    if tab is WAITING:
        return office & ~Q(state=S.SECOND_CHECK)
    if tab is TAKEN:
        return office & Q(assignee=user)
    if tab is CHECK:
        return office & Q(state=S.SECOND_CHECK)
    if tab is RETURNED:
        return _returned(user)
    if tab is SENT_BACK:
        return office & Q(state=S.COMMERCE_REVIEW) & _sent_back_by_finance()
    by_them = Event.objects.filter(claim=OuterRef("pk"), actor=user, kind__in=_OFFICE_EVENTS)
    return Q(pk__in=claims_for_office(user).values("pk")) & Q(Exists(by_them))


def _office(user):
    """Claims that lie with an office of the person, in a state that the office decides in."""
    condition = _NOTHING
    for post in user.posts_in_force():
        if post.role == Role.CITY_COMMERCE:
            condition |= Q(state=S.CITY_REVIEW, city=post.city)
            condition |= Q(state__in=(S.COMMERCE_REVIEW, S.SECOND_CHECK), payer=post.city)
        elif post.role == Role.COMMERCE:
            condition |= Q(state__in=(S.COMMERCE_REVIEW, S.SECOND_CHECK), payer=Claim.PROVINCE)
        elif post.role == Role.CITY_FINANCE:
            condition |= Q(state=S.FINANCE_REVIEW, payer=post.city)
        elif post.role == Role.FINANCE:
            condition |= Q(state=S.FINANCE_REVIEW, payer=Claim.PROVINCE)
    return condition


def _returned(user):
    """Claims that an office of the person returned and the enterprise has not corrected yet."""
    condition = _NOTHING
    for post in user.posts_in_force():
        if post.role == Role.CITY_COMMERCE:
            condition |= Q(city=post.city, returned_from=S.CITY_REVIEW)
            condition |= Q(payer=post.city, returned_from=S.COMMERCE_REVIEW)
        elif post.role == Role.COMMERCE:
            condition |= Q(payer=Claim.PROVINCE, returned_from=S.COMMERCE_REVIEW)
    return Q(state=S.RETURNED) & condition


def _sent_back_by_finance():
    """The step that brought the claim where it is was taken by finance; steps and states carry the same time."""
    brought = Event.objects.filter(claim=OuterRef("pk"), at=OuterRef("state_since"))
    return Q(
        Exists(
            brought.filter(
                Q(kind=TRANSITIONS["re_examine"].event)
                | Q(kind=TRANSITIONS["send_back"].event, data__from=S.FINANCE_REVIEW)
            )
        )
    )


def claims_listed(claims):
    """What a list needs beside each claim, joined or annotated, so that a row costs no query.

    `computing`, and `flag_kinds`: what is noticed about it and not dealt with.
    """
    waiting = EnterpriseYear.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), requested__gt=F("settled")
    )
    return claims.select_related("enterprise", "assignee").annotate(
        computing=Exists(waiting), flag_kinds=open_kinds()
    )


def waiting_days_add(claims, *, today=None):
    """Sets `waited` on each claim: working days at its present stage (see `applications.lifecycle.clock`), or None.

    One query, for the calendar; returns the claims.
    """
    calendar, today = working_calendar(), today or timezone.localdate()
    for claim in claims:
        claim.waited = clock_days(claim, today, calendar)
    return claims


def waiting_longer_than(days, *, today=None):
    """The last day on which a claim must have come to have waited more than `days` working days by today."""
    calendar = working_calendar()
    today = today or timezone.localdate()
    since = today
    while calendar.count_working_days(since, today) <= days:
        since -= timedelta(days=1)
    return since


@dataclass(frozen=True)
class Place:
    """Where a claim stands in the person's queue (from 1), of how many, and the numbers beside it ("" for none)."""

    position: int
    total: int
    previous: str
    next: str


def place_in_queue(user, claim):
    """The claim's Place among what waits for the person; position 0 where it does not wait for them.

    `next` is then the first that waits.
    """
    tab = CHECK if claim.state == S.SECOND_CHECK else WAITING
    numbers = list(claims_in_tab(user, tab).values_list("number", flat=True)) if tab in tabs_of(user) else []
    if claim.number not in numbers:
        return Place(0, len(numbers), "", numbers[0] if numbers else "")
    index = numbers.index(claim.number)
    return Place(
        position=index + 1,
        total=len(numbers),
        previous=numbers[index - 1] if index else "",
        next=numbers[index + 1] if index + 1 < len(numbers) else "",
    )
