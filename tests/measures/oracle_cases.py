"""Hypothesis strategies for whole cases in JSON, made so that rules meet: caps, locks, thresholds, the limit.

Amounts are drawn from around the numbers of the policy (one fen below, exactly, one fen above) as often as
from anywhere else. Enough stands in favour of the enterprise that more than half of the cases pay something.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

ONCE_A_YEAR = ["1.1", "3.1", "3.5", "6.1"]
REPEATABLE = [
    "2.1",
    "3.2",
    "3.3",
    "3.4",
    "4.1",
    "4.2",
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "5.5",
    "7.1",
    "7.2",
    "7.3",
]
MONEY_ITEMS = [*ONCE_A_YEAR, *REPEATABLE]
SUPPORT_ITEMS = ["8.1", "9.1", "10.1", "11.1", "12.1"]
# Sets of items that share something: a cap, a ceiling that grows with its claims, or equal ceilings.
COMPANIES = [
    MONEY_ITEMS,
    MONEY_ITEMS,
    MONEY_ITEMS + SUPPORT_ITEMS,
    ["5.1", "5.2", "5.3"],
    ["5.1", "5.3", "5.5", "6.1"],
    ["4.1", "4.2", "2.1"],
    ["7.2", "1.1", "3.4"],
    ["7.3", "3.2", "3.5"],
    ["3.3", "5.4", "5.5", "7.1"],
    ["2.1", "3.4", "3.2", "3.1", "6.1"],
    ["11.1", "11.1", "7.1"],
]
YEARS = [2022, 2022, 2022, 2019, 2020, 2021, 2023, 2024, 2025, 2026, 2027, 2000, 2100]
PLATFORMS = ["P1", "P2", "P3", "平台"]
WAREHOUSES = ["W1", "W2"]
MARKETS = ["US", "JP", "VN", "RU", "CN", "KH", "DE", "XX"]
# Days on which another LPR was published than the one before.
LPR_CUTS = [
    *(date(2019, 9, 20), date(2019, 11, 20), date(2020, 2, 20), date(2020, 4, 20), date(2021, 12, 20)),
    *(date(2022, 1, 20), date(2022, 8, 22), date(2023, 6, 20), date(2023, 8, 21), date(2024, 7, 22)),
    *(date(2024, 10, 21), date(2025, 5, 20)),
]
CITY_RATES = {
    "3.3": ["0.5", "0.50", "0.3", "0.123456", "0"],
    "5.4": ["0.5", "0.4", "0.10", "0.000001", "0"],
    "5.5": ["0.7", "0.700000", "0.65", "0.1", "0"],
}


def written(fen, style):
    """An amount of fen in one of the ways in which a case may write it."""
    whole, cents = divmod(fen, 100)
    if style == 0 and cents == 0:
        return whole
    if style == 1 and cents % 10 == 0:
        return f"{whole}.{cents // 10}"
    if style == 2:
        return f"000{whole}.{cents:02d}"
    return f"{whole}.{cents:02d}" if cents else str(whole)


@cache
def amounts(*around, bottom=0, top=3_000_000):
    """Amounts: one fen about each of some numbers of yuan, or anything from `bottom` to `top` yuan."""
    near = [max(0, number * 100 + offset) for number in around or (1,) for offset in (-1, 0, 1)]
    whole = st.integers(bottom, top).map(lambda value: value * 100)
    fen = st.one_of(st.sampled_from(near), whole, st.integers(bottom * 100, top * 100))
    return st.builds(written, fen, st.integers(0, 4))


@cache
def mostly(strategy, others):
    """Three draws out of four from the first strategy."""
    return st.sampled_from([strategy, strategy, strategy, others]).flatmap(lambda chosen: chosen)


@cache
def figures(growing):
    """The official figures of one year, any of them missing; in a growing year mostly over the thresholds."""
    trade = (200_000_000, 900_000_000) if growing else (0, 60_000_000)
    kinds = {
        "import_cny": ((100_000_000, 50_000_000), *trade),
        "export_cny": ((50_000_000, 110_000_000), *trade),
        "export_usd": ((10_000_000 if growing else 500_000,), 500_000, 10_000_000),
        "cross_border_cny": ((10_000_000, 100_000_000, 20_999_999), 10_000_000, 130_000_000),
        "resource_import_cny": ((100_000_000, 400_000_000), 100_000_000, 500_000_000),
        "local_product_export_cny": ((50_000_000, 90_000_000), 50_000_000, 500_000_000),
    }
    known = {name: amounts(*around, bottom=bottom, top=top) for name, (around, bottom, top) in kinds.items()}
    gappy = {name: st.one_of(values, st.none()) for name, values in known.items()}
    return mostly(st.fixed_dictionaries(known), st.fixed_dictionaries({}, optional=gappy))


@cache
def loans(year):
    """Loans of every position towards the year: across it, outside it, and before the first LPR."""
    around = st.dates(date(year - 2, 7, 1), date(year + 1, 2, 28))
    cuts = [day for day in LPR_CUTS if year - 1 <= day.year <= year]
    turns = st.sampled_from(
        [
            *cuts,
            *(day - timedelta(days=1) for day in cuts),
            *(date(year - 1, 12, 31), date(year, 1, 1), date(year, 2, 28), date(year, 12, 31)),
        ]
    )
    early = st.sampled_from([date(2019, 8, 19), date(2005, 1, 1), date(1, 1, 1)])
    issued = st.sampled_from([around, around, around, turns, turns, around, turns, early]).flatmap(
        lambda chosen: chosen
    )
    length = st.one_of(st.none(), st.integers(0, 900), st.sampled_from([0, 1, 365, 366]))
    return st.builds(
        loan,
        issued,
        length,
        amounts(10_000_000, top=30_000_000),
        mostly(amounts(9_000_000), amounts(200_000)),
    )


def loan(issued, length, principal, interest):
    """One loan of a bank item; `length` in days, None while it is open."""
    row = {"issued_on": issued.isoformat(), "principal_cny": principal, "interest_paid_cny": interest}
    if length is not None:
        row["repaid_on"] = (issued + timedelta(days=length)).isoformat()
    return row


@cache
def refunds(year):
    """Refunds across weekends, long holidays and the edge of the known years."""
    edges = [date(2022, 9, 28), date(2022, 1, 28), date(2026, 12, 28), date(2003, 12, 31), date(2027, 1, 4)]
    accepted = st.one_of(
        st.dates(date(year, 1, 1), date(year, 12, 31)), st.sampled_from(edges), st.sampled_from(edges[:2])
    )
    return st.builds(refund, accepted, st.one_of(st.none(), st.integers(0, 14)))


def refund(accepted, length):
    """One refund of 11.1; `length` in days, None while it is open."""
    done = None if length is None else (accepted + timedelta(days=length)).isoformat()
    return {"accepted_on": accepted.isoformat(), "refunded_on": done}


@cache
def facts_of(item, year):
    """Facts of one claim of an item."""
    cost = amounts(100_000, 300_000, 500_000, bottom=1, top=900_000)
    premium = st.fixed_dictionaries(
        {"market": st.sampled_from(MARKETS)},
        optional={"premium_cny": amounts(1_000_000), "new_mode": st.booleans()},
    )
    bank = {"bank_fees_cny": amounts(54_000, 4_000_000), "loans": st.lists(loans(year), max_size=3)}
    required = {
        "2.1": {"platform": st.sampled_from(PLATFORMS)},
        "3.2": {"site": st.sampled_from(["shop.example", "b"])},
        "3.4": {"warehouse": st.sampled_from(WAREHOUSES)},
    }
    optional = {
        "3.2": {
            "construction_cny": amounts(1_666_667),
            "site_trade_cny": amounts(10_000_000, bottom=10_000_000, top=90_000_000),
        },
        "3.3": {"entry_fee_cny": cost, "promotion_cny": cost},
        "3.5": {
            "served_smes": st.sampled_from([15, 15, 16, 40, 14]),
            "trade_handled_cny": amounts(300_000_000, bottom=300_000_000, top=900_000_000),
        },
        "4.1": {**bank, "landed_cny": amounts(50_000_000, 200_000_000, bottom=250_000_000, top=900_000_000)},
        "4.2": bank,
        "5.1": {"booth_cny": cost, "freight_cny": cost, "travel_cny": cost, "lodging_cny": cost},
        "5.2": {"booth_cny": cost, "freight_cny": cost},
        "5.3": {"participation_cny": cost},
        "5.4": {"credit_report_cny": cost, "online_promotion_cny": cost},
        "5.5": {"brand_cny": cost, "trademark_cny": cost, "certification_cny": cost},
        "7.1": {"premium_cny": cost},
        "7.2": {"premiums": st.lists(premium, max_size=3)},
        "7.3": {"premium_cny": amounts(1_000_000)},
        "11.1": {"refunds": st.lists(refunds(year), max_size=9)},
    }
    wishes = {"subject": st.sampled_from(["", "班列"]), "details": st.just("请协调")}
    may = optional.get(item, wishes if item in SUPPORT_ITEMS else {})
    must = required.get(item, {})
    return mostly(st.fixed_dictionaries({**must, **may}), st.fixed_dictionaries(must, optional=may))


@cache
def enterprises(year):
    """What is registered of an enterprise."""
    platforms = st.dictionaries(
        st.sampled_from(PLATFORMS), st.sampled_from(["national", "provincial"]), min_size=2
    )
    return st.fixed_dictionaries(
        {
            "trade_platforms": platforms.map(
                lambda levels: [{"id": name, "level": level} for name, level in levels.items()]
            ),
            "overseas_warehouses": st.sampled_from([["W1"], ["W1", "W2"], ["W2", "W1", "W1"], []]),
            "dual_circulation": st.sampled_from([True, True, True, False]),
        },
        optional={
            "introduced_year": st.sampled_from([None, year, year - 1]),
            "ftz": st.booleans(),
            "platform_member": st.booleans(),
            "agricultural_exporter": st.sampled_from([False, False, True]),
        },
    )


@cache
def settings():
    """The rates of the year; each of them may be left out or be 0."""
    city_rates = {item: st.sampled_from(rates) for item, rates in CITY_RATES.items()}
    return st.fixed_dictionaries(
        {
            "city_rates": mostly(
                st.fixed_dictionaries(city_rates), st.fixed_dictionaries({}, optional=city_rates)
            )
        },
        optional={
            "bank_cost_rate": st.sampled_from(["0.50", "0.5", "0.333333", "0.000001", "00.4", "0"]),
            "key_markets": st.lists(st.sampled_from(["RU", "CN", "US", "JP"]), max_size=3),
        },
    )


@cache
def past_awards():
    """Awards of earlier years, seldom of what is claimed now."""
    award = st.one_of(
        st.builds(
            lambda platform, level: {"item": "2.1", "subject": platform, "level": level},
            st.sampled_from(PLATFORMS),
            st.sampled_from(["national", "provincial"]),
        ),
        st.sampled_from(
            [{"item": "3.4", "subject": "W2"}, {"item": "3.4", "subject": "W9"}, {"item": "6.1"}]
        ),
    )
    return st.sampled_from([st.just([]), st.just([]), st.lists(award, max_size=2)]).flatmap(
        lambda chosen: chosen
    )


@cache
def locks():
    """How finance has fixed amounts in one case: for no claim, for some, or for most of them."""
    some = st.one_of(st.sampled_from(["0", 0]), amounts(20_000, 300_000, 1_000_000, 2_000_000))
    return st.sampled_from(
        [st.none(), mostly(st.none(), some), mostly(st.none(), some), mostly(some, st.none())]
    )


def to_the_edge(case, offset):
    """Moves growth (1.1) and the landing ratio (4.1) of a case to within a fen of where they decide."""
    year = str(case["year"])
    figures, before = case["trade"][year], case["trade"][str(case["year"] - 1)]
    earlier = sum(Decimal(before.get(name) or 0) for name in ("import_cny", "export_cny"))
    figures["import_cny"] = str(earlier + 100_000_000 + offset)
    figures["export_cny"] = 0
    for claim in case["claims"]:
        if claim["item"] == "4.1":
            figures["resource_import_cny"] = "100000000.02"
            claim["facts"]["landed_cny"] = str(Decimal("50000000.01") + offset)
    return case


@st.composite
def cases(draw):
    """A whole case that the contract accepts."""
    year = draw(st.sampled_from(YEARS))
    items = draw(st.lists(st.sampled_from(draw(st.sampled_from(COMPANIES))), min_size=1, max_size=6))
    if draw(st.integers(0, 3)):
        items = [
            item for index, item in enumerate(items) if item not in ONCE_A_YEAR or item not in items[:index]
        ]
    lock = draw(locks())
    claims = []
    for index, item in enumerate(items):
        claim = {"id": f"{index}号", "item": item, "facts": draw(facts_of(item, year))}
        locked = draw(lock)
        if locked is not None or index % 2:
            claim["locked_cny"] = locked
        if draw(st.integers(0, 3)) == 0:
            claim["other_support_cny"] = draw(amounts(10_000, 300_000, 1_000_000, 2_000_000))
        claims.append(claim)
    case = {
        "case": draw(st.sampled_from(["x", "", 7, None])),
        "year": year,
        "enterprise": draw(enterprises(year)),
        "trade": {str(year - 1): draw(figures(False)), str(year): draw(figures(True))},
        "settings": draw(settings()),
        "past_awards": draw(past_awards()),
        "claims": claims,
    }
    if draw(st.integers(0, 4)) == 0:
        return to_the_edge(case, draw(st.sampled_from([Decimal("0"), Decimal("0.01"), Decimal("-0.01")])))
    return case
