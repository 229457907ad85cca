"""What every page of the portal knows."""

from django.utils.functional import SimpleLazyObject

from applications.messages.reading import unread_count
from applications.visibility import firm_of


def portal_firm(request):
    """`portal_firm`: the enterprise that the signed-in person acts for, or what is false; `unread_messages`: how many messages
    the person has not seen. Each is asked for only by the pages that show it."""
    user = getattr(request, "user", None)
    if user is None:
        return {"portal_firm": None}
    return {
        "portal_firm": SimpleLazyObject(lambda: firm_of(user)),
        "unread_messages": SimpleLazyObject(lambda: unread_count(user)),
    }
