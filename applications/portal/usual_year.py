"""The year that public pages speak of where nobody has named one."""


def usual_year(calendar):
    """The year of the open period with the last deadline, else of the next to open; last year where there is neither."""
    filing = calendar.filing()
    if filing.open:
        return filing.open[0].period.year
    return filing.soon.year if filing.soon else calendar.today.year - 1
