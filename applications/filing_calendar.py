"""Which filing periods are open, which comes next, and which ended last: for pages that say when an item can be filed."""

from dataclasses import dataclass, field
from datetime import date

from applications.models import FilingPeriod
from applications.official import filing_periods_known


@dataclass(frozen=True)
class OpenPeriod:
    """A period that is open, and how many days are left of it: 0 on its last."""

    period: FilingPeriod
    days_left: int


@dataclass(frozen=True)
class Filing:
    """When something can be filed: now (`open`, the last deadline first), next (`soon`), or until when it could."""

    open: list[OpenPeriod] = field(default_factory=list)
    soon: FilingPeriod | None = None
    days_until: int = 0
    ended: FilingPeriod | None = None


@dataclass(frozen=True)
class FilingCalendar:
    """The published filing periods as they stand on a day."""

    today: date
    periods: list[FilingPeriod]

    def filing(self, item: str = "", year: int | None = None) -> Filing:
        """When an item can be filed, anything at all without one; of one year's figures where a year is given."""
        about = [
            period
            for period in self.periods
            if (not item or not period.items or item in period.items) and year in (None, period.year)
        ]
        now = [each for each in about if each.opens_on <= self.today <= each.closes_on]
        soon = min((each for each in about if each.opens_on > self.today), key=_opening, default=None)
        ended = max((each for each in about if each.closes_on < self.today), key=_closing, default=None)
        return Filing(
            open=[
                OpenPeriod(each, (each.closes_on - self.today).days)
                for each in sorted(now, key=_closing, reverse=True)
            ],
            soon=soon,
            days_until=(soon.opens_on - self.today).days if soon else 0,
            ended=ended,
        )


def _opening(period):
    return period.opens_on, period.pk


def _closing(period):
    return period.closes_on, -period.pk


def filing_calendar(on, enterprise=None):
    """The FilingCalendar of a day, for one enterprise with its extensions; two queries."""
    return FilingCalendar(on, list(filing_periods_known(enterprise)))
