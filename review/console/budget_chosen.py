"""Which payer's year a page about the budget is for, and whether this person may see it."""

from django.http import Http404
from django.utils import timezone

from accounts.cities import City
from applications.models import Claim
from review.budget_figures import years_of_budget
from review.notices import payer_name, payers_of
from review.visibility import payers_seen

#: Years that an address may name.
YEARS = range(2000, 2101)


def payers_to_choose(user):
    """[(payer, name)] of those whose money the person may see, the province first."""
    seen = payers_seen(user)
    return [
        (payer, payer_name(payer))
        for payer in (Claim.PROVINCE, *City.values)
        if seen is None or payer in seen
    ]


def payer_or_404(user, payer, year):
    """Raises 404 for a payer that there is not, or whose money is not for this person, and for no year at all."""
    if payer not in dict(payers_to_choose(user)) or year not in YEARS:
        raise Http404
    return payer


def budget_chosen(request):
    """(year, payer) that the address asks for; by default the newest year and the own office."""
    payers, years = payers_to_choose(request.user), years_of_budget(timezone.localdate())
    own = sorted(payers_of(request.user), reverse=True)
    payer = request.GET.get("payer") or (own[0] if own else payers[0][0])
    year = request.GET.get("year") or str(years[0] if years else timezone.localdate().year - 1)
    if not (year.isdecimal() and len(year) == 4):
        raise Http404
    return int(year), payer_or_404(request.user, payer, int(year))
