"""The one function that performs a transition, and the locks it takes first."""

from collections import defaultdict
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.flags.standing import check_hard_flags, check_no_flags
from applications.models import Claim, EnterpriseYear, State
from applications.models.states import COUNTED_STATES
from applications.record import event_add, last_event_sentence
from applications.settlement.mark import subject_note, year_lock, year_mark
from applications.signals import claim_passing

from . import effects
from .asked import check_not_asked, question_drop
from .clock import clock_enter, clock_leave
from .people import check_who, deputy_of_step
from .table import TRANSITIONS
from .token import claim_token


def claim_lock(claim_id):
    """Locks the claim's enterprise-year, then the claim. Returns (claim, year). Must run inside a transaction.

    Locks are always taken in this order; raises Claim.DoesNotExist for an unknown id.
    """
    enterprise_id, year = Claim.objects.values_list("enterprise_id", "year").get(pk=claim_id)
    year_row = year_lock(enterprise_id=enterprise_id, year=year)
    claim = (
        Claim.objects.select_for_update(of=("self",)).select_related("enterprise", "period").get(pk=claim_id)
    )
    return claim, year_row


def claims_lock(claim_ids):
    """Locks several claims: their enterprise-years by key, then the claims by id. Returns [(claim, year)] by id.

    Three queries, each by keys alone: what it costs depends on these claims, never on how many years there are or on what
    the database has counted of them so far.
    """
    wanted = Claim.objects.filter(pk__in=list(claim_ids))
    firms = defaultdict(list)
    for enterprise_id, year in wanted.order_by().values_list("enterprise_id", "year").distinct():
        firms[year].append(enterprise_id)
    if not firms:
        return []
    named = reduce(or_, (Q(year=year, enterprise__in=sorted(of)) for year, of in sorted(firms.items())))
    rows = EnterpriseYear.objects.filter(named).order_by("pk").select_for_update()
    years = {(row.enterprise_id, row.year): row for row in rows}
    claims = wanted.select_for_update(of=("self",)).select_related("enterprise", "period").order_by("pk")
    return [(claim, years[claim.enterprise_id, claim.year]) for claim in claims]


def transition(*, claim_id, action, actor=None, token=None, reason="", data=None, at=None, source_ip=None):
    """Performs one transition in a transaction of its own. Returns the claim as it is afterwards.

    `token` is what the page carried (None for callers that have just read the claim); `data` is what the action needs
    besides a reason, e.g. the fields of a return. Raises Refused, Stale or NotAllowed, and then nothing has changed.
    """
    with transaction.atomic():
        claim, year = claim_lock(claim_id)
        return perform(
            claim,
            year,
            action,
            actor=actor,
            token=token,
            reason=reason,
            data=data,
            at=at,
            source_ip=source_ip,
        )


def perform(claim, year, action, *, actor=None, token=None, reason="", data=None, at=None, source_ip=None):
    """Performs one transition on a claim whose year and row the caller has locked (see `claim_lock`).

    Writes the state and exactly one event, and marks the year for settlement where an amount can change.
    """
    step = TRANSITIONS[action]
    at = at or timezone.now()
    reason = reason.strip()
    step_check(step, claim, year, actor, token=token, reason=reason)
    source, counted, lock = claim.state, claim.state in COUNTED_STATES, claim.locked_cny
    event_add(
        kind=step.event,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=claim.enterprise_id,
        claim=claim,
        data=step_apply(step, claim, actor=actor, reason=reason, data=data or {}, at=at),
    )
    clock_enter(claim, at)
    if counted and claim.state not in COUNTED_STATES:
        effects.stop_counting(claim, at=at)
    _save(claim)
    if bool(lock) != bool(claim.locked_cny):
        subject_note(year, claim)
    if counted != (claim.state in COUNTED_STATES) or lock != claim.locked_cny or step.marks:
        year_mark(year, at=at)
    effects.announce(claim, source, actor, at)
    return claim


def step_check(step, claim, year, actor, *, token=None, reason=""):
    """Raises Refused, Stale or NotAllowed unless the step can be taken on the locked claim by this person."""
    _check_page(step, claim, token)
    check_who(step, claim, actor)
    if step.reason and not reason:
        raise Refused("请写明理由，企业和后续审核人员都会看到。", field="reason")
    check_settled(step, claim, year)
    check_cleared(step, claim)


def step_apply(step, claim, *, actor, data, at, reason=""):
    """Does in memory what the step does to the claim, with its entries. Returns what its event keeps."""
    source = claim.state
    effect = effects.EFFECTS.get(step.action)
    waited = clock_leave(claim, at) | question_drop(claim, at)
    by = deputy_of_step(step, claim, actor, at)
    details = (effect(claim, actor=actor, reason=reason, data=data, at=at) if effect else None) or {}
    claim.state = details.pop("to", None) or step.target(claim)
    claim.state_since = at
    if actor is not None and step.stage:
        claim.assignee = None
    return {
        "from": source,
        "to": claim.state,
        **({"reason": reason} if reason else {}),
        **({"grounds": data["grounds"]} if data.get("grounds") else {}),
        **by,
        **waited,
        **details,
    }


def check_token(claim, token):
    """Raises Stale, with what happened meanwhile, unless the page showed the claim as it is now."""
    if token is not None and token != claim_token(claim):
        raise Stale(f"这一页已经过时，刚才的操作没有执行。{last_event_sentence(claim)}")


def _check_page(step, claim, token):
    check_token(claim, token)
    if claim.state not in step.sources:
        raise Stale(
            f"这件申报现在是“{State(claim.state).label}”，不能{step.label}，刚才的操作没有执行。{last_event_sentence(claim)}"
        )


def check_settled(step, claim, year):
    """Raises Refused where the step needs a settled year, or a claim that the rules find eligible, and there is none."""
    if step.settled and year.is_computing:
        raise Refused("金额正在重新计算，通常几秒钟完成。请稍后刷新本页再办理。")
    if step.eligible and claim.eligibility != "awarded":
        raise Refused("按规则这件申报不符合条件，不能通过，只能退回补正或不予支持。")


def check_cleared(step, claim):
    """Raises Refused where the step needs every hard flag to be dealt with, and one is not; or where a listener objects."""
    if step.cleared:
        check_hard_flags(claim)
    if step.stage:
        claim_passing.send(sender=type(claim), step=step, claim=claim)


def _save(claim):
    """The database has the last word on what must never be; its refusals become sentences."""
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        sentence = _SENTENCES.get(constraint)
        if sentence is None:
            raise
        raise Refused(sentence) from error


_SENTENCES = {
    "claim_one_live_per_subject": "同一事项、同一年度、同一对象已有一件有效的申报，请先办理那一件。",
    "claim_once_for_ever": "这项一次性奖励已经批准过一次，不能再次批准。请退回或不予支持。",
    "claim_money_within_lock": "已列入批次和已拨付的金额超过锁定金额，操作没有执行。",
}


def bulk_transition(*, enterprise_id, year, steps, action, actor, at=None, source_ip=None):
    """Takes the same step for several claims of one enterprise-year under one lock, at the settled amounts.

    `steps` is a list of (claim_id, token). Returns {claim_id: sentence or ""}: "" where it was done. One refusal does
    not stop the others; what was settled when the lock was taken counts for all of them. A claim with a flag that nobody
    has dealt with, or with a question that nobody has answered, is decided by itself.
    """
    outcome = {}
    with transaction.atomic():
        row = year_lock(enterprise_id=enterprise_id, year=year)
        settled = EnterpriseYear(requested=row.requested, settled=row.settled)
        claims = {
            claim.pk: claim
            for claim in Claim.objects.select_for_update(of=("self",))
            .select_related("enterprise", "period")
            .filter(pk__in=[pk for pk, _ in steps], enterprise_id=enterprise_id, year=year)
            .order_by("pk")
        }
        for pk, token in steps:
            try:
                with transaction.atomic():
                    check_no_flags(claims[pk])
                    check_not_asked(claims[pk])
                    row.requested, row.settled = settled.requested, settled.settled
                    perform(claims[pk], row, action, actor=actor, token=token, at=at, source_ip=source_ip)
                outcome[pk] = ""
            except Refused as refusal:
                outcome[pk] = refusal.message
    return outcome
