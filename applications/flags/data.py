"""What a flag rests on, as JSON keeps it."""

from decimal import Decimal


def json_value(value):
    """Amounts as texts with two decimals, tuples as lists, all else as it is."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return list(value) if isinstance(value, tuple) else value
