"""What several measures share: subsidies that are a share of costs, and the particulars of their invoices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from measures import reasons
from measures.declaration import Amount, Choice, Day, Evidence, Rows, Text
from measures.item import CITY, Award, Context, Item
from measures.money import ZERO
from measures.official import Official, setting
from measures.result import Reason

PROOF_OF_COST = Evidence(
    "invoices",
    "费用发票与付款凭证",
    "每笔费用各一份，票面金额与所填费用一致。",
    reason="补贴按实际付出的费用计算，发票和付款凭证证明付了多少、付给谁。",
    sample="发票抬头是本企业全称，能看清发票号码、销售方和价税合计；付款凭证的金额、收款方与发票一致。",
    picture="invoice",
)


def invoices(costs: tuple[Amount, ...]) -> Rows:
    """Declare the invoices behind the costs that an item accepts, one row each."""
    return Rows(
        name="invoices",
        label="发票",
        help="每张发票填一行，用来核对费用，也用来发现重复申报。",
        row_label="发票",
        required=True,
        min_rows=1,
        fields=(
            Text(name="invoice_number", label="发票号码", required=True, fingerprint="invoice"),
            Choice(
                name="cost",
                label="费用种类",
                required=True,
                choices=tuple((cost.name, cost.label) for cost in costs),
            ),
            Amount(name="amount_cny", label="票面金额", help="价税合计，单位是元。", required=True),
            Day(name="paid_on", label="付款日期", required=True, date_role="expense"),
            Text(name="seller", label="销售方名称"),
        ),
    )


class CostShare(Item):
    """A subsidy that is a share of the costs that the item accepts, which are its facts in yuan."""

    costs: ClassVar[tuple[Amount, ...]]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.cost_names = tuple(cost.name for cost in getattr(cls, "costs", ()))

    def rate(self, context: Context) -> Decimal:
        """Return the share of the costs that is paid, between 0 and 1."""
        raise NotImplementedError

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return rate × the sum of the accepted costs."""
        costs = tuple([facts[name] for name in self.cost_names])
        rate = self.rate(context)
        amount = sum(costs, ZERO) * rate
        return Award(amount, "share_of_costs", {"costs": costs, "rate": rate, "amount": amount})


class CityRun(CostShare):
    """A subsidy that the firm's city may pay, at a rate that the city sets up to a limit.

    Reading `city-rate`: where the city has set no rate, nothing can be paid; a rate of 0 is a rate.
    """

    payer = CITY
    official: ClassVar[tuple[Official, ...]] = (setting("city_rates"),)
    RATE_LIMIT: ClassVar[Decimal]

    def official_conditions(self, context: Context) -> Iterable[Reason]:
        """The city has set a rate."""
        if self.code not in context.settings.city_rates:
            yield reasons.city_rate_not_set(self.code, context.year, self.RATE_LIMIT)

    def rate(self, context: Context) -> Decimal:
        """Return the rate that the city has set."""
        return context.settings.city_rates[self.code]
