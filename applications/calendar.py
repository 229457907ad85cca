"""Working days from the table of holidays, and months in words."""

from django.utils import timezone

from applications.official import working_calendar


def due_date(*, start, days):
    """The last day of `days` working days that begin on the day after `start` (an aware time or a date).

    Returns (date, certain); not certain where the holidays of a year on the way are not known yet, and then weekends
    alone were left out.
    """
    day = timezone.localtime(start).date() if hasattr(start, "hour") else start
    return working_calendar().add_working_days(day, days)


def working_days_waited(*, since, until=None):
    """Working days from the day after `since` up to and including `until` (now if not given); weekends only where
    holidays are unknown."""
    calendar = working_calendar()
    first = timezone.localtime(since).date() if hasattr(since, "hour") else since
    last = until or timezone.localdate()
    return calendar.count_working_days(first, last)


#: The month from which on the holidays of the next year are asked for; the State Council's notice comes about then.
REMINDED_FROM = 11


def years_without_holidays(*, today=None):
    """Years whose holidays should be kept by now and are not: this one, and from November on the next."""
    today = today or timezone.localdate()
    years = [today.year, today.year + 1] if today.month >= REMINDED_FROM else [today.year]
    known = working_calendar().known_years
    return [year for year in years if year not in known]


def months_text(months):
    """Months of a year as people name them, with runs drawn together: 1 至 3 月、6 月."""
    runs = []
    for month in months:
        if runs and month == runs[-1][1] + 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    return "、".join(f"{first} 月" if first == last else f"{first} 至 {last} 月" for first, last in runs)
