"""What every page of the portal knows."""

from applications.visibility import firm_of


def portal_firm(request):
    """`portal_firm`: the enterprise that the signed-in person acts for, or None."""
    user = getattr(request, "user", None)
    return {"portal_firm": firm_of(user) if user is not None else None}
