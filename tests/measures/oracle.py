"""The rules of the twelve measures written down a second time, to check the policy core against.

A rule that was misunderstood is misunderstood in its code and in its tests alike. So the whole way from a
case to its result stands here once more: read from the rules alone, importing nothing from ``measures``,
without classes, registries or Decimal. Money is an integer of fen, a rate is a fraction, working days are
counted one by one. Nobody needs this to be fast or easy to extend; it has to be easy to hold against the
text. Only well-formed cases are taken: what must be refused is tabled in ``test_oracle_refusals.py``.

``oracle_amounts`` judges each claim by itself (step 1); here claims meet: caps, overlap, the combined limit.
"""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

from chinese_calendar import constants

from tests.measures.oracle_amounts import fen, judge, yuan

CITIES = "各市（地）政府（行署）"
ROUTES = {
    "8.1": ["省发改委", "省交通运输厅", "省商务厅", "中国铁路哈尔滨局集团有限公司", CITIES],
    "9.1": [
        "省地方金融监管局",
        "人民银行哈尔滨中心支行",
        "黑龙江银保监局",
        "省商务厅",
        "中国出口信用保险公司黑龙江分公司",
        CITIES,
    ],
    "10.1": ["省外汇管理局", "省商务厅"],
    "11.1": ["哈尔滨海关", "省商务厅", "省税务局"],
    "12.1": [
        "省商务厅",
        "省发改委",
        "省财政厅",
        "省交通运输厅",
        "省市场监管局",
        "省税务局",
        "省地方金融监督管理局",
        "人民银行哈尔滨中心支行",
        "黑龙江银保监局",
        "省外汇管理局",
        "中国铁路哈尔滨局集团有限公司",
        "哈尔滨海关",
        "中国出口信用保险公司黑龙江分公司",
        CITIES,
    ],
}
# What binds each claim by itself, in yuan; 1.1 and 2.1 depend on the enterprise and stand in `cap_of`.
OWN_CAPS = {"3.1": 1_000_000, "3.2": 500_000, "3.4": 1_000_000, "3.5": 500_000, "6.1": 200_000}
# What all claims of these items share in a year: the name of the pot and its size in yuan.
SHARED_CAPS = {
    "4.1": ("4.1", 2_000_000),
    "4.2": ("4.2", 2_000_000),
    "5.1": ("5.1-5.3", 300_000),
    "5.2": ("5.1-5.3", 300_000),
    "5.3": ("5.1-5.3", 300_000),
    "7.2": ("7.2", 1_500_000),
    "7.3": ("7.3", 500_000),
}


def shown(amount):
    """An amount of fen as it stands in a result."""
    return f"{amount // 100}.{amount % 100:02d}"


def cap_of(case, claim, computed):
    """The cap in fen that the table states for a claim's item; None where it states none."""
    item = claim["item"]
    if item == "1.1":
        introduced = case.get("enterprise", {}).get("introduced_year") == case["year"]
        return yuan(5_000_000 if introduced else 3_000_000)
    if item == "2.1":
        return computed
    if item in SHARED_CAPS:
        return yuan(SHARED_CAPS[item][1])
    return yuan(OWN_CAPS[item]) if item in OWN_CAPS else None


def working_days(accepted, refunded):
    """Working days from the day after acceptance to the day of refund; None where a year is not known."""
    known_years = {day.year for day in constants.holidays}
    count, day = 0, accepted
    while day < refunded:
        day += timedelta(days=1)
        if day.year not in known_years:
            return None
        if day in constants.workdays or (day.weekday() < 5 and day not in constants.holidays):
            count += 1
    return count


def refund_outcome(case, claim):
    """The outcome of 11.1 and whether a needed calendar is missing."""
    target = 5 if case.get("enterprise", {}).get("ftz", False) else 6
    refunds = claim.get("facts", {}).get("refunds", [])
    made = [refund for refund in refunds if refund.get("refunded_on") is not None]
    outcome = {
        "average_working_days": None,
        "target_working_days": target,
        "met": None,
        "open": len(refunds) - len(made),
    }
    days = [
        working_days(date.fromisoformat(refund["accepted_on"]), date.fromisoformat(refund["refunded_on"]))
        for refund in made
    ]
    if None in days:
        return outcome, True
    if days:
        hundredths = floor(Fraction(sum(days), len(days)) * 100 + Fraction(1, 2))
        outcome["average_working_days"] = shown(hundredths)
        outcome["met"] = hundredths <= target * 100
    return outcome, False


def cap_and_overlap(rows):
    """Steps 2 and 3, filling `capped` and `after` of every row: locked claims first, then filing order."""
    left_in_pot = {name: yuan(size) for name, size in SHARED_CAPS.values()}
    in_turn = [row for row in rows if row["locked"] is not None]
    in_turn += [row for row in rows if row["locked"] is None]
    for row in in_turn:
        pot = SHARED_CAPS.get(row["item"], (None, None))[0]
        room = row["cap"] if pot is None else left_in_pot[pot]
        row["capped"] = row["computed"] if room is None else min(row["computed"], room)
        row["after"] = max(0, row["capped"] - row["other"])
        if pot is not None:
            took = row["after"] if row["locked"] is None else min(row["after"], row["locked"])
            left_in_pot[pot] -= took


def share_limit(rows):
    """Step 4: fills `ceiling` and `payable` of every row, and returns limit, total and overpaid in fen."""
    for row in rows:
        row["ceiling"] = row["cap"]
        if row["cap"] is None:
            row["ceiling"] = sum(other["after"] for other in rows if other["item"] == row["item"])
    limit = max((row["ceiling"] for row in rows if row["after"] > 0), default=0)
    locked_rows = [row for row in rows if row["locked"] is not None]
    locked = sum(row["locked"] for row in locked_rows)
    entitled = sum(min(row["locked"], row["after"]) for row in locked_rows)
    left = max(0, limit - locked)
    for row in locked_rows:
        row["payable"] = row["locked"]
    others = [row for row in rows if row["locked"] is None]
    for row in sorted(others, key=lambda row: (-row["ceiling"], -row["after"], row["index"])):
        row["payable"] = min(row["after"], left)
        left -= row["payable"]
    total = sum(row["payable"] for row in rows)
    return limit, total, locked - min(limit, entitled)


def support_result(case, claim):
    """The result of a claim of 8.1 to 12.1, which pays nothing."""
    result = {
        "id": claim["id"],
        "item": claim["item"],
        "status": "support",
        "reasons": [],
        "route": ROUTES[claim["item"]],
        "ceiling_cny": None,
    }
    result |= dict.fromkeys(["computed_cny", "capped_cny", "after_overlap_cny", "payable_cny"], "0.00")
    if claim["item"] == "11.1":
        result["outcome"], calendar_missing = refund_outcome(case, claim)
        result["reasons"] = ["calendar_missing"] if calendar_missing else []
    return result


def oracle(case):
    """Result of a well-formed case, without steps, each reason as its bare code."""
    rows = []
    for index, claim in enumerate(case["claims"]):
        if claim["item"] in ROUTES:
            continue
        reasons, computed = judge(case, index)
        locked = claim.get("locked_cny")
        rows.append(
            {
                "index": index,
                "item": claim["item"],
                "reasons": reasons,
                "computed": computed,
                "cap": cap_of(case, claim, computed),
                "other": fen(claim.get("other_support_cny", 0)),
                "locked": None if locked is None else fen(locked),
            }
        )
    cap_and_overlap(rows)
    limit, total, overpaid = share_limit(rows)
    results = [support_result(case, claim) if claim["item"] in ROUTES else None for claim in case["claims"]]
    for row in rows:
        results[row["index"]] = {
            "id": case["claims"][row["index"]]["id"],
            "item": row["item"],
            "status": "ineligible" if row["reasons"] else "awarded",
            "reasons": row["reasons"],
            "ceiling_cny": None if row["reasons"] else shown(row["ceiling"]),
            "computed_cny": shown(row["computed"]),
            "capped_cny": shown(row["capped"]),
            "after_overlap_cny": shown(row["after"]),
            "payable_cny": shown(row["payable"]),
        }
    return {
        "case": case.get("case"),
        "year": case["year"],
        "limit_cny": shown(limit),
        "total_cny": shown(total),
        "overpaid_cny": shown(overpaid),
        "claims": results,
    }
