"""Reading matches: what official data open for firms that have not filed it, with who the firms are."""

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from accounts.cities import City
from applications.models import Claim, Enterprise, MatchYear, RegisteredEnterprise, State
from applications.models.states import LIVE_STATES

from .mark import years_present

#: A claim in one of these has been filed and takes the place of a match. A draft has not been filed yet.
FILED_STATES = LIVE_STATES - {State.DRAFT}


def matches_of_cities(cities):
    """Matches of firms of some cities: as the register of enterprises has it, else as the firm has signed up."""
    signed_up = Enterprise.objects.filter(city__in=cities).values("credit_code")
    return Q(match_year__city__in=cities) | Q(match_year__city="", match_year__credit_code__in=signed_up)


def matches_unclaimed(matches):
    """Those of the matches that no filed claim is about.

    A claim of another year, or of another firm, counts where the award is paid only once for ever.
    """
    filed = Claim.objects.filter(state__in=sorted(FILED_STATES))
    once = filed.filter(lifetime_key=OuterRef("lifetime_key")).exclude(lifetime_key="")
    return matches.exclude(Exists(_same(filed))).exclude(Exists(once))


def _same(claims):
    return claims.filter(
        enterprise__credit_code=OuterRef("match_year__credit_code"),
        year=OuterRef("match_year__year"),
        item=OuterRef("item"),
        subject=OuterRef("subject"),
    )


def signed_up():
    """The condition that a match is of a firm that has signed up."""
    return Exists(Enterprise.objects.filter(credit_code=OuterRef("match_year__credit_code")))


def matches_listed(matches):
    """In the order of the list: what is certain first, the largest amounts before; `rejected` says that a claim was."""
    rejected = Claim.objects.filter(state=State.REJECTED)
    return (
        matches.select_related("match_year")
        .annotate(rejected=Exists(_same(rejected)))
        .order_by(
            "-certain", F("amount_cny").desc(nulls_last=True), "match_year__credit_code", "item", "subject"
        )
    )


def firms_add(matches):
    """Sets on each match of a list who its firm is: `firm` (Enterprise) and `register` (RegisteredEnterprise), None where
    there is none; `name`, `city`, `contact` and `phone` as texts, "" where nobody knows them.

    Two queries, however many matches.
    """
    codes = {match.match_year.credit_code for match in matches}
    firms = {firm.credit_code: firm for firm in Enterprise.objects.filter(credit_code__in=codes)}
    entries = RegisteredEnterprise.objects.filter(credit_code__in=codes, struck_reason="")
    registers = {entry.credit_code: entry for entry in entries}
    for match in matches:
        match.firm = firms.get(match.match_year.credit_code)
        match.register = registers.get(match.match_year.credit_code)
        _who(match)
    return matches


def _who(match):
    """What the firm says of itself comes second for name and city, and first for whom to call."""
    firm, row = match.firm, match.match_year
    match.name = row.name or (firm.name if firm else "")
    city = row.city or (firm.city if firm else "")
    match.city = City(city).label if city else ""
    match.contact = firm.contact_name if firm else ""
    match.phone = firm.contact_phone if firm else match.register.phone if match.register else ""


def totals(matches):
    """Of matches: {firms, sure, maybe, sum_cny}: how many firms, how many certain and likely items, and yuan item by item."""
    return matches.aggregate(
        firms=Count("match_year__credit_code", distinct=True),
        sure=Count("pk", filter=Q(certain=True)),
        maybe=Count("pk", filter=Q(certain=False)),
        sum_cny=Sum("amount_cny"),
    )


def is_waiting(year):
    """Whether something of a year is still to be matched."""
    return MatchYear.objects.filter(year=year, requested__gt=F("settled")).exists()


def years_matched():
    """The years that anything has been matched for, newest first."""
    with connection.cursor() as cursor:
        return sorted(years_present(cursor), reverse=True)
