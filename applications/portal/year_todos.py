"""What waits for the enterprise in a year, with its deadline: in the order of dates, what is overdue first."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from applications.bank_accounts import change_to_confirm
from applications.models import DeadlineExtension, Event, Question, State
from applications.portal.failed_payment import Stage, failed_payments
from applications.portal.repayment import repayment_words, repayments
from measures.money import grouped

#: Natural days from which on the days that are left are said beside a deadline.
NEAR = 30
TOO_LATE = "申报批次已经截止，不能再提交。确有原因的，请联系所在市商务局。"


@dataclass(frozen=True)
class Todo:
    """One thing to be done: what, why, where, and until when; without `until`, as soon as possible.

    `left` says how much time is left in words; `urgent` ones have the primary button.
    """

    title: str
    why: str
    url: str
    action: str
    about: str = ""
    until: date | None = None
    certain: bool = True
    left: str = ""
    is_overdue: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class Clock:
    """Today and the working days from here, so that every deadline is measured alike."""

    today: date
    calendar: object

    def deadline(self, until, *, certain=True, working=False):
        """The fields of a Todo that say until when; `working` counts the days that are left in working days."""
        if until < self.today:
            days = self.calendar.count_working_days(until, self.today)
            left = f"已过期 {days} 个工作日" if days else "已过期"
        elif working and (days := self.calendar.count_working_days(self.today, until)):
            left = f"还有 {days} 个工作日"
        else:
            days = (until - self.today).days
            left = f"还有 {days} 天" if 0 < days <= NEAR else ""
        if until == self.today:
            left = "今天截止"
        return {"until": until, "certain": certain, "left": left, "is_overdue": until < self.today}


def todos(*, user, claims, further, openings, closing, clock):
    """The list. `further` are the year's Further, `openings` {Further id: open FilingPeriod} of the prepared ones, and
    `closing` {claim id: last day} of the drafts. Three queries, however many claims there are."""
    found = [*_returned(claims, clock), *_asked(claims, clock)]
    found += _drafts(claims, further, closing, clock)
    found += _offered(further, openings, clock)
    failed, open_demands = failed_payments(claims), repayments(claims)
    found += [one for claim in claims for one in _money(claim, failed.get(claim.pk))]
    found += [_repayment(claim, open_demands.get(claim.pk), clock) for claim in claims if claim.demanded_cny]
    found += _account(user, clock)
    return sorted(found, key=lambda one: (one.until or clock.today, not one.urgent))


def closing_days(claims):
    """{claim id: the last day on which a draft may be submitted}: the period's deadline, or the enterprise's extension."""
    drafts = [claim for claim in claims if claim.state == State.DRAFT]
    given = DeadlineExtension.objects.filter(
        enterprise__in={claim.enterprise_id for claim in drafts},
        period__in={claim.period_id for claim in drafts},
    )
    later = {}
    for period, until in given.values_list("period", "until"):
        later[period] = max(until, later.get(period, until))
    return {
        claim.pk: max(claim.period.deadline, later.get(claim.period_id, claim.period.deadline))
        for claim in drafts
    }


def _name(item):
    return f"{item.code} {item.title}"


def _named(claim):
    """A claim's item, and what it is about where a firm may have several."""
    return f"{_name(claim.rule)}{f'“{claim.about}”' if claim.about else ''}"


def _returned(claims, clock):
    returned = [claim for claim in claims if claim.state == State.RETURNED]
    events = Event.objects.filter(claim__in=[claim.pk for claim in returned], kind="claim.returned")
    words = {pk: data.get("reason", "") for pk, data in events.order_by("pk").values_list("claim", "data")}
    for claim in returned:
        places = len(claim.return_note.get("fields", {}))
        yield Todo(
            title=f"{_named(claim)}：补正{f' {places} 处' if places else ''}",
            why=words.get(claim.pk) or "审核退回，改好后重新提交。",
            url=reverse("portal:claim_edit", args=[claim.number]),
            action="去补正",
            about=claim.number,
            urgent=True,
            **clock.deadline(claim.return_due_on, certain=claim.return_due_certain, working=True),
        )


def _asked(claims, clock):
    """Questions that offices wait for an answer to; one query where there is any."""
    asked = {claim.pk: claim for claim in claims if claim.clock_stopped_on is not None}
    if not asked:
        return
    for question in Question.objects.filter(claim__in=asked, answered_at=None, withdrawn_at=None):
        claim = asked[question.claim_id]
        yield Todo(
            title=f"{_named(claim)}：答复审核询问",
            why=question.text,
            url=reverse("portal:question", args=[claim.number, question.pk]),
            action="去答复",
            about=claim.number,
            urgent=True,
            **clock.deadline(question.due_on, certain=question.due_certain, working=True),
        )


def _drafts(claims, further, closing, clock):
    known = {one.draft.pk: one for one in further if one.draft}
    for claim in claims:
        if claim.state != State.DRAFT:
            continue
        item = claim.rule
        yield Todo(
            title=f"{_named(claim)}：{'确认即可' if item.prepared else '草稿'}",
            why=_draft_words(known[claim.pk]) if claim.pk in known else TOO_LATE,
            url=reverse("portal:claim_edit", args=[claim.number]),
            action="查看并确认" if item.prepared else "继续填写",
            about=claim.number,
            **clock.deadline(closing[claim.pk]),
        )


def _draft_words(one):
    start = "根据官方数据" if one.item.prepared else "按已填内容"
    if one.estimate is None:
        return "".join(one.why)
    if one.is_worth_filing:
        return f"{start}，提交后全年多得 {grouped(one.gain)} 元。"
    return f"{start}，提交后全年合计不增加，原因见下面“还没有申报的”。"


def _offered(further, openings, clock):
    for one in further:
        period = openings.get(one.id)
        if period is None or not one.is_worth_filing:
            continue
        about = f"“{one.about}”" if one.about else ""
        yield Todo(
            title=f"{_name(one.item)}{about}：确认即可",
            why=f"根据官方数据，您符合条件，申报后全年多得 {grouped(one.gain)} 元。",
            url=confirm_url(one, period),
            action="查看并确认",
            about=_name(one.item),
            **clock.deadline(period.closes_on),
        )


def confirm_url(one, period):
    """Where a prepared item is looked at and filed."""
    query = {"period": period.pk} | ({"subject": one.offer.subject} if one.offer.subject else {})
    return reverse("portal:claim_confirm", args=[one.item.code], query=query)


def _money(claim, failed):
    page = {"url": reverse("portal:claim", args=[claim.number]), "about": claim.number}
    if failed and failed.stage is Stage.FIRM:
        yield Todo(
            title=f"{_named(claim)}：拨付未成功",
            why=f"{failed.what}资金仍为您保留，请核对收款账户。",
            action="查看原因",
            urgent=True,
            **page,
        )


def _repayment(claim, standing, clock):
    due = {}
    if standing is not None and standing.next_part is not None:
        due = clock.deadline(standing.due_on, certain=not standing.uncertain, working=True)
    return Todo(
        title=f"{_named(claim)}：退回多拨的资金",
        why=repayment_words(claim, standing),
        url=reverse("portal:claim", args=[claim.number]),
        about=claim.number,
        action="查看办法",
        urgent=True,
        **due,
    )


def _account(user, clock):
    change = change_to_confirm(user)
    if change is None:
        return
    by_day = {}
    if change.waits_until:
        by_day = clock.deadline(change.waits_until, certain=change.waits_certain, working=True)
    yield Todo(
        title="收款账户变更：请核对并确认",
        why=f"{change.created_by.name}登记了尾号 {change.tail} 的新账户，确认前仍付到原账户。",
        url=reverse("portal:account"),
        action="去核对",
        urgent=True,
        **by_day,
    )
