"""Finding the paper that somebody holds in their hands."""

from django.utils.crypto import constant_time_compare

from applications.letters.check import LENGTH, check_code_read, number_read
from applications.models import Letter


def letter_find(*, number, code):
    """The paper with this number and this check code, typed as people type; None where they do not belong together.

    Nothing tells a wrong number from a wrong code.
    """
    found = Letter.objects.filter(number=number_read(number)[:40]).select_related("claim", "event").first()
    expected = found.check_code if found else "-" * LENGTH
    same = constant_time_compare(check_code_read(code), expected)
    return found if same else None
