"""What the firms of the sample province declare: facts and particulars of every money item, drawn from a seed."""

import hashlib

from applications.claims import claim_submit, draft_open
from applications.evidence import SUPPORT_DOCUMENT
from applications.models import ClaimEvidence, EvidenceFile
from tests.factories import NOW, declared

#: Items that any firm may file, with how often.
USUAL = {
    "1.1": 1,
    "3.1": 1,
    "3.2": 1,
    "3.3": 2,
    "3.5": 1,
    "4.1": 2,
    "4.2": 2,
    "5.1": 4,
    "5.2": 2,
    "5.3": 2,
    "5.4": 1,
    "5.5": 2,
    "7.1": 3,
    "7.2": 3,
    "7.3": 2,
}


def yuan(rng, most):
    """An amount of yuan and fen as people type it."""
    return f"{rng.randrange(1000, most)}.{rng.randrange(100):02d}"


def facts_of(item, made, rng):
    """(facts, particulars) of one claim for the item."""
    loan = {
        "principal_cny": yuan(rng, 8_000_000),
        "issued_on": f"2025-0{rng.randrange(1, 10)}-15",
        "repaid_on": None,
        "interest_paid_cny": yuan(rng, 200_000),
    }
    expo = {"exhibition_name": f"示例展会{rng.randrange(9)}", "starts_on": f"2025-0{rng.randrange(1, 10)}-16"}
    costs = {
        "2.1": lambda: {"platform": made.platform},
        "3.2": lambda: {
            "site": "示例独立站",
            "site_trade_cny": yuan(rng, 30_000_000),
            "construction_cny": yuan(rng, 900_000),
        },
        "3.3": lambda: {"entry_fee_cny": yuan(rng, 60_000), "promotion_cny": yuan(rng, 90_000)},
        "3.4": lambda: {"warehouse": made.warehouse},
        "3.5": lambda: {
            "served_smes": rng.randrange(10, 30),
            "trade_handled_cny": yuan(rng, 600_000_000),
        },
        "4.1": lambda: {
            "landed_cny": yuan(rng, 300_000_000),
            "bank_fees_cny": yuan(rng, 90_000),
            "loans": [loan],
        },
        "4.2": lambda: {"bank_fees_cny": yuan(rng, 90_000), "loans": [loan]},
        "5.1": lambda: {
            name: yuan(rng, 90_000) for name in ("booth_cny", "freight_cny", "travel_cny", "lodging_cny")
        },
        "5.2": lambda: {"booth_cny": yuan(rng, 120_000), "freight_cny": yuan(rng, 60_000)},
        "5.3": lambda: {"participation_cny": yuan(rng, 120_000)},
        "5.4": lambda: {"credit_report_cny": yuan(rng, 50_000), "online_promotion_cny": yuan(rng, 50_000)},
        "5.5": lambda: {"brand_cny": yuan(rng, 90_000), "trademark_cny": yuan(rng, 60_000)},
        "7.1": lambda: {"premium_cny": yuan(rng, 300_000)},
        "7.2": lambda: {
            "premiums": [
                {
                    "premium_cny": yuan(rng, 400_000),
                    "market": rng.choice(["JP", "US", "RU"]),
                    "new_mode": rng.random() < 0.3,
                }
                for _ in range(rng.randrange(1, 4))
            ]
        },
        "7.3": lambda: {"premium_cny": yuan(rng, 500_000)},
    }
    facts = costs[item]() if item in costs else {}
    particulars = expo if item in ("5.1", "5.2", "5.3") else {}
    if item == "7.1" and rng.random() < 0.7:
        # The insurer has advanced the premium and is paid for many firms at once.
        particulars = {
            "payee_name": "示例保险公司黑龙江分公司",
            "payee_bank": "示例银行哈尔滨分行",
            "payee_account": "6200000000009999",
        }
    return facts, particulars


def items_of(made, count, rng):
    """Which items a firm files: what it is on a register for, and some of the usual ones."""
    sure = [
        *(["2.1"] if made.platform else []),
        *(["3.4"] if made.warehouse else []),
        *(["6.1"] if made.dual else []),
        *(["1.1"] if made.size == "large" else []),
    ]
    others = [item for item in USUAL if item not in sure]
    weights = [USUAL[item] for item in others]
    while len(sure) < count:
        item = rng.choices(others, weights=weights)[0]
        if item not in sure:
            sure.append(item)
    return sure[:count]


def claims_file(world, filings, rng, *, tick):
    """Claims of (firm, item), each filed by its firm with every required document; what other policies paid is asked for now
    and then. `tick` gives the time of what happens next. Yields them as they are filed.
    """
    drafts = [_draft(world, made, item, rng, tick()) for made, item in filings]
    _evidence_give(world, drafts)
    for claim, what in drafts:
        yield claim_submit(
            claim_id=claim.pk, actor=world.owners[claim.enterprise_id], declared=what, at=tick()
        )


def _draft(world, made, item, rng, at):
    """A draft and what will be declared in it."""
    facts, particulars = facts_of(item, made, rng)
    other = yuan(rng, 20_000) if rng.random() < 0.1 else "0"
    claim, _ = draft_open(
        enterprise=made.firm,
        item=item,
        period=world.period,
        actor=world.owners[made.firm.pk],
        draft={"facts": facts, "particulars": particulars},
        at=at,
    )
    return claim, declared(facts, particulars, other)


def _evidence_give(world, drafts):
    """A file of its own for every document that is required: rows alone, no bytes."""
    wanted = [(claim, code) for claim, what in drafts for code in _codes(claim, what)]
    files = EvidenceFile.objects.bulk_create(
        EvidenceFile(
            enterprise_id=claim.enterprise_id,
            sha256=hashlib.sha256(f"{claim.number} {number}".encode()).hexdigest(),
            name="示例材料.pdf",
            content_type="application/pdf",
            size=1000,
            uploaded_by=world.owners[claim.enterprise_id],
            uploaded_at=NOW,
        )
        for number, (claim, _) in enumerate(wanted)
    )
    ClaimEvidence.objects.bulk_create(
        ClaimEvidence(claim=claim, document=code, file=file, added_by_id=file.uploaded_by_id, added_at=NOW)
        for (claim, code), file in zip(wanted, files, strict=True)
    )


def _codes(claim, what):
    """The documents that a claim must have, each as often as it needs files."""
    documents = [each for each in claim.rule.evidence if each.is_needed(what.facts, what.particulars)]
    documents += [SUPPORT_DOCUMENT] if what.other_support_cny > 0 else []
    return [document.code for document in documents for _ in range(document.min_files)]
