"""Requests for the support items of measures 8 to 12: filed, routed, answered, closed, reopened. Never money.

All departments that the measure names see a request. The first named leads: its answer makes the request answered, the
others add theirs. Asking the enterprise back stops the clock.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.departments import ROLE_OF_DEPARTMENT, Department, department_named
from accounts.roles import Role
from applications.calendar import due_date
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle.people import acts_for
from applications.models import Enterprise as Firm
from applications.models import RegisteredEnterprise, SupportMessage, SupportRequest, SupportState
from applications.numbers import number_next
from applications.official import current_reference, working_calendar, year_settings
from applications.record import event_add
from measures import registry
from measures.case import Case, ClaimInput, Enterprise
from measures.contract import ContractError, parse_facts, result_json
from measures.evaluation import evaluate

Kind = SupportMessage.Kind

#: In these states an office has the ball and its clock runs.
RUNNING = frozenset({SupportState.ROUTED, SupportState.REOPENED})
#: What has this many working days left, or fewer, is nearly due.
SHORT_DAYS = 3
#: The same words sent again within this time are a second press of the button, not a second matter.
SAME_WITHIN = timedelta(minutes=10)
#: States that a department can act in.
OPEN = RUNNING | {SupportState.ASKED, SupportState.ANSWERED}


class FiledBefore(Stale):
    """The very same was filed a moment ago; `request` is what became of it."""

    def __init__(self, request):
        super().__init__(f"刚才已经提交过，编号 {request.number}，没有重复提交。")
        self.request = request


def support_request_file(
    *, enterprise, item, actor, facts, particulars=None, once=False, at=None, source_ip=None
):
    """Files a request and routes it. `facts` and `particulars` are JSON data as the item declares them.

    The number is read out like a claim's, 2026-8.1-00003; its year is that of the day. Raises Refused with the field,
    and, with `once`, FiledBefore where a page's button was pressed twice.
    """
    at = at or timezone.now()
    rule = registry.item(item)
    if not rule.support:
        raise Refused(f"{item} {rule.title}是资金事项，请在“我的年度”里申报。")
    if not acts_for(actor, enterprise.pk):
        raise NotAllowed("只有本企业的经办人可以提交。")
    if not enterprise.is_verified:
        raise Refused("企业还没有通过核验，暂时不能提交。通过核验后再提交。")
    year = timezone.localtime(at).year
    result = _evaluate(rule, facts, enterprise, year)
    texts = {**(particulars or {}), **facts}
    content = {"facts": facts, "particulars": particulars or {}}
    due_on, certain = _due(at, year_settings(year).support_days)
    with transaction.atomic():
        if once:
            _check_once(enterprise, item, content, at)
        request = SupportRequest.objects.create(
            number=number_next(f"{year}-{item}"),
            enterprise=enterprise,
            item=item,
            year=year,
            subject=(texts.get("subject") or rule.title)[:120],
            details=texts.get("details") or "",
            facts=content,
            city=enterprise.city,
            route=result["route"],
            lead=department_named(result["route"][0]),
            outcome=_outcome(result),
            created_by=actor,
            created_at=at,
            due_on=due_on,
            due_certain=certain,
        )
        _record(request, "support.filed", actor, at, source_ip)
    return request


def _check_once(enterprise, item, content, at):
    """Under the enterprise's lock, so that of two presses at the same moment the second finds the first."""
    Firm.objects.select_for_update().get(pk=enterprise.pk)
    before = SupportRequest.objects.filter(
        enterprise=enterprise, item=item, facts=content, state__in=OPEN, created_at__gt=at - SAME_WITHIN
    ).first()
    if before:
        raise FiledBefore(before)


def _evaluate(rule, facts, enterprise, year):
    """What the rules say about the request, as the evaluation contract writes it: route, and outcome if measured."""
    try:
        checked = parse_facts(rule, facts)
    except ContractError as error:
        raise Refused(error.message, field=error.path.removeprefix("facts.")) from error
    zone = RegisteredEnterprise.objects.filter(credit_code=enterprise.credit_code, struck_reason="", ftz=True)
    case = Case(
        year=year,
        claims=(ClaimInput(id="request", item=rule.code, facts=checked),),
        enterprise=Enterprise(ftz=zone.exists()),
    )
    return result_json(evaluate(case, current_reference()))["claims"][0]


def _outcome(result):
    """The measured target with the reasons why it may be unknown; None where the item measures nothing."""
    if "outcome" not in result:
        return None
    return {**result["outcome"], "reasons": [reason["text"] for reason in result["reasons"]]}


def _due(at, days):
    return due_date(start=at, days=days)


# --- The departments' side -------------------------------------------------------------------------


def department_of(user, request):
    """The department of the route that the user answers for, the lead before others; None where there is none.

    省商务厅 and 省财政厅 are the posts of that name, 各市（地）政府 the commerce office of the firm's city.
    """
    named = [department_named(name) for name in request.route]
    return next((department for department in named if _answers_for(user, department, request.city)), None)


def _answers_for(user, department, city):
    if department == Department.CITY:
        return user.has_post(ROLE_OF_DEPARTMENT[department], city=city)
    if department in ROLE_OF_DEPARTMENT:
        return user.has_post(ROLE_OF_DEPARTMENT[department])
    return any(
        post.role == Role.DEPARTMENT and post.department == department for post in user.posts_in_force()
    )


def support_answer(*, request_id, officer, text, at=None, source_ip=None):
    """A department's answer. The lead's makes the request answered; the others' stand beside it."""
    at = at or timezone.now()
    with transaction.atomic():
        request, department = _for_officer(request_id, officer, text)
        if department == request.lead:
            request.state, request.answered_at, request.days_left = SupportState.ANSWERED, at, None
            request.save()
        _message(request, Kind.ANSWER, officer, at, text, department)
        _record(request, "support.answered", officer, at, source_ip, department=department)
    return request


def can_hand_over(user, request):
    """Whether the person leads a request whose clock runs."""
    return request.state in RUNNING and _answers_for(user, Department(request.lead), request.city)


def support_ask(*, request_id, officer, text, at=None, source_ip=None):
    """Asks the enterprise for what is missing. The clock stops: the working days that are left are kept."""
    at = at or timezone.now()
    with transaction.atomic():
        request, department = _for_officer(request_id, officer, text)
        if request.state not in RUNNING:
            raise Refused(f"这件服务事项现在是“{request.get_state_display()}”，不能再请企业补充。")
        today = timezone.localtime(at).date()
        request.days_left = max(0, working_calendar().count_working_days(today, request.due_on))
        request.state = SupportState.ASKED
        request.save()
        _message(request, Kind.ASK, officer, at, text, department)
        _record(request, "support.asked", officer, at, source_ip, department=department)
    return request


def support_hand_over(*, request_id, officer, to, text, at=None, source_ip=None):
    """The leading department is not the right one: another leads now. The clock runs on, and the first still sees it.

    `to` is a department; one that the measure does not name is added to the route. The text is the reason.
    """
    at = at or timezone.now()
    to = Department(to)
    with transaction.atomic():
        request, _ = _for_officer(request_id, officer, text)
        department = Department(request.lead)
        if not _answers_for(officer, department, request.city):
            raise NotAllowed(f"这件服务事项由{request.get_lead_display()}牵头，只有牵头部门可以转交。")
        if request.state not in RUNNING:
            raise Refused(f"这件服务事项现在是“{request.get_state_display()}”，不能转交。")
        if to == request.lead:
            raise Refused("请选择另一个部门。", field="to")
        named = [name for name in request.route if department_named(name) == to] or [to.label]
        request.route = [*named, *(name for name in request.route if name not in named)]
        request.lead = to
        request.save()
        _message(
            request, Kind.HAND_OVER, officer, at, f"已转交{to.label}办理。原因：{text.strip()}", department
        )
        _record(request, "support.handed_over", officer, at, source_ip, department=department, to=to)
    return request


def _for_officer(request_id, officer, text):
    """The locked request and the officer's department in it."""
    request = _locked(request_id)
    if acts_for(officer, request.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能答复它的服务事项。")
    department = department_of(officer, request)
    if department is None:
        raise NotAllowed("这件服务事项没有转交您的部门。")
    if request.state not in OPEN:
        raise Refused("这件服务事项已经办结，企业要求重新办理后才能再答复。")
    _text_check(text)
    return request, department


# --- The enterprise's side -------------------------------------------------------------------------


def support_reply(*, request_id, actor, text, at=None, source_ip=None):
    """The enterprise gives what it was asked for; the clock goes on with the days that were left."""
    at = at or timezone.now()
    with transaction.atomic():
        request = _for_firm(request_id, actor)
        if request.state != SupportState.ASKED:
            raise Refused("部门没有等待您补充的内容。对答复有疑问的，可以要求重新办理。")
        _text_check(text)
        reopened = request.messages.filter(kind=Kind.REOPEN).exists()
        request.state = SupportState.REOPENED if reopened else SupportState.ROUTED
        request.due_on, request.due_certain = _due(at, request.days_left)
        request.days_left = None
        request.save()
        _message(request, Kind.REPLY, actor, at, text)
        _record(request, "support.replied", actor, at, source_ip)
    return request


def support_close(*, request_id, actor, at=None, source_ip=None):
    """The enterprise says that the matter is settled, whether answered or not."""
    at = at or timezone.now()
    with transaction.atomic():
        request = _for_firm(request_id, actor)
        if request.state == SupportState.CLOSED:
            raise Refused("这件服务事项已经办结。")
        _close(request, at)
        _message(request, Kind.CLOSE, actor, at, "")
        _record(request, "support.closed", actor, at, source_ip)
    return request


def support_reopen(*, request_id, actor, text, at=None, source_ip=None):
    """The enterprise is not content with the answer, or the matter has come up again: a new term begins."""
    at = at or timezone.now()
    with transaction.atomic():
        request = _for_firm(request_id, actor)
        if request.state not in (SupportState.ANSWERED, SupportState.CLOSED):
            raise Refused(f"这件服务事项现在是“{request.get_state_display()}”，还在办理，不需要重新提出。")
        _text_check(text)
        request.state = SupportState.REOPENED
        request.answered_at = request.closed_at = None
        request.due_on, request.due_certain = _due(at, year_settings(request.year).support_days)
        request.save()
        _message(request, Kind.REOPEN, actor, at, text)
        _record(request, "support.reopened", actor, at, source_ip)
    return request


def _for_firm(request_id, actor):
    request = _locked(request_id)
    if not acts_for(actor, request.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以这样做。")
    return request


# --- Time ------------------------------------------------------------------------------------------


def support_close_due(today, *, at=None):
    """Closes what was answered, and contradicted by nobody, more than the term of its year ago. Returns how many."""
    at = at or timezone.now()
    closed = 0
    waiting = SupportRequest.objects.filter(state=SupportState.ANSWERED).order_by("pk")
    for request_id in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            request = _locked(request_id)
            if request.state == SupportState.ANSWERED and closes_on(request) < today:
                _close(request, at)
                _record(request, "support.closed", None, at, None)
                closed += 1
    return closed


def days_to(day, today, calendar):
    """Working days of the calendar until a day, today not counted; negative for a day that is over."""
    if day < today:
        return -calendar.count_working_days(day, today)
    return calendar.count_working_days(today, day)


def closes_on(request):
    """The last day on which the enterprise can contradict the answer of an answered request."""
    return _due(request.answered_at, year_settings(request.year).support_days)[0]


# --- Common ----------------------------------------------------------------------------------------


def _locked(request_id):
    return (
        SupportRequest.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=request_id)
    )


def _text_check(text):
    if not text.strip():
        raise Refused("请写明内容，对方会看到。", field="text")


def _close(request, at):
    request.state, request.closed_at, request.days_left = SupportState.CLOSED, at, None
    request.save()


def _message(request, kind, author, at, text, department=""):
    SupportMessage.objects.create(
        request=request, kind=kind, author=author, at=at, text=text.strip(), department=department
    )


def _record(request, kind, actor, at, source_ip, **data):
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=request.enterprise_id,
        topic=f"support:{request.number}",
        data={"number": request.number, **data},
    )
