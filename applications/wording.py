"""Declared values and official data as people read them."""

from dataclasses import dataclass
from decimal import Decimal

from applications.models import Platform
from applications.trade_figures import LOADED
from measures import declaration, official
from measures.countries import country_name
from measures.money import grouped
from measures.step_sentences import percent

NOTHING = "—"
NO_FIGURE = "尚无数据"


def value_text(declared, value):
    """A declared or verified value; amounts without their unit, which stands in the table's head."""
    if value is None or value == "":
        return NOTHING
    match declared:
        case declaration.Amount():
            return grouped(Decimal(str(value)))
        case declaration.Count():
            return f"{value} {declared.unit}"
        case declaration.Flag():
            return _yes_no(value)
        case declaration.Market():
            return country_name(value)
        case declaration.Choice():
            return dict(declared.choices).get(value, value)
    return str(value)


@dataclass(frozen=True)
class OfficialLine:
    """One official figure, register, mark or setting that a rule takes, with where it comes from."""

    label: str
    value: str
    source: str


def official_lines(rule, year_input, city):
    """An OfficialLine for everything that the item takes from official data, for the firm and year of a YearInput."""
    return [_official_line(each, rule, year_input, city) for each in rule.official]


def _official_line(each, rule, year_input, city):
    if each.kind == official.FIGURE:
        year = year_input.row.year - each.years_back
        figures = year_input.trade.get(year)
        value = getattr(figures, each.name, None)
        text = NO_FIGURE if value is None else f"{grouped(value)} {each.unit}"
        source = figures.source_of(each.name) if figures else LOADED
        return OfficialLine(f"{year} 年{each.label}", text, source)
    return OfficialLine(each.label, _TEXTS[each.name](year_input, rule, city), _SOURCES[each.kind])


_SOURCES = {official.REGISTER: "认定名单", official.MARK: "官方名录", official.SETTING: "年度设置"}


def _yes_no(value):
    return "是" if value else "否"


def _introduced(year_input, *_):
    year = year_input.registered.introduced_year if year_input.registered else None
    return f"{year} 年" if year else "没有记录"


def _platforms(year_input, *_):
    levels = dict(Platform.Level.choices)
    return "、".join(f"{row.name}（{levels[row.level]}）" for row in year_input.platforms) or "不在名单内"


def _city_rate(year_input, rule, city):
    row = year_input.city_rates.get((city, year_input.row.year, rule.code))
    return "所在市（地）尚未设定" if row is None else percent(row.rate)


_TEXTS = {
    "trade_platforms": _platforms,
    "overseas_warehouses": lambda given, *_: "、".join(row.name for row in given.warehouses) or "不在名单内",
    "dual_circulation": lambda given, *_: "在名单内" if given.dual_circulation else "不在名单内",
    "introduced_year": _introduced,
    "ftz": lambda given, *_: _yes_no(given.registered and given.registered.ftz),
    "platform_member": lambda given, *_: _yes_no(given.platform_member),
    "agricultural_exporter": lambda given, *_: _yes_no(given.agricultural),
    "bank_cost_rate": lambda given, *_: percent(given.settings.bank_cost_rate),
    "key_markets": lambda given, *_: "、".join(map(country_name, given.settings.key_markets)) or "没有另定",
    "city_rates": _city_rate,
}
