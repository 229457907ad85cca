"""What a person can do with a claim right now, asked without doing anything: the buttons of a page."""

from django.utils import timezone

from accounts.models import User
from applications.errors import Refused
from applications.models import EnterpriseYear

from .effects import check_rejectable, check_unlockable, may_recall, recallable_event
from .people import authority, check_who, holds
from .table import TRANSITIONS, Who
from .transition import check_cleared, check_settled

#: Steps that are not taken on a claim by itself: notices, batches, bank results and objections take them.
_ELSEWHERE = frozenset(
    {
        "publish",
        "uphold_objection",
        "take_back",
        "commit",
        "release",
        "pay",
        "bank_return",
        "part_return",
        "supplement",
    }
)
#: The steps of an office on one claim, in the order of a claim's life.
OFFICE_STEPS = tuple(
    step
    for step in TRANSITIONS.values()
    if step.who not in (Who.ENTERPRISE, Who.SYSTEM) and step.action not in _ELSEWHERE
)


def actions_possible(claim, user, *, year=None, at=None):
    """The office steps that this person's post takes on the claim as it is, as [(step, sentence or "")].

    A sentence says why the step cannot be taken now; steps of other posts are left out. `year` saves reading the
    claim's EnterpriseYear again. What only the attempt can tell (two people at once) is not asked here.
    """
    found = []
    for step in OFFICE_STEPS:
        if claim.state in step.sources and _is_theirs(step, claim, user):
            found.append((step, _refusal(step, claim, user, year, at or timezone.now())))
    return found


def approval_possible(claim, user, *, year=None):
    """The one step that moves the claim on at its present stage, as (step, sentence or ""); None without a post for it."""
    for step, refusal in actions_possible(claim, user, year=year):
        if step.stage:
            return step, refusal
    return None


def _is_theirs(step, claim, user):
    if step.who is Who.DECIDER:
        last = recallable_event(claim)
        return last is not None and may_recall(claim, last, user)
    return holds(user, *authority(step, claim))


def _refusal(step, claim, user, year, at):
    try:
        check_who(step, claim, user)
        if step.action == "reject":
            check_rejectable(claim, at)
        if step.action == "re_examine":
            check_unlockable(claim)
        if step.settled:
            row = year or EnterpriseYear.objects.get(enterprise_id=claim.enterprise_id, year=claim.year)
            check_settled(step, claim, row)
        check_cleared(step, claim)
    except Refused as refusal:
        return refusal.message
    return ""


def officers_who_may(step, claim):
    """The officers who may take the step, by name: those who hold its post today and whom four eyes do not bar."""
    role, city = authority(step, claim)
    posts = {"posts__role": role, **({"posts__city": city} if city else {})}
    officers = (
        User.objects.filter(is_active=True, **posts)
        .distinct()
        .prefetch_related("posts", "memberships")
        .order_by("name", "pk")
    )
    return [officer for officer in officers if is_theirs_to_take(step, claim, officer)]


def is_theirs_to_take(step, claim, user):
    """Whether posts, membership and four eyes let the user take the step (state aside)."""
    try:
        check_who(step, claim, user)
    except Refused:
        return False
    return True
