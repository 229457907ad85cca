"""Flags on a reviewer's desk: what the system noticed, with its numbers, and the reviewer's answer to it.

Where a flag has another side, the desk leads there whoever may read it. Others learn the claim's number and the city, which is
what they need to ask there, and nothing about the firm.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.cities import City
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.flags.kinds import DISMISSED, flag_sentence, flag_title, in_order
from applications.lifecycle import claim_lock
from applications.lifecycle.people import acts_for, deputy_note, holds, office_name, role_for
from applications.lifecycle.transition import check_token
from applications.models import Claim, Enterprise, Flag, State
from applications.record import event_add
from applications.visibility import claims_for_office, enterprises_for_office

#: Stages at which the office that has the claim answers its flags; finance looks at the money.
_STAGES = frozenset({State.CITY_REVIEW, State.COMMERCE_REVIEW, State.SECOND_CHECK})
LONGEST_REASON = 500


@dataclass(frozen=True)
class OtherSide:
    """Where a flag leads: a claim or a firm that the person may read, or words about what they may not."""

    claim: Claim | None = None
    firm: Enterprise | None = None
    #: Whether the person has a post that opens the page of the firm.
    linked: bool = False
    words: str = ""


@dataclass
class FlagCard:
    """One flag that stands, as the desk shows it; with the form of an answer where one can be given."""

    flag: Flag
    title: str
    sentence: str
    others: list = field(default_factory=list)
    form: object = None

    @property
    def is_open(self):
        """Whether nobody has dealt with it."""
        return self.flag.dismissed_at is None


def flag_cards(claim, user):
    """The flags of a claim that stand, open ones first, with their other sides as far as the user may read them.

    One query, and two more where there are other claims, or other firms.
    """
    flags = in_order(claim.flags.filter(lifted_at=None).select_related("dismissed_by"))
    claims, firms = _claims_beside(flags, user), _firms_beside(flags, user)
    cards = [
        FlagCard(
            flag,
            flag_title(flag.kind),
            flag_sentence(flag.kind, flag.data, claim.rule),
            claims.get(flag.pk, []) + firms.get(flag.pk, []),
        )
        for flag in flags
    ]
    return sorted(cards, key=lambda card: not card.is_open)


def _claims_beside(flags, user):
    """{flag id: [OtherSide]} of the other claims that flags name."""
    numbers = {flag.pk: flag.data["claim"] for flag in flags if "claim" in flag.data}
    if not numbers:
        return {}
    readable = claims_for_office(user).filter(number__in=numbers.values()).select_related("enterprise")
    found = {claim.number: claim for claim in readable}
    cities = {flag.pk: City(flag.data["city"]).label for flag in flags if flag.pk in numbers}
    return {
        pk: [
            OtherSide(claim=found[number])
            if number in found
            else OtherSide(words=f"那件申报属于{cities[pk]}，需要核对时请与当地商务局联系。")
        ]
        for pk, number in numbers.items()
    }


def _firms_beside(flags, user):
    """{flag id: [OtherSide]} of the firms that flags name; of those that the person may not read, how many in each city."""
    codes = {
        flag.pk: list(dict.fromkeys(code for trace in flag.data["traces"] for code in trace["firms"]))
        for flag in flags
        if "traces" in flag.data
    }
    if not codes:
        return {}
    beside = Enterprise.objects.filter(credit_code__in=set().union(*codes.values()))
    firms = {firm.credit_code: firm for firm in beside}
    readable = set(enterprises_for_office(user).filter(pk__in=[firm.pk for firm in firms.values()]))
    linked = user.has_post(Role.COMMERCE, Role.CITY_COMMERCE, Role.AUDITOR)
    return {pk: _sides([firms[code] for code in of_flag], readable, linked) for pk, of_flag in codes.items()}


def _sides(firms, readable, linked):
    sides = [OtherSide(firm=firm, linked=linked) for firm in firms if firm in readable]
    hidden = Counter(firm.get_city_display() for firm in firms if firm not in readable)
    return sides + [
        OtherSide(words=f"{city} {number} 家企业，需要核对时请与当地商务局联系。")
        for city, number in hidden.items()
    ]


def can_dismiss(claim, user):
    """Whether this person may answer the flags of the claim as it stands now."""
    try:
        _check_who(claim, user)
    except Refused:
        return False
    return True


def flag_dismiss(*, flag_id, reason, actor, token=None, at=None, source_ip=None):
    """Notes that a flag has been looked into and why it does not stand in the way. Returns the claim.

    It comes back by itself where what it rests on changes. Raises Refused without a reason, or where somebody else has
    answered the flag or it is no longer true.
    """
    at, reason = at or timezone.now(), reason.strip()
    with transaction.atomic():
        claim, _ = claim_lock(Flag.objects.values_list("claim_id", flat=True).get(pk=flag_id))
        check_token(claim, token)
        _check_who(claim, actor)
        flag = claim.flags.get(pk=flag_id)
        if flag.lifted_at or flag.dismissed_at:
            raise Refused("这条提示已经有人处理，或者已经消除。请刷新本页。")
        if not reason:
            raise Refused("请写明核对了什么、结论是什么。", field="reason")
        if len(reason) > LONGEST_REASON:
            raise Refused(f"说明最多 {LONGEST_REASON} 个字，请写得简短一些。", field="reason")
        flag.dismissed_at, flag.dismissed_by, flag.dismissed_reason = at, actor, reason
        flag.save(update_fields=["dismissed_at", "dismissed_by", "dismissed_reason"])
        event_add(
            kind=DISMISSED,
            actor=actor,
            at=at,
            source_ip=source_ip,
            claim=claim,
            data={
                "flag": flag.kind,
                "basis": flag.data,
                "reason": reason,
                **deputy_note(claim, actor, at),
            },
        )
        return claim


def _check_who(claim, user):
    if claim.state not in _STAGES:
        raise Refused(f"这件申报现在是“{State(claim.state).label}”，不能处理提示。")
    role, city = role_for(claim, State(claim.state))
    if not holds(user, role, city):
        raise NotAllowed(f"提示由{office_name(role, city)}处理，您的岗位不能执行这一步。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能处理它的提示。")
