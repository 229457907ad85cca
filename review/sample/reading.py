"""Who has seen which messages in the sample: everybody all but the newest few."""

from datetime import timedelta

from applications.models import Membership, Message, MessageRead

#: Messages that each person has not seen yet.
UNREAD = 4
READ_AFTER = timedelta(hours=3)


def messages_seen():
    """Marks older messages as read by everybody who was with the firm then."""
    for member in Membership.objects.filter(ended_at=None).order_by("pk"):
        own = Message.objects.filter(enterprise=member.enterprise_id, created_at__gte=member.since)
        seen = own.order_by("-pk").values_list("pk", "created_at")[UNREAD:]
        MessageRead.objects.bulk_create(
            MessageRead(message_id=pk, user_id=member.user_id, at=written + READ_AFTER)
            for pk, written in seen
        )
