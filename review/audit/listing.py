"""An event as a line of the list of operations, and as a row of its export."""

from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.models import Event
from applications.record import actor_words
from applications.visibility import claims_for_office
from review.audit.titles import load_of, title_of

_SUBJECTS = {
    "batch": "批次",
    "bundle": "批次",
    "figures": "海关统计",
    "notice": "公示",
    "support": "服务事项",
    "matter": "联席会议事项",
    "reading": "申报或企业",
    "export": "数据导出",
    "eligible": "应享未享",
    "differences": "统计差异",
    "figures-year": "统计年度",
    "audit": "操作记录",
    "ledger": "总额账",
    "user": "用户",
}
#: What a firm may have many of: {topic: address of one's page}. Its number tells which, not the firm's code.
_OF_FIRMS = {"support": "review:support_request", "matter": "review:matter"}


@dataclass
class Line:
    """One event: who in which office, what, about what; addresses only where the reader may go."""

    event: Event
    title: str
    who: str
    office: str
    note: str
    subject: str
    detail: str
    url: str = ""


def lines_of(events, reader):
    """Lines of a page of events for a reader; a fixed number of queries."""
    numbers = {each.claim.number for each in events if each.claim}
    numbers |= {each.topic.removeprefix("reading:") for each in events if each.topic.startswith("reading:")}
    visible = set()
    if numbers:
        visible = set(claims_for_office(reader).filter(number__in=numbers).values_list("number", flat=True))
    is_auditor = reader.has_post(Role.AUDITOR)
    return [_line(event, visible, is_auditor) for event in events]


def _line(event, visible, is_auditor):
    line = line_of(event)
    number = event.claim.number if event.claim else event.topic.removeprefix("reading:")
    topic, _, key = event.topic.partition(":")
    if number in visible:
        line.url = reverse("review:claim", args=[number])
    elif is_auditor and topic in _OF_FIRMS:
        line.url = reverse(_OF_FIRMS[topic], args=[key])
    elif event.enterprise and not event.claim:
        page = "review:enterprise" if is_auditor else "review:firm"
        line.url = reverse(page, args=[event.enterprise_id])
    elif topic == "user" and key.isdecimal():
        line.url = reverse("console:accounts_user_change", args=[key])
    elif is_auditor and topic == "batch":
        line.url = reverse("review:batch", args=[key])
    elif is_auditor and load_of(event.topic) is not None:
        line.url = reverse("review:load", args=[load_of(event.topic)])
    return line


def line_of(event):
    """An event without the address that it leads to; actor with posts, claim and enterprise are fetched already."""
    subject, detail = _subject(event)
    return Line(
        event=event,
        title=title_of(event),
        who=actor_words(event),
        office=_office(event),
        note=_note(event.data),
        subject=subject,
        detail=detail,
    )


def _office(event):
    """The posts that the person held on that day; people who never had one act for firms."""
    if event.actor is None:
        return ""
    day = timezone.localdate(event.at)
    every = event.actor.posts.all()
    posts = "、".join(dict.fromkeys(str(post) for post in every if post.in_force(day)))
    return posts or ("当天没有岗位" if every else "企业经办")


def _note(data):
    said = [data.get("reason"), data.get("file")]
    if isinstance(data.get("rows"), int):
        said.append(f"{data['rows']:,} 行")
    return "，".join(text for text in said if isinstance(text, str) and text)


def _subject(event):
    """(what the event is about, and its number)."""
    if event.claim:
        return event.enterprise.name if event.enterprise else "申报", event.claim.number
    topic, _, key = event.topic.partition(":")
    if event.enterprise:
        return event.enterprise.name, key if topic in _OF_FIRMS else event.enterprise.credit_code
    if load_of(event.topic) is not None:
        return "数据导入", key
    if topic in _SUBJECTS:
        return _SUBJECTS[topic], key
    model = apps.all_models["applications"].get(topic)
    return (model._meta.verbose_name if model else topic), key
