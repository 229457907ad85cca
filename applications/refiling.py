"""Filing anew what was withdrawn: a new draft with the same content, and the old files where they are wanted."""

from django.db import transaction
from django.utils import timezone

from applications.claims import draft_open
from applications.drafts import draft_of
from applications.errors import Refused
from applications.models import Claim, ClaimEvidence, State
from applications.official import filing_periods_for

_CONTENT = ("facts", "particulars", "other_support")


def period_for_refiling(claim, on):
    """The open filing period in which a withdrawn claim can be filed anew, its own if that is still open; or None."""
    if claim.state != State.WITHDRAWN:
        return None
    open_now = [
        period
        for period in filing_periods_for(claim.enterprise, on)
        if period.year == claim.year and (not period.items or claim.item in period.items)
    ]
    own = next((period for period in open_now if period.pk == claim.period_id), None)
    return own or next(iter(open_now), None)


@transaction.atomic
def claim_refile(*, claim_id, actor, with_files=False, at=None, source_ip=None):
    """Opens a draft with what a withdrawn claim declared. Returns (claim, created).

    Where the firm already has a claim for the same, that one is returned untouched. Raises Refused where the claim was not
    withdrawn or no period is open for it.
    """
    at = at or timezone.now()
    old = Claim.objects.select_related("enterprise", "period").get(pk=claim_id)
    period = period_for_refiling(old, timezone.localdate(at))
    if period is None:
        raise Refused("这件申报现在不能重新申报：它没有撤回，或者申报批次已经不受理。")
    content = draft_of(old)
    claim, created = draft_open(
        enterprise=old.enterprise,
        item=old.item,
        period=period,
        actor=actor,
        draft={part: content.get(part, {}) for part in _CONTENT},
        at=at,
        source_ip=source_ip,
    )
    if created and with_files:
        _files_copy(old, claim, actor, at)
    return claim, created


def _files_copy(old, claim, actor, at):
    ClaimEvidence.objects.bulk_create(
        ClaimEvidence(claim=claim, document=use.document, file_id=use.file_id, added_by=actor, added_at=at)
        for use in old.evidence.filter(removed_at=None).order_by("pk")
    )
