"""What is noticed about the firm behind a claim, and about when it filed: pure, from what has been loaded."""

from datetime import date

from django.utils import timezone

from .kinds import DISCREDITED, LATE, SAME_ACCOUNT, SAME_CONTACT, YOUNG
from .load import MOST_FIRMS
from .traces import ACCOUNT, ADDRESS, EMAIL, PHONE


def about_firm(source, year):
    """Yields (kind, key, data) for what concerns every claim of an enterprise-year alike."""
    noticed = source.noticed
    if noticed.discredited:
        yield DISCREDITED, "", {"year": year, "spans": noticed.discredited}
    for kind, traces in ((SAME_ACCOUNT, {ACCOUNT}), (SAME_CONTACT, {PHONE, ADDRESS, EMAIL})):
        found = [
            _shared(source.row.enterprise, trace, firms)
            for trace, firms in noticed.shared
            if trace[0] in traces
        ]
        if found:
            yield kind, "", {"traces": found}


def _shared(enterprise, trace, firms):
    """One thing that firms share: as this firm writes it, of an account the last four digits alone."""
    kind, value = trace
    written = {
        ACCOUNT: value[-4:],
        PHONE: enterprise.contact_phone,
        ADDRESS: enterprise.address,
        EMAIL: enterprise.contact_email,
    }
    more = {"more": True} if len(firms) > MOST_FIRMS else {}
    return {"what": kind, "value": written[kind], "firms": firms[:MOST_FIRMS], **more}


def about_filing(claim, source):
    """Yields (kind, key, data) for what the day of the first submission says."""
    established = source.registered and source.registered.established_on
    if not claim.late and not established:
        return
    submitted = timezone.localdate(claim.first_submitted_at)
    if claim.late:
        deadline = source.noticed.periods[claim.period_id].deadline
        yield LATE, "", {"deadline": deadline.isoformat(), "submitted": submitted.isoformat()}
    if established and submitted < _a_year_after(established):
        yield YOUNG, "", {"established": established.isoformat(), "submitted": submitted.isoformat()}


def _a_year_after(day):
    """The same day of the next year; for 29 February the day after the 28th."""
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
