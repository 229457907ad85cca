"""Check codes: made so that nobody guesses them, written so that people can type them."""

import re
import secrets
import unicodedata

#: No letters or digits that look alike: without 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH, GROUP = 12, 4
_DASHES = re.compile(r"[‐‑‒–—―−﹣_]")


def check_code_new():
    """Twelve random characters: 23 to the twelfth, some 54 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def check_code_shown(code):
    """The code in groups of four, as papers print it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def check_code_read(text):
    """A code as people type it: in any case and width, with or without hyphens, spaces and dots."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum())


def number_read(text):
    """A paper's number as people type it."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().replace("。", ".")
    return _DASHES.sub("-", plain)
