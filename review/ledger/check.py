"""The check that entries, claims, batches, notices, demands, decisions and appropriations agree: one statement, one moment."""

from dataclasses import asdict, dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from applications.jobs import WORKS, Work, job_add
from applications.models import OPEN_JOB_STATES, Job, State
from measures.money import grouped
from review.ledger.ground import COUNTS, PARTS
from review.ledger.rules import RULES
from review.models import LedgerCheck
from review.notices import payer_name

CHECK = "ledger.check"
#: Key of the advisory lock under which checks are started, so that two who start one at once get the same.
_LOCK = 20220044
#: So many problems of one rule are named; all are counted.
MOST_NAMED = 100


@dataclass(frozen=True)
class Problem:
    """One thing that does not agree: by which rule, in a sentence, and the claim's number where it is one claim's."""

    rule: str
    text: str
    claim: str = ""


@dataclass
class Outcome:
    """What a check found: `counts` are words with their numbers; `count` problems, of which `problems` are named."""

    counts: list = field(default_factory=list)
    entries: int = 0
    claims: int = 0
    count: int = 0
    problems: list = field(default_factory=list)


def ledger_check(*, year=None):
    """Checks everything, or the claims of one year and what they are in, as it is at one moment. Returns an Outcome.

    One query, however much there is. What waits to be settled is left out of the rules about whole enterprise-years.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"year": year})
        rows = cursor.fetchall()
    outcome = Outcome()
    numbers = {}
    for place, who, claim, detail, expected, found, _ in rows:
        if place < 0:
            numbers[-place] = int(found)
        else:
            outcome.problems.append(_problem(RULES[place], who, claim, detail, expected, found))
    outcome.count = _counted(rows)
    outcome.counts = [words.format(numbers[place]) for place, (words, _) in enumerate(COUNTS, start=1)]
    outcome.entries, outcome.claims = numbers[1], numbers[2]
    return outcome


def _counted(rows):
    """How many problems there are in all: each row says how many its rule has."""
    return sum({place: many for place, *_, many in rows if place >= 0}.values())


def _problem(rule, who, claim, detail, expected, found):
    shown = str if rule.counts else grouped
    numbers = {
        name: "" if value is None else shown(value)
        for name, value in (("expected", expected), ("found", found))
    }
    text = rule.sentence.format(who=who, detail=_detail(rule, detail), **numbers)
    return Problem(rule.name, text, who if claim else "")


def _detail(rule, detail):
    if rule.name == "within_budget":
        year, payer = detail.split()
        return f"{payer_name(payer)} {year} 年度"
    return State(detail).label if detail in State.values else detail


def _statement():
    """The one statement: the parts, then every rule with how many it found, and what was counted."""
    parts = ",\n".join(f"{name} AS MATERIALIZED (\n    {sql}\n)" for name, sql in PARTS)
    arms = [
        f"(SELECT {place}, who, claim::bigint, detail, expected::numeric, found::numeric, count(*) OVER () FROM ({rule.sql})"
        f" AS each (who, claim, detail, expected, found) ORDER BY who, detail LIMIT {MOST_NAMED})"
        for place, rule in enumerate(RULES)
    ]
    arms += [
        f"(SELECT {-place}, '', NULL::bigint, '', NULL::numeric, {sql}, 0)"
        for place, (_, sql) in enumerate(COUNTS, start=1)
    ]
    return f"WITH {parts}\n" + "\nUNION ALL\n".join(arms)


_STATEMENT = _statement()


def check_store(outcome, *, at=None):
    """Keeps what a check found, for the page. Returns the LedgerCheck."""
    return LedgerCheck.objects.create(
        at=at or timezone.now(),
        entries=outcome.entries,
        claims=outcome.claims,
        count=outcome.count,
        problems=[asdict(problem) for problem in outcome.problems],
    )


def check_of_the_day(*, at=None):
    """Checks everything and keeps what was found, unless that has been done today (Asia/Shanghai): then None."""
    at = at or timezone.now()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    if LedgerCheck.objects.filter(at__gte=midnight, at__lte=at).exists():
        return None
    return check_store(ledger_check(), at=at)


@transaction.atomic
def check_start(*, actor, at=None, source_ip=None):
    """Has a worker check the ledger; gives the job that is under way where there is one already, whoever asks at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    under_way = Job.objects.filter(work=CHECK, state__in=OPEN_JOB_STATES).order_by("pk").first()
    return under_way or job_add(work=CHECK, params={}, actor=actor, at=at, source_ip=source_ip)


def _run(job, progress):
    progress.phase("正在核对")
    outcome = ledger_check()
    stored = check_store(outcome)
    return {"check": stored.pk, "count": outcome.count}


WORKS[CHECK] = Work(_run)
