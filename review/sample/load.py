"""Loading the sample: everything is planned in a diary first and then done in the order of time."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from applications.matching.compute import matches_compute_all
from review.extensions import deadline_extend

from .claims import Clerkship
from .diary import Diary
from .filings import filings
from .firms import firms_plan
from .money import Treasury
from .monthly import monthly_plan
from .official import official_plan, sample_year
from .people import people_make
from .reading import messages_seen
from .requests import Counter

#: Working days that the diary reaches back.
LONGEST = 330
EXTENDED, EXTENDED_UNTIL = 34, 25


@transaction.atomic
def sample_load(*, password, today=None):
    """Loads the whole sample or nothing. Reference data must be there, sample accounts must not.

    `today` is the day that everything lies before; all days follow from it, so that equal days give equal samples.
    """
    diary = Diary(today or timezone.localdate(), longest=LONGEST)
    people = people_make(password, since=date(diary.today.year - 3, 1, 1))
    firms, periods = {}, {}
    clerkship = Clerkship(people=people, firms=firms, periods=periods, year=sample_year(diary))
    official_plan(diary, people, periods)
    monthly_plan(diary, people, sample_year(diary))
    firms_plan(diary, people, firms)
    diary.plan(EXTENDED, lambda at: _extend(diary, people, firms, periods, at))
    clerkship.plan(diary, filings(clerkship.year))
    Counter(diary, people, firms).plan()
    treasury = Treasury(diary, people, clerkship)
    treasury.plan()
    diary.run(morning=treasury.morning)
    messages_seen()
    matches_compute_all()


def _extend(diary, people, firms, periods, at):
    """One firm may file for the year before although its deadline is long over."""
    deadline_extend(
        enterprise=firms["firm2"],
        period=periods[min(periods)],
        until=diary.day(EXTENDED_UNTIL),
        reason="企业遭遇火灾，材料损毁，申请延期。",
        actor=people["commerce3"],
        at=at,
    )
