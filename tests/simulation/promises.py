"""What must be true when the year of the sample province is over, said without the code that keeps it so."""

from collections import defaultdict
from decimal import Decimal

from applications.models import Claim, Demand, EnterpriseYear, LedgerEntry
from applications.models.states import COUNTED_STATES
from applications.settlement.load import years_load
from applications.settlement.plan import year_evaluate
from review.budget import Key, budgets, measures_of
from review.ledger.check import ledger_check
from review.models import Payment, PaymentLine, PayoutBatch
from review.statistics import story_of
from tests.support.book import sheet_totals

from .province import CITIES, YEAR

ZERO = Decimal("0.00")
PAYERS = (Claim.PROVINCE, *CITIES)


def promises_hold():
    """Asserts all of them."""
    check = ledger_check()
    assert not check.problems, [problem.text for problem in check.problems]
    paid_stays_within_the_limit()
    money_is_what_the_lines_say()
    sheets_and_dashboards_agree()
    demands_are_open_where_something_is_demanded()


def paid_stays_within_the_limit():
    """For every enterprise and year: what is paid less what is demanded back is within the limit computed anew."""
    rows = list(EnterpriseYear.objects.select_related("enterprise").order_by("pk"))
    sums = defaultdict(lambda: ZERO)
    for claim in Claim.objects.filter(state__in=COUNTED_STATES):
        sums[claim.enterprise_id, claim.year] += claim.paid_cny - claim.demanded_cny
    for source in years_load(rows):
        _, result, _ = year_evaluate(source)
        row = source.row
        assert result.limit == row.limit_cny
        assert sums[row.enterprise_id, row.year] <= result.limit, row


def money_is_what_the_lines_say():
    """Every claim's paid money is its paid lines, more what was kept back for it, less what came back."""
    paid = defaultdict(lambda: ZERO)
    for line in PaymentLine.objects.filter(result=PaymentLine.Result.PAID):
        paid[line.claim_id] += line.amount_cny
    for entry in LedgerEntry.objects.filter(kind__in=["receipt", "offset"]):
        paid[entry.claim_id] += entry.amount_cny
    for entry in LedgerEntry.objects.filter(kind="payment", topic__startswith="offset:"):
        paid[entry.claim_id] += entry.amount_cny
    for claim in Claim.objects.all():
        assert claim.paid_cny == paid[claim.pk], claim
        assert claim.committed_cny == ZERO, claim


def sheets_and_dashboards_agree():
    """Each sealed file adds up to its payments; paid lines, budget pages and the year's story to the same sums."""
    for batch in PayoutBatch.objects.exclude(file=None):
        payments = Payment.objects.filter(batch=batch)
        total = sum(payments.values_list("amount_cny", flat=True), ZERO)
        assert set(sheet_totals(bytes(batch.file)).values()) == {total} == {batch.total_cny}, batch
    story = story_of(YEAR, Claim.objects.all())
    keys = [Key(measure.number, YEAR, payer) for payer in PAYERS for measure in measures_of(payer)]
    found = budgets(keys).values()
    assert story.total.paid_cny == sum(budget.paid for budget in found)
    assert story.total.approved_cny == sum(budget.approved for budget in found)
    assert story.total.paid_cny == sum(month.paid_cny for month in story.by_month)
    assert all(budget.committed + budget.paid <= budget.appropriated for budget in found)


def demands_are_open_where_something_is_demanded():
    """An open demand stands at just the claims that have something to pay back."""
    demanded = set(Claim.objects.filter(demanded_cny__gt=0).values_list("pk", flat=True))
    assert set(Demand.objects.filter(closed_at=None).values_list("claim_id", flat=True)) == demanded
