"""Cases worked out by hand: cross-border trade, sites, shops, warehouses, services (3.1 to 3.5)."""

from tests.measures.by_hand.builders import case, city, claim

NEW_FORMS = [
    # ⌊10,999,999.99 ÷ 1 million⌋ = 10.
    (
        "3.1 a part of a million earns nothing",
        case(claim("3.1"), trade={"2022": {"cross_border_cny": "10999999.99"}}),
        "1000000 100000 0",
        ["1000000 100000 100000 100000 100000"],
    ),
    (
        "3.1 one fen short of 1000 万",
        case(claim("3.1"), trade={"2022": {"cross_border_cny": "9999999.99"}}),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "3.1 101 units are capped at 100 万",
        case(claim("3.1"), trade={"2022": {"cross_border_cny": "101500000"}}),
        "1000000 1000000 0",
        ["1000000 1010000 1000000 1000000 1000000"],
    ),
    (
        "3.1 without any trade figures, claimed twice",
        case(claim("3.1"), claim("3.1")),
        "0 0 0",
        ["figures_missing", "figures_missing+already_awarded"],
    ),
    # 30% of 0.03 is 0.009.
    (
        "3.2 less than a fen is no cost",
        case(claim("3.2", site="s", site_trade_cny="10000000", construction_cny="0.03")),
        "0 0 0",
        ["no_cost"],
    ),
    # 30% of 0.04 is 0.012.
    (
        "3.2 a fen is a fen",
        case(claim("3.2", site="s", site_trade_cny="10000000", construction_cny="0.04")),
        "500000 0.01 0",
        ["500000 0.01 0.01 0.01 0.01"],
    ),
    (
        "3.2 the cap binds each site by itself, the combined limit both",
        case(
            claim("3.2", site="s", site_trade_cny="10000000", construction_cny="2000000"),
            claim("3.2", site="t", site_trade_cny="10000000", construction_cny="3000000"),
        ),
        "500000 500000 0",
        ["500000 600000 500000 500000 500000", "500000 900000 500000 500000 0"],
    ),
    (
        "3.2 second and third claim for one site, whatever became of the first",
        case(
            claim("3.2", site="s", construction_cny="100"),
            claim("3.2", site="s", site_trade_cny="10000000", construction_cny="100"),
            claim("3.2", site="s", site_trade_cny="9999999.99", construction_cny="100"),
            claim("3.2", site="S", site_trade_cny="10000000", construction_cny="100"),
        ),
        "500000 30 0",
        [
            "below_threshold",
            "already_awarded",
            "below_threshold+already_awarded",
            "500000 30 30 30 30",
        ],
    ),
    # 100.01 × 0.123456 = 12.34683456.
    (
        "3.3 a rate of six decimals, rounded down",
        case(claim("3.3", entry_fee_cny="100", promotion_cny="0.01"), settings=city("3.3", "0.123456")),
        "12.34 12.34 0",
        ["12.34 12.34 12.34 12.34 12.34"],
    ),
    (
        "3.3 two claims: the ceiling of either is the sum of both",
        case(
            claim("3.3", entry_fee_cny=60000), claim("3.3", promotion_cny=40000), settings=city("3.3", "0.5")
        ),
        "50000 50000 0",
        ["50000 30000 30000 30000 30000", "50000 20000 20000 20000 20000"],
    ),
    (
        "3.3 with no rate and no cost only the rate is named",
        case(claim("3.3"), settings=city("5.4", "0.5")),
        "0 0 0",
        ["city_rate_not_set"],
    ),
    # Ceiling of 3.3 is 100,000 − 60,000 = 40,000, below the 200,000 of 6.1, which is filled first.
    (
        "3.3 an uncapped ceiling is counted after overlap",
        case(
            claim("3.3", other=60000, entry_fee_cny=200000),
            claim("6.1"),
            dual_circulation=True,
            settings=city("3.3", "0.5"),
        ),
        "200000 200000 0",
        ["40000 100000 100000 40000 0", "200000 200000 200000 200000 200000"],
    ),
    (
        "3.4 paid before for one warehouse, not for the other",
        case(
            claim("3.4", warehouse="W1"),
            claim("3.4", warehouse="W2"),
            overseas_warehouses=["W1", "W2"],
            past=[{"item": "3.4", "subject": "W1"}],
        ),
        "1000000 1000000 0",
        ["already_awarded", "1000000 1000000 1000000 1000000 1000000"],
    ),
    (
        "3.4 a past award of 2.1 for the same name is another subject",
        case(
            claim("3.4", warehouse="W1"),
            overseas_warehouses=["W1"],
            past=[{"item": "2.1", "subject": "W1", "level": "provincial"}],
        ),
        "1000000 1000000 0",
        ["1000000 1000000 1000000 1000000 1000000"],
    ),
    (
        "3.4 off the register stands alone although it was paid before",
        case(claim("3.4", warehouse="W1"), past=[{"item": "3.4", "subject": "W1"}]),
        "0 0 0",
        ["not_on_register"],
    ),
    (
        "3.5 both tests failed name one code once",
        case(claim("3.5", served_smes=14, trade_handled_cny="299999999.99")),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "3.5 fifteen SMEs and one fen too little trade",
        case(claim("3.5", served_smes=15, trade_handled_cny="299999999.99")),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "3.5 one fen is left after overlap",
        case(claim("3.5", other="499999.99", served_smes=15, trade_handled_cny=300_000_000)),
        "500000 0.01 0",
        ["500000 500000 500000 0.01 0.01"],
    ),
]
