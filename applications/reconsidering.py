"""Asking for another decision on a claim that was rejected, with reasons and, where there are any, further papers."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.evidence import RECONSIDER_DOCUMENT
from applications.files import file_store
from applications.lifecycle import TRANSITIONS
from applications.lifecycle import transition as step
from applications.lifecycle.people import acts_for
from applications.models import Claim, ClaimEvidence


def claim_reconsider(*, claim_id, actor, reason, uploads=(), token=None, at=None, source_ip=None):
    """Asks for a reconsideration, once. The uploaded files are checked and given with it. Returns the claim.

    Raises Refused, with the field `files` where a file cannot be taken; then nothing has changed.
    """
    at = at or timezone.now()
    claim = Claim.objects.select_related("enterprise").get(pk=claim_id)
    if not acts_for(actor, claim.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以这样做。")
    may = claim.state in TRANSITIONS["reconsider"].sources and not claim.reconsidered
    files = _stored(claim, uploads, actor, at) if may else []
    with transaction.atomic():
        # Before the step, so that whoever looks for the same file elsewhere finds these too.
        ClaimEvidence.objects.bulk_create(
            ClaimEvidence(
                claim=claim, document=RECONSIDER_DOCUMENT.code, file=file, added_by=actor, added_at=at
            )
            for file in files
        )
        return step(
            claim_id=claim_id,
            action="reconsider",
            actor=actor,
            token=token,
            reason=reason,
            at=at,
            source_ip=source_ip,
        )


def _stored(claim, uploads, actor, at):
    """The uploaded files, one for each content."""
    if len(uploads) > settings.EVIDENCE_MAX_FILES:
        raise Refused(f"一次最多 {settings.EVIDENCE_MAX_FILES} 个文件，请合并后再上传。", field="files")
    found = {}
    for upload in uploads:
        try:
            file = file_store(upload=upload, enterprise=claim.enterprise, user=actor, at=at)
        except Refused as refusal:
            raise Refused(f"{upload.name}：{refusal.message}", field="files") from refusal
        found.setdefault(file.sha256, file)
    return list(found.values())
