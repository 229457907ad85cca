"""Cases worked out by hand: bank fees and interest (4.1 and 4.2)."""

from tests.measures.by_hand.builders import case, claim, loan, local, resources

BANK_COSTS = [
    (
        "4.1 a missing figure replaces threshold and ratio, not the missing LPR",
        case(claim("4.1", bank_fees_cny=1, loans=[loan(1, "2019-08-19")])),
        "0 0 0",
        ["figures_missing+lpr_missing"],
    ),
    # 50,000,000 ÷ 99,999,999.99 is above one half by a hair.
    (
        "4.1 below the threshold with a ratio just above one half",
        case(claim("4.1", landed_cny=50_000_000, bank_fees_cny=9), trade=resources("99999999.99")),
        "0 0 0",
        ["below_threshold"],
    ),
    # 50% × 4,000,000.01 = 2,000,000.005.
    (
        "4.1 rounds down to just the cap, and landed may exceed imports",
        case(claim("4.1", landed_cny="999999999", bank_fees_cny="4000000.01"), trade=resources()),
        "2000000 2000000 0",
        ["2000000 2000000 2000000 2000000 2000000"],
    ),
    (
        "4.1 half a fen is no cost",
        case(claim("4.1", landed_cny=60_000_000, bank_fees_cny="0.01"), trade=resources()),
        "0 0 0",
        ["no_cost"],
    ),
    (
        "4.2 a provincial rate of 0 leaves nothing",
        case(claim("4.2", bank_fees_cny=100), trade=local(), settings={"bank_cost_rate": "0"}),
        "0 0 0",
        ["no_cost"],
    ),
    # 0.333333 × 100 = 33.3333.
    (
        "4.2 a lower provincial rate",
        case(claim("4.2", bank_fees_cny=100), trade=local(), settings={"bank_cost_rate": "0.333333"}),
        "2000000 33.33 0",
        ["2000000 33.33 33.33 33.33 33.33"],
    ),
    (
        "4.2 one fen short of 5000 万",
        case(claim("4.2", bank_fees_cny=100), trade=local("49999999.99")),
        "0 0 0",
        ["below_threshold"],
    ),
    (
        "4.1 two claims share 200 万",
        case(
            claim("4.1", landed_cny=60_000_000, bank_fees_cny=3_000_000),
            claim("4.1", landed_cny=60_000_000, bank_fees_cny=2_000_000),
            trade=resources(),
        ),
        "2000000 2000000 0",
        ["2000000 1500000 1500000 1500000 1500000", "2000000 1000000 500000 500000 500000"],
    ),
    # Two pots of 200 万, one limit of 200 万: equal ceilings, so the larger amount (4.2) comes first.
    (
        "4.1 and 4.2 have a cap each and one limit",
        case(
            claim("4.1", landed_cny=60_000_000, bank_fees_cny=1_800_000),
            claim("4.2", bank_fees_cny=2_400_000),
            trade={"2022": {"resource_import_cny": 100_000_000, "local_product_export_cny": 50_000_000}},
        ),
        "2000000 2000000 0",
        ["2000000 900000 900000 900000 800000", "2000000 1200000 1200000 1200000 1200000"],
    ),
    # One day at 3.70%: 1,000,000 × 0.037 ÷ 360 = 102.777… → 102.77; half is 51.385 → 51.38.
    (
        "4.2 one day of interest",
        case(claim("4.2", loans=[loan(1_000_000, "2022-01-20", "2022-01-21")]), trade=local()),
        "2000000 51.38 0",
        ["2000000 51.38 51.38 51.38 51.38"],
    ),
    # 3 × 102.77 = 308.31, half is 154.155 → 154.15 (unrounded loans would have given 154.16).
    (
        "4.2 each loan is rounded down by itself",
        case(claim("4.2", loans=[loan(1_000_000, "2022-01-20", "2022-01-21")] * 3), trade=local()),
        "2000000 154.15 0",
        ["2000000 154.15 154.15 154.15 154.15"],
    ),
    # Published that very day: 3.80%; 3,600,000 × 0.038 ÷ 360 = 380 a day × 365 = 138,700.
    (
        "4.2 an open loan of the year before counts from 1 January to the year's end",
        case(claim("4.2", loans=[loan(3_600_000, "2021-12-20")]), trade=local()),
        "2000000 69350 0",
        ["2000000 69350 69350 69350 69350"],
    ),
    # The day before: 3.85%, 385 a day × 365 = 140,525; half is 70,262.50.
    (
        "4.2 the day before a publication the last rate still holds",
        case(claim("4.2", loans=[loan(3_600_000, "2021-12-19")]), trade=local()),
        "2000000 70262.50 0",
        ["2000000 70262.50 70262.50 70262.50 70262.50"],
    ),
    (
        "4.2 no days: repaid on 1 January, repaid earlier, issued later, issued and repaid on one day",
        case(
            claim(
                "4.2",
                bank_fees_cny=100,
                loans=[
                    loan(3_600_000, "2021-06-01", "2022-01-01"),
                    loan(3_600_000, "2020-06-01", "2021-01-01"),
                    loan(3_600_000, "2023-01-01"),
                    loan(3_600_000, "2022-05-05", "2022-05-05"),
                ],
            ),
            trade=local(),
        ),
        "2000000 50 0",
        ["2000000 50 50 50 50"],
    ),
    # Open until the last day: 2022-12-31 to 2023-01-01 is one day at 3.65%, 365 a day; half is 182.50.
    (
        "4.2 a loan of 31 December has one day",
        case(claim("4.2", loans=[loan(3_600_000, "2022-12-31")]), trade=local()),
        "2000000 182.50 0",
        ["2000000 182.50 182.50 182.50 182.50"],
    ),
    # 3.45%: 345 a day × 366 = 126,270; half is 63,135.
    (
        "4.2 a leap year has 366 days over 360",
        case(claim("4.2", loans=[loan(3_600_000, "2023-12-20")]), year=2024, trade=local(year=2024)),
        "2000000 63135 0",
        ["2000000 63135 63135 63135 63135"],
    ),
    # Sunday 21 July 2024: 3.45% × 10 days = 3,450; Monday 22 July: 3.35% × 10 days = 3,350; half of 6,800.
    (
        "4.2 two loans on either side of a cut of the LPR",
        case(
            claim(
                "4.2",
                loans=[
                    loan(3_600_000, "2024-07-21", "2024-07-31"),
                    loan(3_600_000, "2024-07-22", "2024-08-01"),
                ],
            ),
            year=2024,
            trade=local(year=2024),
        ),
        "2000000 3400 0",
        ["2000000 3400 3400 3400 3400"],
    ),
    # 12 + 30 + 31 + 30 + 31 = 134 days at 4.25%: 425 a day = 56,950; half is 28,475.
    (
        "4.2 a loan of the day of the first publication",
        case(claim("4.2", loans=[loan(3_600_000, "2019-08-20")]), year=2019, trade=local(year=2019)),
        "2000000 28475 0",
        ["2000000 28475 28475 28475 28475"],
    ),
    (
        "4.2 a loan before the first publication bars the claim though it was repaid long ago",
        case(
            claim("4.2", bank_fees_cny=100, loans=[loan(0, "0001-01-01", "0001-01-02", paid=0)]),
            trade=local(),
        ),
        "0 0 0",
        ["lpr_missing"],
    ),
    # The last rate, 3.00%, stands: 300 a day × 365 (2100 is no leap year) = 109,500; half is 54,750.
    (
        "4.2 after the last publication the last rate stands",
        case(claim("4.2", loans=[loan(3_600_000, "2099-01-01")]), year=2100, trade=local(year=2100)),
        "2000000 54750 0",
        ["2000000 54750 54750 54750 54750"],
    ),
    # LPR would allow 138,700, but 1,000.01 were paid: half is 500.005 → 500.00.
    (
        "4.2 interest below LPR counts as paid",
        case(claim("4.2", loans=[loan(3_600_000, "2021-12-20", paid="1000.01")]), trade=local()),
        "2000000 500 0",
        ["2000000 500 500 500 500"],
    ),
]
