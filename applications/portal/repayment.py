"""What an enterprise has to pay back, in its words: how much, by when, in which parts, and what has come in."""

from applications.models import Demand, State
from applications.portal.turns import office_in
from applications.recovery.standing import demands_with_plans, standing_of
from measures.money import grouped


def repayments(claims):
    """{claim id: DemandStanding} of the open demands on some claims; no query where nothing is demanded."""
    demanded = [claim.pk for claim in claims if claim.demanded_cny]
    if not demanded:
        return {}
    found = demands_with_plans(Demand.objects.filter(claim__in=demanded, closed_at=None).order_by("pk"))
    return {demand.claim_id: standing_of(demand) for demand in found}


def repayment_page(claim, events):
    """What the page of a claim shows of its demands: {"office", "standings"}, the newest first; None without any.

    `events` are those of the claim, which say whether there has ever been one.
    """
    if not claim.demanded_cny and not any(event.kind == "claim.demanded" for event in events):
        return None
    found = demands_with_plans(Demand.objects.filter(claim=claim).order_by("-pk"))
    standings = [standing_of(demand) for demand in found]
    shown = [each for each in standings if each.demand.closed_at is None or each.demand.came_in]
    return (
        {"office": office_in(claim, State.PAID), "standings": shown} if shown or claim.demanded_cny else None
    )


def repayment_words(claim, standing):
    """Why the enterprise has something to do, for the list of its year."""
    if standing is None or standing.next_part is None:
        return f"需要退回 {grouped(claim.demanded_cny)} 元，办法见申报页。"
    number = f"追回编号 {standing.demand.number}，办法见申报页。"
    if standing.is_in_parts:
        return f"这一期要退回 {grouped(standing.next_part.open)} 元，全部还有 {grouped(standing.open)} 元。{number}"
    return f"需要退回 {grouped(standing.open)} 元。{number}"
