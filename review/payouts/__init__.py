"""Payout batches: made by one finance officer, locked by another, sealed as a file, reported on by the bank.

`making` fills a draft, `checks` says everything that is wrong with it, `locking` commits its money in `payments`,
`sealing` makes the file and compares it with today's rows, `withdrawing` gives the claims back. What the bank reports is
recorded in `review.bank`.
"""

from .choosing import claims_to_pay
from .locking import batch_lock, draft_digest, why_not_lock
from .making import batch_make, batch_rename, claim_left_payable, line_drop, lines_add
from .sealing import batch_preview, seal_verify
from .titles import DOCUMENT_MOST, REASON_MOST, TITLE_MOST, TITLES
from .withdrawing import batch_withdraw

__all__ = [
    "DOCUMENT_MOST",
    "REASON_MOST",
    "TITLES",
    "TITLE_MOST",
    "batch_lock",
    "batch_make",
    "batch_preview",
    "batch_rename",
    "batch_withdraw",
    "claim_left_payable",
    "claims_to_pay",
    "draft_digest",
    "line_drop",
    "lines_add",
    "seal_verify",
    "why_not_lock",
]
