"""Claims of exhibitions, and what an officer does on the desk."""

from django.urls import reverse

from applications.lifecycle import claim_token, transition
from applications.lifecycle.possible import actions_possible
from tests.factories import NOW, exhibition, make_claim, settle_all


def booth(firm, period, cny="100000", *, name="示例展会", at=NOW):
    return make_claim(firm, "5.1", period, facts={"booth_cny": cny}, particulars=exhibition(name), at=at)


def act(client, claim, action, **typed):
    """Posts a decision with the token of the claim as it is now, unless another is given."""
    claim.refresh_from_db()
    data = {"token": claim_token(claim), **typed}
    answer = client.post(reverse("review:decide", args=[claim.number, action]), data)
    claim.refresh_from_db()
    return answer


def actions(claim, user):
    claim.refresh_from_db()
    return {step.action: refusal for step, refusal in actions_possible(claim, user)}


def approve_all(claim, officers):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    settle_all()
    transition(claim_id=claim.pk, action="finance_approve", actor=officers.finance)
    settle_all(claim)
