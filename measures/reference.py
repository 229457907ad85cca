"""Reference data: what the rules take from public notices and lists, dated and with a source.

LPR, the working days of each year, the members of RCEP and the day count of loans. The packaged files and the
database both end in one `ReferenceData`; the rules do not know which of them it came from.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

_DAY = timedelta(days=1)
_SATURDAY = 5

#: Parties to the Regional Comprehensive Economic Partnership other than China.
#: Source: 《区域全面经济伙伴关系协定》, signed 2020-11-15, in force for all fifteen parties since 2023-06-02.
RCEP_MEMBERS = frozenset({"AU", "BN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"})
#: Days of a year by which the interest of CNY loans is reckoned. Source: 中国人民银行, 银发〔2005〕129号.
DAY_COUNT = 360


class CalendarUnknown(LookupError):
    """The days off of a year that is needed have not been published; `year` says which."""

    def __init__(self, year: int):
        super().__init__(year)
        self.year = year


class LprTable:
    """Every publication of the one-year loan prime rate, in percent, by day."""

    __slots__ = ("_days", "_rates")

    def __init__(self, publications: Iterable[tuple[date, Decimal]]):
        ordered = sorted(publications)
        self._days = [day for day, _ in ordered]
        self._rates = [percent for _, percent in ordered]

    def on(self, day: date) -> Decimal | None:
        """Return the rate in percent last published on or before a day; None before the first publication."""
        position = bisect_right(self._days, day)
        return self._rates[position - 1] if position else None

    @property
    def first_day(self) -> date | None:
        """Return the day of the first publication, if there is any."""
        return self._days[0] if self._days else None

    def publications(self) -> tuple[tuple[date, Decimal], ...]:
        """Return every publication as day and percent, in order."""
        return tuple(zip(self._days, self._rates, strict=True))


class WorkingCalendar:
    """Working days by the State Council's yearly notices: days off, and weekend days that are worked."""

    __slots__ = ("_counts", "days_off", "known_years", "workdays")

    def __init__(self, days_off: Iterable[date], workdays: Iterable[date], known_years: Iterable[int]):
        self.days_off = frozenset(days_off)
        self.workdays = frozenset(workdays)
        self.known_years = frozenset(known_years)
        self._counts: dict[int, list[int]] = {}

    def is_workday(self, day: date) -> bool:
        """Say whether a day is worked. Raises CalendarUnknown for a year without a notice."""
        if day.year not in self.known_years:
            raise CalendarUnknown(day.year)
        return self._worked(day)

    def working_days_between(self, accepted: date, refunded: date) -> int:
        """Count working days from the day after `accepted` up to and including `refunded`.

        The same day counts 0. Raises CalendarUnknown where one of the counted days lies in a year without a
        notice.
        """
        if refunded <= accepted:
            return 0
        for year in range((accepted + _DAY).year, refunded.year + 1):
            if year not in self.known_years:
                raise CalendarUnknown(year)
        return self.count_working_days(accepted, refunded)

    def count_working_days(self, day: date, last: date) -> int:
        """Count working days from the day after `day` up to and including `last`.

        Years without a notice count weekends as the only days off.
        """
        if last <= day:
            return 0
        first = day + _DAY
        if first.year == last.year:
            counts = self._year(first.year)
            return counts[last.timetuple().tm_yday] - counts[first.timetuple().tm_yday - 1]
        whole_years = sum(self._year(year)[-1] for year in range(first.year + 1, last.year))
        begun = self._year(first.year)
        head = begun[-1] - begun[first.timetuple().tm_yday - 1]
        return head + whole_years + self._year(last.year)[last.timetuple().tm_yday]

    def add_working_days(self, day: date, number: int) -> tuple[date, bool]:
        """Return the day that lies `number` working days after `day`, and whether that is certain.

        Years without a notice count weekends as the only days off; a date that passed through one is not certain.
        """
        certain = True
        while number > 0:
            day += _DAY
            certain = certain and day.year in self.known_years
            number -= self._worked(day)
        return day, certain

    def _worked(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.days_off)

    def _year(self, year: int) -> list[int]:
        """Return how many days of a year are worked up to each day of it; element 0 is 0."""
        counts = self._counts.get(year)
        if counts is None:
            counts, day = [0], date(year, 1, 1)
            length = date(year, 12, 31).timetuple().tm_yday
            for offset in range(length):
                counts.append(counts[-1] + self._worked(day + timedelta(days=offset)))
            self._counts[year] = counts
        return counts


@dataclass(frozen=True)
class ReferenceData:
    """Everything that an evaluation takes besides the case."""

    lpr: LprTable
    calendar: WorkingCalendar
    rcep_members: frozenset[str] = field(default=RCEP_MEMBERS)
    #: Years for which the province has set another day count than the usual one.
    day_counts: Mapping[int, int] = field(default_factory=dict)
    #: Years for which the province keeps another list of RCEP members than `rcep_members`.
    rcep_by_year: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self):
        if any(days <= 0 for days in self.day_counts.values()):
            raise ValueError("the day count of loans is positive")

    def day_count(self, year: int) -> int:
        """Return the days of a year by which the interest of its loans is reckoned."""
        return self.day_counts.get(year, DAY_COUNT)

    def rcep(self, year: int) -> frozenset[str]:
        """Return the members of RCEP other than China whose markets count as key markets in a year (7.2)."""
        return self.rcep_by_year.get(year, self.rcep_members)
