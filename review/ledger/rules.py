"""The rules of the check: each is a query for what breaks it, and the sentence that says so.

Such a query gives, per problem: who (a number that people know), the claim's id or NULL, a detail, what was expected and
what was found, both numeric or NULL. It reads the parts of `ground.py`. Places in a sentence: {who}, {detail}, {expected},
{found}.
"""

from dataclasses import dataclass

from review.ledger.ground import BALANCE_NAMES
from review.ledger.words import BALANCE_WORDS


@dataclass(frozen=True)
class Rule:
    """One rule: its name, what it holds (as the page lists it), its sentence and its query; `counts`: numbers are no money."""

    name: str
    title: str
    sentence: str
    sql: str
    counts: bool = False


def _balance(column):
    name, label = BALANCE_NAMES[column], BALANCE_WORDS[column]
    return Rule(
        f"balance_{name}",
        f"每件申报的{label}等于总额账各笔之和",
        f"申报 {{who}} 的{label}：总额账各笔合计 {{expected}} 元，申报上是 {{found}} 元。",
        f"SELECT number, id, '', {name}_sum, {name} FROM booked WHERE {name}_sum <> {name}",
    )


_OF_CLAIMS = (
    *(_balance(column) for column in BALANCE_WORDS),
    Rule(
        "not_negative",
        "没有余额小于零",
        "申报 {who} 的{detail}按总额账是 {found} 元，不应小于 0。",
        """SELECT b.number, b.id, each.label, 0, each.amount FROM booked b, LATERAL (VALUES ('应付', b.payable_sum),
            ('锁定', b.locked_sum), ('已列入批次', b.committed_sum), ('已拨付', b.paid_sum), ('待追回', b.demanded_sum))
            AS each (label, amount)
        WHERE LEAST(b.payable_sum, b.locked_sum, b.committed_sum, b.paid_sum, b.demanded_sum) < 0
            AND each.amount < 0""",
    ),
    Rule(
        "within_lock",
        "已列入批次与已拨付之和不超过锁定金额",
        "申报 {who}：已列入批次和已拨付合计 {found} 元，超过锁定的 {expected} 元。",
        """SELECT number, id, '', locked_sum, committed_sum + paid_sum FROM booked
        WHERE committed_sum + paid_sum > locked_sum""",
    ),
    Rule(
        "own_year",
        "每笔总额账都记在申报自己的企业和年度下",
        "申报 {who}：有 {found} 笔总额账记在别的企业或年度下。",
        "SELECT number, id, '', 0, strays FROM booked WHERE strays > 0",
        counts=True,
    ),
    Rule(
        "state_committed",
        "“已列入批次”的申报都有已列入批次的金额，其他申报都没有",
        "申报 {who} 现在是“{detail}”，已列入批次的金额是 {found} 元，两者不符。",
        "SELECT number, id, state, NULL, committed FROM booked WHERE (state = 'committed') <> (committed > 0)",
    ),
    Rule(
        "state_paid",
        "“已拨付”的申报都已足额拨付",
        "申报 {who} 现在是“已拨付”：锁定 {expected} 元，拨付了 {found} 元。",
        "SELECT number, id, '', locked, paid FROM booked WHERE state = 'paid' AND locked <> paid",
    ),
)
_OF_BATCHES = (
    Rule(
        "committed_lines",
        "已列入批次等于已锁定批次中有效的拨付明细",
        "申报 {who}：已锁定批次中有效的拨付明细合计 {expected} 元，已列入批次是 {found} 元。",
        """SELECT b.number, b.id, '', COALESCE(l.committed, 0), b.committed FROM booked b
        LEFT JOIN of_lines l ON l.claim_id = b.id WHERE b.committed <> COALESCE(l.committed, 0)""",
    ),
    Rule(
        "paid_lines",
        "已拨付等于拨付成功的明细加抵扣所得，减追回到账",
        "申报 {who}：拨付成功的明细加抵扣、减追回到账应是 {expected} 元，已拨付是 {found} 元。",
        """SELECT number, id, '', expected, paid FROM (
            SELECT b.number, b.id, b.paid,
                COALESCE(l.paid, 0) + COALESCE(o.amount, 0) - COALESCE(r.amount, 0) AS expected
            FROM booked b LEFT JOIN of_lines l ON l.claim_id = b.id LEFT JOIN offset_against o ON o.claim_id = b.id
            LEFT JOIN received r ON r.claim_id = b.id) AS each
        WHERE expected <> paid""",
    ),
    Rule(
        "committed_entries",
        "每件申报在每个批次中列入的金额，明细与总额账相同",
        "申报 {who} 在批次 {detail}：有效的拨付明细 {expected} 元，总额账列入 {found} 元。",
        """SELECT c.number, c.id, i.batch, i.committed, i.committed_entered FROM in_batches i
        JOIN claims c ON c.id = i.claim_id WHERE i.committed <> i.committed_entered""",
    ),
    Rule(
        "paid_entries",
        "每件申报在每个批次中拨付的金额，明细与总额账相同",
        "申报 {who} 在批次 {detail}：明细拨付 {expected} 元，总额账拨付 {found} 元。",
        """SELECT c.number, c.id, i.batch, i.paid, i.paid_entered FROM in_batches i
        JOIN claims c ON c.id = i.claim_id WHERE i.paid <> i.paid_entered""",
    ),
    Rule(
        "one_live_line",
        "没有申报同时在两笔有效的拨付明细中",
        "申报 {who} 同时在 {found} 笔有效的拨付明细中，最多应有 1 笔。",
        """SELECT c.number, c.id, '', 1, l.live FROM of_lines l JOIN claims c ON c.id = l.claim_id
        WHERE l.live > 1""",
        counts=True,
    ),
    Rule(
        "live_lines",
        "有效的拨付明细都在编制中或已锁定的批次里，申报的状态与之相符",
        "申报 {who}：有一笔有效的拨付明细在批次 {detail}，而申报或批次已不在相应的状态。",
        """SELECT c.number, c.id, l.batch, NULL, NULL FROM lines l JOIN claims c ON c.id = l.claim_id
        WHERE l.live AND (l.standing, c.state) NOT IN (('draft', 'payable'), ('locked', 'committed'))""",
    ),
    Rule(
        "batch_total",
        "批次合计等于各笔明细之和",
        "批次 {who}：各笔明细合计 {expected} 元，批次上是 {found} 元。",
        """SELECT b.number, NULL, '', COALESCE(sum(l.amount), 0), b.total FROM batches b
        LEFT JOIN lines l ON l.batch_id = b.id AND l.result <> 'dropped' WHERE b.standing <> 'withdrawn'
        GROUP BY b.number, b.total HAVING COALESCE(sum(l.amount), 0) <> b.total""",
    ),
    Rule(
        "batch_count",
        "批次笔数等于明细的笔数",
        "批次 {who}：明细有 {expected} 笔，批次上是 {found} 笔。",
        """SELECT b.number, NULL, '', count(l.id), b.line_count FROM batches b
        LEFT JOIN lines l ON l.batch_id = b.id AND l.result <> 'dropped' WHERE b.standing <> 'withdrawn'
        GROUP BY b.number, b.line_count HAVING count(l.id) <> b.line_count""",
        counts=True,
    ),
    Rule(
        "batch_payments",
        "已锁定批次的合计等于各笔支付之和",
        "批次 {who}：合计 {expected} 元，各笔支付合计 {found} 元。",
        """SELECT b.number, NULL, '', b.total, COALESCE(sum(p.amount_cny), 0) FROM batches b
        LEFT JOIN review_payment p ON p.batch_id = b.id WHERE b.standing IN ('locked', 'settled')
        GROUP BY b.number, b.total HAVING COALESCE(sum(p.amount_cny), 0) <> b.total""",
    ),
    Rule(
        "payment_lines",
        "每笔支付等于其中各笔明细之和",
        "批次 {who} 第 {detail} 笔支付：其中明细合计 {expected} 元，支付 {found} 元。",
        """SELECT b.number, NULL, p.position::text, COALESCE(sum(l.amount), 0), p.amount_cny FROM batches b
        JOIN review_payment p ON p.batch_id = b.id LEFT JOIN lines l ON l.payment_id = p.id
        WHERE b.standing IN ('locked', 'settled')
        GROUP BY b.number, p.id HAVING COALESCE(sum(l.amount), 0) <> p.amount_cny""",
    ),
    Rule(
        "seal",
        "封存的拨付表与其校验值相符",
        "批次 {who}：封存的拨付表与锁定时的校验值不符。",
        """SELECT b.number, NULL, '', NULL, NULL FROM batches b JOIN review_payoutbatch f ON f.id = b.id
        WHERE f.file IS NOT NULL AND encode(sha256(f.file), 'hex') <> f.file_sha256""",
    ),
)
_OF_NOTICES = (
    Rule(
        "in_notice",
        "公示中的申报都在公示名单里",
        "申报 {who} 现在是“公示中”，但不在任何公示名单里，或者公示早已结束。",
        # What was being settled when its notice ended goes with the next pass, which comes every hour.
        """SELECT c.number, c.id, '', NULL, NULL FROM claims c JOIN applications_enterpriseyear y USING (enterprise_id, year)
        WHERE c.state = 'in_notice' AND NOT EXISTS (
            SELECT 1 FROM in_notices n WHERE n.claim_id = c.id AND n.withdrawn_at IS NULL
                AND (n.standing = 'published' OR c.objected OR y.requested > y.settled
                    OR GREATEST(n.closed_at, y.settled_at) > now() - interval '2 hours'))""",
    ),
    Rule(
        "notice_lines",
        "公示名单里没有撤出的申报都在公示中",
        "申报 {who} 在公示 {detail} 的名单里没有撤出，但已经不在公示中。",
        """SELECT c.number, c.id, n.notice, NULL, NULL FROM in_notices n JOIN claims c ON c.id = n.claim_id
        WHERE n.standing = 'published' AND n.withdrawn_at IS NULL AND c.state <> 'in_notice'""",
    ),
    Rule(
        "paid_after_notice",
        "待拨付、已列入批次和已拨付的申报都公示过",
        "申报 {who} 现在是“{detail}”，但从来没有公示。",
        """SELECT c.number, c.id, c.state, NULL, NULL FROM claims c
        WHERE c.state IN ('payable', 'committed', 'paid') AND c.locked > 0
            AND NOT EXISTS (SELECT 1 FROM in_notices n WHERE n.claim_id = c.id)""",
    ),
    Rule(
        "objected",
        "“异议处理中”的申报都有正在处理的异议，其他申报都没有",
        "申报 {who}：有 {expected} 条正在处理的异议，与“异议处理中”的标记不符。",
        """SELECT c.number, c.id, '', count(o.id), NULL FROM claims c
        LEFT JOIN applications_objection o ON o.claim_id = c.id AND o.standing = 'open'
        GROUP BY c.id, c.number, c.objected HAVING (count(o.id) > 0) <> c.objected""",
        counts=True,
    ),
)
_OF_RECOVERY = (
    Rule(
        "demanded_paid",
        "待追回不超过已拨付",
        "申报 {who}：已拨付 {expected} 元，待追回却有 {found} 元。",
        # A return by the bank is followed by the settlement that lowers the demand.
        """SELECT b.number, b.id, '', b.paid_sum, b.demanded_sum FROM booked b JOIN years y USING (enterprise_id, year)
        WHERE b.demanded_sum > b.paid_sum""",
    ),
    Rule(
        "open_demands",
        "待追回大于零的申报有且只有一项没有了结的追回，其他申报没有",
        "申报 {who}：待追回 {expected} 元，没有了结的追回有 {detail} 项。",
        """SELECT b.number, b.id, count(d.id)::text, b.demanded, NULL FROM booked b
        LEFT JOIN applications_demand d ON d.claim_id = b.id AND d.closed_at IS NULL
        GROUP BY b.id, b.number, b.demanded
        HAVING count(d.id) <> CASE WHEN b.demanded > 0 THEN 1 ELSE 0 END""",
    ),
    Rule(
        "receipts",
        "追回到账和抵扣的登记（不含已冲销的）与总额账相同",
        "申报 {who}：登记的追回到账和抵扣合计 {expected} 元，总额账是 {found} 元。",
        """SELECT b.number, b.id, '', COALESCE(r.amount, 0), -b.come_in FROM booked b
        LEFT JOIN received r ON r.claim_id = b.id WHERE COALESCE(r.amount, 0) <> -b.come_in""",
    ),
    Rule(
        "demand_receipts",
        "每件追回登记过的到账和抵扣与总额账相同",
        "申报 {who} 的追回 {detail}：登记过的到账和抵扣（包括已冲销的）合计 {expected} 元，总额账记入 {found} 元。",
        """SELECT c.number, c.id, o.demand, o.recorded, o.entered FROM on_demands o JOIN claims c ON c.id = o.claim_id
        WHERE o.recorded <> o.entered""",
    ),
    Rule(
        "reversals",
        "每件追回已冲销的到账，总额账都冲回了相同的金额",
        "申报 {who} 的追回 {detail}：已冲销的到账合计 {expected} 元，总额账冲回 {found} 元。",
        """SELECT c.number, c.id, o.demand, o.reversed, o.entered_back FROM on_demands o JOIN claims c ON c.id = o.claim_id
        WHERE o.reversed <> o.entered_back""",
    ),
    Rule(
        "offsets",
        "每笔抵扣都记为另一件申报的拨付",
        "申报 {who}：用于抵扣的登记合计 {expected} 元，总额账上因抵扣拨付 {found} 元。",
        """SELECT b.number, b.id, '', COALESCE(o.amount, 0), b.kept_back FROM booked b
        LEFT JOIN offset_against o ON o.claim_id = b.id WHERE COALESCE(o.amount, 0) <> b.kept_back""",
    ),
    Rule(
        "supplements",
        "已补发的决定与总额账相同",
        "申报 {who}：决定补发 {expected} 元，总额账补发 {found} 元。",
        """SELECT b.number, b.id, '', COALESCE(sum(s.amount_cny), 0), b.supplemented FROM booked b
        LEFT JOIN applications_supplement s ON s.claim_id = b.id AND s.standing = 'granted'
        GROUP BY b.id, b.number, b.supplemented HAVING COALESCE(sum(s.amount_cny), 0) <> b.supplemented""",
    ),
)
_OF_BUDGETS = (
    Rule(
        "shares",
        "预算不足时各件所得之和等于可分配的金额",
        "预算分配 {who}：可分配 {expected} 元，各件所得合计 {found} 元。",
        "SELECT number, NULL, '', available, shared FROM decisions WHERE available <> shared",
    ),
    Rule(
        "shares_owed",
        "预算不足时各件应拨付之和等于决定上的应拨付",
        "预算分配 {who}：各件应拨付合计 {expected} 元，决定上是 {found} 元。",
        "SELECT number, NULL, '', shares_owed, owed FROM decisions WHERE shares_owed <> owed",
    ),
    Rule(
        "shortage_entries",
        "预算不足的差额都记入总额账",
        "预算分配 {who}：各件没有得到的合计 {expected} 元，总额账是 {found} 元。",
        """SELECT d.number, NULL, '', d.shares_owed - d.shared, COALESCE(m.amount, 0) FROM decisions d
        LEFT JOIN missing m ON m.number = d.number WHERE d.shares_owed - d.shared <> COALESCE(m.amount, 0)""",
    ),
    Rule(
        "within_budget",
        "每项已列入批次与已拨付之和不超过预算指标，没有指标的没有拨付",
        "{detail}第 {who} 条措施：预算指标 {expected} 元，已列入批次和已拨付 {found} 元。",
        """SELECT s.measure::text, NULL, s.year || ' ' || s.payer, COALESCE(b.amount, 0), s.amount FROM spent s
        LEFT JOIN budgets b USING (measure, year, payer) WHERE s.amount > COALESCE(b.amount, 0)""",
    ),
)
_OF_YEARS = (
    Rule(
        "within_limit",
        "每个企业年度，已拨付减待追回不超过总额度",
        "企业 {who} {detail} 年度：已拨付减待追回 {found} 元，超过总额度 {expected} 元。",
        "SELECT credit_code, NULL, year::text, limit_cny, kept FROM years WHERE kept > limit_cny",
    ),
    Rule(
        "year_total",
        "每个企业年度的应付合计等于各件应付之和",
        "企业 {who} {detail} 年度：各件应付合计 {expected} 元，年度合计是 {found} 元。",
        "SELECT credit_code, NULL, year::text, payable, total FROM years WHERE payable <> total",
    ),
)
RULES = (*_OF_CLAIMS, *_OF_BATCHES, *_OF_NOTICES, *_OF_RECOVERY, *_OF_BUDGETS, *_OF_YEARS)
