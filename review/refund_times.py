"""How long export tax refunds took (measure 11), by month and area, from what enterprises' requests report.

The averages are those of the rule of 11.1: each month's refunds are put to it as one request would be.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.departments import Department
from accounts.roles import Role
from applications.models import SupportRequest
from applications.official import current_reference
from measures.case import Case, ClaimInput, Enterprise
from measures.evaluation import evaluate
from measures.rules.m11_customs_and_refunds import RefundTime

TARGETS = {False: RefundTime.TARGET_DAYS, True: RefundTime.TARGET_DAYS_ZONE}


@dataclass(frozen=True)
class Measured:
    """The refunds of a month or year in one area: how many, and their average in working days against the target.

    `average` and `met` are None where nothing was refunded or the days off of a year are not known.
    """

    count: int
    target: int
    average: Decimal | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Month:
    """A month in which refunds arrived, outside and inside the free-trade area."""

    number: int
    outside: Measured
    inside: Measured


@dataclass(frozen=True)
class RefundYear:
    """A year: its months up to the last, the year as a whole, and what has not arrived yet, over all years."""

    months: list
    outside: Measured
    inside: Measured
    waiting: int

    @property
    def highest(self):
        """The longest average, at least the wider target: what a chart has to reach up to."""
        averages = [each.average for month in self.months for each in (month.outside, month.inside)]
        return max([Decimal(RefundTime.TARGET_DAYS), *(each for each in averages if each is not None)])

    @property
    def is_empty(self):
        """Whether no refund arrived in the year."""
        return not self.outside.count and not self.inside.count


def reads_refund_times(user):
    """Commerce, the tax department's officers and auditors."""
    return user.has_post(Role.COMMERCE, Role.AUDITOR) or any(
        post.role == Role.DEPARTMENT and post.department == Department.TAX for post in user.posts_in_force()
    )


def refunds_reported(city=""):
    """All refunds of the requests under 11.1 as [(in the free-trade area, accepted on, refunded on or None)].

    What a firm reports again under the same declaration number counts once, as reported last.
    """
    requests = SupportRequest.objects.filter(item=RefundTime.code).order_by("pk")
    if city:
        requests = requests.filter(city=city)
    found = {}
    fields = ("pk", "enterprise_id", "facts", "outcome")
    for pk, enterprise, content, outcome in requests.values_list(*fields).iterator():
        in_zone = outcome["target_working_days"] == RefundTime.TARGET_DAYS_ZONE
        rows = content["facts"]["refunds"]
        beside = content["particulars"].get("refunds", [{}] * len(rows))
        for place, (row, more) in enumerate(zip(rows, beside, strict=True)):
            number = (more.get("declaration_number") or "").strip()
            key = (enterprise, number) if number else (pk, place)
            refunded = row.get("refunded_on")
            accepted = date.fromisoformat(row["accepted_on"])
            found[key] = (in_zone, accepted, refunded and date.fromisoformat(refunded))
    return list(found.values())


def refund_years(refunds):
    """The years in which refunds arrived, the latest first."""
    return sorted({refunded.year for _, _, refunded in refunds if refunded}, reverse=True)


def refund_year(refunds, year):
    """What the refunds that arrived in a year took, by the month of arrival."""
    of_month, of_year = defaultdict(list), defaultdict(list)
    for in_zone, accepted, refunded in refunds:
        if refunded and refunded.year == year:
            row = {"accepted_on": accepted, "refunded_on": refunded}
            of_month[refunded.month, in_zone].append(row)
            of_year[in_zone].append(row)
    reference = current_reference()

    def measured(rows, in_zone):
        return _measured(rows, in_zone, year, reference)

    return RefundYear(
        months=[
            Month(number, measured(of_month[number, False], False), measured(of_month[number, True], True))
            for number in range(1, 13)
        ],
        outside=measured(of_year[False], False),
        inside=measured(of_year[True], True),
        waiting=sum(refunded is None for _, _, refunded in refunds),
    )


def _measured(rows, in_zone, year, reference):
    if not rows:
        return Measured(0, TARGETS[in_zone])
    case = Case(
        year=year,
        claims=(ClaimInput(id="refunds", item=RefundTime.code, facts={"refunds": tuple(rows)}),),
        enterprise=Enterprise(ftz=in_zone),
    )
    found = evaluate(case, reference).claims[0].outcome
    return Measured(len(rows), found["target_working_days"], found["average_working_days"], found["met"])
