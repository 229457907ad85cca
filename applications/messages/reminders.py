"""Reminders of dates that come near. Each is said once: its key is unique for the enterprise."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from applications.models import Claim, DeadlineExtension, Enterprise, Message, Question, State
from applications.official import filing_periods, working_calendar

from .phrases import about, day_words, office_of, with_item
from .reminder_kinds import PERIOD_CLOSES, PERIOD_OPENS, QUESTION_DUE, RETURN_DUE
from .repayments import repayments_due
from .writing import messages_write

#: Hours of the day in which reminders are written; mail in the night helps nobody.
FROM_HOUR, TO_HOUR = 8, 20
#: Working days before the last day of a correction; the last day itself is told as well.
RETURN_DAYS = 3
#: Working days before the last day of an answer, which has a shorter time; the last day itself is told as well.
QUESTION_DAYS = 2
#: Working days before the end of a filing period, the latest last.
CLOSES_DAYS = (5, 1)
#: A period that opened longer ago is not told any more.
OPENED_WITHIN = timedelta(days=7)
#: Firms that one statement tells.
CHUNK = 1000
#: Names the lock under which reminders are written, so that two workers never write the same.
LOCK = 4_206_113


def reminders_send(*, at=None):
    """Writes the reminders that are due, each once, in the hours of the day. Returns how many."""
    at = at or timezone.now()
    if not FROM_HOUR <= timezone.localtime(at).hour < TO_HOUR:
        return 0
    calendar = working_calendar()
    with transaction.atomic():
        _lock()
        near = [
            *_returns_due(at, calendar),
            *_questions_due(at, calendar),
            *repayments_due(at, calendar),
            *_periods_closing(at, calendar),
        ]
        written = len(messages_write(near))
    return written + sum(_period_open(period, at) for period in _opened(at))


def _lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _returns_due(at, calendar):
    """A correction is due in three working days, or today. Not on the day on which it was asked for."""
    today = timezone.localdate(at)
    waiting = Claim.objects.filter(
        state=State.RETURNED, return_due_on__gte=today, return_due_on__lte=today + timedelta(days=30)
    )
    for claim in waiting.select_related("period").order_by("pk"):
        left = calendar.count_working_days(today, claim.return_due_on)
        if left <= RETURN_DAYS and timezone.localdate(claim.state_since) != today:
            yield _return_due(claim, left, at)


def _return_due(claim, left, at):
    due = day_words(claim.return_due_on, claim.return_due_certain)
    return _due(
        claim,
        kind=RETURN_DUE,
        key=f"return:{claim.pk}",
        on=claim.return_due_on,
        titles=(f"补正期限{_time_left(claim.return_due_on, left)}", "今天是补正的最后一天"),
        text=f"{office_of(claim, State.RETURNED)}退回的{about(claim)}还没有重新提交，期限是 {due}。"
        "期限过后可能不予支持。来不及的，请在期限前联系审核部门。",
        at=at,
    )


def _questions_due(at, calendar):
    """An answer is due in two working days, or today. Not on the day of the question."""
    today = timezone.localdate(at)
    open_ones = Question.objects.filter(
        answered_at=None, withdrawn_at=None, due_on__gte=today, due_on__lte=today + timedelta(days=30)
    )
    for question in open_ones.select_related("claim__period").order_by("pk"):
        left = calendar.count_working_days(today, question.due_on)
        if left <= QUESTION_DAYS and timezone.localdate(question.asked_at) != today:
            yield _question_due(question, left, at)


def _question_due(question, left, at):
    claim, due = question.claim, day_words(question.due_on, question.due_certain)
    return _due(
        claim,
        kind=QUESTION_DUE,
        key=f"question:{question.pk}",
        on=question.due_on,
        titles=(f"答复询问的期限{_time_left(question.due_on, left)}", "今天是答复询问的最后一天"),
        text=f"{office_of(claim, question.stage)}就{about(claim)}的询问还没有答复，期限是 {due}。"
        "期限过后仍可以答复，但审核部门可能按现有材料决定。",
        at=at,
    )


def _time_left(until, left):
    """还有 3 个工作日; on the days off before a day off, until when."""
    return f"还有 {left} 个工作日" if left else f"到 {day_words(until)}"


def _due(claim, *, kind, key, on, titles, text, at):
    """That something about a claim is due `on` a day: said once before that day and once on it, each with its title."""
    is_last = on == timezone.localdate(at)
    return Message(
        enterprise_id=claim.enterprise_id,
        kind=kind,
        key=f"{key}:{on:%Y%m%d}:{'last' if is_last else 'soon'}",
        title=with_item(claim, titles[is_last]),
        text=text,
        act=True,
        due_on=on,
        claim=claim,
        created_at=at,
    )


def _periods_closing(at, calendar):
    """Drafts that will be too late soon: one message for each enterprise and period, which lists them."""
    today = timezone.localdate(at)
    horizon, _ = calendar.add_working_days(today, max(CLOSES_DAYS))
    extension = DeadlineExtension.objects.filter(
        period=OuterRef("period"), enterprise=OuterRef("enterprise")
    ).order_by("-until")
    drafts = (
        Claim.objects.filter(state=State.DRAFT)
        .annotate(longest=Subquery(extension.values("until")[:1]))
        .annotate(closes_on=Greatest("period__deadline", Coalesce("longest", F("period__deadline"))))
        .filter(closes_on__gte=today, closes_on__lte=horizon)
        .select_related("period")
        .order_by("enterprise_id", "period_id", "item", "pk")
    )
    of_firm = {}
    for claim in drafts:
        of_firm.setdefault((claim.enterprise_id, claim.period_id), []).append(claim)
    for claims in of_firm.values():
        left = calendar.count_working_days(today, claims[0].closes_on)
        days = min(days for days in CLOSES_DAYS if left <= days)
        older = [claim for claim in claims if timezone.localdate(_touched(claim)) < today]
        if older or days == min(CLOSES_DAYS):
            yield _period_closes(claims, left, days, at)


def _touched(claim):
    """Who is working on a draft today needs no reminder yet."""
    return claim.draft_saved_at or claim.created_at


def _period_closes(claims, left, days, at):
    period, closes_on = claims[0].period, claims[0].closes_on
    title = "今天截止" if closes_on == timezone.localdate(at) else f"{_time_left(closes_on, left)}截止"
    listed = "；".join(f"{claim.number}（{claim.rule.title}）" for claim in claims)
    text = (
        f"{period.title}到 {day_words(closes_on)}截止。您的企业有 {len(claims)} 件申报还没有提交：{listed}。"
        "请检查并提交，不再需要的可以作废。"
    )
    return Message(
        enterprise_id=claims[0].enterprise_id,
        kind=PERIOD_CLOSES,
        key=f"closes:{period.pk}:{closes_on:%Y%m%d}:{days}",
        title=f"{period.title}{title}，{len(claims)} 件草稿还没有提交",
        text=text,
        act=True,
        due_on=closes_on,
        period=period,
        claim=claims[0] if len(claims) == 1 else None,
        created_at=at,
    )


def _opened(at):
    today = timezone.localdate(at)
    return list(filing_periods(today).filter(opens_on__gte=today - OPENED_WITHIN))


def _period_open(period, at):
    """Tells every enterprise that has been checked, a chunk at a time. Returns how many."""
    # A later version of the same period is no news.
    key = f"opens:{period.year}:{period.title}"[:80]
    told = Message.objects.filter(enterprise=OuterRef("pk"), key=key)
    waiting = Enterprise.objects.filter(~Exists(told), verification=Enterprise.Verification.VERIFIED)
    done = 0
    while True:
        with transaction.atomic():
            _lock()
            keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])
            messages_write([_period_opens(period, key, pk, at) for pk in keys])
        done += len(keys)
        if len(keys) < CHUNK:
            return done


def _period_opens(period, key, enterprise_id, at):
    text = (
        f"{period.title}从 {day_words(period.opens_on)}开始受理，到 {day_words(period.deadline)}截止。"
        f"“我的年度”列出了您的企业在 {period.year} 年可以申报的事项和预计金额。"
    )
    return Message(
        enterprise_id=enterprise_id,
        kind=PERIOD_OPENS,
        key=key,
        title=f"{period.title}开始受理",
        text=text,
        period=period,
        created_at=at,
    )
