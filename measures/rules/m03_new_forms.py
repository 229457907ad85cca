"""Measure 3: cross-border e-commerce, overseas warehouses and foreign-trade service enterprises."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from measures import reasons
from measures.contradictions import SITE_ABOVE_TRADE, AboveFigures
from measures.declaration import Amount, Count, Evidence, RegisterChoice, Text
from measures.item import Award, Context, Item, Measure, Outcome
from measures.official import figure, register
from measures.result import Reason
from measures.rules.shared import PROOF_OF_COST, CityRun, CostShare, invoices
from measures.thresholds import Threshold

OPENING = "三、培育外贸新业态新模式发展。鼓励企业运用跨境电商方式扩大外贸规模。"
TRADE_REWARD = (
    "对企业以跨境电商模式从事进出口业务，年进出口额达到1000万元（含）以上的，每100万元奖励1万元，"
    "单个企业最高奖励100万元。"
)
SITE_SUBSIDY = "对年进出口额1000万元（含）以上的跨境电商独立站，给予当年建设投入费用30%补贴，最高补贴50万元。"
SHOP_SUBSIDY = (
    "对在第三方跨境电商平台开设店铺的企业，"
    "所属市（地）政府（行署）可给予入驻平台费和宣传推广费不超过50%补贴。"
)
WAREHOUSE_REWARD = "培育认定一批省级海外仓，给予省级海外仓一次性100万元奖励。"
SERVICE_REWARD = (
    "鼓励外贸综合服务企业为中小微企业提供一站式服务，"
    "给予服务企业15家（含）以上且进出口额3亿元（含）以上的外贸综合服务企业年度50万元奖励。"
)
RESPONSIBLE = "〔省商务厅、省财政厅，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = (
    OPENING
    + TRADE_REWARD
    + SITE_SUBSIDY
    + SHOP_SUBSIDY
    + WAREHOUSE_REWARD
    + SERVICE_REWARD
    + "\n"
    + RESPONSIBLE
)


class CrossBorderReward(Item):
    """3.1: 10,000 for every whole million of cross-border e-commerce trade, from 10 million on.

    Reading `whole-units`: a part of a unit earns nothing.
    """

    code = "3.1"
    title = "跨境电商进出口奖励"
    short_title = "跨境电商奖励"
    prepared = True
    sole_fact = ""
    cap_description = "单个企业每年最高 100 万元。"

    #: “年进出口额达到1000万元（含）以上的”
    THRESHOLD = Decimal("10000000.00")
    official = (figure("cross_border_cny", least=THRESHOLD),)
    #: “每100万元奖励1万元”
    UNIT = Decimal("1000000.00")
    REWARD_PER_UNIT = Decimal("10000.00")
    #: “单个企业最高奖励100万元”
    CAP = Decimal("1000000.00")

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return whole units of trade × the reward of one unit."""
        value = context.this_year.cross_border_cny
        units = value // self.UNIT
        params = {
            "year": context.year,
            "value": value,
            "unit": self.UNIT,
            "units": units,
            "reward": self.REWARD_PER_UNIT,
        }
        return Award(units * self.REWARD_PER_UNIT, "trade_units", params)


class SiteSubsidy(CostShare):
    """3.2: 30% of what an independent cross-border site cost to build in the year, if it trades 10 million."""

    code = "3.2"
    title = "跨境电商独立站建设补贴"
    short_title = "独立站补贴"
    sole_fact = "site"
    costs = (
        Amount(
            name="construction_cny",
            label="当年建设投入费用",
            help="只填当年发生的建站、开发和服务器费用，单位是元。",
        ),
    )
    facts = (
        Text(
            name="site", label="独立站域名", help="例如 shop.example。一个独立站一年申报一次。", required=True
        ),
        Amount(name="site_trade_cny", label="独立站当年进出口额", help="该独立站全年进出口额，单位是元。"),
        *costs,
    )
    particulars = (
        Text(name="site_title", label="独立站名称", required=True),
        Text(name="filing_number", label="网站备案号", help="没有备案号的境外网站可以不填。"),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "site_ownership",
            "域名注册与网站所有权证明",
            reason="只支持企业自己的独立站，要能看出网站属于本企业。",
            sample="域名证书或注册商的后台截图：域名与所填一致，持有人是本企业。",
            picture="certificate",
            reusable=True,
        ),
        Evidence(
            "site_trade",
            "独立站进出口额证明",
            "报关单汇总或平台交易清单。",
            reason="用来核对您填写的独立站当年进出口额。",
            sample="能看出是这个独立站的业务，列明日期、金额和合计；合计与所填数额一致，并加盖公章。",
            picture="customs",
        ),
        Evidence(
            "contracts",
            "建设合同",
            reason="说明费用花在独立站的建设和运营上。",
            sample="双方名称、服务内容、金额、日期和双方盖章都在；页数齐全。",
            picture="contract",
            reusable=True,
        ),
        PROOF_OF_COST,
    )
    contradictions = (
        AboveFigures(
            kind=SITE_ABOVE_TRADE,
            fact="site_trade_cny",
            sums=(("cross_border_cny",), ("import_cny", "export_cny")),
        ),
    )
    cap_description = "每个独立站每年最高 50 万元。"

    #: “对年进出口额1000万元（含）以上的跨境电商独立站”
    THRESHOLD = Decimal("10000000.00")
    #: “给予当年建设投入费用30%补贴”
    RATE = Decimal("0.30")
    #: “最高补贴50万元”
    CAP = Decimal("500000.00")

    def thresholds(self, facts: Mapping[str, Any], context: Context) -> Iterable[Threshold]:
        """Yield the site's own trade."""
        yield Threshold("site_trade_cny", facts["site_trade_cny"], self.THRESHOLD, context.year)

    def conditions(self, facts: Mapping[str, Any], context: Context) -> Iterable[Reason]:
        """The site's own trade reaches the threshold."""
        return reasons.not_reached(context.year, self.thresholds(facts, context))

    def rate(self, context: Context) -> Decimal:
        """Return the stated share."""
        return self.RATE


class ShopSubsidy(CityRun):
    """3.3: a share, set by the city, of what it costs to open a shop on a third-party platform."""

    code = "3.3"
    title = "第三方平台开店补贴"
    short_title = "开店补贴"
    costs = (
        Amount(name="entry_fee_cny", label="入驻平台费", help="单位是元。"),
        Amount(name="promotion_cny", label="宣传推广费", help="在该平台上的宣传推广费用，单位是元。"),
    )
    facts = costs
    particulars = (
        Text(name="shop_platform", label="第三方平台名称", required=True),
        Text(name="shop_name", label="店铺名称与网址", required=True),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "shop",
            "店铺后台截图与入驻协议",
            reason="证明店铺属于本企业，并在第三方平台上开设。",
            sample="截图能看清店铺名称、企业名称和网址；入驻协议有双方名称和日期。",
            picture="screenshot",
            reusable=True,
        ),
        PROOF_OF_COST,
    )

    #: “可给予入驻平台费和宣传推广费不超过50%补贴”
    RATE_LIMIT = Decimal("0.50")


class WarehouseReward(Item):
    """3.4: a fixed amount for a provincial overseas warehouse, once per warehouse."""

    code = "3.4"
    title = "省级海外仓一次性奖励"
    short_title = "海外仓奖励"
    prepared = True
    once_for_ever = True
    past_award_keys = ("subject",)
    sole_fact = "warehouse"
    facts = (
        RegisterChoice(
            name="warehouse",
            label="省级海外仓",
            help="从认定名单中选择本企业的海外仓。",
            required=True,
            source="overseas_warehouses",
        ),
    )
    official = (register("overseas_warehouses"),)
    cap_description = "每个海外仓 100 万元，一次。"

    #: “给予省级海外仓一次性100万元奖励”
    CAP = Decimal("1000000.00")

    def assess(self, facts: Mapping[str, Any], context: Context, repeated: bool = False) -> Outcome:
        """The warehouse is on the register; where it is not, nothing else matters."""
        if facts["warehouse"] not in context.enterprise.warehouses:
            return Outcome(reasons=(reasons.not_on_register("overseas_warehouses", facts["warehouse"]),))
        return super().assess(facts, context, repeated)

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return the fixed amount."""
        return Award(self.CAP, "warehouse_reward", {"warehouse": facts["warehouse"], "amount": self.CAP})


class ServiceReward(Item):
    """3.5: a fixed yearly amount for a service enterprise with 15 or more firms and 3 亿 or more of their trade."""

    code = "3.5"
    title = "外贸综合服务企业奖励"
    short_title = "综合服务奖励"
    sole_fact = ""
    facts = (
        Count(name="served_smes", label="服务的中小微企业数", help="当年有实际业务的企业数。", unit="家"),
        Amount(
            name="trade_handled_cny", label="代办进出口额", help="当年为这些企业代办的进出口额，单位是元。"
        ),
    )
    particulars = (
        Text(
            name="service_scope",
            label="服务内容",
            help="简要说明提供哪些服务。",
            required=True,
            multiline=True,
        ),
    )
    evidence = (
        Evidence(
            "served_list",
            "服务企业名单",
            "列明企业名称、统一社会信用代码和业务金额。",
            reason="奖励对服务企业数有要求，名单用来逐家核对。",
            sample="每家企业一行，名称和 18 位信用代码完整，金额有合计；加盖公章，也可以上传 xlsx。",
            picture="list",
        ),
        Evidence(
            "service_contracts",
            "服务合同",
            reason="证明与名单上的企业确有服务关系。",
            sample="双方名称、服务内容、日期和双方盖章都在；合同多的，可以按名单的顺序合成一个 PDF。",
            picture="contract",
            reusable=True,
        ),
        Evidence(
            "declarations",
            "代办进出口报关单汇总",
            reason="奖励对代办进出口额有要求，用来核对您填的数额。",
            sample="列明报关单号、申报日期、收发货人和金额，有合计；加盖公章。",
            picture="customs",
        ),
    )
    cap_description = "每年 50 万元。"

    #: “服务企业15家（含）以上且进出口额3亿元（含）以上”
    LEAST_FIRMS = 15
    LEAST_TRADE = Decimal("300000000.00")
    #: “年度50万元奖励”
    CAP = Decimal("500000.00")

    def thresholds(self, facts: Mapping[str, Any], context: Context) -> Iterable[Threshold]:
        """Yield the number of firms and their trade."""
        yield Threshold("served_smes", facts["served_smes"], self.LEAST_FIRMS, context.year)
        yield Threshold("trade_handled_cny", facts["trade_handled_cny"], self.LEAST_TRADE, context.year)

    def conditions(self, facts: Mapping[str, Any], context: Context) -> Iterable[Reason]:
        """Both the number of firms and their trade reach their thresholds."""
        return reasons.not_reached(context.year, self.thresholds(facts, context))

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return the fixed amount."""
        params = {
            "firms": facts["served_smes"],
            "trade": facts["trade_handled_cny"],
            "amount": self.CAP,
        }
        return Award(self.CAP, "service_reward", params)


MEASURE = Measure(
    number=3,
    title="培育外贸新业态新模式发展",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "各市（地）政府（行署）"),
    items=(CrossBorderReward(), SiteSubsidy(), ShopSubsidy(), WarehouseReward(), ServiceReward()),
    clauses={
        "3.1": TRADE_REWARD,
        "3.2": SITE_SUBSIDY,
        "3.3": SHOP_SUBSIDY,
        "3.4": WAREHOUSE_REWARD,
        "3.5": SERVICE_REWARD,
    },
)
