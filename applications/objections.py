"""Objections against lines of a public notice: anybody files them, a commerce officer with no part in the claim decides.

While one is open its claim stays in the notice (`Claim.objected`). Name, contact and text stand in the Objection alone:
events, messages and exports know its number.
"""

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import TRANSITIONS, claim_lock, perform
from applications.lifecycle.people import check_who, deputy_of_step
from applications.lifecycle.transition import check_token
from applications.models import Notice, NoticeLine, Objection, State, Supplement
from applications.notices import is_running
from applications.numbers import number_next
from applications.record import event_add

S = Objection.Standing
UPHOLD, TAKE_BACK = TRANSITIONS["uphold_objection"], TRANSITIONS["take_back"]
REASON_LENGTH = 2000


def objection_file(*, line_id, name, contact, text, at=None, source_ip=None):
    """Files an objection against a line of a notice that runs, and holds its claim. Returns the Objection.

    The same words again, from a second click, are the same objection. Raises Refused where nothing can be objected to
    any more, and NoticeLine.DoesNotExist.
    """
    at = at or timezone.now()
    words = {"name": name.strip(), "contact": contact.strip(), "text": text.strip()}
    with transaction.atomic():
        claim, _ = claim_lock(NoticeLine.objects.values_list("claim_id", flat=True).get(pk=line_id))
        line = NoticeLine.objects.select_related("notice").get(pk=line_id)
        check_open(line, claim, timezone.localdate(at))
        waiting = Objection.objects.filter(claim=claim, standing=S.OPEN)
        again = waiting.filter(line=line, **words).first()
        if again:
            return again
        others = waiting.count()
        objection = Objection.objects.create(
            number=number_next(f"YY{line.notice.year}"),
            line=line,
            claim=claim,
            filed_at=at,
            source_ip=source_ip,
            **words,
        )
        claim.objected = True
        data = {"objection": objection.number, "notice": line.notice.number, "others": others}
        event_add(kind="claim.objected", at=at, claim=claim, data=data)
        claim.save(update_fields=["objected"])
    return objection


def check_open(line, claim, today):
    """Raises Refused unless somebody can object to the line today."""
    if not is_running(line.notice, today=today):
        raise Refused(
            "这次公示已经结束，不能再提出异议。对已经结束的公示有意见的，请直接向发布公示的部门反映。"
        )
    if line.withdrawn_at is not None or claim.state != State.IN_NOTICE:
        raise Refused("这一项已经撤出公示，不会按这次公示拨付，不需要提出异议。")


def objection_decide(*, objection_id, upheld, reason, token, actor, at=None, source_ip=None):
    """Decides an objection, once, by a commerce officer who has decided nothing else about the claim; with a reason.

    Upheld, the claim leaves the notice and goes back to commerce; where money of it has left before, only the supplement
    that the notice was about is taken back. What else was objected to it lapses. Dismissed, it stays, and becomes payable
    at once where the period is over and nothing else is open. `token` is the claim's on the page.
    Raises Stale, NotAllowed or Refused.
    """
    at, reason = at or timezone.now(), reason.strip()
    with transaction.atomic():
        claim, year = claim_lock(Objection.objects.values_list("claim_id", flat=True).get(pk=objection_id))
        objection = (
            Objection.objects.select_for_update(of=("self",)).select_related("line").get(pk=objection_id)
        )
        if objection.standing != S.OPEN:
            raise Stale(
                f"异议 {objection.number} 已经有结果：{objection.get_standing_display()}。刚才的操作没有执行。"
            )
        check_token(claim, token)
        check_who(UPHOLD, claim, actor)
        if not reason:
            raise Refused("请写明核查情况和处理意见，企业和提出异议的人都会看到。", field="reason")
        objection.standing = S.UPHELD if upheld else S.DISMISSED
        objection.decided_by, objection.decided_at, objection.reason = actor, at, reason
        objection.save()
        if upheld:
            action, data = _upheld(claim, objection)
            perform(claim, year, action, actor=actor, reason=reason, data=data, at=at, source_ip=source_ip)
        else:
            _dismissed(claim, year, objection, at, source_ip)
    return objection


def is_about_supplement(claim):
    """Whether only what was added to the claim stands in its notice: money of it has left before, and is not called in
    question as a whole."""
    return bool(claim.paid_cny or claim.committed_cny)


def _upheld(claim, objection):
    """(action, data) of the step that an upheld objection takes."""
    data = {"objection": objection.number}
    if not is_about_supplement(claim):
        return UPHOLD.action, data
    granted = (
        Supplement.objects.filter(claim=claim, standing=Supplement.Standing.GRANTED).order_by("pk").last()
    )
    # The notice may list more: what the bank had returned before is owed again, and nobody calls it in question.
    amount = min(objection.line.amount_cny, granted.amount_cny) if granted else objection.line.amount_cny
    data |= {"amount": amount, "supplement": granted and granted.pk}
    return TAKE_BACK.action, data


def _dismissed(claim, year, objection, at, source_ip):
    actor = objection.decided_by
    claim.objected = Objection.objects.filter(claim=claim, standing=S.OPEN).exists()
    data = {"objection": objection.number, "reason": objection.reason, "stage": State.COMMERCE_REVIEW}
    event_add(
        kind="claim.objection_dismissed",
        actor=actor,
        at=at,
        source_ip=source_ip,
        claim=claim,
        data=data | deputy_of_step(UPHOLD, claim, actor, at),
    )
    claim.save(update_fields=["objected"])
    over = Notice.objects.filter(lines=objection.line, standing=Notice.Standing.CLOSED).exists()
    # What is being settled right now follows with the next pass (`left_behind_release`).
    if over and not claim.objected and not year.is_computing:
        perform(claim, year, "close_notice", at=at)
