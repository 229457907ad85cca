"""Whether the money inside a bundle agrees with itself, down to the fen: needs the members alone, no database."""

import hashlib
import json
from decimal import Decimal

from applications.ledger import BALANCES
from review.ledger.words import BALANCE_WORDS

ZERO = Decimal("0.00")


def money_problems(names, read):
    """Sentences on amounts in a bundle that contradict each other; `read(name)` gives the bytes of one of `names`.

    What an older bundle does not hold is not asked for.
    """
    folders = [name.removesuffix("申报.json") for name in names if name.rpartition("/")[2] == "申报.json"]
    problems = [problem for folder in folders for problem in _of_claim(folder, names, read)]
    if "批次.json" in names:
        problems += _of_batch(names, read)
    return problems


def _of_claim(folder, names, read):
    members = {short: f"{folder}{short}" for short in ("申报.json", "总额账.jsonl", "拨付.json", "追回.json")}
    if not {*members.values()} <= {*names}:
        return []
    claim, lines, recovery = (
        json.loads(read(members[short])) for short in ("申报.json", "拨付.json", "追回.json")
    )
    entries = [json.loads(line) for line in read(members["总额账.jsonl"]).decode().splitlines()]
    moved = [(kind, Decimal(amount), topic) for *_, kind, amount, _, topic in entries]
    pairs = [
        (f"总额账各笔合计的{BALANCE_WORDS[name]}", _sum(moved, kinds), "申报上的", Decimal(claim[name] or 0))
        for name, kinds in BALANCES.items()
    ]
    of_batches = [each for each in moved if each[2].startswith("batch:")]
    went_out = [line for line in lines if line["result"] in ("paid", "returned")]
    came_back = [line for line in lines if line["result"] == "returned"]
    receipts = [
        receipt
        for demand in recovery["demands"]
        for receipt in demand["receipts"]
        if not receipt.get("reversed_at")
    ]
    pairs += [
        ("总额账拨付金额", _sum(of_batches, ("payment",)), "拨付明细", _total(went_out)),
        ("总额账退汇金额", -_sum(of_batches, ("payment_returned",)), "退汇明细", _total(came_back)),
        ("总额账追回到账和抵扣", -_sum(moved, ("receipt", "offset")), "追回的到账", _total(receipts)),
    ]
    return _unequal(claim["number"], pairs)


def _of_batch(names, read):
    batch = json.loads(read("批次.json"))
    problems = []
    sheet = f"资金拨付表-{batch['number']}.xlsx"
    if sheet in names and hashlib.sha256(read(sheet)).hexdigest() != batch["file_sha256"]:
        problems.append(f"{sheet}：与批次锁定时的校验值不符。")
    if not {"支付.json", "拨付明细.json", "银行回执.json"} <= {*names}:
        return problems
    for result in json.loads(read("银行回执.json")):
        name = f"银行回执/{result['id']:06}"
        if name not in names or hashlib.sha256(read(name)).hexdigest() != result["file_sha256"]:
            problems.append(f"{name}：与导入时的校验值不符。")
    if batch["standing"] not in ("locked", "settled"):
        return problems
    lines = [line for line in json.loads(read("拨付明细.json")) if line["result"] != "dropped"]
    total = Decimal(batch["total_cny"])
    return problems + _unequal(
        batch["number"],
        [
            ("拨付明细合计", _total(lines), "批次合计", total),
            ("各笔支付合计", _total(json.loads(read("支付.json"))), "批次合计", total),
        ],
    )


def _sum(moved, kinds):
    return sum((amount for kind, amount, _ in moved if kind in kinds), ZERO)


def _total(rows):
    return sum((Decimal(row["amount_cny"]) for row in rows), ZERO)


def _unequal(number, pairs):
    return [
        f"{number}：{label} {one:,.2f} 元，{other} {two:,.2f} 元，两者不符。"
        for label, one, other, two in pairs
        if one != two
    ]
