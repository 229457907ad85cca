"""Who may act on a demand: finance of the claim's payer, and nobody who acts for the enterprise."""

from applications.errors import NotAllowed, Stale
from applications.lifecycle import claim_lock
from applications.lifecycle.people import acts_for, holds, office_name, role_for
from applications.models import Demand, State


def payer_office(claim):
    """The (role, city) of the finance office that pays the claim and gets back what was overpaid."""
    return role_for(claim, State.PAID)


def payer_finance_check(claim, user):
    """Raises NotAllowed unless the user is finance of the claim's payer and acts for nobody it concerns."""
    role, city = payer_office(claim)
    if not holds(user, role, city):
        raise NotAllowed(f"这一步由{office_name(role, city)}办理，您的岗位不能执行。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能办理它的追回。")


def may_recover(claim, user):
    """Whether the user may act on a demand on the claim."""
    try:
        payer_finance_check(claim, user)
    except NotAllowed:
        return False
    return True


def demand_lock(demand_id, actor):
    """Locks the claim of an open demand (its year first) for somebody who may act on it: (demand, claim, year).

    Raises Demand.DoesNotExist, NotAllowed, or Stale where nothing is open any more. Every change of a demand holds the lock of
    its claim.
    """
    claim_id = Demand.objects.values_list("claim_id", flat=True).get(pk=demand_id)
    claim, year = claim_lock(claim_id)
    payer_finance_check(claim, actor)
    demand = Demand.objects.get(pk=demand_id)
    open_check(demand, claim)
    return demand, claim, year


def open_check(demand, claim):
    """Raises Stale where nothing of the demand is open."""
    if demand.closed_at is not None or not claim.demanded_cny:
        raise Stale("这件追回已经了结，刚才的操作没有执行。请刷新后查看。")
