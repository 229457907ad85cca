"""Extensions of a filing deadline: the only way in which a firm files for the first time after it."""

from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import DeadlineExtension
from applications.official_changes import topic_of
from applications.record import event_add


@transaction.atomic
def deadline_extend(*, enterprise, period, until, reason, actor, at=None, source_ip=None):
    """Records that a firm may file until a later day, with the reason. Raises Refused with the field at fault."""
    at = at or timezone.now()
    if not actor.has_post(Role.COMMERCE):
        raise NotAllowed("延期由省商务厅登记。")
    if until <= period.deadline:
        raise Refused(f"延长至的日期要晚于截止日期 {period.deadline:%Y-%m-%d}。", field="until")
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
