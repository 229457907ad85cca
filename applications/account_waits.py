"""Who may confirm a change of a firm's bank account, and how long it waits where nobody may."""

from django.db.models import Max

from applications.calendar import due_date
from applications.models import BankAccount, Event

#: Working days that a change waits where nobody else in the firm can confirm it. Its ground: whoever takes over one person's
#: account could otherwise have the firm's money sent elsewhere within the hour; three working days, weekends and holidays left
#: out, are time to read the message about a change that one did not ask for, and to take it back.
WAITING_DAYS = 3


def confirmers(change):
    """Memberships of the people who may confirm or decline a change: in the firm today, in it before the change was registered,
    able to sign in, and not who registered it. Somebody let in afterwards is none: one person could otherwise be both.
    """
    members = change.enterprise.memberships.filter(
        ended_at=None, since__lt=change.created_at, user__is_active=True
    )
    return members.exclude(user_id=change.created_by_id)


def wait_refresh(change):
    """Sets or lifts the waiting time of a pending change, with the holidays that are known now; saves it where it differs.

    The days count from the later of registration and the moment when the last person left, or lost the login, who could
    have confirmed.
    """
    wait = (None, True) if confirmers(change).exists() else due_date(start=_start(change), days=WAITING_DAYS)
    if wait != (change.waits_until, change.waits_certain):
        change.waits_until, change.waits_certain = wait
        change.save(update_fields=["waits_until", "waits_certain"])


def wait_after_leaving(enterprise):
    """Looks at the pending change of a firm again after somebody has left it. The caller holds the firm's lock."""
    for change in enterprise.bank_accounts.filter(standing=BankAccount.Standing.PENDING):
        wait_refresh(change)


def _start(change):
    could = change.enterprise.memberships.filter(since__lt=change.created_at).exclude(
        user_id=change.created_by_id
    )
    left = could.filter(ended_at__gt=change.created_at).aggregate(last=Max("ended_at"))["last"]
    topics = [f"user:{pk}" for pk in could.filter(ended_at=None).values_list("user", flat=True)]
    closings = Event.objects.filter(topic__in=topics, data__changes__is_active__1=False)
    closed = closings.aggregate(last=Max("at"))["last"]
    return max(each for each in (left, closed, change.created_at) if each)
