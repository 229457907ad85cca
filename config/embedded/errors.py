"""What can go wrong with the embedded servers, said to the person at the keyboard."""


class EmbeddedServerError(Exception):
    """An embedded server cannot be started or stopped; the message says why and what to do."""
