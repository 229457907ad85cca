"""Sums of entries of 总额账, added up by the database: by kind, by balance, in groups, and for one firm and year."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from accounts.cities import City
from applications.ledger import BALANCES
from applications.models import EnterpriseYear, LedgerKind
from measures import registry
from review.ledger.words import BALANCE_WORDS
from review.notices import payer_name
from review.visibility import claims_with_money, entries_visible

ZERO = Decimal("0.00")
#: So many groups a table shows at most, the largest first; those of firms alone can be more.
MOST_GROUPS = 100


@dataclass(frozen=True)
class Totals:
    """What entries come to: how many, [(LedgerKind, count, yuan)] of the kinds that occur, and yuan by balance."""

    count: int
    kinds: list
    balances: dict

    @property
    def figures(self):
        """[(label, yuan)] of the balances."""
        return [(label, self.balances[name]) for name, label in BALANCE_WORDS.items()]


def totals(entries):
    """The Totals of a queryset of entries; one query."""
    rows = entries.order_by().values("kind").annotate(amount=Sum("amount_cny"), count=Count("pk"))
    by_kind = {row["kind"]: (row["count"], row["amount"]) for row in rows}
    return Totals(
        count=sum(count for count, _ in by_kind.values()),
        kinds=[(LedgerKind(kind), *by_kind[kind]) for kind in LedgerKind.values if kind in by_kind],
        balances=_balances({kind: amount for kind, (_, amount) in by_kind.items()}),
    )


def _balances(by_kind):
    return {name: sum((by_kind.get(kind, ZERO) for kind in kinds), ZERO) for name, kinds in BALANCES.items()}


@dataclass(frozen=True)
class Group:
    """One row of a table of sums: its label with a smaller one below, what leads to its entries, and yuan by balance."""

    label: str
    note: str
    asked: dict
    balances: dict

    @property
    def amounts(self):
        """[(label, yuan)] in the order of the columns."""
        return [(label, self.balances[name]) for name, label in BALANCE_WORDS.items()]


@dataclass(frozen=True)
class Way:
    """A way to group entries: by these columns, and how a row of them is shown."""

    label: str
    columns: tuple
    row: object
    order: tuple = ()


def _item(values):
    rule = registry.item(values["claim__item"])
    return rule.code, f"{rule.code} {rule.short_title}", "", {"item": rule.code}


def _city(values):
    city = values["claim__city"]
    return city, City(city).label, "", {"city": city}


def _payer(values):
    payer = values["claim__payer"]
    return payer, payer_name(payer), "", {"payer": payer}


def _year(values):
    return values["year"], f"{values['year']} 年度", "", {"year": values["year"]}


def _firm(values):
    code, year = values["enterprise__credit_code"], values["year"]
    return code, values["enterprise__name"], code, {"firm": code, "year": year}


WAYS = {
    "item": Way("按事项", ("claim__item",), _item),
    "city": Way("按市（地）", ("claim__city",), _city),
    "payer": Way("按支付方", ("claim__payer",), _payer),
    "year": Way("按年度", ("year",), _year),
    "firm": Way(
        "按企业",
        ("enterprise__name", "enterprise__credit_code", "year"),
        _firm,
        ("-locked_cny", "-payable_cny"),
    ),
}


def groups(entries, way):
    """(Groups of a queryset of entries, whether there are more) by one of WAYS; one query.

    Firms come with the largest locks first, everything else in the order of its codes.
    """
    rows = entries.order_by().values(*way.columns).annotate(**_sums())
    rows = list(rows.order_by(*way.order, *way.columns)[: MOST_GROUPS + 1])
    found = [(way.row(row), {name: row[name] for name in BALANCES}) for row in rows[:MOST_GROUPS]]
    if not way.order:
        found.sort(key=lambda each: _natural(each[0][0]))
    shown = [Group(label, note, asked, sums) for (_, label, note, asked), sums in found]
    return shown, len(rows) > MOST_GROUPS


def _natural(key):
    """10.1 after 9.1; the newest year first."""
    if isinstance(key, int):
        return (-key,)
    return tuple(int(part) if part.isdecimal() else 0 for part in key.split("."))


def _sums(prefix=""):
    """Annotations: yuan by balance."""
    return {
        name: Coalesce(Sum(f"{prefix}amount_cny", filter=Q(**{f"{prefix}kind__in": kinds})), ZERO)
        for name, kinds in BALANCES.items()
    }


@dataclass
class FirmYearLedger:
    """One firm's year: its row of the settlement, claims with `sums` (yuan by balance), and what they add up to.

    `hidden`: how many claims of the year other payers pay, which the person may not read.
    """

    year: EnterpriseYear
    claims: list
    sums: dict = field(default_factory=dict)
    hidden: int = 0

    @property
    def amounts(self):
        """[(label, yuan)] of the sums, in the order of the columns."""
        return [(label, self.sums[name]) for name, label in BALANCE_WORDS.items()]


def firm_year_ledger(user, credit_code, year):
    """The FirmYearLedger as far as a person may read it; None where there is nothing to read. A constant number of queries."""
    row = (
        EnterpriseYear.objects.select_related("enterprise", "limit_claim")
        .filter(enterprise__credit_code=credit_code, year=year)
        .first()
    )
    if row is None:
        return None
    of_year = {"enterprise": row.enterprise_id, "year": year}
    claims = list(
        claims_with_money(user)
        .filter(**of_year)
        .only("number", "item", "year", "subject", "state", "payer", "enterprise", "locked_cny")
        .order_by("first_submitted_at", "pk")
    )
    if not claims:
        return None
    by_claim = {
        each["claim"]: each
        for each in entries_visible(user).filter(**of_year).order_by().values("claim").annotate(**_sums())
    }
    for claim in claims:
        sums = by_claim.get(claim.pk, {})
        claim.sums = {name: sums.get(name, ZERO) for name in BALANCES}
        claim.amounts = [(label, claim.sums[name]) for name, label in BALANCE_WORDS.items()]
    total = {name: sum((claim.sums[name] for claim in claims), ZERO) for name in BALANCES}
    everything = row.enterprise.claims.filter(year=year).exclude(first_submitted_at=None).count()
    return FirmYearLedger(row, claims, total, everything - len(claims))
