"""What the rules of the check stand on: parts of one statement (WITH …) that read every table once, all at the same moment.

`%(year)s` narrows everything down to the claims of a year, and to the batches, notices and decisions that these are in.
"""

from applications.ledger import BALANCES

#: Balances without their unit: payable, locked, committed, paid, demanded.
BALANCE_NAMES = {name: name.removesuffix("_cny") for name in BALANCES}


def _sum(kinds):
    listed = ", ".join(f"'{kind.value}'" for kind in kinds)
    return f"COALESCE(sum(e.amount_cny) FILTER (WHERE e.kind IN ({listed})), 0)"


_SUMS = ",\n        ".join(f"{_sum(kinds)} AS {BALANCE_NAMES[name]}" for name, kinds in BALANCES.items())
_BOOKED = ", ".join(f"COALESCE(s.{name}, 0) AS {name}_sum" for name in BALANCE_NAMES.values())

#: (name, SQL) in the order in which they build on one another.
PARTS = (
    (
        "claims",
        """SELECT id, number, enterprise_id, year, split_part(item, '.', 1)::int AS measure, payer, state, objected,
        COALESCE(payable_cny, 0) AS payable, COALESCE(locked_cny, 0) AS locked, committed_cny AS committed,
        paid_cny AS paid, demanded_cny AS demanded
    FROM applications_claim WHERE %(year)s::int IS NULL OR year = %(year)s""",
    ),
    (
        # What the entries of each claim add up to, by balance and by what other tables know as well.
        "sums",
        f"""SELECT e.claim_id, count(*) AS entries,
        count(*) FILTER (WHERE e.enterprise_id <> c.enterprise_id OR e.year <> c.year) AS strays,
        {_SUMS},
        COALESCE(sum(e.amount_cny) FILTER (WHERE e.kind = 'supplement'), 0) AS supplemented,
        COALESCE(sum(e.amount_cny) FILTER (WHERE e.kind IN ('receipt', 'offset')), 0) AS come_in,
        COALESCE(sum(e.amount_cny) FILTER (WHERE e.kind = 'payment' AND e.topic LIKE 'offset:%%'), 0) AS kept_back
    FROM applications_ledgerentry e JOIN claims c ON c.id = e.claim_id GROUP BY e.claim_id""",
    ),
    (
        "booked",
        f"""SELECT c.*, {_BOOKED}, COALESCE(s.strays, 0) AS strays, COALESCE(s.supplemented, 0) AS supplemented,
        COALESCE(s.come_in, 0) AS come_in, COALESCE(s.kept_back, 0) AS kept_back
    FROM claims c LEFT JOIN sums s ON s.claim_id = c.id""",
    ),
    (
        "batches",
        """SELECT id, number, standing, payer, total_cny AS total, line_count FROM review_payoutbatch b
    WHERE %(year)s::int IS NULL
        OR EXISTS (SELECT 1 FROM review_paymentline l JOIN claims c ON c.id = l.claim_id WHERE l.batch_id = b.id)""",
    ),
    (
        "lines",
        """SELECT l.id, l.claim_id, l.batch_id, l.payment_id, l.amount_cny AS amount, l.result, l.live, b.number AS batch,
        b.standing
    FROM review_paymentline l JOIN batches b ON b.id = l.batch_id""",
    ),
    (
        "of_lines",
        """SELECT claim_id, COALESCE(sum(amount) FILTER (WHERE live AND standing = 'locked'), 0) AS committed,
        COALESCE(sum(amount) FILTER (WHERE result = 'paid'), 0) AS paid,
        count(*) FILTER (WHERE live) AS live
    FROM lines GROUP BY claim_id""",
    ),
    (
        # Per claim and batch, what stands in the lines and what was entered for them.
        "in_batches",
        """SELECT claim_id, batch, sum(committed) AS committed, sum(paid) AS paid, sum(committed_entered) AS committed_entered,
        sum(paid_entered) AS paid_entered
    FROM (
        SELECT claim_id, batch, CASE WHEN live AND standing = 'locked' THEN amount ELSE 0 END AS committed,
            CASE WHEN result IN ('paid', 'returned') THEN amount ELSE 0 END AS paid, 0 AS committed_entered,
            0 AS paid_entered
        FROM lines
        UNION ALL
        SELECT e.claim_id, substr(e.topic, 7), 0, 0,
            CASE WHEN e.kind IN ('commitment', 'commitment_released') THEN e.amount_cny ELSE 0 END,
            CASE WHEN e.kind = 'payment' THEN e.amount_cny ELSE 0 END
        FROM applications_ledgerentry e JOIN claims c ON c.id = e.claim_id WHERE e.topic LIKE 'batch:%%'
    ) AS both_sides GROUP BY claim_id, batch""",
    ),
    (
        "receipts",
        """SELECT d.claim_id, d.number AS demand, r.against_id, r.amount_cny AS amount, r.reversed_at IS NOT NULL AS reversed
    FROM applications_receipt r JOIN applications_demand d ON d.id = r.demand_id""",
    ),
    ("received", "SELECT claim_id, sum(amount) AS amount FROM receipts WHERE NOT reversed GROUP BY claim_id"),
    (
        "offset_against",
        """SELECT against_id AS claim_id, sum(amount) AS amount FROM receipts WHERE against_id IS NOT NULL
    GROUP BY against_id""",
    ),
    (
        # Per demand, what was recorded on it and reversed again, and what was entered for it, one way and back.
        "on_demands",
        """SELECT claim_id, demand, sum(recorded) AS recorded, sum(reversed) AS reversed, sum(entered) AS entered,
        sum(entered_back) AS entered_back
    FROM (
        SELECT claim_id, demand, amount AS recorded, CASE WHEN reversed THEN amount ELSE 0 END AS reversed, 0 AS entered,
            0 AS entered_back
        FROM receipts
        UNION ALL
        SELECT e.claim_id, substr(e.topic, 8), 0, 0, -LEAST(e.amount_cny, 0), GREATEST(e.amount_cny, 0)
        FROM applications_ledgerentry e WHERE e.kind IN ('receipt', 'offset') AND e.topic LIKE 'demand:%%'
    ) AS both_sides GROUP BY claim_id, demand""",
    ),
    (
        "in_notices",
        """SELECT l.id, l.claim_id, l.withdrawn_at, n.number AS notice, n.standing, n.closed_at
    FROM applications_noticeline l JOIN applications_notice n ON n.id = l.notice_id
    JOIN claims c ON c.id = l.claim_id""",
    ),
    (
        # Enterprise-years at rest: what waits to be settled agrees once it has been.
        "years",
        """SELECT y.id, y.enterprise_id, y.year, f.credit_code, COALESCE(y.limit_cny, 0) AS limit_cny,
        COALESCE(y.total_cny, 0) AS total, sum(b.payable_sum) AS payable, sum(b.paid_sum - b.demanded_sum) AS kept
    FROM applications_enterpriseyear y JOIN applications_enterprise f ON f.id = y.enterprise_id
    JOIN booked b ON b.enterprise_id = y.enterprise_id AND b.year = y.year
    WHERE y.requested = y.settled
    GROUP BY y.id, f.credit_code""",
    ),
    (
        "decisions",
        """SELECT d.id, d.number, d.available_cny AS available, d.owed_cny AS owed, COALESCE(sum(s.share_cny), 0) AS shared,
        COALESCE(sum(s.owed_cny), 0) AS shares_owed
    FROM review_shortagedecision d LEFT JOIN review_shortageshare s ON s.decision_id = d.id
    WHERE %(year)s::int IS NULL OR d.year = %(year)s GROUP BY d.id""",
    ),
    (
        "missing",
        """SELECT substr(e.topic, 10) AS number, -sum(e.amount_cny) AS amount
    FROM applications_ledgerentry e WHERE e.kind = 'shortage' AND e.topic LIKE 'shortage:%%' GROUP BY 1""",
    ),
    (
        "budgets",
        """SELECT measure, year, payer, sum(amount_cny) AS amount FROM review_appropriation
    WHERE %(year)s::int IS NULL OR year = %(year)s GROUP BY measure, year, payer""",
    ),
    (
        "spent",
        """SELECT measure, year, payer, sum(committed_sum + paid_sum) AS amount FROM booked
    GROUP BY measure, year, payer""",
    ),
)

#: What is counted besides, as (words with the number, SQL of the number).
COUNTS = (
    ("总额账 {:,} 笔", "(SELECT COALESCE(sum(entries), 0) FROM sums)"),
    ("申报 {:,} 件", "(SELECT count(*) FROM claims)"),
    ("企业年度 {:,} 个", "(SELECT count(*) FROM years)"),
    ("批次 {:,} 个", "(SELECT count(*) FROM batches)"),
    ("拨付明细 {:,} 笔", "(SELECT count(*) FROM lines)"),
    ("公示明细 {:,} 条", "(SELECT count(*) FROM in_notices)"),
    ("追回到账 {:,} 笔", "(SELECT count(*) FROM receipts)"),
    ("预算分配 {:,} 次", "(SELECT count(*) FROM decisions)"),
    ("预算指标 {:,} 项", "(SELECT count(*) FROM budgets)"),
)
