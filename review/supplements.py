"""Locked claims that are entitled to more: what may be added, commerce's consent, and the decision of the payer's finance."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claim_lock, perform
from applications.lifecycle.people import (
    acts_for,
    check_who,
    deputy_of_post,
    has_filed,
    holds,
    office_name,
    role_for,
)
from applications.lifecycle.table import TRANSITIONS
from applications.models import Claim, EnterpriseYear, State, Supplement
from applications.models.states import COUNTED_STATES, LOCKED_STATES
from applications.record import event_add
from measures.money import grouped

ZERO = Decimal("0.00")
NOTE_LENGTH = 500
STEP = TRANSITIONS["supplement"]
S = Supplement.Standing


@dataclass(frozen=True)
class Room:
    """What a locked claim may still be given, yuan, by each of the three bounds, so that no other claim loses any of its own.

    `cap` is None without a shared cap.
    """

    claim: Claim
    entitled: Decimal
    cap: Decimal | None
    limit: Decimal
    is_computing: bool = False

    @property
    def most(self):
        """The smallest of the three, never below 0."""
        bounds = [self.entitled, self.limit, *([] if self.cap is None else [self.cap])]
        return max(ZERO, min(bounds))

    @property
    def obstacle(self):
        """Why nothing can be added right now, as a sentence; "" where it can."""
        if self.is_computing:
            return "金额正在重新计算，通常几秒钟完成。"
        if self.claim.state not in STEP.sources or self.claim.owed_cny:
            return "还有没有拨付的金额，全部拨付以后才能补发。"
        return ""


def claims_entitled_to_more():
    """Locked claims that come to more than their lock, in years that leave something of their limit.

    Whether a shared cap leaves something as well, `rooms_of` says.
    """
    roomy = EnterpriseYear.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), limit_cny__gt=F("total_cny")
    )
    return Claim.objects.filter(Exists(roomy), state__in=LOCKED_STATES, after_overlap_cny__gt=F("locked_cny"))


def rooms_of(claims):
    """{claim id: Room} of locked claims, in two queries however many they are."""
    claims = list(claims)
    firms = {claim.enterprise_id for claim in claims}
    numbers = {claim.year for claim in claims}
    rows = EnterpriseYear.objects.filter(enterprise__in=firms, year__in=numbers)
    years = {(row.enterprise_id, row.year): row for row in rows}
    left = _left_of_caps(claims, firms, numbers)
    return {
        claim.pk: _room(claim, years[claim.enterprise_id, claim.year], left.get(claim.pk)) for claim in claims
    }


def _room(claim, year, cap):
    return Room(
        claim,
        entitled=(claim.after_overlap_cny or ZERO) - claim.locked_cny,
        cap=cap,
        limit=(year.limit_cny or ZERO) - (year.total_cny or ZERO),
        is_computing=year.is_computing,
    )


def _left_of_caps(claims, firms, numbers):
    """{claim id: yuan} that shared caps leave to their locked claims; a claim that comes to nothing is not in it."""
    if not any(claim.rule.shared_cap for claim in claims):
        return {}
    rows = Claim.objects.filter(
        enterprise__in=firms, year__in=numbers, state__in=COUNTED_STATES, after_overlap_cny__gt=0
    ).only("enterprise", "year", "item", "ceiling_cny", "capped_cny", "after_overlap_cny", "locked_cny")
    sharing = defaultdict(list)
    for row in rows.order_by("first_submitted_at", "pk"):
        if row.rule.shared_cap:
            sharing[row.enterprise_id, row.year, row.rule.shared_cap].append(row)
    return {pk: left for group in sharing.values() for pk, left in _left_of_cap(group).items()}


def _left_of_cap(group):
    """The same of claims that share one cap, given in the order of filing.

    Locked ones take from the cap first, each at most its lock. What is left after all is not always free: a claim from which
    overlap takes away needs more of the cap than it takes, and whoever comes before it must leave it that.
    """
    in_turn = sorted(group, key=lambda claim: claim.locked_cny is None)
    before, spare = group[0].ceiling_cny, []
    for claim in in_turn:
        part = claim.after_overlap_cny
        if claim.locked_cny is not None:
            part = min(part, claim.locked_cny)
        overlap = claim.capped_cny - claim.after_overlap_cny
        spare.append(before - part - overlap if part else before)
        before -= part
    left, found = before, {}
    for claim, unused in reversed(list(zip(in_turn, spare, strict=True))):
        found[claim.pk] = left
        left = min(left, unused)
    return found


def may_consent(claim, user):
    """Whether the user may consent for commerce."""
    try:
        _commerce_check(claim, user)
    except NotAllowed:
        return False
    return True


def may_decide(supplement, user):
    """Whether the user may decide for finance."""
    try:
        _finance_check(supplement, supplement.claim, user)
    except NotAllowed:
        return False
    return True


def _commerce_check(claim, user):
    role, city = role_for(claim, State.COMMERCE_REVIEW)
    if not holds(user, role, city):
        raise NotAllowed(f"同意补发由{office_name(role, city)}办理，您的岗位不能执行这一步。")
    if acts_for(user, claim.enterprise_id) or has_filed(user, claim):
        raise NotAllowed("您代这家企业办理过这件申报，不能同意它的补发。")


def _finance_check(supplement, claim, user):
    check_who(STEP, claim, user)
    if has_filed(user, claim):
        raise NotAllowed("您代这家企业办理过这件申报，不能决定它的补发。")
    if supplement.consented_by_id == user.pk:
        raise NotAllowed("补发由您同意，要由另一位同事决定。")


def supplement_consent(*, claim_id, amount, note, actor, at=None, source_ip=None):
    """Commerce consents to a supplement of `amount`: what may be added now, as the page showed it. Returns the Supplement.

    A consent that nobody has decided on is renewed with the present amount. Raises NotAllowed, Stale where the amount is no
    longer that, or Refused.
    """
    at = at or timezone.now()
    note = _words_read(note, "note", "请写明同意补发的理由，财政会看到。")
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        _commerce_check(claim, actor)
        room = _room_checked(claim)
        if amount != room.most:
            raise Stale(_changed_words(room.most))
        known = Supplement.objects.filter(claim=claim, standing=S.CONSENTED).first()
        found = known or Supplement(claim=claim)
        if known and known.amount_cny == amount:
            raise Stale("商务已经同意按这个金额补发，正在等财政决定。")
        found.amount_cny, found.consent_note = amount, note
        found.consented_by, found.consented_at = actor, at
        found.save()
        data = {"amount": str(amount), "reason": note}
        _event("claim.supplement_consented", claim, actor, State.COMMERCE_REVIEW, at, source_ip, data)
    return found


def supplement_grant(*, supplement_id, amount, reason, actor, at=None, source_ip=None):
    """Finance grants what commerce has consented to: the lock rises, and only what is added is noticed and paid.

    `amount` is what the page showed. Raises NotAllowed, Stale, or Refused where no more than a smaller sum may be added now.
    """
    at = at or timezone.now()
    with transaction.atomic():
        found, claim, year = _open_lock(supplement_id)
        _finance_check(found, claim, actor)
        if amount != found.amount_cny:
            raise Stale("商务同意的金额刚刚有变化，刚才的操作没有执行。请刷新后核对。")
        room = _room_checked(claim)
        if amount > room.most:
            raise Stale(_changed_words(room.most))
        reason = _words_read(reason, "reason", "请写明补发的理由，企业会看到。")
        data = {"amount": amount}
        perform(claim, year, "supplement", actor=actor, reason=reason, data=data, at=at, source_ip=source_ip)
        _decided(found, S.GRANTED, actor, at, reason)
    return found


def supplement_refuse(*, supplement_id, reason, actor, at=None, source_ip=None):
    """Finance does not add what commerce has consented to, and says why; nothing of the claim changes."""
    at = at or timezone.now()
    with transaction.atomic():
        found, claim, _ = _open_lock(supplement_id)
        _finance_check(found, claim, actor)
        reason = _words_read(reason, "reason", "请写明不予补发的理由，商务会看到。")
        _decided(found, S.REFUSED, actor, at, reason)
        data = {"amount": str(found.amount_cny), "reason": reason}
        _event("claim.supplement_refused", claim, actor, State.FINANCE_REVIEW, at, source_ip, data)
    return found


def _open_lock(supplement_id):
    claim_id = Supplement.objects.values_list("claim_id", flat=True).get(pk=supplement_id)
    claim, year = claim_lock(claim_id)
    found = Supplement.objects.get(pk=supplement_id)
    if found.standing != S.CONSENTED:
        raise Stale(f"这件补发已经是“{found.get_standing_display()}”，刚才的操作没有执行。")
    return found, claim, year


def _room_checked(claim):
    """The Room of a locked claim; raises Refused where nothing can be added."""
    if claim.state not in LOCKED_STATES:
        raise Stale(f"这件申报现在是“{State(claim.state).label}”，不能补发。")
    room = rooms_of([claim])[claim.pk]
    if room.obstacle:
        raise Refused(f"{claim.number} 现在不能补发：{room.obstacle}")
    if not room.most:
        raise Stale("按现在的计算结果没有可以补发的金额，刚才的操作没有执行。")
    return room


def _changed_words(most):
    return (
        f"金额有变化，现在最多可以补发 {grouped(most)} 元，刚才的操作没有执行。请由商务按现在的金额重新同意。"
    )


def _words_read(text, field, asked):
    text = text.strip()
    if not text:
        raise Refused(asked, field=field)
    if len(text) > NOTE_LENGTH:
        raise Refused(f"最多 {NOTE_LENGTH} 个字，现在有 {len(text)} 个。", field=field)
    return text


def _decided(found, standing, actor, at, reason):
    found.standing, found.reason = standing, reason
    found.decided_by, found.decided_at = actor, at
    found.save(update_fields=["standing", "reason", "decided_by", "decided_at"])


def _event(kind, claim, actor, state, at, source_ip, data):
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        claim=claim,
        data={**data, **deputy_of_post(actor, *role_for(claim, state), at)},
    )
