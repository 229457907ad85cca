"""Cases worked out by hand: locks, overpaid money and the combined limit."""

from tests.measures.by_hand.builders import NATIONAL, PROVINCIAL, SUPPORT, case, claim, dollars, grown

LOCKS_AND_LIMIT = [
    ("no claims at all", case(), "0 0 0", []),
    # 300,000 + 1,000,000 + 300,000 + 1,400,000 = 3,000,000, just the ceiling of 1.1.
    (
        "a small award under 1.1 lifts the limit for all",
        case(
            claim("5.1", booth_cny=500_000),
            claim("7.2", premiums=[{"premium_cny": 2_800_000, "market": "US"}]),
            claim("3.4", warehouse="W1"),
            claim("1.1"),
            trade=grown("100000000"),
            overseas_warehouses=["W1"],
        ),
        "3000000 3000000 0",
        [
            "300000 350000 300000 300000 300000",
            "1500000 1400000 1400000 1400000 1400000",
            "1000000 1000000 1000000 1000000 1000000",
            "3000000 300000 300000 300000 300000",
        ],
    ),
    (
        "of equal ceilings the larger amount after overlap comes first",
        case(
            claim("2.1", other=600_000, platform="P1"),
            claim("3.4", warehouse="W1"),
            trade_platforms=PROVINCIAL,
            overseas_warehouses=["W1"],
        ),
        "1000000 1000000 0",
        ["1000000 1000000 1000000 400000 0", "1000000 1000000 1000000 1000000 1000000"],
    ),
    (
        "what is covered to the fen is awarded but lends no ceiling",
        case(claim("6.1", other="200000.00"), dual_circulation=True),
        "0 0 0",
        ["200000 200000 200000 0 0"],
    ),
    (
        "a lock at 0 takes nothing from the shared cap",
        case(claim("5.1", locked="0", booth_cny=500_000), claim("5.3", participation_cny=600_000)),
        "300000 300000 0",
        ["300000 350000 300000 300000 0", "300000 300000 300000 300000 300000"],
    ),
    (
        "a claim locked at 0 still lends its ceiling",
        case(
            claim("2.1", locked=0, platform="P1"),
            claim("5.1", booth_cny=500_000),
            claim("6.1"),
            trade_platforms=NATIONAL,
            dual_circulation=True,
        ),
        "2000000 500000 0",
        [
            "2000000 2000000 2000000 2000000 0",
            "300000 350000 300000 300000 300000",
            "200000 200000 200000 200000 200000",
        ],
    ),
    # 500,000 − min(1,000,000, 200,000) = 300,000 overpaid; 500,000 of the limit is left for b.
    (
        "overpaid money uses up the limit",
        case(
            claim("6.1", locked=500_000),
            claim("3.4", warehouse="W1"),
            dual_circulation=True,
            overseas_warehouses=["W1"],
        ),
        "1000000 1000000 300000",
        ["200000 200000 200000 200000 500000", "1000000 1000000 1000000 1000000 500000"],
    ),
    # 900,000 − min(300,000, 200,000) = 700,000; nothing is left, never less than nothing.
    (
        "locked money above the limit leaves nothing",
        case(claim("6.1", locked=900_000), claim("5.1", booth_cny=500_000), dual_circulation=True),
        "300000 900000 700000",
        ["200000 200000 200000 200000 900000", "300000 350000 300000 300000 0"],
    ),
    # 2,000,000 − min(1,000,000, 2,000,000).
    (
        "two locked claims, each due, together above the limit",
        case(
            claim("3.4", locked=1_000_000, warehouse="W1"),
            claim("3.4", locked=1_000_000, warehouse="W2"),
            overseas_warehouses=["W1", "W2"],
        ),
        "1000000 2000000 1000000",
        ["1000000 1000000 1000000 1000000 1000000", "1000000 1000000 1000000 1000000 1000000"],
    ),
    (
        "a locked claim without any entitlement leaves less for the others",
        case(claim("6.1", locked=200_000), claim("5.3", participation_cny=400_000)),
        "300000 300000 200000",
        ["not_on_register:200000", "300000 200000 200000 200000 100000"],
    ),
    # The first claim stands, but the money already went to the second: 200,000 − min(200,000, 0).
    (
        "a lock does not turn the second claim into the first",
        case(claim("6.1"), claim("6.1", locked=200_000), dual_circulation=True),
        "200000 200000 200000",
        ["200000 200000 200000 200000 0", "already_awarded:200000"],
    ),
    # b is served first: 200,000 − 50,000 = 150,000; a finds 150,000 and needs 140,000.
    (
        "a locked claim takes from the shared cap what it has after overlap",
        case(
            claim("5.1", booth_cny=200_000),
            claim("5.3", locked=150_000, other=50_000, participation_cny=400_000),
        ),
        "300000 290000 0",
        ["300000 140000 140000 140000 140000", "300000 200000 200000 150000 150000"],
    ),
    # a takes 250,000, b finds 50,000: 350,000 − min(300,000, 250,000 + 50,000).
    (
        "two locked claims above their shared cap",
        case(
            claim("5.3", locked=250_000, participation_cny=500_000),
            claim("5.3", locked=100_000, participation_cny=200_000),
        ),
        "300000 350000 50000",
        ["300000 250000 250000 250000 250000", "300000 100000 50000 50000 100000"],
    ),
    # a takes only 20,000 of its 300,000; the locked b then has its whole 100,000, and c finds 180,000.
    (
        "locked claims take in the order of filing, each at most its lock",
        case(
            claim("5.1", locked=20_000, booth_cny=500_000),
            claim("5.3", locked=100_000, participation_cny=200_000),
            claim("5.3", participation_cny=400_000),
        ),
        "300000 300000 0",
        [
            "300000 350000 300000 300000 20000",
            "300000 100000 100000 100000 100000",
            "300000 200000 180000 180000 180000",
        ],
    ),
    # The ceiling of 7.1 is 100 + 50; Σ locked 10 leaves 140 for b.
    (
        "an uncapped ceiling counts a locked claim at what it has after overlap, not at its lock",
        case(claim("7.1", locked=10, premium_cny=100), claim("7.1", premium_cny=50), trade=dollars(2022, 1)),
        "150 60 0",
        ["150 100 100 100 10", "150 50 50 50 50"],
    ),
    (
        "only locked money without entitlement: no limit, all of it overpaid",
        case(claim("3.3", locked="0.01", entry_fee_cny=1), claim("5.1", locked=5)),
        "0 5.01 5.01",
        ["city_rate_not_set:0.01", "no_cost:5"],
    ),
    (
        "locks and overlap of support items change nothing",
        case(
            claim("8.1", locked=999_999, other=5),
            claim("6.1"),
            claim("12.1", locked=0, subject="", details=""),
            dual_circulation=True,
        ),
        "200000 200000 0",
        [SUPPORT, "200000 200000 200000 200000 200000", SUPPORT],
    ),
]
