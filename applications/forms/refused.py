"""Whether a value that was submitted once would still be taken by the form as it is today."""

from django.core.exceptions import ValidationError

from applications.forms.fields import form_field


def value_refused(declared, value):
    """Whether the strict form refuses a stored value of a declared field. What is left out is not judged here.

    Entries of a register are taken as they were: that they have left it is for the reviewer.
    """
    if value in (None, "", False):
        return False
    try:
        form_field(declared, strict=True, registers=None).clean("on" if value is True else str(value))
    except ValidationError:
        return True
    return False
