"""How long each office has a claim, and by when it is expected to be done with it. All dates are 预计, never promises."""

from dataclasses import dataclass

from django.db.models.functions import Coalesce
from django.utils import timezone

from applications.models import Event, LedgerEntry, LedgerKind, NoticeLine, Question, State
from applications.official import working_calendar, year_settings

S = State
#: Working days that an office is expected to need for what waits for it in a state, from the day after it came there.
#: How long a notice stands is a setting of the year.
STAGE_DAYS = {
    S.CITY_REVIEW: 5,
    S.COMMERCE_REVIEW: 10,
    S.SECOND_CHECK: 3,
    S.FINANCE_REVIEW: 5,
    S.APPROVED: 5,
    S.PAYABLE: 10,
    S.COMMITTED: 5,
}
#: A claim that comes back corrected is looked at again: so many working days are left for that at least.
LEAST_AGAIN = 3


def days_left(state, waited, here):
    """Working days that an office has left at a stage; negative by as many as it is late.

    `waited` are all that the claim has waited there, earlier stays included; `here` those since it last came. Of what came
    back at least LEAST_AGAIN days are left from then on.
    """
    days = STAGE_DAYS[S(state)]
    return max(days - waited, min(days, LEAST_AGAIN) - here)


def expected_end(claim, *, events=None, notice=None, calendar=None):
    """By when the office that has the claim now is expected to be done: (date, certain), or None where no office has it.

    `events` are all events of the claim and `notice` the Notice that it stands in, where the caller has them already.
    Not certain where the holidays of a year on the way are not known.
    """
    steps = (
        None if events is None else [_step(event.at, event.data) for event in events if "from" in event.data]
    )
    notices = None if notice is None else {claim.pk: notice}
    return _ends([claim], {claim.pk: steps} if steps is not None else None, notices, calendar)[claim.pk]


def expected_ends(claims):
    """`expected_end` of many claims as {claim id: (date, certain) or None}, with a fixed number of queries."""
    return _ends(claims, None, None, None)


def _ends(claims, steps, notices, calendar):
    waiting = [claim for claim in claims if _has_office(claim)]
    without_money = _without_money(waiting)
    waiting = [claim for claim in waiting if claim.pk not in without_money]
    if not waiting:
        return {claim.pk: None for claim in claims}
    calendar = calendar or working_calendar()
    steps = _steps_of(waiting) if steps is None else steps
    notices = _notices_of(waiting) if notices is None else notices
    asked = _asked_days(waiting, calendar)
    found = {claim.pk: None for claim in claims}
    for claim in waiting:
        if claim.state == S.IN_NOTICE:
            found[claim.pk] = _notice_end(notices.get(claim.pk))
        else:
            left = _days_left(claim, steps.get(claim.pk, []), calendar) + asked.get(claim.pk, 0)
            found[claim.pk] = calendar.add_working_days(timezone.localdate(claim.state_since), left)
    return found


def _has_office(claim):
    """Money that did not arrive waits for the firm's account, a question for its answer; what is approved at nothing waits
    for nobody."""
    if claim.clock_stopped_on is not None:
        return False
    if claim.state == S.APPROVED and not claim.owed_cny:
        return False
    if claim.state == S.PAYABLE and claim.payout_failed:
        return False
    return claim.state in STAGE_DAYS or claim.state == S.IN_NOTICE


def withheld_of(claims):
    """{claim id: the newest entry of shortage} of claims of which that decision withholds something, in one query."""
    newest = LedgerEntry.objects.filter(kind=LedgerKind.SHORTAGE, claim__in=[claim.pk for claim in claims])
    entries = {row.claim_id: row for row in newest.order_by("claim_id", "-pk").distinct("claim_id")}
    return {
        claim.pk: entries[claim.pk]
        for claim in claims
        if claim.pk in entries and entries[claim.pk].amount_cny and entries[claim.pk].at >= claim.locked_at
    }


def _without_money(claims):
    """The ids of claims of which nothing can be paid before there is more money: no office can say by when."""
    payable = {claim.pk: claim for claim in claims if claim.state == S.PAYABLE}
    if not payable:
        return set()
    found = withheld_of(payable.values())
    return {pk for pk, entry in found.items() if -entry.amount_cny >= payable[pk].owed_cny}


def _asked_days(claims, calendar):
    """{claim id: working days that the enterprise took for answers since the claim came to its stage}."""
    since = {claim.pk: claim.state_since for claim in claims}
    ended = Coalesce("answered_at", "withdrawn_at")
    found = {}
    questions = Question.objects.filter(claim__in=since, asked_at__gte=min(since.values()))
    for pk, asked, end in questions.annotate(end=ended).values_list("claim", "asked_at", "end"):
        if end is not None and asked >= since[pk]:
            days = calendar.count_working_days(timezone.localdate(asked), timezone.localdate(end))
            found[pk] = found.get(pk, 0) + days
    return found


def _notice_end(notice):
    return (notice.last_day, notice.certain) if notice else None


def _notices_of(claims):
    standing = [claim.pk for claim in claims if claim.state == S.IN_NOTICE]
    if not standing:
        return {}
    lines = NoticeLine.objects.filter(claim__in=standing, withdrawn_at=None).select_related("notice")
    return {line.claim_id: line.notice for line in lines.order_by("pk")}


def _step(at, data):
    return at, data["from"], data["to"]


def _steps_of(claims):
    """{claim id: [(time, from, to)]} of every step that claims have made."""
    found = {claim.pk: [] for claim in claims}
    rows = Event.objects.filter(claim__in=found, data__has_key="from").order_by("pk")
    for pk, at, data in rows.values_list("claim", "at", "data"):
        found[pk].append(_step(at, data))
    return found


def _days_left(claim, steps, calendar):
    """The clock of a stage stops while the enterprise corrects, and begins anew with every other step."""
    days, used, came = STAGE_DAYS[S(claim.state)], 0, None
    for at, source, target in steps:
        if target == S.RETURNED:
            used += (
                calendar.count_working_days(timezone.localdate(came), timezone.localdate(at)) if came else 0
            )
        elif source != S.RETURNED:
            used = 0
        came = at
    return max(days - used, min(days, LEAST_AGAIN))


@dataclass(frozen=True)
class Clock:
    """The dates of one claim: when the office that has it is expected to be done ((date, certain) or None), by how many
    working days that is over, when the states after it are expected to end, and how many working days each takes."""

    end: tuple | None
    late: int
    ahead: dict
    days: dict


def clock_of(claim, *, events, notice=None):
    """The Clock of a claim whose events, and the Notice that it stands in, the caller has."""
    calendar = working_calendar()
    end = expected_end(claim, events=events, notice=notice, calendar=calendar)
    days = {**STAGE_DAYS, S.IN_NOTICE: year_settings(claim.year).notice_days}
    if end is None:
        return Clock(None, 0, {}, days)
    late = calendar.count_working_days(end[0], timezone.localdate())
    return Clock(end, late, _ahead(claim, end, days, calendar), days)


def _ahead(claim, end, days, calendar):
    """From the expected day, or from today where that is over. Few claims are drawn for a second check."""
    order = [state for state in S if state in days and state != S.SECOND_CHECK]
    later = [state for state in order if list(S).index(state) > list(S).index(S(claim.state))]
    day, certain = max(end[0], timezone.localdate()), end[1]
    found = {}
    for state in later:
        day, known = calendar.add_working_days(day, days[state])
        certain = certain and known
        found[state] = (day, certain)
    return found
