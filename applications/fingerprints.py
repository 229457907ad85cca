"""Fingerprints of claims: kept up to date with what was last submitted, and told to whoever has the same.

The rows of a claim are written in the transaction of its submission. Those of a rejected or withdrawn claim stay, because
it may come back by reconsideration, but they count for nothing until then; those of a claim that counts always do.
"""

import re
import unicodedata

from applications.declared import places_of
from applications.models import ClaimEvidence, EvidenceFile, Fingerprint, TraceMove
from applications.models.states import COUNTED_STATES, EDITABLE_STATES

#: What is shorter than this, or has no digit, is no number that could be known again: 无, 1, 收据.
LEAST_LENGTH = 4
#: The place of a file that was given with the answer to a question.
ANSWER = "answer"
_SIGNS = re.compile(r"[\W_]+")
_LONGEST = Fingerprint._meta.get_field("value").max_length


def number_normal(text):
    """A number of a paper as its fingerprint: half-width, in capitals, without spaces and signs; "" where it is none."""
    number = _SIGNS.sub("", unicodedata.normalize("NFKC", str(text))).upper()
    is_number = len(number) >= LEAST_LENGTH and any(map(str.isdigit, number))
    return number[:_LONGEST] if is_number else ""


def fingerprints_of(claim):
    """What a claim gives as proof as it was last submitted: a set of (kind, value, place); two queries.

    Files of answers to questions count as its evidence does, at the place ANSWER.
    """
    found = {
        (place.field.fingerprint, number, place.path(index))
        for place in places_of(claim.rule, "fingerprint")
        for index, value in place.values(claim.facts, claim.particulars)
        if (number := number_normal(value))
    }
    files = ClaimEvidence.objects.filter(claim=claim, removed_at=None).values_list("file__sha256", "document")
    answers = EvidenceFile.objects.filter(answers__claim=claim, answers__answered_at__isnull=False)
    given = {*files, *((sha256, ANSWER) for sha256 in answers.values_list("sha256", flat=True))}
    return found | {(Fingerprint.Kind.FILE.value, sha256, place) for sha256, place in given}


def claim_followed(claim, source, **_):
    """Listens to claims that move: their fingerprints follow, and others with the same are marked afterwards.

    What a claim gives can have changed only where the enterprise had it; a claim that stops counting, or counts again,
    concerns everybody who has the same.
    """
    counted, counts = source in COUNTED_STATES, claim.state in COUNTED_STATES
    if counted != counts or (counts and source in EDITABLE_STATES):
        _follow(claim, counted, counts)


def claim_answered(claim):
    """A question about a claim that counts has been answered, perhaps with files. Whether there was anything new."""
    return _follow(claim, True, True)


def _follow(claim, counted, counts):
    stored = {(row.kind, row.value, row.place): row.pk for row in claim.fingerprints.all()}
    moved = set(stored)
    if counts:
        now = fingerprints_of(claim)
        _store(claim, now - stored.keys(), [stored[one] for one in stored.keys() - now])
        moved = now ^ stored.keys() if counted else now | stored.keys()
    if moved:
        traces = sorted({(kind, value) for kind, value, _ in moved})
        TraceMove.objects.create(enterprise_id=claim.enterprise_id, year=claim.year, traces=traces)
    return bool(moved)


def _store(claim, new, gone):
    Fingerprint.objects.filter(pk__in=gone).delete()
    Fingerprint.objects.bulk_create(
        Fingerprint(claim=claim, kind=kind, value=value, place=place) for kind, value, place in sorted(new)
    )
