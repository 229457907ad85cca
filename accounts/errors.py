"""What a service of this app raises when it does not do what it was asked."""


class CodeRefused(Exception):
    """A code that does not let in. `message` says why and what to do, in Chinese."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message
