"""The list of the joint conference (measure 12): matters that several departments have to settle together.

The provincial commerce office keeps the list: it changes owner and date, closes and reopens. Every department that a
matter names adds what it has done; auditors read.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.departments import ROLE_OF_DEPARTMENT, Department
from accounts.roles import Role
from applications.calendar import due_date
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle.people import acts_for
from applications.messages.phrases import day_words
from applications.models import SupportRequest
from applications.numbers import number_next
from applications.official import working_calendar
from applications.record import event_add
from applications.support import department_of
from review.models import JointMatter, MatterNote

Kind = MatterNote.Kind
#: Working days that a new matter is given unless its date says otherwise.
USUAL_DAYS = 20
_DEPARTMENT_OF_ROLE = {role: department for department, role in ROLE_OF_DEPARTMENT.items()}


# --- Who -------------------------------------------------------------------------------------------


def departments_of(user):
    """The departments that an officer answers for, as [(Department, code of the city or "")]."""
    found = []
    for post in user.posts_in_force():
        department = _DEPARTMENT_OF_ROLE.get(post.role)
        if post.role == Role.DEPARTMENT:
            department = Department(post.department)
        if department:
            found.append((department, post.city))
    return found


def matters_for_office(user):
    """Matters that an officer may read: commerce and auditors all, others those that name their department.

    A matter of an enterprise's request concerns the office of that enterprise's city, others those of all cities.
    """
    matters = JointMatter.objects.all()
    if user.has_post(Role.COMMERCE, Role.AUDITOR):
        return matters
    readable = Q(pk__in=[])
    for department, city in departments_of(user):
        named = Q(owner=department) | Q(partners__contains=[department])
        here = Q(support_request=None) | Q(support_request__city=city) if city else Q()
        readable |= named & here
    return matters.filter(readable)


def keeps_list(user):
    """Whether the person changes, closes and reopens matters."""
    return user.has_post(Role.COMMERCE)


def takes_part(user, matter):
    """Whether the person may add to the matter: the keeper of the list, or an officer of a department it names."""
    city = matter.support_request.city if matter.support_request_id else None
    named = {matter.owner, *matter.partners}
    return keeps_list(user) or any(
        department in named and (not own or city in (None, own)) for department, own in departments_of(user)
    )


def can_raise(user, request=None):
    """Whether the person may put a matter on the list, or this request of an enterprise."""
    if request is None:
        return bool(departments_of(user))
    return department_of(user, request) is not None and not acts_for(user, request.enterprise_id)


# --- What ------------------------------------------------------------------------------------------


def matter_raise(*, title, text, owner, partners, due_on, actor, request_id=None, at=None, source_ip=None):
    """Puts a matter on the list, or what an enterprise asked for (`request_id`), once.

    `owner` and `partners` are departments. Raises Refused with the field that is wrong.
    """
    at = at or timezone.now()
    partners = [department for department in partners if department != owner]
    _due_check(due_on, at)
    if not partners:
        raise Refused("请至少选择一个配合部门。只需一个部门办理的，不用列入联席会议。", field="partners")
    with transaction.atomic():
        request = _request_of(request_id, actor)
        mine = {department for department, _ in departments_of(actor)}
        if not keeps_list(actor) and not mine & {owner, *partners}:
            raise NotAllowed("您的部门没有参加这件事项，请由省商务厅或参加的部门提出。")
        matter = JointMatter.objects.create(
            number=number_next(f"LX-{timezone.localtime(at).year}", width=3),
            title=title.strip(),
            text=text.strip(),
            support_request=request,
            owner=owner,
            partners=partners,
            due_on=due_on,
            raised_by=actor,
            raised_at=at,
        )
        _record(matter, "matter.raised", actor, at, source_ip, owner=owner, due_on=due_on.isoformat())
    return matter


def _request_of(request_id, actor):
    if request_id is None:
        if not can_raise(actor):
            raise NotAllowed("联席会议事项由参加的部门提出。")
        return None
    request = SupportRequest.objects.select_for_update().get(pk=request_id)
    if not can_raise(actor, request):
        raise NotAllowed("这件服务事项没有转交您的部门，您不能把它列入联席会议。")
    listed = JointMatter.objects.filter(support_request=request).first()
    if listed:
        raise Stale(f"这件服务事项已经列入联席会议，编号 {listed.number}。")
    return request


def matter_note(*, matter_id, text, actor, at=None, source_ip=None):
    """Adds what a department has done or what was agreed."""
    at = at or timezone.now()
    with transaction.atomic():
        matter = _locked(matter_id)
        if not takes_part(actor, matter) or _is_its_firm(actor, matter):
            raise NotAllowed("这件事项没有列出您的部门，您不能记录跟进情况。")
        _open_check(matter)
        _add(matter, Kind.NOTE, _written(text), actor, at)
        _record(matter, "matter.noted", actor, at, source_ip)
    return matter


def matter_change(*, matter_id, owner, due_on, reason, seen, actor, at=None, source_ip=None):
    """Gives the matter another owner or date, with the reason. The owner before becomes a partner.

    `seen` is the last step that the page showed (see `last_step`); Stale where there is a later one.
    """
    at = at or timezone.now()
    with transaction.atomic():
        matter = _for_keeper(matter_id, seen, actor)
        _open_check(matter)
        before = {"owner": matter.owner, "due_on": matter.due_on}
        if before == {"owner": owner, "due_on": due_on}:
            raise Refused("牵头部门和期限都没有改变。", field="owner")
        if due_on != matter.due_on:
            _due_check(due_on, at)
        reason = _written(reason, "reason")
        words = []
        if owner != matter.owner:
            words.append(f"牵头部门由{matter.get_owner_display()}改为{Department(owner).label}。")
            matter.partners = [*(each for each in matter.partners if each != owner), matter.owner]
        if due_on != matter.due_on:
            words.append(f"期限由 {day_words(matter.due_on)}改为 {day_words(due_on)}。")
        matter.owner, matter.due_on = owner, due_on
        matter.save()
        _add(matter, Kind.CHANGED, "".join(words) + f"原因：{reason}", actor, at)
        old = {"owner": before["owner"], "due_on": before["due_on"].isoformat()}
        new = {"owner": owner, "due_on": due_on.isoformat()}
        _record(matter, "matter.changed", actor, at, source_ip, old=old, new=new, reason=reason)
    return matter


def matter_close(*, matter_id, text, seen, actor, at=None, source_ip=None):
    """Ends the matter with what came of it."""
    at = at or timezone.now()
    with transaction.atomic():
        matter = _for_keeper(matter_id, seen, actor)
        _open_check(matter)
        text = _written(text)
        matter.standing, matter.closed_at = JointMatter.Standing.CLOSED, at
        matter.save()
        _add(matter, Kind.CLOSED, text, actor, at)
        _record(matter, "matter.closed", actor, at, source_ip)
    return matter


def matter_reopen(*, matter_id, text, due_on, seen, actor, at=None, source_ip=None):
    """Takes a closed matter up again, with a new date and the reason."""
    at = at or timezone.now()
    with transaction.atomic():
        matter = _for_keeper(matter_id, seen, actor)
        if matter.standing != JointMatter.Standing.CLOSED:
            raise Refused("这件事项还在办理，不需要重新办理。")
        _due_check(due_on, at)
        text = _written(text)
        matter.standing, matter.closed_at, matter.due_on = JointMatter.Standing.OPEN, None, due_on
        matter.save()
        _add(matter, Kind.REOPENED, text, actor, at)
        _record(matter, "matter.reopened", actor, at, source_ip, due_on=due_on.isoformat())
    return matter


def last_step(matter):
    """The number of the last step of a matter, 0 before the first: what a page has seen."""
    return matter.notes.order_by("-pk").values_list("pk", flat=True).first() or 0


# --- Time ------------------------------------------------------------------------------------------


def usual_due(today):
    """The date that a matter raised today is usually given."""
    return due_date(start=today, days=USUAL_DAYS)[0]


def _due_check(due_on, at):
    today = timezone.localtime(at).date()
    if due_on < today:
        raise Refused("办理期限不能早于今天。", field="due_on")
    calendar = working_calendar()
    if not calendar.count_working_days(due_on - timedelta(days=1), due_on):
        following, _ = calendar.add_working_days(due_on, 1)
        raise Refused(
            f"{day_words(due_on)}不是工作日，请选择工作日，例如 {day_words(following)}。", field="due_on"
        )


# --- Common ----------------------------------------------------------------------------------------


def _locked(matter_id):
    found = JointMatter.objects.select_for_update(of=("self",)).select_related("support_request")
    return found.get(pk=matter_id)


def _for_keeper(matter_id, seen, actor):
    matter = _locked(matter_id)
    if not keeps_list(actor) or _is_its_firm(actor, matter):
        raise NotAllowed("联席会议的清单由省商务厅管理，您不能这样做。")
    if last_step(matter) != seen:
        raise Stale("这一页打开以后，别人已经更新了这件事项。请先看最新的跟进情况，再决定是否继续。")
    return matter


def _is_its_firm(actor, matter):
    return bool(matter.support_request_id) and acts_for(actor, matter.support_request.enterprise_id)


def _open_check(matter):
    if matter.standing != JointMatter.Standing.OPEN:
        raise Refused("这件事项已经办结，重新办理后才能继续。")


def _written(text, field="text"):
    if not text.strip():
        raise Refused("请写明内容，参加的部门会看到。", field=field)
    return text.strip()


def _add(matter, kind, text, actor, at):
    MatterNote.objects.create(matter=matter, kind=kind, text=text, at=at, by=actor)


def _record(matter, kind, actor, at, source_ip, **data):
    request = matter.support_request
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=request.enterprise_id if request else None,
        topic=f"matter:{matter.number}",
        data={"number": matter.number, **data},
    )
