"""What somebody sent after the session had ended: kept in the new session until they have signed in again."""

from applications.forms.claim_form import ClaimForm
from applications.models import Claim

KEY = "unsaved_claim"
#: Bytes of a request that are worth keeping for somebody whom we do not know yet.
MOST_BYTES = 200_000


def keep(request, number):
    """Keeps the typed content of a POST of a person who is not signed in; files are not kept."""
    claim = Claim.objects.filter(number=number).only("item").first()
    if claim is None or int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return
    request.session[KEY] = {
        "number": number,
        "content": {
            "draft": ClaimForm(claim.rule, request.POST, registers={}).typed(),
            "version": request.POST.get("version", ""),
        },
    }


def take(request, number):
    """The kept content of this claim as {draft, version}, once; None where there is none."""
    kept = request.session.get(KEY)
    if not kept or kept["number"] != number:
        return None
    del request.session[KEY]
    return kept["content"]
