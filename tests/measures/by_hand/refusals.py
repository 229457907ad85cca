"""What a case may not hold, and odd things that it may: one edit each to a case that uses every key.

A row is where to edit (keys and places on the way from the full case) and the value to put there; the refusal
has to name that very place. `MISSING` takes a value away, and a place just behind the end of a list appends.
"""

from tests.measures.by_hand.full_case import PLACES

MISSING = object()


def of(item, *keys):
    """Where a fact of an item stands in the full case."""
    return ("claims", PLACES[item], "facts", *keys)


def each(where, *values):
    """One row per value at one place."""
    return [(where, value) for value in values]


CLAIM = ("claims", 0)
COST = of("5.3", "participation_cny")
SMES = of("3.5", "served_smes")
ISSUED, REPAID = of("4.2", "loans", 1, "issued_on"), of("4.2", "loans", 1, "repaid_on")
ACCEPTED_ON, REFUNDED_ON = of("11.1", "refunds", 0, "accepted_on"), of("11.1", "refunds", 0, "refunded_on")
MARKET, NEW_MODE = of("7.2", "premiums", 0, "market"), of("7.2", "premiums", 0, "new_mode")
PLATFORM = ("enterprise", "trade_platforms", 1)
RATES = ("settings", "city_rates")

BAD_TOPS = [
    *each(("year",), MISSING, None, "2022", 2022.0, True, [2022], 1999, 2101, -2022, 10**30),
    *each(("case",), 1.0, True, [], {}),
    *each(("foo",), 1, None),
    *each(("Year",), 2022),
    *each(("enterprise",), None, [], "x", False),
    *each(("trade",), None, [], 0),
    *each(("settings",), None, [], ""),
    *each(("past_awards",), None, {}, "6.1"),
    *each(("claims",), MISSING, None, {}, "a", 0),
]
BAD_AMOUNTS = [
    *each(COST, 1.0, 0.0, True, False, None, [], {}, -1, 10**13, 10**40),
    *each(COST, "", " ", "1.", ".5", "+1", "-1", "-0", " 1", "1 ", "1\n", "\n1", "1.005", "1.000"),
    *each(
        COST,
        "1,000",
        "1_000",
        "1e3",
        "1E3",
        "0x10",
        "NaN",
        "Infinity",
        "null",
        "1.0.0",
        "１２",
        "1.２",
        "١٢",
        "²",
    ),
    *each(COST, "10000000000000", "10000000000000.00", "010000000000000", "9" * 5000, "1元"),
    *each(("trade", "2021", "import_cny"), "-1", 1.5, True, "", 10**13, "1.005", [], "1e3"),
    *each(("trade", "1999", "import_cny"), "x", "1."),
    *each(of("4.2", "loans", 0, "principal_cny"), None, "-1", True),
    *each(of("4.2", "loans", 0, "interest_paid_cny"), None, "1.", 0.5),
    *each(of("7.2", "premiums", 0, "premium_cny"), None, "１", False),
    *each(("claims", 3, "locked_cny"), "-1", "", 1.0, False, 10**13),
    *each(("claims", 3, "other_support_cny"), None, "-1", "", 1.0, True),
    *each(("claims", PLACES["8.1"], "locked_cny"), "-1", "x", 0.0),
    *each(("claims", PLACES["12.1"], "other_support_cny"), None, 1.5),
]
BAD_RATES = [
    *each(
        ("settings", "bank_cost_rate"), "0.500001", "0.51", "1", "1.000000", "0.5000000", ".5", "0.", "-0.1"
    ),
    *each(
        ("settings", "bank_cost_rate"),
        "",
        "50%",
        " 0.5",
        "0.5\n",
        "0,5",
        "５",
        "5e-1",
        0,
        0.5,
        True,
        None,
        [],
    ),
    *each((*RATES, "3.3"), "0.500001", 0, 1, 0.3, None, True, "", "0.3 ", {}),
    *each((*RATES, "5.4"), "0.51", "1"),
    *each((*RATES, "5.5"), "0.700001", "0.71"),
    *each((*RATES, "5.1"), "0.5"),
    *each((*RATES, "7.1"), "0"),
    *each((*RATES, "3.30"), "0.5"),
    *each(RATES, None, [], "0.5"),
]
BAD_DATES = [
    *each(
        ISSUED,
        MISSING,
        None,
        "",
        20220120,
        1.5,
        True,
        [],
        {},
        "20220120",
        "2022-1-20",
        "22-01-20",
        "2022/01/20",
    ),
    *each(
        ISSUED,
        "2022-02-30",
        "2023-02-29",
        "2022-13-01",
        "2022-00-10",
        "2022-01-00",
        "0000-01-01",
        "12022-01-20",
    ),
    *each(ISSUED, " 2022-01-20", "2022-01-20 ", "2022-01-20\n", "２０２２-01-20", "2022-01-20T00:00:00"),
    *each(ISSUED, "2022-W03-4", "2022-020", "-022-01-20", "2022-01-20Z"),
    *each(REPAID, "2022-01-19", "", 0, False, "2022-02-29", "never"),
    *each(ACCEPTED_ON, MISSING, None, "2022-11-31", "2022-11-1"),
    *each(REFUNDED_ON, "2022-10-31", "", False, "2022-11-09T00:00"),
]
BAD_ENTERPRISES = [
    *each(("enterprise", "foo"), 1),
    *each(("enterprise", "introduced_year"), "2022", 2022.0, True, []),
    *each(("enterprise", "ftz"), None, 0, 1, "true", "", [], {}),
    *each(("enterprise", "platform_member"), None, 1),
    *each(("enterprise", "agricultural_exporter"), "false", 0),
    *each(("enterprise", "dual_circulation"), None, "yes"),
    *each(("enterprise", "trade_platforms"), None, {}, "P1"),
    *each(PLATFORM, None, "P2", [], 5),
    *each((*PLATFORM, "id"), MISSING, None, "", 2, "P1", [], True),
    *each((*PLATFORM, "level"), MISSING, None, "", "National", "city", 1, [], {}),
    *each((*PLATFORM, "name"), "x"),
    *each(("enterprise", "overseas_warehouses"), None, "W1", {}),
    *each(("enterprise", "overseas_warehouses", 0), None, "", 1, [], {}),
    *each(("settings", "key_markets"), None, "RU", {}),
    *each(
        ("settings", "key_markets", 0),
        None,
        "",
        "ru",
        "R",
        "RUS",
        "R1",
        "ＲＵ",
        "RU\n",
        " RU",
        "ÄÖ",
        7,
        [],
        {},
    ),
    *each(("settings", "foo"), 1),
    *each(("trade", "22"), {}),
    *each(("trade", "20222"), {}),
    *each(("trade", "２０２２"), {}),
    *each(("trade", "2022 "), {}),
    *each(("trade", "year"), {}),
    *each(("trade", "2022"), None, [], "x", 0),
    *each(("trade", "2022", "foo"), "1"),
    *each(("trade", "1999", "Import_cny"), None),
]
BAD_AWARDS = [
    *each(("past_awards", 0), None, "2.1", []),
    *each(("past_awards", 0, "item"), MISSING, None, "1.1", "3.2", "2.10", "", 2.1, [], {}),
    *each(("past_awards", 0, "subject"), MISSING, None, "", 1, [], True),
    *each(("past_awards", 0, "level"), MISSING, None, "", "city", 1, [], {}),
    *each(("past_awards", 0, "year"), 2021),
    *each(("past_awards", 1, "subject"), MISSING, None, ""),
    *each(("past_awards", 1, "level"), "national"),
    *each(("past_awards", 2, "subject"), "x"),
]
BAD_CLAIMS = [
    *each(CLAIM, None, "1.1", [], 5),
    *each((*CLAIM, "id"), MISSING, None, "", 1, 1.5, True, [], {}),
    *each(("claims", 1, "id"), "1.1"),
    *each(("claims", 22, "id"), "3.5"),
    *each(
        (*CLAIM, "item"),
        MISSING,
        None,
        "",
        "1.2",
        "13.1",
        "1.1 ",
        "01.1",
        "１.1",
        1.1,
        1,
        True,
        [],
        ["1.1"],
        {},
    ),
    *each((*CLAIM, "facts"), None, [], "", 0, False),
    *each((*CLAIM, "foo"), None),
    *each((*CLAIM, "status"), "approved"),
    *each(of("1.1", "foo"), 0),
    *each(of("6.1", "booth_cny"), "1"),
    *each(of("5.2", "travel_cny"), "1"),
    *each(of("4.2", "landed_cny"), "1"),
    *each(of("11.1", "subject"), "x"),
    *each(of("8.1", "refunds"), []),
    *each(of("2.1", "platform"), MISSING, None, "", 1, [], {}),
    *each(of("3.4", "warehouse"), MISSING, None, "", True),
    *each(of("3.2", "site"), MISSING, None, "", 5, []),
    *each(SMES, -1, "15", 15.0, True, None, [], ""),
    *each(of("4.1", "loans"), None, {}, "x"),
    *each(of("4.1", "loans", 0), None, "x", [], 3),
    *each(of("4.1", "loans", 0, "bank"), "x"),
    *each(of("7.2", "premiums"), None, {}),
    *each(of("7.2", "premiums", 0), None, "JP"),
    *each(of("7.2", "premiums", 0, "foo"), 1),
    *each(MARKET, MISSING, None, "", "jp", "JPN", "J", "J1", "Jp", "ＪＰ", "JP\n", " JP", 1, True, [], {}),
    *each(NEW_MODE, None, 0, 1, "true", []),
    *each(of("11.1", "refunds"), None, {}),
    *each(of("11.1", "refunds", 0), None, "2022-11-01", []),
    *each(of("11.1", "refunds", 0, "foo"), None),
    *each(of("9.1", "subject"), None, 5, True, []),
    *each(of("12.1", "details"), None, 0, {}),
]
REFUSED = [
    *BAD_TOPS,
    *BAD_AMOUNTS,
    *BAD_RATES,
    *BAD_DATES,
    *BAD_ENTERPRISES,
    *BAD_AWARDS,
    *BAD_CLAIMS,
]

ALLOWED = [
    *each(("case",), MISSING, None, "", 0, -7, 10**30),
    *each(("year",), 2000, 2100),
    *each(("enterprise",), MISSING, {}),
    *each(("enterprise", "introduced_year"), MISSING, None, 1998, 2030),
    *each(("enterprise", "trade_platforms"), MISSING, []),
    *each((*PLATFORM, "id"), " ", "p1", "P1 ", "\ud800", "平台", "\x00"),
    *each(("enterprise", "overseas_warehouses"), [], ["W1", "W1"]),
    *each(("trade",), MISSING, {}),
    *each(("trade", "2022"), MISSING, {}),
    *each(("trade", "2022", "import_cny"), MISSING, None, 0),
    *each(("trade", "9999"), {}, {"export_usd": None}),
    *each(("settings",), MISSING, {}),
    *each(("settings", "bank_cost_rate"), MISSING, "0", "00.5", "0.500000", "0.000000", "0" * 5000 + ".5"),
    *each(("settings", "key_markets"), MISSING, [], ["CN", "CN", "XX", "JP"]),
    *each(RATES, MISSING, {}),
    *each((*RATES, "5.5"), "0", "0.700000"),
    *each(("past_awards",), MISSING, [], [{"item": "6.1"}, {"item": "6.1"}]),
    *each(("claims",), []),
    *each((*CLAIM, "id"), "1.1 ", "１.1", " "),
    *each((*CLAIM, "facts"), MISSING, {}),
    *each((*CLAIM, "locked_cny"), MISSING, None, 0, "0", "0.00", "9999999999999.99"),
    *each((*CLAIM, "other_support_cny"), MISSING, 0, "9999999999999.99"),
    *each(
        COST, MISSING, 0, 9999999999999, "9999999999999.99", "00012.10", "0.1", "000", "0" * 5000 + "12.10"
    ),
    *each(SMES, MISSING, 0, 10**30),
    *each(ISSUED, "0001-01-01", "2019-08-19", "2022-02-20", "2020-02-29"),
    *each(REPAID, MISSING, None, "2022-01-20", "9999-12-31", "2024-02-29"),
    *each(ACCEPTED_ON, "0001-01-01", "2003-12-31"),
    *each(REFUNDED_ON, MISSING, None, "2022-11-01", "9999-12-31"),
    *each(MARKET, "CN", "XX", "AA"),
    *each(NEW_MODE, MISSING, False),
    *each(of("4.1", "loans"), MISSING, []),
    *each(of("8.1", "subject"), MISSING, ""),
    *each(of("8.1", "details"), MISSING, "", "x" * 100_000),
]
