"""Writing messages down, and sending them by mail to whoever wants that."""

from datetime import timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.mail import MailDraft, mail_queue, mails_queue, site_link
from accounts.models import User
from applications.models import Enterprise, MailChoice, Membership, Message

from .kinds import KINDS, message_of
from .reminder_kinds import REMINDERS
from .topics import ALWAYS_MAILED

#: What happened longer ago is not mailed any more: it is history that was loaded, not news.
NEWS_FOR = timedelta(days=3)


def topic_of(kind):
    """The topic of a message by its kind."""
    return REMINDERS[kind] if kind in REMINDERS else KINDS[kind].topic


def kinds_of(topic):
    """The kinds of message that a topic has."""
    of_events = {kind for kind, entry in KINDS.items() if entry.topic == topic}
    return sorted(of_events | {kind for kind, of in REMINDERS.items() if of == topic})


def event_told(sender, *, event, claim, **_):
    """Receives `event_added`: writes the message of one event, inside the transaction of what it tells of."""
    found = message_of(event, claim)
    if found is not None:
        messages_write([found])
    if event.kind == "enterprise.join_declined" and _is_news(event.at):
        _applicant_told(event)


def _applicant_told(event):
    """Whoever was not let in reads none of the firm's messages: a mail is all."""
    person = User.objects.filter(pk=event.data["person"], is_active=True).exclude(email="").first()
    if person is not None:
        firm = Enterprise.objects.get(pk=event.enterprise_id).name
        context = {"name": person.name, "firm": firm, "link": site_link("portal:sign_up_enterprise")}
        mail_queue(to=person.email, template="join_declined", context=context)


def events_told(sender, *, events, **_):
    """Receives `events_added`: writes the messages of many events at once, with what their words ask for fetched together."""
    closed = [event.claim for event in events if event.kind == "claim.notice_closed"]
    prefetch_related_objects(closed, "enterprise__bank_accounts")
    found = [message_of(event, event.claim if event.claim_id else None) for event in events]
    messages_write([message for message in found if message is not None])


def messages_write(found):
    """Stores unsaved messages and queues their mails, with a number of statements that does not grow with them.

    What has been said under the same key before is not said again. Returns the messages that were stored.
    """
    if not found:
        return []
    found = _not_said_yet(found)
    Message.objects.bulk_create(found, batch_size=1000)
    news = [message for message in found if _is_news(message.created_at)]
    if news:
        _mail(news)
    return found


def _is_news(at):
    return at > timezone.now() - NEWS_FOR


def _not_said_yet(found):
    """Whoever says something once holds a lock (`reminders`), so that nobody says it in between."""
    keys = {message.key for message in found if message.key}
    if not keys:
        return found
    said = set(Message.objects.filter(key__in=keys).values_list("enterprise_id", "key"))
    return [message for message in found if (message.enterprise_id, message.key) not in said]


def _mail(messages):
    readers = {}
    members = Membership.objects.filter(
        enterprise__in={message.enterprise_id for message in messages}, ended_at=None, user__is_active=True
    )
    for member in members.exclude(user__email="").select_related("user", "enterprise").order_by("pk"):
        readers.setdefault(member.enterprise_id, []).append(member)
    people = [member.user_id for each in readers.values() for member in each]
    off = dict(MailChoice.objects.filter(user__in=people).values_list("user", "off"))
    drafts = [
        _draft(message, member)
        for message in messages
        for member in readers.get(message.enterprise_id, ())
        if _wants(member, message, off.get(member.user_id, ()))
    ]
    mails_queue(drafts)


def _wants(member, message, off):
    entry, topic = KINDS.get(message.kind), topic_of(message.kind)
    if entry is not None and entry.owner and member.role != Membership.Role.OWNER:
        return False
    return topic in ALWAYS_MAILED or topic not in off


def _draft(message, member):
    topic = topic_of(message.kind)
    context = {
        "message": message,
        "name": member.user.name,
        "firm": member.enterprise.name,
        "topic": topic.label,
        "optional": topic not in ALWAYS_MAILED,
        "link": site_link("portal:message", message.pk),
        "settings": site_link("portal:message_settings"),
    }
    return MailDraft(member.user.email, "message", context)
