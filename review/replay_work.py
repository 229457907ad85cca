"""The work of a replay: every filed claim of the year computed twice, with what is in force and with the draft.

Nothing but the replay's own lines is written. Enterprise-years are read in chunks by the queries of a settlement, each
once for both computations, so that what happens meanwhile cannot look like an effect of the draft. Lines are stored chunk
by chunk and belong to nothing until the job is done; a job that ends otherwise takes them away.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef

from applications.errors import Refused
from applications.jobs import WORKS, Work
from applications.models import CityRate, Claim, EnterpriseYear, FilingPeriod, JobState, YearSettings
from applications.models.states import COUNTED_STATES
from applications.settlement.load import YearInput, years_load
from applications.settlement.plan import year_evaluate
from applications.settlement.run import CHUNK
from applications.settlement.write import copy_insert
from applications.trade_figures import figures_of
from measures.contract import ContractError
from review.models import Replay, ReplayLine
from review.publishing import lists_differ, newest_published, setting_values
from review.replay import WORK, draft_of
from review.replay_period import period_effect
from review.replay_sums import replay_totals

ZERO = Decimal("0.00")
#: What spoilt data of one enterprise-year can raise; such a year is counted and left out.
SPOILT = (ContractError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
LINE_FIELDS = tuple(each.attname for each in ReplayLine._meta.concrete_fields if not each.primary_key)


def replay_run(job, progress):
    """Computes a replay from its start. Returns its totals. Raises Refused where the draft has been published."""
    replay = Replay.objects.get(job=job)
    draft = draft_of(replay)
    if draft.is_published:
        raise Refused("这一版已经发布，不需要再试算。")
    replay.values, replay.in_force = setting_values(draft), newest_published(draft)
    replay.save(update_fields=["values", "in_force"])
    replay.lines.all().delete()
    if isinstance(draft, FilingPeriod):
        return {"period": period_effect(draft, progress)}
    years = years_concerned(draft)
    progress.phase("正在试算", total=years.count())
    done = failed = 0
    for rows in _chunks(years):
        lines, spoilt = lines_of_chunk(rows, draft)
        for line in lines:
            line.replay_id = replay.pk
        copy_insert(lines, LINE_FIELDS)
        done, failed = done + len(rows), failed + spoilt
        progress.step(done)
    progress.phase("正在汇总")
    return replay_totals(replay) | {"failed": failed}


def replay_ended(job):
    """Keeps the totals of a replay that was done, and no line of one that was not."""
    replay = Replay.objects.get(job=job)
    if job.state == JobState.DONE:
        replay.totals = job.result
        replay.save(update_fields=["totals"])
    else:
        replay.lines.all().delete()


def years_concerned(draft):
    """The enterprise-years whose amounts a draft can change: a year's with claims; for a city's rate those with its item."""
    claims = Claim.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), state__in=COUNTED_STATES
    )
    if isinstance(draft, CityRate):
        claims = claims.filter(item=draft.item, city=draft.city)
    return EnterpriseYear.objects.filter(Exists(claims), year=draft.year)


def _chunks(years):
    """Lists of at most CHUNK rows, their enterprises joined; no cursor stays open between two of them."""
    last = 0
    while rows := list(years.filter(pk__gt=last).select_related("enterprise").order_by("pk")[:CHUNK]):
        yield rows
        last = rows[-1].pk


# --- One chunk -----------------------------------------------------------------------------------


@dataclass
class Computed:
    """What one computation of a year says of its claims, yuan: payable of all, entitlements of the locked ones."""

    payable: dict
    entitled: dict


def lines_of_chunk(rows, draft):
    """ReplayLines of some EnterpriseYear rows, and how many of these cannot be computed."""
    sources = years_load(rows)
    drafted = sources_with(sources, draft)
    lines, spoilt = [], 0
    for source, other in zip(sources, drafted, strict=True):
        try:
            before, after = _compute(source), _compute(other)
        except SPOILT:
            spoilt += 1
            continue
        lines += _lines(source, before, after, draft)
    return lines, spoilt


def sources_with(sources, draft):
    """The same YearInputs as they would be with the draft in force."""
    if isinstance(draft, CityRate):
        key = (draft.city, draft.year, draft.item)
        return [replace(source, city_rates={**source.city_rates, key: draft}) for source in sources]
    figures = _figures(sources, draft)
    return [_with_settings(source, draft, figures) for source in sources]


def _figures(sources, draft):
    """What customs detail comes to by the draft's lists; None where they are those in force."""
    if not lists_differ(sources[0].settings, draft):
        return None
    codes = {source.row.enterprise.credit_code for source in sources}
    return figures_of(codes, {draft.year, draft.year - 1}, drafts={draft.year: draft})


def _with_settings(source: YearInput, draft: YearSettings, figures):
    reference = replace(
        source.reference,
        day_counts={**source.reference.day_counts, draft.year: draft.day_count},
        rcep_by_year={**source.reference.rcep_by_year, draft.year: frozenset(draft.rcep_members)},
    )
    trade = source.trade
    if figures is not None:
        code = source.row.enterprise.credit_code
        years = (draft.year, draft.year - 1)
        trade = {year: figures[code, year] for year in years if (code, year) in figures}
    return replace(source, settings=draft, reference=reference, trade=trade)


def _compute(source):
    _, result, locks = year_evaluate(source)
    return Computed(
        payable={int(each.id): each.payable for each in result.claims},
        entitled={pk: entitled for pk, (_, entitled) in locks.items()},
    )


def _lines(source, before, after, draft):
    """The claims of one year added up by item and payer; of a city's rate, those filed in the city."""
    groups = defaultdict(list)
    for claim in source.claims:
        if not isinstance(draft, CityRate) or claim.city == draft.city:
            groups[claim.item, claim.payer].append(claim)
    return [
        _line(source.row.enterprise_id, key, claims, before, after) for key, claims in sorted(groups.items())
    ]


def _line(enterprise_id, key, claims, before, after):
    item, payer = key
    locked = [claim for claim in claims if claim.locked_cny is not None]
    return ReplayLine(
        enterprise_id=enterprise_id,
        item=item,
        payer=payer,
        claims=len(claims),
        before_cny=sum((before.payable[claim.pk] for claim in claims), ZERO),
        after_cny=sum((after.payable[claim.pk] for claim in claims), ZERO),
        locked=len(locked),
        locked_cny=sum((claim.locked_cny for claim in locked), ZERO),
        entitled_before_cny=sum((before.entitled[claim.pk] for claim in locked), ZERO),
        entitled_after_cny=sum((after.entitled[claim.pk] for claim in locked), ZERO),
        falling=sum(after.entitled[claim.pk] < before.entitled[claim.pk] for claim in locked),
    )


WORKS[WORK] = Work(run=replay_run, ended=replay_ended)
