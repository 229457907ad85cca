"""What somebody sent after the session had ended: kept in the new session until they have signed in again."""

from accounts.throttle import try_allowed
from applications.claims import EXPLANATION_LENGTH
from applications.forms.claim_form import ClaimForm
from measures import registry

KEY = "unsaved_claim"
EXPLANATION_KEY = "unsaved_explanation"
#: Bytes of a request that are worth keeping for somebody whom we do not know yet.
MOST_BYTES = 200_000
#: Forms of strangers that one address may leave with us within an hour.
MOST_AN_HOUR = 60


def keep(request, number):
    """Keeps the typed content of a POST of a person who is not signed in; files are not kept.

    The item is read from the number: whether there is such a claim is nothing that a stranger could learn here.
    """
    rule = registry.ITEMS.get("".join(number.split("-")[1:2]))
    if rule is None or int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return
    if not try_allowed(name="unsaved", address=request.META["REMOTE_ADDR"], most=MOST_AN_HOUR):
        return
    request.session[KEY] = {
        "number": number,
        "content": {
            "draft": ClaimForm(rule, request.POST, registers={}).typed(),
            "version": request.POST.get("version", ""),
        },
    }


def explanation_keep(request, number, *, field="explanation", most=EXPLANATION_LENGTH):
    """Keeps the words to the reviewer of a person who is not signed in, as `keep` does with the form."""
    text = request.POST.get(field, "").strip()[:most]
    if text and try_allowed(name="unsaved", address=request.META["REMOTE_ADDR"], most=MOST_AN_HOUR):
        request.session[EXPLANATION_KEY] = {"number": number, "text": text}


def explanation_take(request, number):
    """The kept words to the reviewer of this claim, once; "" where there are none."""
    kept = request.session.get(EXPLANATION_KEY)
    if not kept or kept["number"] != number:
        return ""
    del request.session[EXPLANATION_KEY]
    return kept["text"]


def take(request, number):
    """The kept content of this claim as {draft, version}, once; None where there is none."""
    kept = request.session.get(KEY)
    if not kept or kept["number"] != number:
        return None
    del request.session[KEY]
    return kept["content"]
