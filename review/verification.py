"""Verified values beside declared facts. What was declared is never overwritten; the award follows what was verified."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.facts import OTHER_SUPPORT, FactLine, fact_lines, with_verified
from applications.lifecycle import claim_lock
from applications.lifecycle.people import acts_for, deputy_of_post, holds, office_name, role_for
from applications.lifecycle.transition import check_token
from applications.models import State, VerifiedValue
from applications.models.states import LOCKED_STATES
from applications.record import event_add
from applications.settlement.mark import year_mark
from measures.contract import ContractError, parse_facts
from measures.declaration import Amount, Choice, Count, Day, Flag, Market
from measures.wire import read_amount

#: What a reviewer verifies: amounts, counts, dates, markets and modes; never the name of what the claim is about.
VERIFIABLE = (Amount, Count, Day, Market, Flag, Choice)
#: Stages at which the stage's own post verifies.
_STAGES = frozenset({State.CITY_REVIEW, State.COMMERCE_REVIEW})
#: Money has begun to move: only a correction after an audit is left, by commerce (by the city for city-run items).
_AFTERWARDS = frozenset({State.COMMITTED, State.PAID})

OTHER_SUPPORT_FIELD = Amount(name=OTHER_SUPPORT, label="其他省级政策支持")


def lines_to_verify(claim):
    """The facts of a claim that can be verified, as FactLine in the order of the declaration, other support last."""
    lines = [line for line in fact_lines(claim.rule, claim.facts) if isinstance(line.field, VERIFIABLE)]
    declared = None if claim.other_support_cny is None else str(claim.other_support_cny)
    return [*lines, FactLine(OTHER_SUPPORT, OTHER_SUPPORT_FIELD.label, OTHER_SUPPORT_FIELD, declared)]


def values_in_force(claim):
    """The verified values that count, by path, with who entered them: one query."""
    rows = claim.verified_values.filter(lapsed_at=None).select_related("entered_by")
    return {row.path: row for row in rows}


def can_verify(claim, user):
    """Whether this person may verify values of the claim as it stands now."""
    try:
        _check_who(claim, user)
    except Refused:
        return False
    return True


@dataclass(frozen=True)
class Change:
    """A verified value for one path as the evaluation contract writes it; `value` None takes the verified value back."""

    path: str
    value: object
    reason: str = ""


def value_verify(*, claim_id, path, value, reason, actor, token=None, at=None, source_ip=None):
    """Enters the verified value of one fact; see `values_verify`."""
    return values_verify(
        claim_id=claim_id,
        changes=[Change(path, value, reason)],
        actor=actor,
        token=token,
        at=at,
        source_ip=source_ip,
    )


def values_verify(*, claim_id, changes, actor, token=None, at=None, source_ip=None):
    """Enters or takes back verified values, all or none, one event each, and has the year settled again.

    An earlier value at the same path lapses and stays in the history. Raises Refused with the field "value:<path>" or
    "reason:<path>" that is at fault.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claim, year = claim_lock(claim_id)
        check_token(claim, token)
        _check_who(claim, actor)
        lines = {line.path: line for line in lines_to_verify(claim)}
        in_force = values_in_force(claim)
        for change in changes:
            if change.path not in lines:
                raise Refused("有一项不能核定，可能企业已经修改了申报。请刷新本页。")
            _apply(claim, lines[change.path], change, in_force, actor, at, source_ip)
        _check_facts(claim, in_force, changes)
        if changes:
            year_mark(year, at=at)
        return claim


def _apply(claim, line, change, in_force, actor, at, source_ip):
    """One change: the value in force at its path lapses, and the new one, where there is one, takes its place."""
    old = in_force.pop(line.path, None)
    if change.value is None:
        if old is None:
            raise Refused("这一项现在没有核定数。", field=f"value:{line.path}")
    else:
        _check_change(line, change, old)
    if old is not None:
        old.lapsed_at = at
        old.save(update_fields=["lapsed_at"])
    if change.value is not None:
        in_force[line.path] = VerifiedValue.objects.create(
            claim=claim,
            path=line.path,
            declared=line.value,
            value=change.value,
            reason=change.reason.strip(),
            entered_by=actor,
            entered_at=at,
        )
    data = {
        "path": line.path,
        "label": f"{line.row}，{line.label}" if line.row else line.label,
        "old": line.value if old is None else old.value,
        "new": line.value if change.value is None else change.value,
        "reason": change.reason.strip() or "取消核定，恢复申报数。",
        **deputy_of_post(actor, *_office(claim), at),
    }
    event_add(kind="claim.verified", actor=actor, at=at, source_ip=source_ip, claim=claim, data=data)


def _check_change(line, change, old):
    if same_value(line, change.value, line.value):
        raise Refused("核定数与申报数相同。采用申报数的，这里留空。", field=f"value:{line.path}")
    if not change.reason.strip():
        raise Refused("请写明核定理由，企业和后续审核人员都会看到。", field=f"reason:{line.path}")
    if old is not None and same_value(line, change.value, old.value) and change.reason.strip() == old.reason:
        raise Refused("核定数没有变化。", field=f"value:{line.path}")


def _check_who(claim, user):
    role, city = _office(claim)
    if not holds(user, role, city):
        raise NotAllowed(f"核定由{office_name(role, city)}办理，您的岗位不能执行这一步。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能核定它的申报。")


def _office(claim):
    """The (role, city) that verifies the claim in its present state; raises Refused where nobody does."""
    if claim.state in _STAGES:
        return role_for(claim, State(claim.state))
    drawn = claim.committed_cny or claim.paid_cny
    if claim.state in _AFTERWARDS or (claim.state in LOCKED_STATES and drawn):
        return role_for(claim, State.COMMERCE_REVIEW)
    raise Refused(f"这件申报现在是“{State(claim.state).label}”，不能核定。")


def same_value(line, one, other):
    """Whether two values of a fact mean the same; an amount left out is 0, as in the contract."""
    if isinstance(line.field, Amount):
        try:
            return Decimal(str(one or 0)) == Decimal(str(other or 0))
        except ArithmeticError:
            return False
    return one == other


def _check_facts(claim, in_force, changes):
    """The facts with all verified values in place must be what the contract accepts."""
    verified = {path: row.value for path, row in in_force.items()}
    try:
        if OTHER_SUPPORT in verified:
            read_amount(verified[OTHER_SUPPORT])
        parse_facts(claim.rule, with_verified(claim.facts, verified), path="")
    except ContractError as error:
        paths = [change.path for change in changes]
        at_fault = error.path.removeprefix(".") if error.path.removeprefix(".") in paths else paths[-1]
        raise Refused(error.message, field=f"value:{at_fault}") from error
