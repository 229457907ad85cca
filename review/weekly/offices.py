"""The offices that the report is about, which claims lie with each, and whose figures a person reads."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from accounts.cities import City
from accounts.roles import CITY_ROLES, Role
from applications.lifecycle.people import office_name
from applications.models import Claim, State

S = State
#: Posts of the province that read the figures of all offices.
_EVERYWHERE = (Role.COMMERCE, Role.FINANCE, Role.AUDITOR)
_COMMERCE_STATES = frozenset({S.COMMERCE_REVIEW, S.SECOND_CHECK})


@dataclass(frozen=True)
class Office:
    """Who has a claim: a post, and the city where it is a city's; "" for the province."""

    role: str
    city: str = ""

    @property
    def key(self):
        """The office as an address writes it."""
        return f"{self.role}-{self.city}" if self.city else str(self.role)

    @property
    def name(self):
        """省商务厅, 哈尔滨市商务局."""
        return office_name(self.role, self.city)

    @property
    def order(self):
        """The province first, then the cities; commerce before finance."""
        return self.city, self.role in (Role.FINANCE, Role.CITY_FINANCE)

    def has(self, state_field, claim=""):
        """Claims that lie with the office in the state of a field, as a condition; `claim` is the prefix of their fields."""
        if not self.city:
            states = _COMMERCE_STATES if self.role == Role.COMMERCE else {S.FINANCE_REVIEW}
            return Q(**{f"{state_field}__in": sorted(states), f"{claim}payer": Claim.PROVINCE})
        if self.role == Role.CITY_FINANCE:
            return Q(**{state_field: S.FINANCE_REVIEW, f"{claim}payer": self.city})
        own = Q(**{f"{state_field}__in": sorted(_COMMERCE_STATES), f"{claim}payer": self.city})
        return own | Q(**{state_field: S.CITY_REVIEW, f"{claim}city": self.city})


def office_of(state, city, payer):
    """The Office that has a claim of a city and payer in a state; None where no office reviews it."""
    place = "" if payer == Claim.PROVINCE else payer
    if state == S.CITY_REVIEW:
        return Office(Role.CITY_COMMERCE, city)
    if state in _COMMERCE_STATES:
        return Office(Role.CITY_COMMERCE if place else Role.COMMERCE, place)
    if state == S.FINANCE_REVIEW:
        return Office(Role.CITY_FINANCE if place else Role.FINANCE, place)
    return None


def _all_offices():
    cities = [Office(role, city) for city in City.values for role in (Role.CITY_COMMERCE, Role.CITY_FINANCE)]
    return [Office(Role.COMMERCE), Office(Role.FINANCE), *cities]


OFFICES = {office.key: office for office in sorted(_all_offices(), key=lambda office: office.order)}


class Reader:
    """Whose figures a person reads: the province's posts and auditors all offices', a city's posts their city's.

    People are named to their own office and to auditors; of other offices there are sums alone.
    """

    def __init__(self, user):
        self._user = user

    @cached_property
    def cities(self):
        """The cities whose figures are read; None for all and the province."""
        if self._user.has_post(*_EVERYWHERE):
            return None
        return sorted({post.city for post in self._user.posts_in_force() if post.role in CITY_ROLES})

    @cached_property
    def _own(self):
        return {Office(post.role, post.city) for post in self._user.posts_in_force()}

    def reads(self, office):
        """Whether the figures of an office are read."""
        return self.cities is None or office.city in self.cities

    def names(self, office):
        """Whether the people of an office are named."""
        return self._user.has_post(Role.AUDITOR) or office in self._own

    def claims(self, prefix=""):
        """A condition on claims: those of the cities that are read."""
        return Q() if self.cities is None else Q(**{f"{prefix}city__in": self.cities})
