"""How much evaluating costs, beside `json.loads` of the same lines in the same run.

Run as a script. The aims: the function alone at most 6 times the cost of `json.loads`, the whole command with its
checks and output at most 9 times.

Each work is done a few lines at a time, in turn with the others, and the best time of each slice counts: what else the
machine does can only add to a time.
"""

import json
import sys
from collections.abc import Callable
from io import BytesIO
from math import inf
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from applications.reference import packaged_reference
from measures.contract import answer_stream, parse_case
from measures.evaluation import evaluate

CASES = 2000
SLICE = 100
ROUNDS = 9
FUNCTION_AIM = 6
COMMAND_AIM = 9


def cases() -> list[dict]:
    """Return cases of the sizes and kinds that a province's year is made of, each a little different."""
    return [_case(number) for number in range(CASES)]


def _case(number: int) -> dict:
    year = 2020 + number % 5
    kinds = (_trader, _exhibitor, _e_commerce, _insured)
    return {
        "case": f"示例企业-{number:05d}",
        "year": year,
        "enterprise": {
            "introduced_year": None,
            "ftz": number % 7 == 0,
            "platform_member": number % 3 == 0,
            "agricultural_exporter": number % 11 == 0,
            "trade_platforms": [{"id": f"PT{number:04d}", "level": "provincial"}],
            "overseas_warehouses": [],
            "dual_circulation": number % 5 == 0,
        },
        "trade": {
            str(year - 1): _figures(80_000_000 + number),
            str(year): _figures(215_000_000 + 13 * number),
        },
        "settings": {
            "bank_cost_rate": "0.50",
            "key_markets": ["RU"],
            "city_rates": {"3.3": "0.50", "5.4": "0.40", "5.5": "0.65"},
        },
        "past_awards": [],
        "claims": kinds[number % len(kinds)](number, year),
    }


def _figures(size: int) -> dict:
    return {
        "import_cny": f"{size}.35",
        "export_cny": f"{size // 2}.10",
        "export_usd": f"{size // 40}.00",
        "cross_border_cny": f"{size // 9}.77",
        "resource_import_cny": f"{size // 2 + 60_000_000}.00",
        "local_product_export_cny": f"{size // 3}.00",
    }


def _claim(number: int, item: str, facts: dict, other: str = "0") -> dict:
    return {
        "id": f"{number}-{item}",
        "item": item,
        "facts": facts,
        "other_support_cny": other,
        "locked_cny": None,
    }


def _trader(number: int, year: int) -> list[dict]:
    loans = [
        {
            "principal_cny": f"{4_000_000 + row * 1_250_000}",
            "issued_on": f"{year}-0{row + 1}-15",
            "repaid_on": f"{year}-12-15" if row else None,
            "interest_paid_cny": f"{90_000 + row * 20_000 + number % 1000}.44",
        }
        for row in range(3)
    ]
    landed = f"{150_000_000 + number}.00"
    return [
        _claim(number, "1.1", {}),
        _claim(number, "4.1", {"landed_cny": landed, "bank_fees_cny": "86400.00", "loans": loans}),
        _claim(number, "4.2", {"bank_fees_cny": "12800.50", "loans": loans[:1]}),
        _claim(number, "6.1", {}),
    ]


def _exhibitor(number: int, year: int) -> list[dict]:
    costs = {
        "booth_cny": f"{96_000 + number}.00",
        "freight_cny": "58600.00",
        "travel_cny": "43800.50",
        "lodging_cny": "26100",
    }
    return [
        _claim(number, "5.1", costs, other="20000.00"),
        _claim(number, "5.2", {"booth_cny": "64000", "freight_cny": f"{18_000 + number % 500}.25"}),
        _claim(number, "5.3", {"participation_cny": "36000"}),
        _claim(number, "5.5", {"brand_cny": "0", "trademark_cny": "45200.00", "certification_cny": "99000"}),
        _claim(number, "2.1", {"platform": f"PT{number:04d}"}),
    ]


def _e_commerce(number: int, year: int) -> list[dict]:
    site = {
        "site": f"shop{number}.example",
        "site_trade_cny": "15600000.00",
        "construction_cny": f"{640_000 + number}.90",
    }
    return [
        _claim(number, "3.1", {}),
        _claim(number, "3.2", site),
        _claim(number, "3.3", {"entry_fee_cny": "20000", "promotion_cny": f"{80_000 + number % 700}.00"}),
        _claim(number, "5.3", {"participation_cny": "24000.00"}),
        _claim(number, "5.4", {"credit_report_cny": "9800.00", "online_promotion_cny": "30500"}),
    ]


def _insured(number: int, year: int) -> list[dict]:
    premiums = [
        {"premium_cny": f"{21_000 + number % 900}.15", "market": market, "new_mode": market == "JP"}
        for market in ("US", "JP", "RU", "DE")
    ]
    return [
        _claim(number, "7.1", {"premium_cny": "38000.00"}),
        _claim(number, "7.2", {"premiums": premiums}),
        _claim(number, "7.3", {"premium_cny": f"{61_000 + number % 300}.00"}),
        _claim(number, "1.1", {}),
        _claim(number, "8.1", {"subject": "班列舱位", "details": "请协调下月班列舱位。"}),
    ]


def _each(work: Callable[[object], object], inputs: list) -> None:
    """Do something with each input and keep nothing, as a stream does."""
    for one in inputs:
        work(one)


def _seconds(work: Callable[[slice], object], part: slice) -> float:
    started = process_time()
    work(part)
    return process_time() - started


def main() -> None:
    lines = [json.dumps(case, ensure_ascii=False).encode() for case in cases()]
    text = b"\n".join(lines) + b"\n"
    reference = packaged_reference()
    parsed = [parse_case(json.loads(line)) for line in lines]
    tally = answer_stream(BytesIO(text), bytes, reference)
    slices = [slice(first, first + SLICE) for first in range(0, CASES, SLICE)]
    works = {
        "json.loads": lambda part: _each(json.loads, lines[part]),
        "evaluate": lambda part: _each(lambda case: evaluate(case, reference), parsed[part]),
        "command": lambda part: answer_stream(BytesIO(b"\n".join(lines[part])), bytes, reference),
    }
    best = {name: [inf] * len(slices) for name in works}
    for _ in range(ROUNDS):
        for number, part in enumerate(slices):
            for name, work in works.items():
                best[name][number] = min(best[name][number], _seconds(work, part))
    print(f"{CASES} cases, {len(text) / CASES:.0f} bytes a line, {tally.refused} refused, {ROUNDS} rounds")
    base = sum(best["json.loads"])
    print(f"json.loads            {base / CASES * 1e6:8.1f} µs a case")
    for name, title, aim in (
        ("evaluate", "the function alone", FUNCTION_AIM),
        ("command", "the whole command", COMMAND_AIM),
    ):
        cost = sum(best[name])
        ratio = cost / base
        said = "met" if ratio <= aim else "MISSED"
        print(
            f"{title:<20}  {cost / CASES * 1e6:8.1f} µs a case, {ratio:5.2f} × json.loads (aim {aim}: {said})"
        )


if __name__ == "__main__":
    main()
