"""Everything that is stored on the administration's side, by subject."""

from .desk import ClaimNote, DocumentCheck, SavedFilter
from .digest import DayDigest
from .matter import JointMatter, MatterNote
from .payout import PaymentLine, PayoutBatch
from .replay import Replay, ReplayLine

__all__ = [
    "ClaimNote",
    "DayDigest",
    "DocumentCheck",
    "JointMatter",
    "MatterNote",
    "PaymentLine",
    "PayoutBatch",
    "Replay",
    "ReplayLine",
    "SavedFilter",
]
