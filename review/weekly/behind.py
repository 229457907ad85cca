"""The claims behind a figure of the report."""

from accounts.roles import Role
from applications.lifecycle import TRANSITIONS
from applications.official import working_calendar
from applications.visibility import claims_for_office

from .offices import Reader
from .standing import claims_late, claims_waiting
from .steps import DECISIONS, came_back_steps, steps_of

#: Figures that have claims behind them, in words.
FIGURES = {
    "came": "收到",
    "passed": "通过",
    "checked": "复核通过",
    "returned": "退回补正",
    "sent_back": "退回商务审核",
    "rejected": "不予支持",
    "waiting": "等待",
    "late": "超期",
    "recalled": "本人收回",
    "came_back": "下一环节退回",
    "in_hand": "手上",
}
_OF_PEOPLE = frozenset({"recalled", "came_back", "in_hand"})


def lists_claims(user, office):
    """Whether the person may read the claims behind an office's figures: a city's finance only what the city pays."""
    if not Reader(user).reads(office):
        return False
    if user.has_post(Role.COMMERCE, Role.FINANCE, Role.AUDITOR) or office.role == Role.CITY_FINANCE:
        return True
    return user.has_post(Role.CITY_COMMERCE, city=office.city)


def claims_behind(user, week, office, figure, person=None):
    """Claims behind a figure of an office, or of a person (an id) in it, as far as the user may read them.

    None where there is no such figure for this reader.
    """
    reader = Reader(user)
    allowed = lists_claims(user, office) and (person is None or reader.names(office))
    if not allowed or figure not in FIGURES or (figure in _OF_PEOPLE and person is None):
        return None
    return claims_for_office(user).filter(pk__in=_ids(week, reader, office, figure, person))


def _ids(week, reader, office, figure, person):
    if figure == "late":
        return claims_late(week.ends, week.last_day, working_calendar(), reader, office)
    if figure in ("waiting", "in_hand"):
        return claims_waiting(week.ends, reader, office, holder=person)
    return _steps(week, reader, office, figure, person).order_by().values("claim")


def _steps(week, reader, office, figure, person):
    """The events that a figure counts."""
    span = week.begins, week.ends, reader
    if figure == "came":
        return steps_of(*span).filter(office.has("data__to", "claim__"))
    if figure == "came_back":
        return came_back_steps(*span).filter(office.has("decided_in", "claim__"), decider=person)
    kinds = (TRANSITIONS["recall"].event,) if figure == "recalled" else DECISIONS[figure]
    decided = steps_of(*span).filter(office.has("stage", "claim__"), kind__in=kinds)
    return decided if person is None else decided.filter(actor=person)
