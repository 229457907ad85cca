"""Reading messages: what a person has not seen yet, and what still waits to be done."""

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from applications.models import (
    BankAccount,
    Claim,
    Enterprise,
    JoinRequest,
    Message,
    MessageRead,
    PayeeAccount,
    Question,
    State,
    SupportState,
)
from applications.visibility import messages_of_firm

from .reminder_kinds import PERIOD_CLOSES, QUESTION_DUE, REPAY_DUE, REPAY_LATE, RETURN_DUE

#: More than this many are not counted out; the page says so.
MOST_COUNTED = 99
#: They ask for an account to be looked at.
_ACCOUNT_KINDS = ("claim.payment_failed", "claim.payment_returned", "claim.payee_account_refused")


def unread_count(user):
    """How many messages the person has not seen, at most one more than MOST_COUNTED."""
    return messages_of_firm(user).filter(unread=True)[: MOST_COUNTED + 1].count()


def messages_read(*, user, message_ids=None, at=None):
    """Notes that the person has seen these messages of the own firm, or all of them. Returns how many were new."""
    unread = messages_of_firm(user).filter(unread=True)
    if message_ids is not None:
        unread = unread.filter(pk__in=message_ids)
    at = at or timezone.now()
    rows = [MessageRead(message_id=pk, user=user, at=at) for pk in unread.values_list("pk", flat=True)]
    MessageRead.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def with_open(messages):
    """Adds `open` to each: it asked for something that has not been done yet, as things stand now."""
    return messages.annotate(
        open=Case(When(_still_open(), then=Value(True)), default=Value(False), output_field=BooleanField())
    )


#: What asks for money back, while some of it is still to come.
_REPAY_KINDS = (
    "claim.demanded",
    "claim.instalments_set",
    "claim.demand_extended",
    "claim.receipt_reversed",
    REPAY_DUE,
    REPAY_LATE,
)


def _still_open():
    """By kind, what shows that the enterprise has not yet done what the message asks for."""
    of_firm = {"enterprise": OuterRef("enterprise")}
    drafts = Claim.objects.filter(**of_firm, period=OuterRef("period"), state=State.DRAFT)
    asked = JoinRequest.objects.filter(**of_firm, answer=JoinRequest.Answer.OPEN)
    pending = BankAccount.objects.filter(**of_firm, standing=BankAccount.Standing.PENDING)
    in_force = BankAccount.objects.filter(**of_firm, standing=BankAccount.Standing.IN_FORCE)
    # A claim that was returned twice is open by the second return alone.
    of_this_return = Q(claim__state=State.RETURNED, created_at__gte=F("claim__state_since"))
    # The same holds for a second question.
    question = Question.objects.filter(
        claim=OuterRef("claim"), answered_at=None, withdrawn_at=None, asked_at__lte=OuterRef("created_at")
    )
    # What finance has confirmed since, or has been given to look at, is not the enterprise's any more.
    confirmed = Message.objects.filter(
        claim=OuterRef("claim"), kind="claim.account_confirmed", created_at__gte=OuterRef("created_at")
    )
    given = PayeeAccount.objects.filter(claim=OuterRef("claim"), standing=PayeeAccount.Standing.PENDING)
    return Q(act=True) & (
        Q(kind__in=("claim.returned", "claim.due_extended", RETURN_DUE)) & of_this_return
        | Q(kind__in=_ACCOUNT_KINDS, claim__payout_failed=True) & ~Exists(confirmed) & ~Exists(given)
        | Q(kind__in=_REPAY_KINDS, claim__demanded_cny__gt=0)
        | Q(Q(kind="claim.notice_closed"), Q(claim__state=State.PAYABLE), ~Exists(in_force))
        | Q(Q(kind__in=("claim.asked", QUESTION_DUE)), Exists(question))
        | Q(kind="support.asked", support_request__state=SupportState.ASKED)
        | Q(kind="enterprise.refused", enterprise__verification=Enterprise.Verification.REFUSED)
        | Q(Q(kind="enterprise.join_asked"), Exists(asked))
        | Q(Q(kind="enterprise.account_changed"), Exists(pending))
        | Q(Q(kind=PERIOD_CLOSES, due_on__gte=timezone.localdate()), Exists(drafts))
    )
