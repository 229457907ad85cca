"""Monthly customs detail of the sample: a year that is closed, one that is not, and the year that is running.

In the year that is filed for, one firm's detail exceeds a figure that was loaded, and another's has no exports to a market
for which it claims premiums: both are noticed at their claims.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.figures_years import year_close
from applications.models import MonthlyTrade
from applications.official_changes import touched_mark
from applications.trade_figures import figures_derive, figures_touched

from .firms import code_of, firm_names

SOURCE = "示例数据"
WAN = 10_000
#: When the detail of earlier years was loaded, the year before closed, and the running year's last month loaded, in
#: working days before today.
LOADED, CLOSED, RUNNING = 41, 40, 3


@dataclass(frozen=True)
class Flow:
    """A year's trade of a firm in one product with one partner, in 10,000 yuan and dollars."""

    direction: str
    supervision_code: str
    hs_code: str
    country: str
    cny: int
    usd: int
    origin: str = ""


#: By the owner's sign-in name. Sums that agree with the loaded figures are meant to.
YEAR_BEFORE = {
    "firm6": (
        Flow("import", "0110", "84798999", "日本", 8600, 1200),
        Flow("export", "0110", "20081999", "俄罗斯", 7800, 1091, "浙江宁波"),
        Flow("export", "0110", "07123990", "韩国", 2100, 294, "牡丹江其他"),
    ),
    # No figures were loaded for this one: the closed detail is all there is.
    "firm11": (Flow("export", "0110", "62033900", "蒙古", 420, 59, "河北保定"),),
}
YEAR = {
    # 12 million more of resource imports than was loaded for the year.
    "firm9": (
        Flow("import", "0110", "27011290", "俄罗斯", 128200, 17940),
        Flow("import", "0110", "26030000", "蒙古", 44000, 6160),
        Flow("import", "0110", "84314999", "德国", 14200, 1990),
        Flow("export", "0110", "84314999", "俄罗斯", 1500, 210, "江苏徐州"),
    ),
    # Nothing to the United States.
    "firm4": (
        Flow("export", "9710", "61091000", "日本", 1980, 277, "浙江义乌"),
        Flow("export", "9610", "42022200", "韩国", 1080, 151, "浙江义乌"),
        Flow("export", "9810", "85437099", "俄罗斯", 720, 100, "广东深圳"),
        Flow("export", "0110", "61091000", "日本", 120, 17, "浙江义乌"),
        Flow("import", "0110", "33049900", "韩国", 600, 84),
    ),
}
RUNNING_YEAR = {
    "firm1": (
        Flow("import", "0110", "12019010", "俄罗斯", 1500, 209),
        Flow("export", "0110", "10063020", "俄罗斯", 9600, 1342, "哈尔滨其他"),
        Flow("export", "0110", "12019020", "韩国", 11400, 1593, "绥化"),
        Flow("export", "9710", "20089990", "日本", 2400, 335, "江苏苏州"),
    ),
}


def monthly_plan(diary, people, year):
    """Plans the detail of three years; `year` is the one that is filed for."""
    diary.plan(LOADED, lambda at: _detail_add(YEAR_BEFORE, year - 1, 12))
    diary.plan(LOADED, lambda at: _detail_add(YEAR, year, 12))
    diary.plan(CLOSED, lambda at: year_close(year=year - 1, actor=people["commerce1"], at=at))
    last = diary.day(RUNNING)
    months = last.month - 1 if last.year == year + 1 else 12
    diary.plan(RUNNING, lambda at: _detail_add(RUNNING_YEAR, year + 1, months))


def _detail_add(flows, year, months):
    """Stores the first months of a year's flows as an import does, and has the years that they reach computed again."""
    names = firm_names()
    MonthlyTrade.objects.bulk_create(
        MonthlyTrade(
            credit_code=code_of(owner),
            name=names[owner],
            month=date(year, month, 1),
            direction=flow.direction,
            supervision_code=flow.supervision_code,
            hs_code=flow.hs_code,
            amount_cny=_part(flow.cny, month),
            amount_usd=_part(flow.usd, month),
            origin=flow.origin,
            country=flow.country,
            source=SOURCE,
        )
        for owner, of_firm in flows.items()
        for flow in of_firm
        for month in range(1, months + 1)
    )
    firm_years = {(code_of(owner), year) for owner in flows}
    figures_derive(firm_years)
    touched_mark(figures_touched(firm_years))


def _part(ten_thousands, month):
    """A month's part of a year's sum; December has what is left."""
    whole = ten_thousands * WAN
    part = whole // 12
    return Decimal(part if month < 12 else whole - 11 * part)
