"""What official data say against a claim: which checks an item has, at, below and above each of them."""

from decimal import Decimal

import pytest

from measures.case import TradeYear
from measures.contract import parse_facts
from measures.contradictions import KINDS, AboveFigures, Known
from measures.registry import ITEMS, item

DECLARED = [(code, each) for code, one in ITEMS.items() for each in one.contradictions]


def found(code, facts, **known):
    """What contradicts a claim of 2025, as (kind, key, params)."""
    facts = parse_facts(item(code), facts)
    checks = item(code).contradictions
    return [
        (each.kind, each.key, dict(each.params))
        for check in checks
        for each in check.find(facts, Known(year=2025, **known))
    ]


def kinds(*args, **known):
    """The kinds of what contradicts a claim."""
    return [kind for kind, _, _ in found(*args, **known)]


def trade(**figures):
    """Figures of a year in yuan; the others are missing."""
    return TradeYear(**{name: Decimal(value) for name, value in figures.items()})


def test_items_that_official_data_can_contradict_declare_it():
    assert {code for code, _ in DECLARED} == {"3.2", "4.1", "4.2", "7.1", "7.2", "7.3"}
    assert {check.kind for _, check in DECLARED} == set(KINDS)


@pytest.mark.parametrize(("code", "check"), DECLARED)
def test_a_check_looks_at_facts_that_the_item_has(code, check):
    names = {field.name for field in item(code).facts}
    for name in (
        getattr(check, "rows", ""),
        "" if getattr(check, "rows", "") else getattr(check, "fact", ""),
    ):
        assert not name or name in names


@pytest.mark.parametrize(
    ("landed", "expected"),
    [("300000000.00", []), ("300000000.01", ["landed_above_imports"]), ("0", [])],
)
def test_landed_value_can_be_all_resource_imports_but_no_more(landed, expected):
    figures = trade(resource_import_cny="300000000.00")
    assert kinds("4.1", {"landed_cny": landed}, this_year=figures) == expected


def test_the_numbers_that_a_contradiction_rests_on_stand_in_it():
    [(_, key, params)] = found(
        "4.1", {"landed_cny": "5000"}, this_year=trade(resource_import_cny="3000.50", import_cny="9000")
    )
    assert key == ""
    assert params == {
        "fact": "landed_cny",
        "declared": Decimal(5000),
        "figures": ("resource_import_cny",),
        "official": Decimal("3000.50"),
        "year": 2025,
    }


def test_a_missing_figure_contradicts_nothing():
    assert kinds("4.1", {"landed_cny": "5000"}) == []
    assert kinds("3.2", {"site": "a", "site_trade_cny": "5000"}, this_year=trade(import_cny="1")) == []
    assert kinds("7.1", {"premium_cny": "5000"}) == []
    assert kinds("7.3", {"premium_cny": "5000"}, this_year=trade(export_usd="0")) == []


def test_a_sites_trade_is_part_of_cross_border_trade_or_where_that_is_missing_of_all_trade():
    site = {"site": "shop.example", "site_trade_cny": "100"}
    whole = {"import_cny": "60", "export_cny": "40"}
    assert kinds("3.2", site, this_year=trade(**whole)) == []
    assert kinds("3.2", {**site, "site_trade_cny": "100.01"}, this_year=trade(**whole)) == [
        "site_above_trade"
    ]
    assert kinds("3.2", site, this_year=trade(**whole, cross_border_cny="99.99")) == ["site_above_trade"]
    assert kinds("3.2", site, this_year=trade(cross_border_cny="100", import_cny="1", export_cny="1")) == []


@pytest.mark.parametrize(
    ("code", "years", "value", "expected"),
    [
        ("7.1", "this_year", "10000000.00", []),
        ("7.1", "this_year", "10000000.01", ["exports_outside_limit"]),
        ("7.3", "last_year", "500000.00", []),
        ("7.3", "last_year", "499999.99", ["exports_outside_limit"]),
        ("7.3", "this_year", "499999.99", []),
    ],
)
def test_exports_outside_what_an_insurance_is_for(code, years, value, expected):
    assert kinds(code, {"premium_cny": "100"}, **{years: trade(export_usd=value)}) == expected


def test_exports_of_local_products_below_what_opens_the_item():
    assert kinds("4.2", {}, this_year=trade(local_product_export_cny="50000000")) == []
    [(kind, _, params)] = found("4.2", {}, this_year=trade(local_product_export_cny="49999999.99"))
    assert (kind, params["least"]) == ("exports_outside_limit", Decimal(50_000_000))


@pytest.mark.parametrize(
    ("figures", "contradicted"),
    [
        ({"export_cny": "0"}, True),
        ({"export_usd": "0"}, True),
        ({"export_cny": "0", "export_usd": "0.00"}, True),
        ({"export_cny": "0.01", "export_usd": "0"}, False),
        ({"import_cny": "0"}, False),
        ({}, False),
    ],
)
def test_a_premium_without_any_exports(figures, contradicted):
    row = {"premium_cny": "64000", "market": "JP"}
    for code, facts in (("7.1", {"premium_cny": "64000"}), ("7.2", {"premiums": [row, row]})):
        known = {"this_year": trade(**figures)}
        assert ("premium_without_exports" in kinds(code, facts, **known)) is contradicted
    assert kinds("7.1", {"premium_cny": "0"}, **known) == kinds("7.2", {"premiums": []}, **known) == []


def test_each_market_without_exports_is_named_once_with_its_premiums():
    rows = [
        {"premium_cny": "10.50", "market": "JP"},
        {"premium_cny": "5", "market": "JP", "new_mode": True},
        {"premium_cny": "7", "market": "RU"},
        {"premium_cny": "1", "market": "KR"},
    ]
    assert found("7.2", {"premiums": rows}, export_markets=frozenset({"RU"})) == [
        (
            "market_without_exports",
            market,
            {"market": market, "declared": Decimal(declared), "markets": ("RU",), "year": 2025},
        )
        for market, declared in (("JP", "15.50"), ("KR", "1"))
    ]
    assert found("7.2", {"premiums": rows}) == [], "without detail nobody can tell"


def test_of_several_sums_the_first_that_is_known_whole_counts():
    check = AboveFigures(kind="x", fact="a", sums=(("cross_border_cny",), ("import_cny", "export_cny")))
    partly = Known(year=2025, this_year=trade(import_cny="1"))
    assert list(check.find({"a": Decimal(9)}, partly)) == []
