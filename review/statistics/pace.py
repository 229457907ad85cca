"""How long money takes: working days from the first submission to the first payment, and at which desk they pass."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from applications.models import Event, LedgerEntry, LedgerKind, State
from applications.official import working_calendar

#: Stages in the order of a claim's life.
_STAGES = (
    State.CITY_REVIEW,
    State.COMMERCE_REVIEW,
    State.SECOND_CHECK,
    State.FINANCE_REVIEW,
    State.APPROVED,
    State.PAYABLE,
)


@dataclass(frozen=True)
class Pace:
    """Working days from submission to the first payment: of half the claims at most `median`, of nine in ten `most`."""

    claims: int
    median: int
    most: int
    average: float
    #: [(days up to and including, claims)]: how many took no longer.
    spread: tuple


@dataclass(frozen=True)
class Stay:
    """Working days that claims waited at one stage on average, of those that have left it."""

    label: str
    claims: int
    average: float


#: Classes of the spread, working days up to and including.
CLASSES = (20, 40, 60, 90, 120)


def pace_of(claims):
    """The Pace of those of the claims (a queryset) that money has reached; None where there are none. One query."""
    calendar = working_calendar()
    days = sorted(
        day
        for submitted, paid, number in _pairs(claims)
        for day in [calendar.count_working_days(submitted, paid)] * number
    )
    if not days:
        return None
    bounds = [(bound, sum(day <= bound for day in days)) for bound in CLASSES]
    return Pace(
        claims=len(days),
        median=days[(len(days) - 1) // 2],
        most=days[(len(days) * 9 - 1) // 10],
        average=sum(days) / len(days),
        spread=(*bounds, (None, len(days))),
    )


def _pairs(claims):
    """(day of submission, day of the first payment, number of claims), each pair of days once."""
    paid = claims.filter(paid_cny__gt=0).order_by().values("pk", "year", "first_submitted_at")
    chosen, params = paid.query.sql_with_params()
    zone = timezone.get_current_timezone_name()
    # An entry's year is that of its claim; said here, the entries of other years are not looked at.
    sql = f"""
        SELECT submitted, paid, count(*) FROM (
            SELECT (min(claim.first_submitted_at) AT TIME ZONE %s)::date AS submitted,
                (min(entry.at) AT TIME ZONE %s)::date AS paid
            FROM ({chosen}) claim JOIN {LedgerEntry._meta.db_table} entry
                ON entry.claim_id = claim.pk AND entry.year = claim.year
            WHERE entry.kind = %s
            GROUP BY claim.pk
        ) each GROUP BY submitted, paid
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [zone, zone, *params, LedgerKind.PAYMENT.value])
        return cursor.fetchall()


def stays_of(claims):
    """A Stay for each stage that the claims (a queryset) have left, in the order of their life. One query.

    A claim that came back to a stage counts once, with all that it waited there.
    """
    ids, params = claims.order_by().values("pk").query.sql_with_params()
    sql = f"""
        SELECT stage, count(*), avg(waited) FROM (
            SELECT data->>'from' AS stage, max((data->>'waited')::int) AS waited
            FROM {Event._meta.db_table}
            WHERE claim_id IN ({ids}) AND data ? 'waited'
            GROUP BY claim_id, data->>'from'
        ) each GROUP BY stage
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = {stage: (number, average) for stage, number, average in cursor.fetchall()}
    return [Stay(stage.label, found[stage][0], float(found[stage][1])) for stage in _STAGES if stage in found]
