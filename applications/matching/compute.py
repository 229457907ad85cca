"""Computing matches: one transaction per chunk of firm-years; running it twice changes nothing.

Everything comes from official data alone. What a firm has already claimed is left to whoever reads the matches.
"""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from applications.matching.entries import entry_in_force, entry_text
from applications.models import (
    AgriculturalExporter,
    DualCirculationEntry,
    Enterprise,
    EnterpriseYear,
    Match,
    MatchYear,
    PlatformMember,
    TradeFigures,
)
from applications.settlement.case_builder import case_build, enterprise_build
from applications.settlement.gate import gate, gate_try
from applications.settlement.load import YearInput, lifetime_key, past_awards_load, years_load_official
from applications.settlement.run import CHUNK, SPOILT
from applications.settlement.write import copy_insert, copy_update
from measures import registry
from measures.prospect import prepared_facts, prospects
from measures.prospect_sentences import statement_texts

log = logging.getLogger(__name__)

_ONCE_FOR_EVER = tuple(item for item in registry.ITEMS.values() if item.prepared and item.once_for_ever)
#: Where a firm's name stands beside the register of enterprises; what comes later in the list wins.
_NAMED_IN = (PlatformMember, AgriculturalExporter, DualCirculationEntry, TradeFigures)
_MATCH_FIELDS = (
    *("match_year_id", "item", "subject", "lifetime_key", "certain", "amount_cny", "grounds", "missing"),
)
_YEAR_COLUMNS = {"name": "varchar", "city": "varchar", "settled": "integer"}


@dataclass(frozen=True)
class Candidate:
    """What a firm could be awarded once for ever, as `past_awards_load` asks claims for it."""

    item: str
    subject: str


def matches_compute(ids):
    """Matches those of the firm-years that wait and that nobody else holds right now. Returns how many.

    Does nothing while official data are being changed: `matches_mark` passes over what waits already, and may only do so
    if nobody is at it.
    """
    with transaction.atomic():
        if not gate_try(shared=True):
            return 0
        rows = list(
            MatchYear.objects.select_for_update(skip_locked=True)
            .filter(pk__in=ids, requested__gt=F("settled"))
            .order_by("pk")
        )
        if not rows:
            return 0
        sources = official_load([(row.credit_code, row.year) for row in rows])
        _matches_write(
            rows,
            [match for row, source in zip(rows, sources, strict=True) for match in _matches(row, source)],
        )
        _rows_write(rows, sources)
    return len(rows)


def matches_compute_safely(ids):
    """Matches a chunk; where something in it fails, each firm-year by itself, so that one spoilt row stops no other."""
    try:
        return matches_compute(ids)
    except SPOILT:
        log.exception("a chunk of %s firm-years failed, matching them one by one", len(ids))
    done = 0
    for pk in ids:
        try:
            done += matches_compute([pk])
        except SPOILT:
            log.exception("firm-year %s cannot be matched", pk)
    return done


def matches_waiting(most):
    """The keys of at most `most` firm-years that wait to be matched."""
    waiting = MatchYear.objects.filter(requested__gt=F("settled")).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:most])


def matches_compute_all():
    """Matches everything that waits, right here, chunk by chunk. Returns how many firm-years."""
    done = 0
    while (keys := matches_waiting(CHUNK)) and (matched := matches_compute_safely(keys)):
        done += matched
    return done


def matches_compute_year(year, *, everything=False, inline=False):
    """Matches what waits in a year, everything in it where `everything`, such as after a rule has been changed.

    `inline` matches in this process, otherwise the sweep does. Returns how many firm-years were matched here.
    """
    of_year = MatchYear.objects.filter(year=year)
    if everything:
        with transaction.atomic():
            gate()
            of_year.filter(requested=F("settled")).update(requested=F("requested") + 1)
    waiting = of_year.filter(requested__gt=F("settled")).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)) if inline else []
    return sum(matches_compute_safely(keys[start : start + CHUNK]) for start in range(0, len(keys), CHUNK))


# --- Loading -------------------------------------------------------------------------------------


def official_load(firm_years):
    """A YearInput without claims for each (credit code, year), with the past awards that bar what it could claim.

    A firm that has not signed up is stood in for by an unsaved one; the number of queries does not grow with the firms.
    """
    known = {
        firm.credit_code: firm
        for firm in Enterprise.objects.filter(credit_code__in={code for code, _ in firm_years})
    }
    inputs = {}
    for number, (code, year) in enumerate(firm_years, 1):
        firm = known.get(code) or Enterprise(credit_code=code)
        # The keys of firms are above 0; each stand-in needs one of its own.
        inputs[firm.pk or -number, year] = YearInput(EnterpriseYear(enterprise=firm, year=year))
    sources = list(inputs.values())
    years_load_official(sources)
    for source in sources:
        source.claims = _candidates(source)
    past_awards_load(inputs)
    for source in sources:
        source.claims = []
    return sources


def _candidates(source):
    enterprise = enterprise_build(source)
    return [
        Candidate(item.code, item.subject(facts, {}))
        for item in _ONCE_FOR_EVER
        for facts in prepared_facts(item, enterprise)
    ]


# --- Matching ------------------------------------------------------------------------------------


def _matches(row, source):
    return [_match(row, source, one) for one in prospects(case_build(source, claims=()), source.reference)]


def _match(row, source, prospect):
    key = ""
    if prospect.lifetime_subject is not None:
        name, _, level = prospect.lifetime_subject.partition("|")
        key = lifetime_key(prospect.item, name, level, row.credit_code)
    entry = entry_in_force(source, prospect.item, prospect.subject)
    return Match(
        match_year_id=row.pk,
        item=prospect.item,
        subject=prospect.subject,
        lifetime_key=key,
        certain=prospect.certain,
        amount_cny=prospect.amount,
        grounds=[*([entry_text(entry)] if entry else []), *statement_texts(prospect.grounds)],
        missing=statement_texts(prospect.wanted),
    )


# --- Writing -------------------------------------------------------------------------------------


def _matches_write(rows, matches):
    """Puts the matches of firm-years in place of those that are stored, where they differ."""
    fresh = {row.pk: [] for row in rows}
    stored = {row.pk: [] for row in rows}
    for match in matches:
        fresh[match.match_year_id].append(match)
    for match in Match.objects.filter(match_year__in=list(stored)):
        stored[match.match_year_id].append(match)
    changed = [pk for pk in fresh if _values(fresh[pk]) != _values(stored[pk])]
    Match.objects.filter(match_year__in=[pk for pk in changed if stored[pk]]).delete()
    copy_insert([match for pk in changed for match in fresh[pk]], _MATCH_FIELDS)


def _values(matches):
    return sorted([getattr(match, name) for name in _MATCH_FIELDS] for match in matches)


def _rows_write(rows, sources):
    names = _names_elsewhere(
        [row.credit_code for row, source in zip(rows, sources, strict=True) if not source.registered]
    )
    copy_update(
        MatchYear._meta.db_table,
        _YEAR_COLUMNS,
        [
            (row.pk, *_name_and_city(row, source, names), row.requested)
            for row, source in zip(rows, sources, strict=True)
        ],
    )


def _name_and_city(row, source, names):
    """As the register of enterprises has them; a name alone from where else it stands."""
    if source.registered:
        return source.registered.name, source.registered.city
    return names.get(row.credit_code, ""), ""


def _names_elsewhere(codes):
    found = {}
    for model in _NAMED_IN:
        rows = model.objects.filter(credit_code__in=codes).exclude(name="")
        found.update(rows.order_by("credit_code", "pk").values_list("credit_code", "name"))
    return found
