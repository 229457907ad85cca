"""Words among reviewers about a claim: added and never changed, read by officers alone."""

import hashlib

from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.lifecycle import claim_lock
from applications.lifecycle.people import acts_for, holds
from applications.models import Claim
from applications.record import event_add
from review.models import ClaimNote

NOTED = "claim.noted"
LONGEST = 2000
#: Newest notes that a page shows; whoever needs all of them unfolds the rest.
SHOWN = 5


def notes_of_claim(claim):
    """The notes of a claim, the newest first, with who wrote them; one query."""
    return list(claim.notes.select_related("by").order_by("-pk"))


def can_note(claim, user):
    """Whether this person may add a note: officers of the claim's offices who do not act for the firm."""
    return _is_of_its_offices(claim, user) and not acts_for(user, claim.enterprise_id)


def note_add(*, claim_id, text, actor, at=None, source_ip=None):
    """Adds a note with its line breaks. Returns the ClaimNote; the same words again at once are one note.

    Decides nothing, so that open pages stay true. Raises Refused with the field "text" where it is empty or too long.
    """
    at, text = at or timezone.now(), text.replace("\r\n", "\n").replace("\r", "\n").strip()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        _check_who(claim, actor)
        if not text:
            raise Refused("请先写下备注的内容。", field="text")
        if len(text) > LONGEST:
            raise Refused(
                f"备注最多 {LONGEST} 个字，现在有 {len(text)} 个。请写得简短一些，或者分成两条。",
                field="text",
            )
        last = claim.notes.order_by("-pk").first()
        if last is not None and (last.by_id, last.text) == (actor.pk, text):
            return last
        note = ClaimNote.objects.create(claim=claim, text=text, by=actor, at=at)
        _record(note, source_ip)
        return note


def _check_who(claim, user):
    if not _is_of_its_offices(claim, user):
        raise NotAllowed("内部备注由审核这件申报的部门填写，您的岗位不能添加。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能为它的申报添加备注。")


def _is_of_its_offices(claim, user):
    """Posts that decide and may read the claim: the province's, its city's commerce, and the finance office that pays."""
    if user.has_post(Role.COMMERCE, Role.FINANCE) or holds(user, Role.CITY_COMMERCE, claim.city):
        return True
    return claim.payer != Claim.PROVINCE and holds(user, Role.CITY_FINANCE, claim.payer)


def _record(note, source_ip):
    """The event holds no words of the note, so that none can reach a page made of events; their hash proves them."""
    sha256 = hashlib.sha256(note.text.encode()).hexdigest()
    event_add(
        kind=NOTED,
        actor=note.by,
        at=note.at,
        source_ip=source_ip,
        claim=note.claim,
        data={"note": note.pk, "sha256": sha256},
    )
