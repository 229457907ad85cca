"""What each filter of a list of claims means: conditions, by the filter's name and what was chosen."""

from django.db.models import Exists, OuterRef, Q

from applications.flags.standing import OPEN
from applications.models import Flag
from review.waiting import late, waiting_longer_than

#: {choice: (label, condition of the states that the list can hold)}.
DUE = {
    "late": ("已超期", lambda states: late(states)),
    "near": ("快到期或已超期", lambda states: late(states, nearly=True)),
    "asked": ("等待企业答复", lambda states: Q(clock_stopped_on__isnull=False, state__in=sorted(states))),
}


def _carries(**more):
    return Q(Exists(Flag.objects.filter(claim=OuterRef("pk"), **OPEN, **more)))


#: {choice: (label, condition)}; of open flags only.
FLAGS = {
    "open": ("有提示未处理", _carries),
    "hard": ("有必须处理的", lambda: _carries(hard=True)),
    "soft": ("只有一般提示", lambda: _carries() & ~_carries(hard=True)),
    "none": ("没有提示", lambda: ~_carries()),
}


def _held(value, user):
    if value in ("free", "taken"):
        return Q(assignee__isnull=value == "free")
    return Q(assignee=user.pk if value == "mine" else int(value))


def _in_period(value):
    year, _, title = value.partition(" ")
    return Q(period__year=int(year), period__title=title)


def of(asked, *, user, states):
    """All that is asked for ({name: value}, words aside) as one condition; `states` are those the list can hold."""
    found = Q()
    for name, value in asked.items():
        if name in _PLAIN:
            found &= Q(**{_PLAIN[name]: value})
        elif name == "due":
            found &= DUE[value][1](states)
        elif name == "flags":
            found &= FLAGS[value][1]()
        elif name == "kind":
            found &= _carries(kind__in=value)
        elif name == "waited":
            found &= Q(waiting_on__lte=waiting_longer_than(value))
        elif name == "holder":
            found &= _held(value, user)
        elif name == "period":
            found &= _in_period(value)
    return found


_PLAIN = {
    "year": "year",
    "item": "item__in",
    "city": "city__in",
    "state": "state__in",
    "least": "payable_cny__gte",
    "most": "payable_cny__lte",
}
