"""A case of the evaluation contract typed into the calculator, as far as its pages ask for what the case says."""

from collections import Counter
from decimal import Decimal
from urllib.parse import urlencode

from measures import registry
from measures.countries import COUNTRIES
from measures.declaration import RegisterChoice, Rows
from measures.official import FIGURE, MARK


def can_be_typed(case):
    """Whether the calculator can be told all of the case that bears on its result.

    It knows nothing of locks and support items, of awards for what is not claimed, and of countries that do not exist.
    """
    claims = case.get("claims") or []
    items = [registry.ITEMS.get(claim.get("item")) for claim in claims]
    if not claims or None in items or any(item.support for item in items):
        return False
    if any(claim.get("locked_cny") is not None for claim in claims):
        return False
    markets = [line["market"] for claim in claims for line in claim.get("facts", {}).get("premiums", [])]
    return {*markets, *case.get("settings", {}).get("key_markets", [])} <= set(COUNTRIES)


def typed(case):
    """(address, data): what somebody does in the calculator who means the case. Claims keep their order."""
    codes = [claim["item"] for claim in case["claims"]]
    items = [registry.item(code) for code in codes]
    address = f"/calculator/?{urlencode([*(('items', code) for code in codes), ('year', case['year'])])}"
    data = {}
    for official in {official for item in items for official in item.official}:
        _type_official(data, official, case)
    settings = case.get("settings", {})
    data["official-bank_cost_rate"] = _percent(settings.get("bank_cost_rate", "0.50"))
    data["official-key_markets"] = settings.get("key_markets", [])
    for code, rate in settings.get("city_rates", {}).items():
        data[f"official-rate_{code.replace('.', '_')}"] = _percent(rate)
    seen = Counter()
    for item, claim in zip(items, case["claims"], strict=True):
        prefix = f"{item.code.replace('.', '_')}-{seen[item.code]}"
        seen[item.code] += 1
        _type_claim(data, prefix, item, claim, case)
    return address, data


def _percent(rate):
    return f"{(Decimal(rate) * 100).normalize():f}"


def _type_official(data, official, case):
    year = case["year"] - official.years_back
    enterprise = case.get("enterprise", {})
    if official.kind == FIGURE:
        value = case.get("trade", {}).get(str(year), {}).get(official.name)
        data[f"official-{official.name}_{official.years_back}"] = "" if value is None else str(value)
    elif official.name == "introduced_year":
        if enterprise.get(official.name) == case["year"]:
            data["official-introduced_year"] = "on"
    elif (official.kind == MARK or official.name == "dual_circulation") and enterprise.get(official.name):
        data[f"official-{official.name}"] = "on"


def _type_claim(data, prefix, item, claim, case):
    facts = claim.get("facts", {})
    data[f"{prefix}-other_support_cny"] = str(claim.get("other_support_cny", ""))
    for field in item.facts:
        value = facts.get(field.name)
        if isinstance(field, Rows):
            _type_rows(data, f"{prefix}-{field.name}", value or [])
        elif value is not None:
            data[f"{prefix}-{field.name}"] = str(value)
        if isinstance(field, RegisterChoice):
            _type_register(data, f"{prefix}-register", field.source, value, case.get("enterprise", {}))
    for award in case.get("past_awards", []):
        same = award["item"] == item.code and all(
            award.get("subject", "") == facts.get(field.name)
            for field in item.facts
            if isinstance(field, RegisterChoice)
        )
        if same:
            paid = data.setdefault(f"{prefix}-register-paid", [])
            paid.append(award.get("level", "on"))


def _type_rows(data, prefix, rows):
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = len(rows), 0
    for index, row in enumerate(rows):
        for name, value in row.items():
            if value not in (None, False):
                data[f"{prefix}-{index}-{name}"] = "on" if value is True else str(value)


def _type_register(data, prefix, source, subject, enterprise):
    for entry in enterprise.get(source, []):
        if isinstance(entry, dict) and entry["id"] == subject:
            data[f"{prefix}-level"] = entry["level"]
        elif entry == subject:
            data[f"{prefix}-listed"] = "on"
