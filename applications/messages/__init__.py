"""Messages to enterprises, in the portal and by mail."""


def reminders_send(*, at=None):
    """Writes the reminders that are due, each once. Returns how many."""
    return 0
