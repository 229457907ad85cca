"""Everything that is stored on the administration's side, by subject."""

from .budget import Appropriation, ShortageDecision, ShortageShare
from .checked import LedgerCheck
from .desk import ClaimNote, DocumentCheck, SavedFilter
from .digest import DayDigest
from .matter import JointMatter, MatterNote
from .payout import AccountConfirmation, BankResult, Payment, PaymentLine, PayoutBatch
from .replay import Replay, ReplayLine

__all__ = [
    "AccountConfirmation",
    "Appropriation",
    "BankResult",
    "ClaimNote",
    "DayDigest",
    "DocumentCheck",
    "JointMatter",
    "LedgerCheck",
    "MatterNote",
    "Payment",
    "PaymentLine",
    "PayoutBatch",
    "Replay",
    "ReplayLine",
    "SavedFilter",
    "ShortageDecision",
    "ShortageShare",
]
