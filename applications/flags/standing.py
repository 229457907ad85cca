"""Which flags of a claim stand, and whether any is still open; asked wherever a claim is decided or listed."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from applications.errors import Refused
from applications.models import Flag

#: Flags that nobody has dealt with.
OPEN = {"lifted_at": None, "dismissed_at": None}

HARD_OPEN = "有必须先处理的提示。请在“系统提示”中逐条写明核对的情况，再办理通过。"
OPEN_IN_BULK = "有提示未处理，不能批量通过。请打开这件申报单独审核。"


def open_flags_of():
    """Open flags of the claim of an outer query."""
    return Flag.objects.filter(claim=OuterRef("pk"), **OPEN)


def open_kinds():
    """The kinds of a claim's open flags as a list, to annotate claims with."""
    return ArraySubquery(open_flags_of().order_by("-hard", "kind").values("kind"))


def check_hard_flags(claim):
    """Raises Refused while a hard flag of the claim is open."""
    if claim.flags.filter(hard=True, **OPEN).exists():
        raise Refused(HARD_OPEN)


def check_no_flags(claim):
    """Raises Refused while any flag of the claim is open: what is passed together carries none."""
    if claim.flags.filter(**OPEN).exists():
        raise Refused(OPEN_IN_BULK)
