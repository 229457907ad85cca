"""Reference data of the rules: LPR, working days, members of RCEP, day count."""

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

from measures.reference import LprTable, ReferenceData, WorkingCalendar

LPR_FILE = Path(__file__).parent / "data" / "lpr.csv"


@cache
def packaged_reference() -> ReferenceData:
    """Return the reference data that the product brings along; needs neither database nor broker.

    LPR comes from `data/lpr.csv`, in percent as published; days off and worked weekend days come from the State
    Council's notices as the holiday library holds them, for the years that it knows whole.
    """
    return ReferenceData(lpr=packaged_lpr(), calendar=packaged_calendar())


def packaged_lpr() -> LprTable:
    """Return every publication of the one-year LPR in the packaged file."""
    with LPR_FILE.open(encoding="utf-8", newline="") as file:
        return LprTable(
            (date.fromisoformat(row["published_on"]), Decimal(row["one_year_percent"]))
            for row in csv.DictReader(file)
        )


def packaged_calendar() -> WorkingCalendar:
    """Return the working days of the years whose notices the holiday library holds."""
    return WorkingCalendar(
        days_off=holidays,
        workdays=workdays,
        known_years=range(min(holidays).year, max(holidays).year + 1),
    )
