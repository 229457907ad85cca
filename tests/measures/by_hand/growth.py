"""Cases worked out by hand: growth, platforms and lists (1.1, 2.1, 6.1)."""

from tests.measures.by_hand.builders import NATIONAL, PROVINCIAL, case, claim, grown

GROWTH_AND_PLATFORMS = [
    # 250 + 0 − 50 − 100 = 100 million: 10 units × 3 万.
    (
        "1.1 falling exports are set off against rising imports",
        case(
            claim("1.1"),
            trade={
                "2021": {"import_cny": 50_000_000, "export_cny": 100_000_000},
                "2022": {"import_cny": 250_000_000, "export_cny": 0},
            },
        ),
        "3000000 300000 0",
        ["3000000 300000 300000 300000 300000"],
    ),
    # 180 − 50 = 130 million: 13 units; only imports of 2021 are known, and they are subtracted.
    (
        "1.1 an introduced enterprise subtracts the one figure it has for the year before",
        case(
            claim("1.1"),
            introduced_year=2022,
            trade={
                "2021": {"import_cny": "50000000"},
                "2022": {"import_cny": "180000000", "export_cny": "0"},
            },
        ),
        "5000000 390000 0",
        ["5000000 390000 390000 390000 390000"],
    ),
    # 150 − 50.00000001 million is one fen short of 1 亿.
    (
        "1.1 an introduced enterprise falls below 1 亿 by its one earlier figure",
        case(
            claim("1.1"),
            introduced_year=2022,
            trade={
                "2021": {"export_cny": "50000000.01", "import_cny": None},
                "2022": {"import_cny": "150000000", "export_cny": "0"},
            },
        ),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "1.1 an enterprise introduced the year before needs both earlier figures",
        case(
            claim("1.1"),
            introduced_year=2021,
            trade={
                "2021": {"import_cny": "0", "export_cny": None},
                "2022": {"import_cny": "900000000", "export_cny": "0"},
            },
        ),
        "0 0 0",
        ["figures_missing"],
    ),
    (
        "1.1 an introduced enterprise still needs both figures of the year itself",
        case(claim("1.1"), introduced_year=2022, trade={"2022": {"import_cny": "900000000"}}),
        "0 0 0",
        ["figures_missing"],
    ),
    # ⌊1,009,999,999.99 ÷ 10 million⌋ = 100 units: just the cap.
    (
        "1.1 a hundred units are just 300 万",
        case(claim("1.1"), trade=grown("1009999999.99")),
        "3000000 3000000 0",
        ["3000000 3000000 3000000 3000000 3000000"],
    ),
    # 101 units = 3,030,000; introduced earlier, so the cap is 300 万 and not 500 万.
    (
        "1.1 introduced in another year has the cap of an existing enterprise",
        case(claim("1.1"), introduced_year=2020, trade=grown("1010000000")),
        "3000000 3000000 0",
        ["3000000 3030000 3000000 3000000 3000000"],
    ),
    (
        "1.1 a second claim is refused for its own reason and for being the second",
        case(claim("1.1"), claim("1.1"), trade={"2022": {"import_cny": "1"}}),
        "0 0 0",
        ["figures_missing", "figures_missing+already_awarded"],
    ),
    (
        "1.1 shrinking trade is below the threshold",
        case(claim("1.1"), trade=grown("0", before="500000000")),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "1.1 figures of the year before last are not looked at",
        case(claim("1.1"), trade={**grown("100000000"), "2020": {"import_cny": "999999999"}}),
        "3000000 300000 0",
        ["3000000 300000 300000 300000 300000"],
    ),
    (
        "2.1 once per platform and level: provincial is paid though national was paid before",
        case(
            claim("2.1", platform="P1"),
            trade_platforms=PROVINCIAL,
            past=[{"item": "2.1", "subject": "P1", "level": "national"}],
        ),
        "1000000 1000000 0",
        ["1000000 1000000 1000000 1000000 1000000"],
    ),
    (
        "2.1 the same platform twice in one year is paid once",
        case(claim("2.1", platform="P1"), claim("2.1", platform="P1"), trade_platforms=NATIONAL),
        "2000000 2000000 0",
        ["2000000 2000000 2000000 2000000 2000000", "already_awarded"],
    ),
    (
        "2.1 not on the register stands alone, second claim and past award or not",
        case(
            claim("2.1", platform="P9"),
            claim("2.1", platform="P9"),
            trade_platforms=NATIONAL,
            past=[{"item": "2.1", "subject": "P9", "level": "national"}],
        ),
        "0 0 0",
        ["not_on_register", "not_on_register"],
    ),
    (
        "2.1 names are compared as they are",
        case(claim("2.1", platform="p1"), claim("2.1", platform="P1 "), trade_platforms=NATIONAL),
        "0 0 0",
        ["not_on_register", "not_on_register"],
    ),
    # 2,000,000 − 500,000; the ceiling stays the fixed amount.
    (
        "2.1 partly covered elsewhere keeps its ceiling",
        case(claim("2.1", other="500000", platform="P1"), trade_platforms=NATIONAL),
        "2000000 1500000 0",
        ["2000000 2000000 2000000 1500000 1500000"],
    ),
    (
        "2.1 owning a platform does not make its exports a platform member's (7.2 stays at 50%)",
        case(claim("7.2", premiums=[{"premium_cny": 100, "market": "US"}]), trade_platforms=NATIONAL),
        "1500000 50 0",
        ["1500000 50 50 50 50"],
    ),
    # Equal ceilings and amounts: the order of filing decides.
    (
        "2.1 of two national platforms the earlier filed is paid",
        case(
            claim("2.1", platform="P2"),
            claim("2.1", platform="P1"),
            trade_platforms=[*NATIONAL, {"id": "P2", "level": "national"}],
        ),
        "2000000 2000000 0",
        ["2000000 2000000 2000000 2000000 2000000", "2000000 2000000 2000000 2000000 0"],
    ),
    (
        "6.1 off the list and paid before: both reasons",
        case(claim("6.1"), past=[{"item": "6.1"}]),
        "0 0 0",
        ["not_on_register+already_awarded"],
    ),
    (
        "6.1 a second claim off the list has both reasons, the first has one",
        case(claim("6.1"), claim("6.1")),
        "0 0 0",
        ["not_on_register", "not_on_register+already_awarded"],
    ),
]
