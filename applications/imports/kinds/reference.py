"""What the rules refer to: published interest rates, holidays, and the rates that cities set."""

from applications.imports import values, words
from applications.imports.kinds import parts
from applications.imports.table import Column, Kind
from applications.models import CityRate, Holiday, LprRate

_day_kind, _day_kinds, _day_kind_show = parts.labels(Holiday.Kind)


def _percent(number):
    """Digits and a percent sign, which are read the same whatever their size."""
    return f"{number.normalize():f}%"


LPR = Kind(
    "lpr",
    "贷款市场报价利率",
    LprRate,
    (
        parts.day("published_on", "公布日期", required=True, names=("日期", "发布日期", "公告日期", "公布时间", "发布时间", "报价日期", "公布日"), example="2022-01-20"),
        Column(
            "1年期", "one_year_percent", values.percentage, required=True, sql="numeric(6,4)", example="3.70%", show=_percent,
            names=("一年期", "1年期LPR", "一年期LPR", "LPR1年期", "LPR一年期", "1年期利率", "一年期利率", "1年期LPR利率", "1年", "一年", "1Y", "LPR1Y", "1YLPR",
                   "1年期贷款市场报价利率", "一年期贷款市场报价利率", "1年期贷款市场报价利率LPR", "一年期贷款市场报价利率LPR"),
            width=12, note="例如 3.70% 或 3.70。小于 0.2 的数按小数理解：0.037 就是 3.70%。",
        ),
    ),
    key=("published_on",),
    notes=("一次公布一行。公布后的数一般不会再变，改动会使相关年度重新计算。",),
)  # fmt: skip

HOLIDAYS = Kind(
    "holidays",
    "节假日",
    Holiday,
    (
        parts.day("day", "日期", required=True, names=("放假日期", "调休日期", "年月日"), example="2022-01-03"),
        Column(
            "类型", "kind", _day_kind, required=True, names=("类别", "休班", "休/班", "性质"), choices=_day_kinds,
            show=_day_kind_show, example="休", width=8, note="休：工作日放假。班：周末上班。",
        ),
        parts.text(Holiday, "name", "名称", names=("节日", "节日名称", "节假日", "节假日名称", "假日名称", "假日"), example="元旦", width=14, note="选填。"),
    ),
    key=("day",),
    notes=("只列与平常不同的日子：放假的周一至周五，和上班的周六、周日。", "一年有任何一行，就表示这一年的安排已经公布，请一次导入全年。"),
)  # fmt: skip

CITY_RATES = Kind(
    "city-rates",
    "市（地）补贴比例",
    CityRate,
    (
        parts.city(),
        parts.year(required=True, names=("年份", "适用年度", "执行年度")),
        Column(
            "事项", "item", words.city_item, required=True, names=("事项编号", "事项代码", "事项编码", "补贴事项", "项目"),
            choices=tuple(words.RATE_LIMITS), example="3.3", width=10,
            note="、".join(f"{code} 不超过 {_percent(limit * 100)}" for code, limit in words.RATE_LIMITS.items()) + "。",
        ),
        Column(
            "比例", "rate", values.share, required=True, names=("补贴比例", "支持比例", "补助比例", "自定比例", "市级比例"), sql="numeric(7,6)",
            example="50%", show=lambda value: _percent(value * 100), width=10,
            note="例如 50%、0.5 或 50。大于 1 的数按百分数理解。",
        ),
    ),
    key=("city", "year", "item"),
    notes=("导入后是草稿，由该市（地）的两个人发布后才生效。",),
)  # fmt: skip
