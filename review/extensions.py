"""Extensions of a filing deadline: the only way in which a firm files for the first time after it."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.lifecycle.people import acts_for
from applications.models import DeadlineExtension
from applications.official_changes import topic_of
from applications.record import event_add

#: Characters of a reason.
REASON_MOST = 300


@transaction.atomic
def deadline_extend(*, enterprise, period, until, reason, actor, at=None, source_ip=None):
    """Records that a firm may file until a later day, with the reason. Raises Refused with the field at fault."""
    at = at or timezone.now()
    if not actor.has_post(Role.COMMERCE):
        raise NotAllowed("延期由省商务厅登记。")
    if acts_for(actor, enterprise.pk):
        raise NotAllowed("您是这家企业的经办人，不能为它登记延期。")
    check_day(enterprise=enterprise, period=period, until=until, at=at)
    if not reason.strip():
        raise Refused("请写明延期的原因。", field="reason")
    extension = DeadlineExtension.objects.create(
        enterprise=enterprise, period=period, until=until, reason=reason, granted_by=actor, granted_at=at
    )
    event_add(
        kind="deadline.extended",
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=enterprise.pk,
        topic=topic_of(extension),
        data={"period": period.title, "until": until.isoformat(), "reason": reason},
    )
    return extension


def check_day(*, enterprise, period, until, at=None):
    """Raises Refused unless a day gives the firm more time than it has: later than the deadline, and not over yet."""
    if until <= period.deadline:
        raise Refused(f"延长至的日期要晚于截止日期 {period.deadline:%Y-%m-%d}。", field="until")
    if until < timezone.localdate(at):
        raise Refused("延长至的日期已经过去，请填今天或以后的日期。", field="until")
    given = enterprise.extensions.filter(period=period).aggregate(last=Max("until"))["last"]
    if given is not None and until <= given:
        raise Refused(f"这家企业已经延长至 {given:%Y-%m-%d}，请填更晚的日期。", field="until")
