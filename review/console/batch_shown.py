"""What the page of a batch shows of its lines: one page of them, and everything that is added up over all."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Count

from accounts.cities import City
from review.measure_names import measure_title
from review.models import PaymentLine
from review.payees import payees_of
from review.payouts import draft_digest
from review.payouts.checks import batch_checks
from review.sheets.payout import controls_of

LINES = 50
#: What the page says of a claim; computations and declared facts stay where they are.
_SHOWN = (
    "amount_cny", "payee_name", "payee_bank", "payee_account", "result", "result_at", "result_note", "bank_reference",
    "live", "batch", "payment__position", "claim__number", "claim__item", "claim__year", "claim__city", "claim__payer",
    "claim__state", "claim__particulars", "claim__locked_cny", "claim__locked_at", "claim__committed_cny",
    "claim__paid_cny", "claim__objected", "claim__enterprise__name", "claim__enterprise__credit_code",
)  # fmt: skip


@dataclass
class Shown:
    """What the page of a batch shows of its lines: one page of them, and everything that is added up over all."""

    page: object
    checks: list = field(default_factory=list)
    controls: dict = field(default_factory=dict)
    wrong: int = 0
    left_cny: Decimal = Decimal("0.00")
    #: Stands in the form that locks a draft.
    seen: str = ""


def lines_shown(found):
    """The lines of a batch in the order of its sheets, with all that a page says of them."""
    lines = PaymentLine.objects.filter(batch=found).select_related("claim__enterprise", "payment")
    return lines.only(*_SHOWN).order_by("pk")


def draft_shown(request, found):
    """A draft is checked as a whole on every look; its rows are numbered as on the sheets."""
    lines = list(lines_shown(found).filter(live=True))
    payees = payees_of([line.claim for line in lines])
    checks = batch_checks(found, lines, payees)
    problems = {}
    for check in checks:
        for problem in check.problems:
            problems.setdefault(problem.line_id, []).append(problem.text.partition("：")[2] or problem.text)
    for number, line in enumerate(lines, start=1):
        line.number, line.problems = number, problems.get(line.pk, [])
    wrong = [line for line in lines if line.problems]
    only = wrong if request.GET.get("show") == "problems" else lines
    page = Paginator(only, LINES).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.payee = payees[line.claim_id]
    return Shown(
        page=page,
        checks=checks,
        controls=controls_of(lines),
        wrong=len(wrong),
        left_cny=sum((line.amount_cny for line in lines if not line.problems), Decimal("0.00")),
        seen=draft_digest(found, lines, payees),
    )


def sealed_shown(request, found):
    """A batch that is no draft shows what was sealed; of one withdrawn as a draft, what had been in it."""
    lines = lines_shown(found).filter(payment__isnull=False) if found.file_sha256 else lines_shown(found)
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    joined = dict(
        PaymentLine.objects.filter(payment__in={line.payment_id for line in page.object_list})
        .values_list("payment")
        .annotate(Count("pk"))
        .order_by()
    )
    for number, line in enumerate(page.object_list, start=page.start_index()):
        line.number, line.problems = number, []
        line.payee = (line.payee_name, line.payee_bank, line.payee_account)
        line.joined = joined.get(line.payment_id, 0)
    return Shown(page=page, controls=found.controls)


def controls_shown(kept):
    """Control totals as tables: [(heading, [(label, count, yuan)])]; nothing of a batch that was never sealed."""
    if not kept:
        return []
    measures = [(measure_title(int(key)), *pair) for key, pair in kept["measures"].items()]
    cities = [(City(key).label, *pair) for key, pair in kept["cities"].items()]
    return [
        (heading, [(label, count, Decimal(amount)) for label, count, amount in rows])
        for heading, rows in (("控制总数：按措施", measures), ("控制总数：按市（地）", cities))
    ]
