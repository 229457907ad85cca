"""Measure 7: premiums of short-term export credit insurance and of domestic trade credit insurance."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from measures.contradictions import ExportsOutsideLimit, MarketWithoutExports, PremiumWithoutExports
from measures.declaration import Amount, Day, Evidence, Flag, Market, Rows, Text
from measures.item import Award, Context, Item, Measure
from measures.money import ZERO
from measures.official import figure, mark, setting
from measures.rules.shared import CostShare

OPENING = (
    "七、增强出口信用保险作用。在依法合规、风险可控前提下，进一步优化出口信保承保和理赔条件，"
    "继续扩大对中小微外贸企业承保覆盖面和规模。"
)
PLATFORM_INSURANCE = "对年度出口额1000万美元以下的企业投保平台类短期出口信用保险给予全额保费补贴。"
EXPORT_INSURANCE = (
    "对企业自主缴费投保非平台类短期出口信用保险给予50%保费补贴，其中，涉及RCEP成员国等重点市场、"
    "跨境电商等新模式、省级以上贸易促进平台内企业补贴比例分别上调10%并可叠加计算，"
    "对农产品出口企业继续保持90%的定额保费补贴，单个企业年度最高补贴150万元。"
)
DOMESTIC_INSURANCE = (
    "对上年度出口额50万美元（含）以上的企业，投保国内贸易信用保险的保费给予50%补贴，"
    "单个企业年度最高补贴50万元。"
)
RESPONSIBLE = "〔省商务厅、省财政厅、中国出口信用保险公司黑龙江分公司，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = OPENING + PLATFORM_INSURANCE + EXPORT_INSURANCE + DOMESTIC_INSURANCE + "\n" + RESPONSIBLE

CHINA = "CN"
PREMIUM = Amount(name="premium_cny", label="保费", help="单位是元。")
POLICY_NUMBER = Text(name="policy_number", label="保险单号", required=True, fingerprint="policy")
INSURER = Text(name="insurer", label="保险公司", required=True)
PAID_ON = Day(name="paid_on", label="缴费日期", required=True, date_role="expense")
POLICY = (
    POLICY_NUMBER,
    INSURER,
    Day(name="insured_from", label="保险期间起", required=True, date_role="from"),
    Day(name="insured_to", label="保险期间止", required=True, not_before="insured_from", date_role="until"),
    PAID_ON,
)
POLICY_EVIDENCE = (
    Evidence(
        "policies",
        "保险单",
        reason="证明投保的险种和保险期间，被保险人是本企业。",
        sample="能看清保险单号、保险公司、被保险人、保险期间和保险公司盖章。",
        picture="policy",
    ),
    Evidence(
        "premium_receipts",
        "保费发票与缴费凭证",
        reason="补贴按实际缴纳的保费计算。",
        sample="发票抬头是本企业全称，金额与所填保费一致；缴费凭证能看清日期、金额和收款的保险公司。",
        picture="invoice",
    ),
)


class PlatformInsurance(CostShare):
    """7.1: the whole premium under a platform policy, for enterprises that export at most USD 10 million.

    Reading `insurance-cap`: the cap of 1,500,000 stands in the sentence on other policies and binds 7.2 alone.
    """

    code = "7.1"
    title = "平台类短期出口信用保险补贴"
    short_title = "平台类信保"
    costs = (PREMIUM,)
    facts = costs
    particulars = (
        *POLICY,
        Text(
            name="payee_name",
            label="收款单位",
            help="保费由保险公司垫付的，填保险公司；留空则付给本企业。",
        ),
        Text(name="payee_bank", label="收款单位开户银行", help="写到支行。没有填收款单位的，不用填写。"),
        Text(name="payee_account", label="收款单位账号", help="8 到 32 位数字。没有填收款单位的，不用填写。"),
    )
    payee_fields = ("payee_name", "payee_bank", "payee_account")
    evidence = (
        *POLICY_EVIDENCE,
        Evidence(
            "payee",
            "收款账户说明",
            "收款单位不是本企业的必须上传。",
            required=False,
            needed_with=("payee_name",),
            reason="保费由保险公司垫付的，补贴付给垫付的保险公司。",
            sample="保险公司出具，写明垫付的保费、户名、开户银行和账号，并加盖公章。",
            picture="letter",
        ),
    )

    def payee(self, particulars: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Return the insurer's account where the insurer has advanced the premium and is named on the claim."""
        named = tuple(str(particulars.get(key) or "") for key in self.payee_fields)
        return named if named[0] else None

    #: “对年度出口额1000万美元以下的企业”
    MOST_EXPORTS_USD = Decimal("10000000.00")
    official = (figure("export_usd", most=MOST_EXPORTS_USD),)
    contradictions = (
        ExportsOutsideLimit(figure="export_usd", most=MOST_EXPORTS_USD),
        PremiumWithoutExports(fact="premium_cny"),
    )
    #: “给予全额保费补贴”
    RATE = Decimal("1.00")

    def rate(self, context: Context) -> Decimal:
        """Return the stated share."""
        return self.RATE


class ExportInsurance(Item):
    """7.2: a share of each premium under other policies, raised line by line, up to 1,500,000 a year.

    Readings `percentage-points` and `key-markets`: raises are percentage points that add up, 50% to at most 80%;
    key markets are the members of RCEP other than China, and those that the province lists.
    """

    code = "7.2"
    title = "非平台类短期出口信用保险补贴"
    short_title = "非平台类信保"
    shared_cap = "7.2"
    facts = (
        Rows(
            name="premiums",
            label="保费",
            help="按市场和贸易方式分行填写。",
            row_label="保费",
            fields=(
                PREMIUM,
                Market(name="market", label="承保市场", help="买方所在的国家或地区。", required=True),
                Flag(name="new_mode", label="属于跨境电商等新模式"),
            ),
            particulars=(POLICY_NUMBER, INSURER, PAID_ON),
        ),
    )
    evidence = (
        *POLICY_EVIDENCE,
        Evidence(
            "new_mode",
            "新模式业务证明",
            "有新模式保费的必须上传。",
            required=False,
            needed_with=("premiums.new_mode",),
            reason="跨境电商等新模式的保费补贴比例更高。",
            sample="跨境电商平台的订单或报关单，能看清监管方式、日期和金额。",
            picture="customs",
        ),
    )
    official = (mark("platform_member"), mark("agricultural_exporter"), setting("key_markets"))
    contradictions = (
        PremiumWithoutExports(rows="premiums", fact="premium_cny"),
        MarketWithoutExports(rows="premiums", market="market", fact="premium_cny"),
    )
    cap_description = "单个企业每年最高 150 万元。"

    #: “给予50%保费补贴”
    RATE = Decimal("0.50")
    #: “涉及RCEP成员国等重点市场、跨境电商等新模式、省级以上贸易促进平台内企业补贴比例分别上调10%并可叠加计算”
    RAISE = Decimal("0.10")
    #: “对农产品出口企业继续保持90%的定额保费补贴”
    FLAT_RATE = Decimal("0.90")
    #: “单个企业年度最高补贴150万元”
    CAP = Decimal("1500000.00")

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return the sum of every premium × its rate."""
        lines = tuple(
            [(line["premium_cny"], line["market"], self._rate(line, context)) for line in facts["premiums"]]
        )
        amount = sum([premium * rate for premium, _, rate in lines], ZERO)
        params = {"lines": lines, "amount": amount, "flat": context.enterprise.agricultural_exporter}
        return Award(amount, "premium_lines", params)

    def _rate(self, line: Mapping[str, Any], context: Context) -> Decimal:
        if context.enterprise.agricultural_exporter:
            return self.FLAT_RATE
        raises = (
            line["new_mode"] + context.enterprise.platform_member + _is_key_market(line["market"], context)
        )
        return self.RATE + raises * self.RAISE


def _is_key_market(market: str, context: Context) -> bool:
    """Say whether a market is a member of RCEP other than China, or on the province's own list."""
    if market in context.settings.key_markets:
        return True
    return market != CHINA and market in context.reference.rcep(context.year)


class DomesticInsurance(CostShare):
    """7.3: half of the premium of domestic trade credit insurance, for exports of USD 500,000 the year before."""

    code = "7.3"
    title = "国内贸易信用保险补贴"
    short_title = "国内贸易信保"
    shared_cap = "7.3"
    costs = (PREMIUM,)
    facts = costs
    particulars = POLICY
    evidence = POLICY_EVIDENCE
    cap_description = "单个企业每年最高 50 万元。"

    #: “对上年度出口额50万美元（含）以上的企业”
    LEAST_EXPORTS_USD = Decimal("500000.00")
    official = (figure("export_usd", 1, least=LEAST_EXPORTS_USD),)
    contradictions = (ExportsOutsideLimit(figure="export_usd", years_back=1, least=LEAST_EXPORTS_USD),)
    #: “投保国内贸易信用保险的保费给予50%补贴”
    RATE = Decimal("0.50")
    #: “单个企业年度最高补贴50万元”
    CAP = Decimal("500000.00")

    def rate(self, context: Context) -> Decimal:
        """Return the stated share."""
        return self.RATE


MEASURE = Measure(
    number=7,
    title="增强出口信用保险作用",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "中国出口信用保险公司黑龙江分公司", "各市（地）政府（行署）"),
    items=(PlatformInsurance(), ExportInsurance(), DomesticInsurance()),
    clauses={"7.1": PLATFORM_INSURANCE, "7.2": EXPORT_INSURANCE, "7.3": DOMESTIC_INSURANCE},
)
