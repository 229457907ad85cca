"""总额账: sums and entries, filtered; one firm's year."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications.models import EnterpriseYear
from review import keyset
from review.console.access import office_page
from review.console.ledger_filter import LedgerFilter
from review.ledger.checks import check_shown
from review.ledger.search import entries_found
from review.ledger.sums import MOST_GROUPS, WAYS, firm_year_ledger, groups, totals
from review.ledger.words import BALANCE_WORDS, Bases
from review.visibility import EVERY_PAYER, MONEY_READERS, entries_visible, payers_seen

ROWS = 50
#: Words of the columns of a table of balances.
COLUMNS = tuple(BALANCE_WORDS.values())


def years_known():
    """The years that there are claims of, newest first."""
    return EnterpriseYear.objects.order_by("-year").values_list("year", flat=True).distinct()


def entries_listed(entries):
    """Entries with what a row shows of them."""
    return entries.select_related("claim__enterprise").only(
        "year", "kind", "amount_cny", "at", "topic", "claim__number", "claim__item", "claim__payer", "claim__state",
        "claim__enterprise__name", "claim__enterprise__credit_code",
    )  # fmt: skip


def entries_page(request, found):
    """A page of entries, newest first, each with its `basis`."""
    page = keyset.page_of([found], keyset.LAST, request.GET, listed=entries_listed, rows=ROWS)
    bases = Bases(request.user)
    for entry in page:
        entry.basis = bases.of(entry)
    return page


@require_safe
@office_page(*MONEY_READERS)
def ledger(request):
    """Balances and kinds of what fits, in groups, and the entries behind them; the number of queries does not grow."""
    user = request.user
    chosen = LedgerFilter(request.GET, user=user, years=years_known())
    found = entries_found(user, chosen.asked)
    ways = _ways(user)
    way = request.GET.get("by", "")
    way = way if way in ways else "item"
    shown, more = groups(found, WAYS[way])
    context = {
        "filter": chosen,
        "totals": totals(found),
        "columns": COLUMNS,
        "ways": [(each.label, key == way, chosen.query_with(by=key)) for key, each in ways.items()],
        "way": way,
        "way_label": WAYS[way].label,
        "groups": [(group, _group_url(chosen, group)) for group in shown],
        "more_groups": MOST_GROUPS if more else 0,
        "page": entries_page(request, found),
        "pages_query": chosen.query_with(by=way),
        "is_filtered": bool(chosen.asked),
        "check": check_shown(user),
        "opens_checks": user.has_post(*EVERY_PAYER),
    }
    return render(request, "console/ledger/ledger.html", context)


def _ways(user):
    """The ways to group; who sees one city's money alone has neither payers nor cities to tell apart."""
    return {
        key: way for key, way in WAYS.items() if payers_seen(user) is None or key not in ("payer", "city")
    }


def _group_url(chosen, group):
    """A firm's group leads to its year, any other to its entries."""
    if "firm" in group.asked:
        return reverse("review:ledger_firm", args=[group.asked["firm"], group.asked["year"]])
    by = "firm" if "item" in group.asked else "item"
    return f"{reverse('review:ledger')}?{chosen.query_with(by=by, **group.asked)}"


@require_safe
@office_page(*MONEY_READERS)
def ledger_firm(request, code, year):
    """One firm's year: the limit, each claim's balances, what they add up to, and the entries."""
    found = firm_year_ledger(request.user, code, year)
    if found is None:
        raise Http404
    entries = entries_visible(request.user).filter(enterprise=found.year.enterprise_id, year=year)
    context = {
        "found": found,
        "year": found.year,
        "firm": found.year.enterprise,
        "columns": COLUMNS,
        "page": entries_page(request, entries),
        "pages_query": "",
        "is_filtered": False,
    }
    return render(request, "console/ledger/firm.html", context)
