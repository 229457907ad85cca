"""What a service raises when it does not do what it was asked; the message is for the person who asked."""


class Refused(Exception):
    """The action is not possible. `message` says why and what to do, in Chinese; nothing has been changed."""

    def __init__(self, message, *, field=""):
        super().__init__(message)
        self.message = message
        #: The form field that the message belongs to, or "" for the page.
        self.field = field


class Stale(Refused):
    """The page was rendered before something else happened to the claim."""


class NotAllowed(Refused):
    """The person's posts, city or membership do not allow it, or four eyes forbid it."""
