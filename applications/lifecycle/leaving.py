"""A claim leaves its public notice otherwise than by its end: the line is marked, and what was objected to it lapses."""

from applications.models import NoticeLine, Objection, State


def notice_leave(claim, *, at, why, actor=None):
    """The published line stays, marked 已撤出公示; objections that nobody has decided lapse, with the reason.

    Returns what the event of the step keeps: the numbers of the objections that lapsed.
    """
    if claim.state == State.APPROVED:
        # Not published yet; what stands in older notices, before a supplement, has been paid.
        return {}
    line = NoticeLine.objects.filter(claim=claim, withdrawn_at=None).order_by("pk").last()
    if line is None:
        return {}
    line.withdrawn_at = at
    line.save(update_fields=["withdrawn_at"])
    claim.notice_withdrawn = True
    if not claim.objected:
        return {}
    claim.objected = False
    waiting = Objection.objects.filter(claim=claim, standing=Objection.Standing.OPEN)
    numbers = list(waiting.order_by("pk").values_list("number", flat=True))
    waiting.update(standing=Objection.Standing.LAPSED, decided_at=at, decided_by=actor, reason=why)
    return {"objections_lapsed": numbers} if numbers else {}


def why_unlocked(actor, data):
    """Why objections lapse when their claim is unlocked, in words for those who raised them."""
    if data.get("objection"):
        return f"对这件申报的另一个异议（{data['objection']}）成立，申报已撤出公示，退回商务审核，这个异议一并结案。"
    if actor is None:
        return "这件申报的金额重新计算后减少，已撤出公示，退回商务审核，这个异议随之结案。"
    return "这件申报已撤出公示，退回商务审核重新审核，这个异议随之结案。"
