"""Measure 5: exhibitions, credit reports, promotion, brands, trademarks and certification abroad."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from measures.declaration import Amount, Count, Day, Evidence, Market, Text
from measures.item import Context, Measure
from measures.rules.shared import PROOF_OF_COST, CityRun, CostShare, invoices

OPENING = "五、支持多渠道拓展国际市场。支持外贸企业参加线下境外展会和线上涉外展会。"
EXHIBITION_SUBSIDY = "给予企业参加线下境外展会所产生的展位费、展品运输费、国际间交通费、住宿费70%补贴；"
AGENT_SUBSIDY = "给予企业委托第三方参加境外展会所产生的展位费、展品运输费70%补贴；"
ONLINE_SUBSIDY = "给予企业参加线上涉外展会参展费50%补贴。"
YEARLY_CAP = "企业年度最高补贴30万元。"
PROMOTION_SUBSIDY = (
    "企业用于海外资信调查和线上展会宣传所产生费用，所属市（地）政府（行署）可给予不超过50%的补贴。"
)
BRAND_SUBSIDY = (
    "企业用于境外品牌创建、境外商标注册和产品认证等方面费用，所属市（地）政府（行署）可给予不超过70%的补贴。"
)
RESPONSIBLE = "〔省商务厅、省财政厅，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = (
    OPENING
    + EXHIBITION_SUBSIDY
    + AGENT_SUBSIDY
    + ONLINE_SUBSIDY
    + YEARLY_CAP
    + PROMOTION_SUBSIDY
    + BRAND_SUBSIDY
    + "\n"
    + RESPONSIBLE
)

BOOTH = Amount(name="booth_cny", label="展位费", help="不含押金和搭建保证金，单位是元。")
FREIGHT = Amount(name="freight_cny", label="展品运输费", help="展品往返的运输费用，单位是元。")
EXHIBITION = (
    Text(name="exhibition_name", label="展会名称", help="填写展会全称。", required=True),
    Market(name="country", label="国家或地区", required=True),
    Day(name="starts_on", label="展期第一天", required=True),
    Day(name="ends_on", label="展期最后一天", required=True, not_before="starts_on"),
    Text(name="organiser", label="主办单位", required=True),
    Text(name="booth_number", label="展位号"),
)
PHOTOS = Evidence(
    "photos",
    "参展照片",
    "能看清展位号和企业名称。",
    min_files=2,
    reason="证明企业确实到场参展。",
    sample="一张展位全景，展位号和企业名称清楚；一张展品或洽谈的近景。手机拍的原图就可以。",
    picture="photo",
)
BOOTH_CONTRACT = Evidence(
    "booth_contract",
    "参展合同与展位确认书",
    reason="说明参加的是哪个展会、哪个展位、费用是多少。",
    sample="能看清展会名称、展期、展位号、展位费和双方盖章；外文的请附主要内容的中文说明。",
    picture="contract",
)


class Exhibition(CostShare):
    """A share of what it costs to take part in one exhibition; 5.1 to 5.3 share 300,000 a year.

    Reading `exhibition-cap`: the sentence with the cap stands before the items that cities run, which lie outside.
    """

    RATE: Decimal
    #: “企业年度最高补贴30万元”
    CAP = Decimal("300000.00")
    shared_cap = "5.1-5.3"
    shared_cap_label = "5.1 至 5.3 合计"
    cap_description = "5.1 至 5.3 合计每年最高 30 万元。"
    cap_clause = "5-cap"

    def rate(self, context: Context) -> Decimal:
        """Return the stated share."""
        return self.RATE

    def subject(self, facts: Mapping[str, Any], particulars: Mapping[str, Any]) -> str:
        """Return the exhibition's name and first day, nothing while both are missing."""
        name = str(particulars.get("exhibition_name") or "").strip()
        first_day = str(particulars.get("starts_on") or "")
        return f"{name}|{first_day}" if name or first_day else ""


class OfflineExhibition(Exhibition):
    """5.1: taking part in an exhibition abroad."""

    code = "5.1"
    title = "线下境外展会补贴"
    short_title = "境外展会"
    costs = (
        BOOTH,
        FREIGHT,
        Amount(name="travel_cny", label="国际间交通费", help="国际机票、车船票，不含国内段，单位是元。"),
        Amount(name="lodging_cny", label="住宿费", help="展期前后各一天之内，单位是元。"),
    )
    facts = costs
    particulars = (
        *EXHIBITION,
        Count(name="travellers", label="参展人数", required=True, unit="人"),
        invoices(costs),
    )
    evidence = (
        BOOTH_CONTRACT,
        PROOF_OF_COST,
        Evidence(
            "travel_records",
            "出境人员护照出入境记录",
            reason="国际间交通费和住宿费按实际出境的人核对。",
            sample="护照资料页和本次出境、入境章页，或移民管理部门的出入境记录；姓名和日期清楚。",
            picture="travel",
        ),
        PHOTOS,
    )

    #: “展位费、展品运输费、国际间交通费、住宿费70%补贴”
    RATE = Decimal("0.70")


class AgentExhibition(Exhibition):
    """5.2: taking part in an exhibition abroad through a third party."""

    code = "5.2"
    title = "委托第三方参展补贴"
    short_title = "委托参展"
    costs = (BOOTH, FREIGHT)
    facts = costs
    particulars = (
        *EXHIBITION,
        Text(name="agent", label="受托单位", help="代为参展的单位全称。", required=True),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "agency_contract",
            "委托参展合同",
            reason="证明受托单位是代本企业参展，费用由本企业承担。",
            sample="双方名称、展会名称、委托内容、费用和双方盖章都在。",
            picture="contract",
        ),
        BOOTH_CONTRACT,
        PROOF_OF_COST,
        PHOTOS,
    )

    #: “展位费、展品运输费70%补贴”
    RATE = Decimal("0.70")


class OnlineExhibition(Exhibition):
    """5.3: taking part in an online exhibition with foreign buyers."""

    code = "5.3"
    title = "线上涉外展会补贴"
    short_title = "线上展会"
    costs = (Amount(name="participation_cny", label="参展费", help="线上展会的参展费，单位是元。"),)
    facts = costs
    particulars = (
        EXHIBITION[0],
        *EXHIBITION[2:5],
        Text(name="exhibition_site", label="线上展会网址"),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "contract",
            "参展合同",
            reason="说明参加的是哪个线上展会、费用是多少。",
            sample="能看清展会名称、时间、参展费和双方盖章。",
            picture="contract",
        ),
        PROOF_OF_COST,
        Evidence(
            "screenshots",
            "线上展示页面截图",
            reason="证明企业在线上展会中展示过产品。",
            sample="截图连同浏览器地址栏，能看清展会名称、企业名称和展品。",
            picture="screenshot",
        ),
    )

    #: “给予企业参加线上涉外展会参展费50%补贴”
    RATE = Decimal("0.50")


class Promotion(CityRun):
    """5.4: a share, set by the city, of credit reports on foreign buyers and of promotion at online exhibitions."""

    code = "5.4"
    title = "海外资信调查和线上展会宣传补贴"
    short_title = "资信与宣传"
    costs = (
        Amount(name="credit_report_cny", label="海外资信调查费", help="单位是元。"),
        Amount(name="online_promotion_cny", label="线上展会宣传费", help="单位是元。"),
    )
    facts = costs
    particulars = (
        Text(name="provider", label="服务机构", help="提供资信调查或宣传服务的机构。", required=True),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "contract",
            "服务合同",
            reason="说明购买的是海外资信调查或线上展会宣传。",
            sample="双方名称、服务内容、金额、日期和双方盖章都在。",
            picture="contract",
        ),
        PROOF_OF_COST,
    )

    #: “所属市（地）政府（行署）可给予不超过50%的补贴”
    RATE_LIMIT = Decimal("0.50")


class Brand(CityRun):
    """5.5: a share, set by the city, of brands, trademarks and product certification abroad."""

    code = "5.5"
    title = "境外品牌、商标和认证补贴"
    short_title = "品牌与认证"
    costs = (
        Amount(name="brand_cny", label="境外品牌创建费", help="单位是元。"),
        Amount(name="trademark_cny", label="境外商标注册费", help="单位是元。"),
        Amount(name="certification_cny", label="产品认证费", help="单位是元。"),
    )
    facts = costs
    particulars = (
        Market(name="country", label="国家或地区", required=True),
        Text(name="registration_number", label="商标注册号或认证证书号"),
        Text(name="issuing_body", label="注册或认证机构", required=True),
        invoices(costs),
    )
    evidence = (
        Evidence(
            "certificates",
            "注册证书、认证证书或受理通知",
            reason="证明商标、认证或品牌是在境外为本企业办理的。",
            sample="能看清持有人、编号、国家或地区和日期；外文的请附主要内容的中文说明。",
            picture="certificate",
        ),
        PROOF_OF_COST,
    )

    #: “所属市（地）政府（行署）可给予不超过70%的补贴”
    RATE_LIMIT = Decimal("0.70")


MEASURE = Measure(
    number=5,
    title="支持多渠道拓展国际市场",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "各市（地）政府（行署）"),
    items=(OfflineExhibition(), AgentExhibition(), OnlineExhibition(), Promotion(), Brand()),
    clauses={
        "5.1": EXHIBITION_SUBSIDY,
        "5.2": AGENT_SUBSIDY,
        "5.3": ONLINE_SUBSIDY,
        "5-cap": YEARLY_CAP,
        "5.4": PROMOTION_SUBSIDY,
        "5.5": BRAND_SUBSIDY,
    },
)
