"""Customs figures: by year as published, and in detail by month."""

from decimal import Decimal

from applications.imports import codes, dates
from applications.imports.kinds import parts
from applications.imports.table import Column, Kind
from applications.models import MonthlyTrade, TradeFigures

_UNIT = "单位是元。表头可写明其他单位，例如（万元）。"
_MISSING = "空着表示没有这个数，不等于 0。"
_SAMPLE = Decimal("12345678.90")


def _ways(*stems):
    """The usual names of sums: 进口, 进口额, 进口总额, 进口值…"""
    return tuple(stem + end for stem in stems for end in ("额", "总额", "值", "总值", "金额", ""))


_IMPORT, _EXPORT = _ways("进口"), _ways("出口")
_CROSS_BORDER = (*_ways("跨境电商进出口", "跨境电子商务进出口"), "跨境电商交易额", "跨境电商额")
_RESOURCE = _ways("资源类产品进口", "资源产品进口", "资源性产品进口", "资源类进口", "资源类商品进口")
_LOCAL = _ways("地产品出口", "地产产品出口", "本地产品出口", "地产商品出口")
#: The two sums of the detail share their names; the currency beside them tells which is meant.
_SUMS = (
    "金额",
    "总金额",
    "人民币",
    "人民币值",
    "统计人民币值",
    "贸易额",
    "货值",
    "进出口额",
    "进出口金额",
    "进出口值",
)

_direction, _directions, _direction_show = parts.labels(MonthlyTrade.Direction)

FIGURES = Kind(
    "figures",
    "海关年度统计",
    TradeFigures,
    (
        parts.credit_code(),
        parts.name(TradeFigures),
        parts.year(names=("年份", "统计年度", "统计年份", "数据年度", "数据年份", "所属年度", "申报年度"), required=True),
        parts.amount("import_cny", "进口额", names=_IMPORT, example=_SAMPLE, note=_UNIT + _MISSING),
        parts.amount("export_cny", "出口额", names=_EXPORT, example=_SAMPLE, note=_UNIT + _MISSING),
        parts.amount("export_usd", "出口额（美元）", unit="美元", names=_EXPORT, example=Decimal("1851851.84"), note="单位是美元。表头可写明（万美元）。"),
        parts.amount("cross_border_cny", "跨境电商进出口额", names=_CROSS_BORDER, example=Decimal("2000000.00"), note="是进口额与出口额的一部分，不能大于两者之和。"),
        parts.amount("resource_import_cny", "资源类产品进口额", names=_RESOURCE, example=Decimal("1000000.00"), note="是进口额的一部分，不能大于进口额。"),
        parts.amount("local_product_export_cny", "地产品出口额", names=_LOCAL, example=Decimal("3000000.00"), note="是出口额的一部分，不能大于出口额。"),
    ),
    key=("credit_code", "year"),
    notes=(
        "一家企业一个年度一行。企业不必已在本系统注册。",
        "金额默认单位是元，也可以在表头里写明（万元），或在标题下写“单位：万元”。美元列只按美元单位换算。",
        "金额空着、填“-”或“无”表示没有这个数，不等于 0；整列没有的，原来的数不变。",
    ),
)  # fmt: skip

MONTHLY = Kind(
    "monthly",
    "海关月度明细",
    MonthlyTrade,
    (
        parts.credit_code(),
        parts.name(MonthlyTrade),
        Column(
            "年月", "month", dates.month, required=True, sql=parts.DAY, width=12, example="2022-03",
            show=lambda value: f"{value:%Y-%m}",
            names=("月份", "统计月份", "统计年月", "数据月份", "数据年月", "所属月份", "年份月份", "月度", "期间"),
            note="例如 2022-03、202203 或 2022年3月。",
        ),
        Column(
            "进出口", "direction", _direction, required=True, width=10, example="出口", choices=_directions,
            show=_direction_show,
            names=("进出口标志", "进出口标识", "进出口类型", "进出口类别", "进出口方向", "进/出口", "进口/出口", "进出"),
            note="填进口或出口。",
        ),
        Column(
            "监管方式", "supervision_code", codes.supervision_code, required=True, width=12, example="0110",
            names=("监管方式代码", "监管方式编码", "监管代码", "贸易方式", "贸易方式代码", "贸易方式编码"),
            note="4 位数字，例如 0110。请用文本格式。",
        ),
        Column(
            "商品编码", "hs_code", codes.hs_code, required=True, width=16, example="44071910",
            names=("HS编码", "HS编号", "HS代码", "HSCODE", "HS", "商品编号", "商品代码", "商品HS编码", "税号", "税则号", "税则号列"),
            note="4 到 10 位数字。请用文本格式。",
        ),
        parts.amount("amount_cny", "金额（元）", names=_SUMS, required=True, example=Decimal("1234567.80"), note=_UNIT),
        parts.amount("amount_usd", "金额（美元）", unit="美元", names=_SUMS, required=True, example=Decimal("185185.17"), note="单位是美元。表头可写明（万美元）。"),
        parts.text(MonthlyTrade, "origin", "境内货源地", names=("货源地", "境内货源地/目的地", "境内目的地/货源地", "境内货源地代码", "境内目的地"), example="黑龙江省哈尔滨市", width=20, note="选填，名称或行政区划代码，用于汇总地产品出口额。"),
        parts.country(MonthlyTrade, "贸易国", names=("贸易国（地区）", "贸易国别", "贸易国别（地区）", "贸易国家", "贸易伙伴", "国别", "国别（地区）", "国家", "国家（地区）"), example="俄罗斯", width=14, note="选填，名称或两个字母的代码。"),
    ),
    key=("credit_code", "month", "direction", "supervision_code", "hs_code", "origin", "country"),
    notes=(
        "一家企业的一个月，按进出口、监管方式、商品编码、货源地和贸易国各一行；相同的几行会加在一起。",
        "导入会替换文件里出现的企业月份：同一企业同一月份的明细请放在一个文件里。",
        "年度的进口额、出口额、跨境电商、资源类产品、地产品和农产品数按本年度的代码清单由明细汇总。",
    ),
)  # fmt: skip
