"""What the console's frame needs on every page: its bar, and the office beside the person's name."""

from django.utils.functional import SimpleLazyObject

from review.navigation import bar, more, offices


def console_frame(request):
    """All are worked out only where a template asks for them, so that the portal pays nothing."""
    return {
        "console_nav": SimpleLazyObject(lambda: bar(request)),
        "console_more": SimpleLazyObject(lambda: more(request)),
        "console_office": SimpleLazyObject(lambda: offices(request.user)),
    }
