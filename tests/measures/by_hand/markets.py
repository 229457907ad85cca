"""Cases worked out by hand: exhibitions and markets (5.1 to 5.5)."""

from tests.measures.by_hand.builders import case, city, claim

MARKETS = [
    # 70% × (0.01 + 0.01) = 0.014; cost by cost it would have been nothing.
    (
        "5.1 is rounded once, at the end of the sum",
        case(claim("5.1", booth_cny="0.01", lodging_cny="0.01")),
        "300000 0.01 0",
        ["300000 0.01 0.01 0.01 0.01"],
    ),
    # a takes 280,000 − 100,000 = 180,000; 120,000 are left for b, nothing for c.
    (
        "5.1 to 5.3 share one cap, and overlap gives back to it",
        case(
            claim("5.2", other=100_000, booth_cny=400_000),
            claim("5.3", participation_cny=300_000),
            claim("5.1", travel_cny=100),
        ),
        "300000 300000 0",
        [
            "300000 280000 280000 180000 180000",
            "300000 150000 120000 120000 120000",
            "300000 70 0 0 0",
        ],
    ),
    # 350,000 is capped at 300,000 first; 320,000 from elsewhere then leave nothing.
    (
        "5.1 the cap comes before overlap",
        case(claim("5.1", other=320_000, booth_cny=500_000)),
        "0 0 0",
        ["300000 350000 300000 0 0"],
    ),
    (
        "5.5 equal ceilings and amounts are filled in the order of filing, 6.1 last",
        case(
            claim("6.1"),
            claim("5.5", brand_cny=200_000),
            claim("5.5", certification_cny=200_000),
            dual_circulation=True,
            settings=city("5.5", "0.7"),
        ),
        "280000 280000 0",
        [
            "200000 200000 200000 200000 0",
            "280000 140000 140000 140000 140000",
            "280000 140000 140000 140000 140000",
        ],
    ),
    # 5.4's ceiling is 150,000, below 200,000: 6.1 is filled first and uses the limit up.
    (
        "5.4 a sum below another ceiling is cut whole",
        case(
            claim("5.4", credit_report_cny=100_000),
            claim("5.4", online_promotion_cny=200_000),
            claim("6.1"),
            dual_circulation=True,
            settings=city("5.4", "0.5"),
        ),
        "200000 200000 0",
        ["150000 50000 50000 50000 0", "150000 100000 100000 100000 0", "200000 200000 200000 200000 200000"],
    ),
]
