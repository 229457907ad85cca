"""Refund times worked out by hand (11.1)."""


def refunds(*days):
    """Refunds of 11.1 from pairs of days; None as second day for one still open."""
    return [{"accepted_on": accepted, "refunded_on": refunded} for accepted, refunded in days]


# Seven working days: 2–4, 7–10 November 2022; six end on the 9th.
SIX_DAYS, SEVEN_DAYS = ("2022-11-01", "2022-11-09"), ("2022-11-01", "2022-11-10")
SAME_DAY = ("2022-11-01", "2022-11-01")

# What it shows, in the free-trade zone, refunds, "average met open", calendar missing.
REFUND_TIMES = [
    ("nothing refunded yet", False, refunds(("2022-11-01", None), ("2027-03-01", None)), "- - 2", False),
    ("no refunds named", False, [], "- - 0", False),
    ("on the day of acceptance", True, refunds(SAME_DAY), "0.00 True 0", False),
    # Friday to Tuesday; 1 to 3 January 2022 are off.
    ("across New Year", False, refunds(("2021-12-31", "2022-01-04")), "1.00 True 0", False),
    # 29 and 30 January were made up, 31 January to 6 February off, 7 February worked.
    ("across the Spring Festival", False, refunds(("2022-01-28", "2022-02-07")), "3.00 True 0", False),
    # The day of acceptance, a make-up Saturday, does not count; Sunday the 30th does.
    (
        "from a make-up Saturday to a Sunday",
        False,
        refunds(("2022-01-29", "2022-01-30")),
        "1.00 True 0",
        False,
    ),
    # Saturday to Sunday: no working day at all.
    ("over a weekend", False, refunds(("2022-11-05", "2022-11-06")), "0.00 True 0", False),
    # 1 ÷ 8 = 0.125.
    (
        "half a hundredth is rounded up",
        False,
        refunds(("2022-11-01", "2022-11-02"), *[SAME_DAY] * 7),
        "0.13 True 0",
        False,
    ),
    # 1501 ÷ 250 = 6.004 and 1201 ÷ 200 = 6.005.
    (
        "the rounded average meets the target",
        False,
        refunds(SEVEN_DAYS, *[SIX_DAYS] * 249),
        "6.00 True 0",
        False,
    ),
    (
        "the rounded average misses the target",
        False,
        refunds(SEVEN_DAYS, *[SIX_DAYS] * 199),
        "6.01 False 0",
        False,
    ),
    ("five days in the zone", True, refunds(("2022-11-01", "2022-11-08")), "5.00 True 0", False),
    ("six days in the zone", True, refunds(SIX_DAYS), "6.00 False 0", False),
    ("six days outside it", False, refunds(SIX_DAYS), "6.00 True 0", False),
    ("on the last known day", False, refunds(("2026-12-30", "2026-12-31")), "1.00 True 0", False),
    (
        "one refund in an unknown year spoils the average",
        False,
        refunds(SIX_DAYS, ("2026-12-31", "2027-01-01"), ("2022-01-01", None)),
        "- - 1",
        True,
    ),
]
