"""Measure 4: a share of bank fees and loan interest for resource imports and exports of local products."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from measures import reasons
from measures.case import BANK_COST_RATE_LIMIT
from measures.contradictions import LANDED_ABOVE_IMPORTS, AboveFigures, ExportsOutsideLimit
from measures.declaration import Amount, Day, Evidence, Rows, Text
from measures.item import Award, Context, Item, Measure
from measures.money import ZERO, round_down
from measures.official import figure, setting
from measures.result import Reason, Statement
from measures.thresholds import Threshold

OPENING = "四、支持资源类产品进口和地产品出口。"
IMPORT_SUBSIDY = (
    "鼓励煤炭、铁矿砂、铜矿砂、木材、化肥等资源类产品进口落地使用加工，"
    "对年进口额1亿元（含）以上且商品落地率超50%的企业，"
    "给予企业用于开展进口业务所发生的银行手续费和融资贷款利息不超过50%的补贴，最高补贴200万元。"
)
EXPORT_SUBSIDY = (
    "鼓励我省地产品出口，对年地产品出口额5000万元（含）以上的企业，"
    "给予企业用于开展出口业务所发生的银行手续费和融资贷款利息不超过50%的补贴，最高补贴200万元。"
)
INTEREST_RATE = "（补贴利率以贷款发放日最后一次公布的1年期LPR为准）"
RESPONSIBLE = "〔省商务厅、省财政厅，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = OPENING + IMPORT_SUBSIDY + EXPORT_SUBSIDY + INTEREST_RATE + RESPONSIBLE

BANK_FEES = Amount(
    name="bank_fees_cny", label="银行手续费", help="当年开展本项业务发生的手续费，不含利息，单位是元。"
)
LOANS = Rows(
    name="loans",
    label="融资贷款",
    help="每笔贷款填一行。",
    row_label="贷款",
    fields=(
        Amount(name="principal_cny", label="贷款本金", help="单位是元。"),
        Day(name="issued_on", label="发放日期", required=True, date_role="from"),
        Day(
            name="repaid_on",
            label="还清日期",
            help="年底还没有还清的，不填。",
            optional=True,
            not_before="issued_on",
            date_role="before",
        ),
        Amount(name="interest_paid_cny", label="当年实付利息", help="只填属于当年各日的利息，单位是元。"),
    ),
    particulars=(
        Text(name="loan_number", label="借款合同编号", required=True, fingerprint="loan", lasting=True),
        Text(name="lender", label="贷款银行", required=True),
        Text(name="purpose", label="贷款用途"),
    ),
)
FEE_RECEIPTS = Rows(
    name="fee_receipts",
    label="手续费回单",
    help="每张回单填一行，没有手续费的不填。",
    row_label="回单",
    fields=(
        Text(name="receipt_number", label="回单或发票号码", required=True, fingerprint="invoice"),
        Text(name="bank", label="收费银行", required=True),
        Amount(name="amount_cny", label="金额", help="单位是元。", required=True),
        Day(name="paid_on", label="扣费日期", required=True, date_role="expense"),
    ),
)
DECLARATIONS = Rows(
    name="declarations",
    label="报关单",
    help="填写主要报关单，完整清单作为证明材料上传。",
    row_label="报关单",
    required=True,
    min_rows=1,
    fields=(
        Text(name="declaration_number", label="报关单号", required=True, fingerprint="declaration"),
        Day(name="declared_on", label="申报日期"),
        Amount(name="value_cny", label="报关金额", help="折合人民币，单位是元。"),
    ),
)
LOAN_EVIDENCE = (
    Evidence(
        "loan_contracts",
        "借款合同与放款凭证",
        "有贷款的必须上传。",
        required=False,
        needed_with=("loans",),
        reason="用来核对每笔贷款的本金、放款日期和用途。",
        sample="能看清合同编号、借款人、金额、利率和双方盖章；放款凭证的日期、金额与所填一致。",
        picture="contract",
        reusable=True,
    ),
    Evidence(
        "interest_receipts",
        "利息回单",
        "有贷款的必须上传。",
        required=False,
        needed_with=("loans",),
        reason="补贴按当年实际付出的利息计算。",
        sample="银行盖章的回单，能看清付息账户、日期和金额；一笔贷款的回单可以合成一个 PDF。",
        picture="receipt",
    ),
    Evidence(
        "fee_receipts",
        "银行手续费回单",
        "有手续费的必须上传。",
        required=False,
        needed_with=("bank_fees_cny",),
        reason="补贴按实际付出的手续费计算。",
        sample="银行盖章的回单，能看清收费项目、日期和金额；合计与所填的银行手续费一致。",
        picture="receipt",
    ),
)


class BankCosts(Item):
    """What 4.1 and 4.2 have in common: a rate × (bank fees + eligible interest), up to 2,000,000 a year.

    Readings `bank-cost-rate` and `interest-base`: the province's rate is 50% unless a lower one is set; interest
    counts up to what LPR gives for the days in the year, and never above what was paid.
    """

    #: “给予企业用于开展进口（出口）业务所发生的银行手续费和融资贷款利息不超过50%的补贴”
    RATE_LIMIT = BANK_COST_RATE_LIMIT
    #: “最高补贴200万元”
    CAP = Decimal("2000000.00")
    cap_description = "单个企业每年最高 200 万元。"

    def conditions(self, facts: Mapping[str, Any], context: Context) -> Iterable[Reason]:
        """The figure reaches its threshold, and every loan was issued under a published rate."""
        yield from self.official_conditions(context)
        unpriced = tuple(
            (number, loan["issued_on"])
            for number, loan in enumerate(facts["loans"], 1)
            if context.reference.lpr.on(loan["issued_on"]) is None
        )
        if unpriced:
            yield reasons.lpr_missing(unpriced, context.reference.lpr.first_day)

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return rate × (bank fees + the eligible interest of every loan)."""
        loans = tuple([_eligible_interest(loan, context) for loan in facts["loans"]])
        fees = facts["bank_fees_cny"]
        rate = context.settings.bank_cost_rate
        amount = sum([loan["eligible"] for loan in loans], fees) * rate
        params = {
            "fees": fees,
            "loans": loans,
            "rate": rate,
            "amount": amount,
            "day_count": context.reference.day_count(context.year),
        }
        return Award(amount, "bank_costs", params)


def _eligible_interest(loan: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return a loan's days in the year, its rate in percent, and the interest that the subsidy counts, in yuan.

    “补贴利率以贷款发放日最后一次公布的1年期LPR为准”: principal × LPR × days ÷ day count, rounded down to the fen,
    or the interest paid where that is less. The day of repayment does not count.
    """
    issued = loan["issued_on"]
    first, end = date(context.year, 1, 1), date(context.year + 1, 1, 1)
    days = max(0, (min(loan["repaid_on"] or end, end) - max(issued, first)).days)
    percent = context.reference.lpr.on(issued)
    by_rate = round_down(
        loan["principal_cny"] * percent * days / (100 * context.reference.day_count(context.year))
    )
    paid = loan["interest_paid_cny"]
    return {
        "principal": loan["principal_cny"],
        "issued_on": issued,
        "percent": percent,
        "days": days,
        "by_rate": by_rate,
        "paid": paid,
        "eligible": min(by_rate, paid),
    }


class ResourceImports(BankCosts):
    """4.1: bank costs of importing resource products that are used or processed locally.

    The threshold is on imports of resource products, not on all imports.
    """

    code = "4.1"
    title = "资源类产品进口补贴"
    short_title = "资源进口补贴"
    shared_cap = "4.1"
    facts = (
        Amount(
            name="landed_cny",
            label="省内落地使用加工的进口额",
            help="当年进口的资源类产品中在省内使用或加工的部分，单位是元。",
        ),
        BANK_FEES,
        LOANS,
    )
    particulars = (DECLARATIONS, FEE_RECEIPTS)
    evidence = (
        Evidence(
            "declarations",
            "进口报关单汇总",
            reason="证明手续费和利息用于资源类产品的进口。",
            sample="列明报关单号、商品、申报日期和金额，有合计；加盖公章。",
            picture="customs",
        ),
        Evidence(
            "landing",
            "落地使用加工证明",
            "加工合同、入库单或销售给省内企业的凭证。",
            reason="补贴要求进口商品主要在省内使用或加工，用来核对您填的数额。",
            sample="能看清商品、数量、金额、日期和省内使用或加工的单位；合计与所填数额一致。",
            picture="list",
        ),
        *LOAN_EVIDENCE,
    )
    contradictions = (
        AboveFigures(kind=LANDED_ABOVE_IMPORTS, fact="landed_cny", sums=(("resource_import_cny",),)),
    )

    #: “对年进口额1亿元（含）以上”
    THRESHOLD = Decimal("100000000.00")
    official = (figure("resource_import_cny", least=THRESHOLD), setting("bank_cost_rate"))
    #: “商品落地率超50%”
    LANDING_SHARE = Decimal("0.50")

    def thresholds(self, facts: Mapping[str, Any], context: Context) -> Iterable[Threshold]:
        """Beside the imports, yield what is landed of them."""
        yield from super().thresholds(facts, context)
        imported = context.this_year.resource_import_cny
        if imported is not None:
            least = imported * self.LANDING_SHARE
            yield Threshold("landed_cny", facts["landed_cny"], least, context.year, exclusive=True)

    def conditions(self, facts: Mapping[str, Any], context: Context) -> Iterable[Reason]:
        """Beside the threshold, more than half of the imports are landed; imports of 0 have no such share."""
        yield from super().conditions(facts, context)
        imported, landed = context.this_year.resource_import_cny, facts["landed_cny"]
        if imported is not None and (imported == ZERO or landed <= imported * self.LANDING_SHARE):
            yield reasons.landing_ratio(landed, imported, self.LANDING_SHARE)

    def wanted(self, context: Context) -> Iterable[Statement]:
        """Yield the facts; the first says how much must be landed."""
        landed, *others = super().wanted(context)
        imported = context.this_year.resource_import_cny
        yield Statement("landed", {**landed.params, "above": imported * self.LANDING_SHARE})
        yield from others


class LocalProductExports(BankCosts):
    """4.2: bank costs of exporting local products."""

    code = "4.2"
    title = "地产品出口补贴"
    short_title = "地产品出口补贴"
    shared_cap = "4.2"
    facts = (BANK_FEES, LOANS)
    particulars = (DECLARATIONS, FEE_RECEIPTS)
    evidence = (
        Evidence(
            "declarations",
            "出口报关单汇总",
            reason="证明手续费和利息用于地产品的出口。",
            sample="列明报关单号、商品、申报日期和金额，有合计；加盖公章。",
            picture="customs",
        ),
        Evidence(
            "origin",
            "地产品证明",
            "产地证或省内生产证明。",
            reason="只支持省内生产的产品出口。",
            sample="能看清商品、生产单位和产地，签发单位盖章清楚。",
            picture="certificate",
            reusable=True,
        ),
        *LOAN_EVIDENCE,
    )

    #: “对年地产品出口额5000万元（含）以上的企业”
    THRESHOLD = Decimal("50000000.00")
    official = (figure("local_product_export_cny", least=THRESHOLD), setting("bank_cost_rate"))
    contradictions = (ExportsOutsideLimit(figure="local_product_export_cny", least=THRESHOLD),)


MEASURE = Measure(
    number=4,
    title="支持资源类产品进口和地产品出口",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "各市（地）政府（行署）"),
    items=(ResourceImports(), LocalProductExports()),
    clauses={"4.1": IMPORT_SUBSIDY, "4.2": EXPORT_SUBSIDY, "4-interest": INTEREST_RATE},
)
