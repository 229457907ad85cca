"""Half of the second reading of the rules (see ``oracle``): each claim's reasons and computed amount.

Everything is in fen, as an integer, except where a rate is named; rates are fractions.
"""

import csv
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

LPR_FILE = Path(__file__).resolve().parents[2] / "applications" / "data" / "lpr.csv"
RCEP_BUT_CHINA = {"AU", "BN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"}
REASONS = [
    "figures_missing",
    "below_threshold",
    "above_threshold",
    "landing_ratio",
    "not_on_register",
    "already_awarded",
    "city_rate_not_set",
    "lpr_missing",
    "no_cost",
]


def yuan(amount):
    """Fen of a number of yuan."""
    return amount * 100


def fen(value):
    """Fen of an amount as it stands in a case: an integer of yuan or a string with at most two decimals."""
    return int(Fraction(value) * 100)


def fact(claim, name):
    """The fen of a fact of money; 0 where it was left out."""
    return fen(claim.get("facts", {}).get(name, 0))


def figure(case, year, name):
    """The fen (or US cents) of an official figure, or None where it is missing."""
    value = case.get("trade", {}).get(str(year), {}).get(name)
    return None if value is None else fen(value)


def city_rate(case, item):
    """The rate that the city has set for an item, or None."""
    rate = case.get("settings", {}).get("city_rates", {}).get(item)
    return None if rate is None else Fraction(rate)


def level_of(case, platform):
    """The level of a platform on the enterprise's register, or None."""
    for row in case.get("enterprise", {}).get("trade_platforms", []):
        if row["id"] == platform:
            return row["level"]
    return None


def subject_of(case, claim):
    """What a claim of a 'once' item is for; None for items that may be claimed again and again."""
    item, facts = claim["item"], claim.get("facts", {})
    if item == "2.1":
        return (item, facts["platform"], level_of(case, facts["platform"]))
    if item == "3.4":
        return (item, facts["warehouse"], None)
    if item == "3.2":
        return (item, facts["site"], None)
    if item in ("1.1", "3.1", "3.5", "6.1"):
        return (item, None, None)
    return None


def past_subjects(case):
    """The subjects that earlier years have paid for, shaped as `subject_of` shapes them."""
    return [
        (award["item"], award.get("subject"), award.get("level")) for award in case.get("past_awards", [])
    ]


@cache
def lpr_publications():
    """Every publication of the one-year LPR, oldest first: day and fraction."""
    with LPR_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        (date.fromisoformat(row["published_on"]), Fraction(row["one_year_percent"]) / 100) for row in rows
    ]


def lpr_on(day):
    """The one-year LPR last published on or before a day, as a fraction; None before the first."""
    rates = [rate for published, rate in lpr_publications() if published <= day]
    return rates[-1] if rates else None


def bank_costs(case, claim):
    """Amount of 4.1 and 4.2 in fen, and whether a loan was issued before the first published rate."""
    year, total, lpr_missing = case["year"], fact(claim, "bank_fees_cny"), False
    for loan in claim.get("facts", {}).get("loans", []):
        issued = date.fromisoformat(loan["issued_on"])
        rate = lpr_on(issued)
        if rate is None:
            lpr_missing = True
            continue
        end = date(year + 1, 1, 1)
        if loan.get("repaid_on") is not None:
            end = min(end, date.fromisoformat(loan["repaid_on"]))
        days = max(0, (end - max(issued, date(year, 1, 1))).days)
        at_lpr = floor(fen(loan.get("principal_cny", 0)) * rate * days / 360)
        total += min(fen(loan.get("interest_paid_cny", 0)), at_lpr)
    return floor(Fraction(case.get("settings", {}).get("bank_cost_rate", "0.50")) * total), lpr_missing


def judge_trade_items(case, claim):
    """Reasons and amount in fen of 1.1, 3.1, 3.2, 3.5."""
    item, year, facts = claim["item"], case["year"], claim.get("facts", {})
    if item == "1.1":
        now = [figure(case, year, "import_cny"), figure(case, year, "export_cny")]
        before = [figure(case, year - 1, "import_cny"), figure(case, year - 1, "export_cny")]
        if case.get("enterprise", {}).get("introduced_year") == year:
            before = [value or 0 for value in before]
        if None in now + before:
            return {"figures_missing"}, 0
        growth = sum(now) - sum(before)
        if growth < yuan(100_000_000):
            return {"below_threshold"}, 0
        return set(), growth // yuan(10_000_000) * yuan(30_000)
    if item == "3.1":
        value = figure(case, year, "cross_border_cny")
        if value is None:
            return {"figures_missing"}, 0
        if value < yuan(10_000_000):
            return {"below_threshold"}, 0
        return set(), value // yuan(1_000_000) * yuan(10_000)
    if item == "3.2":
        if fact(claim, "site_trade_cny") < yuan(10_000_000):
            return {"below_threshold"}, 0
        return set(), floor(Fraction("0.30") * fact(claim, "construction_cny"))
    if facts.get("served_smes", 0) < 15 or fact(claim, "trade_handled_cny") < yuan(300_000_000):
        return {"below_threshold"}, 0
    return set(), yuan(500_000)


def judge_registered_items(case, claim):
    """Reasons and amount in fen of 2.1, 3.4, 6.1."""
    item, enterprise = claim["item"], case.get("enterprise", {})
    if item == "2.1":
        level = level_of(case, claim["facts"]["platform"])
        if level is None:
            return {"not_on_register"}, 0
        return set(), yuan(2_000_000 if level == "national" else 1_000_000)
    if item == "3.4":
        if claim["facts"]["warehouse"] not in enterprise.get("overseas_warehouses", []):
            return {"not_on_register"}, 0
        return set(), yuan(1_000_000)
    if not enterprise.get("dual_circulation", False):
        return {"not_on_register"}, 0
    return set(), yuan(200_000)


def judge_bank_items(case, claim):
    """Reasons and amount in fen of 4.1 and 4.2."""
    amount, lpr_missing = bank_costs(case, claim)
    reasons = {"lpr_missing"} if lpr_missing else set()
    if claim["item"] == "4.1":
        imports = figure(case, case["year"], "resource_import_cny")
        if imports is None:
            return reasons | {"figures_missing"}, 0
        if imports < yuan(100_000_000):
            reasons.add("below_threshold")
        if imports == 0 or Fraction(fact(claim, "landed_cny"), imports) <= Fraction(1, 2):
            reasons.add("landing_ratio")
    else:
        exports = figure(case, case["year"], "local_product_export_cny")
        if exports is None:
            return reasons | {"figures_missing"}, 0
        if exports < yuan(50_000_000):
            reasons.add("below_threshold")
    return reasons, amount


def judge_share_items(case, claim):
    """Reasons and amount in fen of 3.3 and 5.1 to 5.5: a share of costs, nothing to pass but a city rate."""
    item = claim["item"]
    costs = {
        "3.3": ["entry_fee_cny", "promotion_cny"],
        "5.1": ["booth_cny", "freight_cny", "travel_cny", "lodging_cny"],
        "5.2": ["booth_cny", "freight_cny"],
        "5.3": ["participation_cny"],
        "5.4": ["credit_report_cny", "online_promotion_cny"],
        "5.5": ["brand_cny", "trademark_cny", "certification_cny"],
    }[item]
    rates = {"5.1": Fraction("0.70"), "5.2": Fraction("0.70"), "5.3": Fraction("0.50")}
    rate = rates[item] if item in rates else city_rate(case, item)
    if rate is None:
        return {"city_rate_not_set"}, 0
    return set(), floor(rate * sum(fact(claim, name) for name in costs))


def judge_insurance_items(case, claim):
    """Reasons and amount in fen of 7.1, 7.2, 7.3."""
    item, enterprise = claim["item"], case.get("enterprise", {})
    if item == "7.1":
        exports = figure(case, case["year"], "export_usd")
        if exports is None:
            return {"figures_missing"}, 0
        if exports > 10_000_000 * 100:
            return {"above_threshold"}, 0
        return set(), fact(claim, "premium_cny")
    if item == "7.3":
        exports = figure(case, case["year"] - 1, "export_usd")
        if exports is None:
            return {"figures_missing"}, 0
        if exports < 500_000 * 100:
            return {"below_threshold"}, 0
        return set(), floor(Fraction("0.50") * fact(claim, "premium_cny"))
    total = Fraction(0)
    for line in claim.get("facts", {}).get("premiums", []):
        percent = 50
        if line["market"] in RCEP_BUT_CHINA or line["market"] in case.get("settings", {}).get(
            "key_markets", []
        ):
            percent += 10
        if line.get("new_mode", False):
            percent += 10
        if enterprise.get("platform_member", False):
            percent += 10
        if enterprise.get("agricultural_exporter", False):
            percent = 90
        total += Fraction(percent, 100) * fen(line.get("premium_cny", 0))
    return set(), floor(total)


JUDGES = {
    **dict.fromkeys(["1.1", "3.1", "3.2", "3.5"], judge_trade_items),
    **dict.fromkeys(["2.1", "3.4", "6.1"], judge_registered_items),
    **dict.fromkeys(["3.3", "5.1", "5.2", "5.3", "5.4", "5.5"], judge_share_items),
    **dict.fromkeys(["4.1", "4.2"], judge_bank_items),
    **dict.fromkeys(["7.1", "7.2", "7.3"], judge_insurance_items),
}


def judge(case, index):
    """Ordered reason codes and computed fen of the claim at an index of the case."""
    claim = case["claims"][index]
    reasons, amount = JUDGES[claim["item"]](case, claim)
    stands_alone = claim["item"] in ("2.1", "3.4") and "not_on_register" in reasons
    subject = subject_of(case, claim)
    if subject is not None and not stands_alone:
        earlier = [subject_of(case, other) for other in case["claims"][:index]]
        if subject in earlier or subject in past_subjects(case):
            reasons = reasons | {"already_awarded"}
    if not reasons and amount == 0:
        reasons = {"no_cost"}
    return sorted(reasons, key=REASONS.index), 0 if reasons else amount
