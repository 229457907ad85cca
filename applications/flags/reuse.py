"""The same file, invoice, policy, declaration or loan in two claims: found among the fingerprints of all that count."""

import re
from dataclasses import dataclass

from django.db import connection

from applications.declared import places_of
from applications.evidence import document_of
from applications.fingerprints import ANSWER
from applications.models import Claim, ClaimEvidence, EvidenceFile, Fingerprint
from applications.models.states import COUNTED_STATES
from measures import registry

from .kinds import reuse_kind

#: Claims with one and the same fingerprint that are looked at, those of other firms first.
MOST_SAME = 24
#: Claims that flags of one kind name; the last of them says whether there are more.
MOST_NAMED = 10
#: Papers or numbers in common that one flag names; it says how many there are.
MOST_LISTED = 5

_ROW = re.compile(r"\[\d+\]")
#: Each fingerprint of some claims with every other claim that has it; asked for with the states that count and the claims.
SAME = f"""
    SELECT mine.claim_id, mine.kind, mine.value, mine.place, other.*
    FROM {Fingerprint._meta.db_table} mine
    JOIN {Claim._meta.db_table} claim ON claim.id = mine.claim_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (own, one.id)
            one.enterprise_id = claim.enterprise_id AS own, one.id, one.number, one.item, one.year, one.city, its.place
        FROM {Fingerprint._meta.db_table} its JOIN {Claim._meta.db_table} one ON one.id = its.claim_id
        WHERE its.kind = mine.kind AND its.value = mine.value AND one.id <> claim.id AND one.state = ANY(%s)
        ORDER BY own, one.id, its.place
        LIMIT {MOST_SAME}
    ) other
    WHERE mine.claim_id = ANY(%s)
    ORDER BY mine.claim_id, mine.place, mine.value, own, other.id, other.place
"""


@dataclass(frozen=True)
class Same:
    """One fingerprint of a claim, at `place`, that another claim has at `other_place`; `own` means of the same firm.

    `name` is what a file is called in the claim itself.
    """

    kind: str
    value: str
    place: str
    own: bool
    other: int
    number: str
    item: str
    year: int
    city: str
    other_place: str
    name: str = ""


def reuse_load(claim_ids):
    """{claim id: [Same]} of claims that share a fingerprint with another that counts; one query, three where files do."""
    if not claim_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SAME, [sorted(COUNTED_STATES), claim_ids])
        rows = cursor.fetchall()
    names = _names({(claim, value) for claim, kind, value, *_ in rows if kind == Fingerprint.Kind.FILE})
    found = {}
    for claim, kind, value, place, own, other, number, item, year, city, other_place in rows:
        name = names.get((claim, value, place), "")
        same = Same(kind, value, place, own, other, number, item, year, city, other_place, name)
        found.setdefault(claim, []).append(same)
    return found


def _names(files):
    """What files, given as (claim id, SHA-256), are called: {(claim id, SHA-256, document): name}; two queries."""
    if not files:
        return {}
    claims, contents = {claim for claim, _ in files}, {value for _, value in files}
    given = ClaimEvidence.objects.filter(claim__in=claims, file__sha256__in=contents)
    rows = given.order_by("pk").values_list("claim_id", "file__sha256", "document", "file__name")
    named = {(claim, value, document): name for claim, value, document, name in rows}
    answers = EvidenceFile.objects.filter(answers__claim__in=claims, sha256__in=contents)
    rows = answers.order_by("pk").values_list("answers__claim", "sha256", "name")
    return named | {(claim, value, ANSWER): name for claim, value, name in rows}


def reused(claim, same):
    """Yields (kind, key, data) for each other claim with which a claim has something in common that means something."""
    groups = {}
    for each in same:
        if not (each.own and _is_ordinary(claim, each)):
            groups.setdefault(reuse_kind(each.kind, own=each.own), {}).setdefault(each.other, []).append(each)
    for kind, others in groups.items():
        named = sorted(others)[:MOST_NAMED]
        for other in named:
            data = _in_common(claim, others[other])
            if other == named[-1] and len(others) > MOST_NAMED:
                data["more"] = True
            yield kind, data["claim"], data


def _in_common(claim, group):
    first = group[0]
    things = {(_label(claim.rule, each), each.name or each.value): None for each in group}
    return {
        "claim": first.number,
        "item": first.item,
        "year": first.year,
        "city": first.city,
        "things": [list(thing) for thing in things][:MOST_LISTED],
        "count": len(things),
    }


def _is_ordinary(claim, same):
    """Whether a firm may well give the same for two claims of its own: a paper that serves several, a loan that lasts,
    a file that answers two questions."""
    if same.kind == Fingerprint.Kind.FILE:
        if same.place == same.other_place == ANSWER:
            return True
        papers = document_of(claim.rule, same.place), document_of(registry.item(same.item), same.other_place)
        return any(paper is not None and paper.reusable for paper in papers)
    return claim.year != same.year and _field(claim.rule, same.place).lasting


def _label(rule, same):
    """What the paper or the number is called in the claim itself."""
    if same.kind == Fingerprint.Kind.FILE:
        paper = document_of(rule, same.place)
        return "答复询问所附文件" if same.place == ANSWER else paper.label if paper else "证明材料"
    return _field(rule, same.place).label


def _field(rule, path):
    """The declared field of a number by its path, which may stand in a row."""
    fields = {place.path(0): place.field for place in places_of(rule, "fingerprint")}
    return fields[_ROW.sub("[0]", path)]
