"""Cases worked out by hand: insurance (7.1 to 7.3)."""

from tests.measures.by_hand.builders import case, claim, dollars, grown

RCEP = ["AU", "BN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"]

INSURANCE = [
    (
        "7.1 exports of 0 are a figure",
        case(claim("7.1", premium_cny="0.01"), trade=dollars(2022, 0)),
        "0.01 0.01 0",
        ["0.01 0.01 0.01 0.01 0.01"],
    ),
    (
        "7.1 without figures, even without a premium",
        case(claim("7.1"), trade=dollars(2021, 0)),
        "0 0 0",
        ["figures_missing"],
    ),
    ("7.1 without a premium", case(claim("7.1"), trade=dollars(2022, 0)), "0 0 0", ["no_cost"]),
    # No cap is stated, so 5 million is its own ceiling and lifts the limit above the 300 万 of 1.1.
    (
        "7.1 an uncapped item may set the highest ceiling",
        case(
            claim("1.1"),
            claim("7.1", premium_cny=5_000_000),
            trade=grown("100000000", export_usd="10000000.00"),
        ),
        "5000000 5000000 0",
        ["3000000 300000 300000 300000 0", "5000000 5000000 5000000 5000000 5000000"],
    ),
    (
        "7.1 fully covered elsewhere is awarded, with a ceiling of 0",
        case(claim("7.1", other=100, premium_cny=100), trade=dollars(2022, 1)),
        "0 0 0",
        ["0 100 100 0 0"],
    ),
    (
        "7.1 the covered one of two claims shares the other's ceiling",
        case(claim("7.1", other=100, premium_cny=100), claim("7.1", premium_cny=50), trade=dollars(2022, 1)),
        "50 50 0",
        ["50 100 100 0 0", "50 50 50 50 50"],
    ),
    # 0.005 + 0.005 = 0.01.
    (
        "7.2 lines are summed before rounding",
        case(claim("7.2", premiums=[{"premium_cny": "0.01", "market": "US"}] * 2)),
        "1500000 0.01 0",
        ["1500000 0.01 0.01 0.01 0.01"],
    ),
    (
        "7.2 China is no key market of itself",
        case(claim("7.2", premiums=[{"premium_cny": 100, "market": "CN"}])),
        "1500000 50 0",
        ["1500000 50 50 50 50"],
    ),
    (
        "7.2 China counts once it is listed; a listed RCEP member counts once",
        case(
            claim(
                "7.2", premiums=[{"premium_cny": 100, "market": "CN"}, {"premium_cny": 100, "market": "JP"}]
            ),
            settings={"key_markets": ["CN", "JP", "JP"]},
        ),
        "1500000 120 0",
        ["1500000 120 120 120 120"],
    ),
    # Each of the fourteen at 60%.
    (
        "7.2 the fourteen other members of RCEP",
        case(
            claim(
                "7.2",
                premiums=[{"premium_cny": 100, "market": market} for market in RCEP],
            )
        ),
        "1500000 840 0",
        ["1500000 840 840 840 840"],
    ),
    (
        "7.2 an agricultural exporter has 90% without any of the raises",
        case(claim("7.2", premiums=[{"premium_cny": 100, "market": "RU"}]), agricultural_exporter=True),
        "1500000 90 0",
        ["1500000 90 90 90 90"],
    ),
    (
        "7.2 no line, and a line without a premium",
        case(claim("7.2"), claim("7.2", premiums=[{"market": "JP"}])),
        "0 0 0",
        ["no_cost", "no_cost"],
    ),
    # 50% × 3,000,000.01 = 1,500,000.005; the second claim finds the cap used up.
    (
        "7.2 two claims share 150 万",
        case(
            claim("7.2", premiums=[{"premium_cny": "3000000.01", "market": "US"}]),
            claim("7.2", premiums=[{"premium_cny": 100, "market": "US"}]),
        ),
        "1500000 1500000 0",
        ["1500000 1500000 1500000 1500000 1500000", "1500000 50 0 0 0"],
    ),
    (
        "7.3 one cent short of USD 500,000 in the year before",
        case(claim("7.3", premium_cny=100), trade={**dollars(2021, "499999.99"), **dollars(2022, 900_000)}),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "7.3 this year's exports do not stand in for last year's",
        case(claim("7.3", premium_cny=100), trade=dollars(2022, 900_000)),
        "0 0 0",
        ["figures_missing"],
    ),
    (
        "7.3 two claims share 50 万",
        case(
            claim("7.3", premium_cny=800_000),
            claim("7.3", premium_cny=400_000),
            trade=dollars(2021, 500_000),
        ),
        "500000 500000 0",
        ["500000 400000 400000 400000 400000", "500000 200000 100000 100000 100000"],
    ),
]
