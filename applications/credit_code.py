"""统一社会信用代码 by GB 32100-2015: how it is written, and its check digit."""

import unicodedata

#: The characters of a code, each worth its place: digits and capitals without I, O, S, V and Z (GB 32100, table 1).
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: The weight of each of the first 17 characters: powers of 3 modulo 31 (GB 32100, table 2).
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
LENGTH = 18

WRONG_CHECK_DIGIT = "信用代码第 18 位与前 17 位对不上，请对照营业执照核对。"


def credit_code_normal(text):
    """The code as it is stored: full-width characters made half-width, letters capital, white space taken out."""
    return "".join(unicodedata.normalize("NFKC", text or "").split()).upper()


def credit_code_fault(code):
    """What is wrong with the form of a normalised code, as a sentence; "" where its form is right.

    The check digit is not judged here: real codes exist that fail it, so it is questioned, not refused.
    """
    if len(code) != LENGTH:
        return (
            f"信用代码应是 {LENGTH} 位，现在是 {len(code)} 位。请对照营业执照填写，例如 91239900MA0000000E。"
        )
    wrong = sorted({letter for letter in code if letter not in ALPHABET})
    if wrong:
        return f"信用代码里不会有“{'、'.join(wrong)}”。代码只用数字和除 I、O、S、V、Z 以外的大写字母。"
    return ""


def check_digit(first_seventeen):
    """The 18th character that GB 32100 gives for the first 17."""
    pairs = zip(first_seventeen, WEIGHTS, strict=True)
    return ALPHABET[-sum(ALPHABET.index(letter) * weight for letter, weight in pairs) % 31]


def has_right_check_digit(code):
    """Whether the last character of a well-formed code is the one that the others give."""
    return check_digit(code[:-1]) == code[-1]
