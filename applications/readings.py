"""Who of the administration has looked at an enterprise's papers: recorded apart from the claim's own history.

What a claim went through is read from its events, by pages and by the rules of recall; a look at it is no step of it. So
these events bear a topic of their own, and neither claim nor enterprise.
"""

from applications.record import event_add
from applications.visibility import claims_for_office, firm_of

OPENED, LETTER_TAKEN, FILE_TAKEN = "evidence.opened", "letter.taken", "file.taken"


def reading_topic(code):
    """What looks at a claim (its number) or at a firm's own papers (its credit code) are filed under."""
    return f"reading:{code}"


def evidence_opened(*, file, user, source_ip=None):
    """Records that an officer opened a file: once for every claim that holds it. What a firm does with its own is not."""
    firm = firm_of(user)
    if not user.is_officer or (firm is not None and file.enterprise_id == firm.pk):
        return
    answers = file.answers.exclude(answered_at=None).values_list("claim", flat=True)
    holding = {*file.uses.values_list("claim", flat=True), *answers}
    claims = claims_for_office(user).filter(pk__in=holding).order_by("pk")
    codes = list(claims.values_list("number", flat=True))
    if not codes and file.enterprise:
        codes = [file.enterprise.credit_code]
    for code in codes:
        _record(OPENED, reading_topic(code), user, source_ip, file=file.name, sha256=file.sha256)


def letter_taken(*, letter, user, source_ip=None):
    """Records that an officer took a paper of a claim away."""
    firm = firm_of(user)
    if not user.is_officer or (firm is not None and letter.claim.enterprise_id == firm.pk):
        return
    name = f"{letter.get_kind_display()} {letter.number}"
    _record(LETTER_TAKEN, reading_topic(letter.claim.number), user, source_ip, file=name)


def file_taken(*, name, topic, user, source_ip=None):
    """Records that somebody took a file that the system had made."""
    _record(FILE_TAKEN, topic, user, source_ip, file=name)


def _record(kind, topic, user, source_ip, **data):
    event_add(kind=kind, topic=topic, actor=user, source_ip=source_ip, data=data)
