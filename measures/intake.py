"""From JSON data to a checked case: what may stand in a case, declared here or derived from the items.

Anything else refuses the case whole, with the path of the offending value, or of the place where a missing one
belongs.
"""

import re
from collections.abc import Mapping
from typing import Any

from measures import declaration, wire
from measures.case import (
    BANK_COST_RATE_LIMIT,
    FIRST_YEAR,
    LAST_YEAR,
    LEVEL_LABELS,
    Case,
    ClaimInput,
    Enterprise,
    PastAward,
    Platform,
    Settings,
    TradeYear,
)
from measures.item import CITY, Item
from measures.money import ZERO
from measures.official import FIGURE_LABELS
from measures.registry import ITEMS
from measures.wire import ContractError, Reader, list_of, nullable, object_of

_YEAR_KEY = re.compile(r"[0-9]{4}").fullmatch

_FIELD_READERS: Mapping[type, Reader] = {
    declaration.Amount: wire.read_amount,
    declaration.Count: wire.read_count,
    declaration.Day: wire.read_day,
    declaration.Market: wire.read_market,
    declaration.Flag: wire.read_flag,
    declaration.RegisterChoice: wire.read_name,
}
_FIELD_DEFAULTS: Mapping[type, Any] = {
    declaration.Amount: ZERO,
    declaration.Count: 0,
    declaration.Text: "",
    declaration.Day: None,
    declaration.Flag: False,
    declaration.Rows: (),
}


def _field_reader(field: declaration.Field) -> Reader:
    """Derive the reader of one declared field."""
    if isinstance(field, declaration.Rows):
        return list_of(_fields_reader(field.fields))
    if isinstance(field, declaration.Choice):
        return wire.one_of(tuple(value for value, _ in field.choices))
    if isinstance(field, declaration.Text):
        return wire.read_name if field.required else wire.read_text
    reader = _FIELD_READERS[type(field)]
    return nullable(reader) if getattr(field, "optional", False) else reader


def _fields_reader(fields: tuple[declaration.Field, ...]) -> Reader:
    """Derive the reader of an object from its declared fields."""
    read = object_of(
        {field.name: _field_reader(field) for field in fields},
        {field.name: _FIELD_DEFAULTS[type(field)] for field in fields if not field.required},
    )
    ordered = [field for field in fields if isinstance(field, declaration.Day) and field.not_before]
    if not ordered:
        return read

    def read_ordered(value: Any) -> dict[str, Any]:
        values = read(value)
        for field in ordered:
            earlier, later = values[field.not_before], values[field.name]
            if earlier and later and later < earlier:
                raise ContractError(field.name, "before_start", f"{field.label}不能早于前一个日期。")
        return values

    return read_ordered


_FACTS: Mapping[str, Reader] = {code: _fields_reader(item.facts) for code, item in ITEMS.items()}


def _read_item(value: Any) -> str:
    if type(value) is not str:
        raise wire.wrong_type("写成文本的事项代码")
    if value not in ITEMS:
        raise ContractError("", "unknown_item", "没有这个事项。")
    return value


def _as_given(value: Any) -> Any:
    return value


_LEVEL = wire.one_of(tuple(LEVEL_LABELS))
_PLATFORMS = list_of(object_of({"id": wire.read_name, "level": _LEVEL}, {}))
_KEY_MARKETS = list_of(wire.read_market)
_PAST_AWARD = object_of(
    {"item": _read_item, "subject": wire.read_name, "level": _LEVEL}, {"subject": "", "level": ""}
)
_FIGURES = object_of(dict.fromkeys(FIGURE_LABELS, wire.read_amount_or_null), dict.fromkeys(FIGURE_LABELS))
_CITY_RATE_READERS = {
    code: wire.rate_up_to(item.RATE_LIMIT) for code, item in ITEMS.items() if item.payer == CITY
}
_CITY_RATES = object_of(_CITY_RATE_READERS, dict.fromkeys(_CITY_RATE_READERS))
_CLAIM = object_of(
    {
        "id": wire.read_name,
        "item": _read_item,
        "facts": _as_given,
        "other_support_cny": wire.read_amount,
        "locked_cny": wire.read_amount_or_null,
    },
    {"facts": {}, "other_support_cny": ZERO, "locked_cny": None},
)


def _read_platforms(value: Any) -> tuple[Platform, ...]:
    platforms = _PLATFORMS(value)
    _refuse_repeated(platforms)
    return tuple([Platform(**platform) for platform in platforms])


def _refuse_repeated(entries: tuple[Mapping[str, Any], ...]) -> None:
    """Refuse the second of two entries with one id."""
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if entry["id"] in seen:
            raise ContractError(f"[{position}].id", "repeated_id", "这个编号前面已经用过。")
        seen.add(entry["id"])


def _read_past_award(value: Any) -> PastAward:
    award = _PAST_AWARD(value)
    item = ITEMS[award["item"]]
    if not item.once_for_ever:
        raise ContractError("item", "unknown_choice", "这个事项没有一次性奖励的记录。")
    for key in ("subject", "level"):
        if key in item.past_award_keys and key not in value:
            raise ContractError(key, "required", "缺少这个数据项。")
        if key not in item.past_award_keys and key in value:
            raise ContractError(key, "unknown_key", "这个事项的记录没有这个数据项。")
    return PastAward(**award)


def _read_trade(value: Any) -> dict[int, TradeYear]:
    if type(value) is not dict:
        raise wire.no_plain_object(value)
    trade = {}
    for year, figures in value.items():
        if not _YEAR_KEY(year):
            raise ContractError(year, "unknown_key", "这里应是四位数的年份。")
        try:
            trade[int(year)] = TradeYear(**_FIGURES(figures))
        except ContractError as refusal:
            raise refusal.under(year) from None
    return trade


def _read_city_rates(value: Any) -> dict:
    return {code: rate for code, rate in _CITY_RATES(value).items() if rate is not None}


def _read_key_markets(value: Any) -> frozenset[str]:
    return frozenset(_KEY_MARKETS(value))


_ENTERPRISE = object_of(
    {
        "introduced_year": nullable(wire.read_integer),
        "ftz": wire.read_flag,
        "platform_member": wire.read_flag,
        "agricultural_exporter": wire.read_flag,
        "trade_platforms": _read_platforms,
        "overseas_warehouses": list_of(wire.read_name),
        "dual_circulation": wire.read_flag,
    },
    {
        "introduced_year": None,
        "ftz": False,
        "platform_member": False,
        "agricultural_exporter": False,
        "trade_platforms": (),
        "overseas_warehouses": (),
        "dual_circulation": False,
    },
)
_SETTINGS = object_of(
    {
        "bank_cost_rate": wire.rate_up_to(BANK_COST_RATE_LIMIT),
        "key_markets": _read_key_markets,
        "city_rates": _read_city_rates,
    },
    {"bank_cost_rate": BANK_COST_RATE_LIMIT, "key_markets": frozenset(), "city_rates": {}},
)


def _read_claim(value: Any) -> dict[str, Any]:
    claim = _CLAIM(value)
    claim["facts"] = parse_facts(ITEMS[claim["item"]], claim["facts"])
    return claim


_CLAIMS = list_of(_read_claim)


def _read_claims(value: Any) -> tuple[ClaimInput, ...]:
    claims = _CLAIMS(value)
    _refuse_repeated(claims)
    return tuple(
        [
            ClaimInput(
                claim["id"], claim["item"], claim["facts"], claim["other_support_cny"], claim["locked_cny"]
            )
            for claim in claims
        ]
    )


def read_case_id(value: Any) -> str | int | None:
    """Read the id of a case: a text, an integer or null."""
    if value is not None and type(value) is not str and type(value) is not int:
        raise wire.wrong_type("文本、整数或 null")
    return value


def _read_enterprise(value: Any) -> Enterprise:
    return Enterprise(**_ENTERPRISE(value))


def _read_settings(value: Any) -> Settings:
    return Settings(**_SETTINGS(value))


_CASE = object_of(
    {
        "case": read_case_id,
        "year": wire.integer_between(FIRST_YEAR, LAST_YEAR),
        "enterprise": _read_enterprise,
        "trade": _read_trade,
        "settings": _read_settings,
        "past_awards": list_of(_read_past_award),
        "claims": _read_claims,
    },
    {
        "case": None,
        "enterprise": Enterprise(),
        "trade": {},
        "settings": Settings(),
        "past_awards": (),
    },
)


def parse_case(value: Any) -> Case:
    """Read a whole case from JSON data. Raises ContractError with the path of what is wrong."""
    return Case(**_CASE(value))


def parse_facts(item: Item, value: Any, path: str = "facts") -> dict[str, Any]:
    """Read the facts of one claim: a checked value for every fact that the item declares.

    Amounts come as decimals of yuan, days as dates, rows as tuples of such mappings. Raises ContractError.
    """
    try:
        return _FACTS[item.code](value)
    except ContractError as refusal:
        raise refusal.under(path) from None
