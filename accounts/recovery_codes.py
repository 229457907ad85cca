"""Recovery codes: ten that are shown once, kept as digests, each good for one sign-in without the app."""

import re
import secrets
import unicodedata

from django.utils.crypto import pbkdf2

from accounts.models import RecoveryCode

COUNT = 10
#: Letters and digits that nobody takes for another one when they are read from paper.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 12, 4
#: Rounds of the digest. A code is random, of 59 bits, so that a few are enough; all of a person share one salt, and a
#: typed code is digested once.
ROUNDS = 20_000
_FORM = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def recovery_code_read(typed):
    """A typed code in the form in which it is digested, or "" where it cannot be one: hyphens and case do not matter."""
    plain = re.sub(r"[\s\u2010-\u2015-]", "", unicodedata.normalize("NFKC", typed)).upper()
    return plain if _FORM.fullmatch(plain) else ""


def recovery_codes_make(user, *, at):
    """Ten new codes in place of those that were there, as people read them: `ABCD-EFGH-JKMN`. They are not kept."""
    codes = set()
    while len(codes) < COUNT:
        codes.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    user.recovery_codes.all().delete()
    rows = [RecoveryCode(user=user, digest=_digest(user, code), made_at=at) for code in codes]
    RecoveryCode.objects.bulk_create(rows)
    return [_grouped(code) for code in codes]


def recovery_code_use(user, code, *, at):
    """Uses a code up. Whether it was one of the person's that had not been used."""
    unused = user.recovery_codes.filter(digest=_digest(user, code), used_at=None)
    return bool(unused.update(used_at=at))


def recovery_codes_left(user):
    """How many codes have not been used."""
    return user.recovery_codes.filter(used_at=None).count()


def recovery_codes_known(user, typed):
    """Those of the typed codes that are the person's own and unused, in their order, as people read them."""
    codes = [code for code in map(recovery_code_read, typed[:COUNT]) if code]
    digests = {_digest(user, code): code for code in codes}
    unused = user.recovery_codes.filter(used_at=None, digest__in=digests).values_list("digest", flat=True)
    found = {digests[digest] for digest in unused}
    return [_grouped(code) for code in codes if code in found]


def _digest(user, code):
    return pbkdf2(code, f"recovery-code:{user.pk}", ROUNDS).hex()


def _grouped(code):
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))
