"""Worked examples: for every money item what an imaginary 示例企业 has and spends. What comes of it the rules say.

Only what goes in stands here. No sentence holds a number, so that none can differ from what is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from measures.official import Official, figure

_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Stands in dates for the year of the example.
_YEAR = "YYYY"


@dataclass(frozen=True)
class ExampleClaim:
    """One claim of an example: item, facts and other support as the evaluation contract writes them, yuan."""

    item: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    other_support: str = "0"


@dataclass(frozen=True, kw_only=True)
class Example:
    """What a firm does in a year, in a sentence and in figures.

    `trade` are customs figures, yuan (`export_usd` in dollars), by declared figure; `enterprise` what registers say;
    `city_rates` what its city is taken to have set, which differs from city to city.
    """

    story: str
    claims: tuple[ExampleClaim, ...]
    trade: Mapping[Official, str] = field(default_factory=dict)
    enterprise: Mapping[str, Any] = field(default_factory=dict)
    city_rates: Mapping[str, str] = field(default_factory=dict)

    def case(self, year: int, settings: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """Return the example as a case of the contract; `settings` are the province's of the year."""
        trade: dict[str, dict[str, str]] = {}
        for official, value in self.trade.items():
            trade.setdefault(str(year - official.years_back), {})[official.name] = value
        return {
            "year": year,
            "enterprise": _in_year(self.enterprise, year),
            "trade": trade,
            "settings": {**settings, "city_rates": dict(self.city_rates)},
            "claims": [
                {
                    "id": str(number),
                    "item": claim.item,
                    "facts": _in_year(claim.facts, year),
                    "other_support_cny": claim.other_support,
                }
                for number, claim in enumerate(self.claims, 1)
            ],
        }


def _in_year(value: Any, year: int) -> Any:
    """Return JSON data with the dates in it in the year."""
    if isinstance(value, Mapping):
        return {name: _in_year(each, year) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_in_year(each, year) for each in value]
    return value.replace(_YEAR, str(year)) if isinstance(value, str) else value


def _example(
    code: str, story: str, *, facts: Mapping[str, Any] = _NOTHING, other: str = "0", **more: Any
) -> Example:
    return Example(story=story, claims=(ExampleClaim(code, facts, other),), **more)


PLATFORM = "示例外贸转型升级基地"
WAREHOUSE = "示例海外仓"
_GROWTH = {
    figure("import_cny"): "186400000.00",
    figure("export_cny"): "228200000.00",
    figure("import_cny", 1): "120400000.00",
    figure("export_cny", 1): "150200000.00",
}
_EXHIBITION = {
    "booth_cny": "120000.00",
    "freight_cny": "36000.00",
    "travel_cny": "42000.00",
    "lodging_cny": "18000.00",
}

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "1.1": _example("1.1", "示例企业本年度的进出口额比上年增加了不少。", trade=_GROWTH),
        "2.1": _example(
            "2.1",
            "示例企业运营的平台被认定为国家级，列入了名单。",
            facts={"platform": PLATFORM},
            enterprise={"trade_platforms": ({"id": PLATFORM, "level": "national"},)},
        ),
        "3.1": _example(
            "3.1", "示例企业通过跨境电商向境外卖货。", trade={figure("cross_border_cny"): "23800000.00"}
        ),
        "3.2": _example(
            "3.2",
            "示例企业自己建了一个面向境外买家的网站。",
            facts={"site": "shop.example", "site_trade_cny": "16000000.00", "construction_cny": "680000.00"},
        ),
        "3.3": _example(
            "3.3",
            "示例企业在第三方平台开了一家店，所在市（地）已经规定补贴比例。",
            facts={"entry_fee_cny": "30000.00", "promotion_cny": "50000.00"},
            city_rates={"3.3": "0.40"},
        ),
        "3.4": _example(
            "3.4",
            "示例企业的海外仓被认定为省级，列入了名单。",
            facts={"warehouse": WAREHOUSE},
            enterprise={"overseas_warehouses": (WAREHOUSE,)},
        ),
        "3.5": _example(
            "3.5",
            "示例企业为中小微企业代办报关、物流和收汇。",
            facts={"served_smes": 18, "trade_handled_cny": "360000000.00"},
        ),
        "4.1": _example(
            "4.1",
            "示例企业进口煤炭，大部分卖给省内电厂，为进口付了手续费，还借了一笔贷款。",
            trade={figure("resource_import_cny"): "180000000.00"},
            facts={
                "landed_cny": "120000000.00",
                "bank_fees_cny": "260000.00",
                "loans": (
                    {
                        "principal_cny": "20000000.00",
                        "issued_on": "YYYY-03-01",
                        "repaid_on": "YYYY-12-01",
                        "interest_paid_cny": "640000.00",
                    },
                ),
            },
        ),
        "4.2": _example(
            "4.2",
            "示例企业出口省内生产的机电产品，借过两笔贷款，一笔到年底还没有还清。",
            trade={figure("local_product_export_cny"): "80000000.00"},
            facts={
                "bank_fees_cny": "90000.00",
                "loans": (
                    {
                        "principal_cny": "10000000.00",
                        "issued_on": "YYYY-02-10",
                        "repaid_on": "YYYY-08-10",
                        "interest_paid_cny": "120000.00",
                    },
                    {
                        "principal_cny": "6000000.00",
                        "issued_on": "YYYY-09-01",
                        "interest_paid_cny": "82000.00",
                    },
                ),
            },
        ),
        "5.1": _example(
            "5.1",
            "示例企业派人到境外参加了一个展会，运输费已从本省另一项政策得到过一些支持。",
            facts=_EXHIBITION,
            other="20000.00",
        ),
        "5.2": _example(
            "5.2",
            "示例企业没有派人，委托一家机构把展品送到境外展会。",
            facts={"booth_cny": "98000.00", "freight_cny": "22000.00"},
        ),
        "5.3": _example(
            "5.3", "示例企业参加了一个有境外买家的线上展会。", facts={"participation_cny": "26000.00"}
        ),
        "5.4": _example(
            "5.4",
            "示例企业签约前调查了境外买家的资信，又在线上展会做了宣传，所在市（地）已经规定补贴比例。",
            facts={"credit_report_cny": "12000.00", "online_promotion_cny": "18000.00"},
            city_rates={"5.4": "0.40"},
        ),
        "5.5": _example(
            "5.5",
            "示例企业在境外注册商标，产品通过了境外认证，所在市（地）已经规定补贴比例。",
            facts={"trademark_cny": "40000.00", "certification_cny": "85000.00"},
            city_rates={"5.5": "0.50"},
        ),
        "6.1": _example("6.1", "示例企业入选了国家级双循环名单。", enterprise={"dual_circulation": True}),
        "7.1": _example(
            "7.1",
            "示例企业出口规模不大，通过平台投保了短期出口信用保险。",
            trade={figure("export_usd"): "6200000.00"},
            facts={"premium_cny": "38000.00"},
        ),
        "7.2": _example(
            "7.2",
            "示例企业自己缴费投保，一部分买家在越南，走跨境电商；另一部分在俄罗斯。",
            facts={
                "premiums": (
                    {"premium_cny": "60000.00", "market": "VN", "new_mode": True},
                    {"premium_cny": "80000.00", "market": "RU", "new_mode": False},
                )
            },
        ),
        "7.3": _example(
            "7.3",
            "示例企业上年有出口，又为国内买家的货款投保。",
            trade={figure("export_usd", 1): "1200000.00"},
            facts={"premium_cny": "120000.00"},
        ),
    }
)

#: Two claims that exceed the combined limit together, and one with which they no longer do.
LIMIT_EXCEEDED = Example(
    story="示例企业在双循环名单上，又参加了几个境外展会。",
    claims=(ExampleClaim("5.1", {"booth_cny": "400000.00"}), ExampleClaim("6.1")),
    enterprise={"dual_circulation": True},
)
LIMIT_RAISED = Example(
    story="同样的两件，再加上一件上限更高的增量奖励。",
    claims=(*LIMIT_EXCEEDED.claims, ExampleClaim("1.1")),
    enterprise={"dual_circulation": True},
    trade=_GROWTH,
)
