"""The entries of the console's dark bar, by post."""


def first_page(user):
    """The address that an officer starts at; "" for one who has no daily work here."""
    return ""
