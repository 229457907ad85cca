"""The frame around the pages of a person's own account."""


def frame_of(user):
    """Officers stay in the console, everybody else in the portal."""
    return "console_base.html" if user.is_authenticated and user.is_officer else "portal_base.html"
