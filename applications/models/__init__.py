"""Everything that is stored on the enterprise's side, by subject."""

from .claim import Claim, NumberSeries, VerifiedValue
from .enterprise import BankAccount, Enterprise, JoinRequest, Membership
from .evidence import ClaimEvidence, EvidenceFile
from .notice import Notice, NoticeLine
from .official import (
    AgriculturalExporter,
    CityRate,
    CodeListEntry,
    DiscreditedEnterprise,
    DualCirculationEntry,
    Holiday,
    LprRate,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
)
from .period import DeadlineExtension, FilingPeriod, YearSettings
from .record import Event, LedgerEntry, LedgerKind
from .states import COUNTED_STATES, State
from .support import SupportMessage, SupportRequest, SupportState
from .year import EnterpriseYear

__all__ = [
    "COUNTED_STATES",
    "AgriculturalExporter",
    "BankAccount",
    "CityRate",
    "Claim",
    "ClaimEvidence",
    "CodeListEntry",
    "DeadlineExtension",
    "DiscreditedEnterprise",
    "DualCirculationEntry",
    "Enterprise",
    "EnterpriseYear",
    "Event",
    "EvidenceFile",
    "FilingPeriod",
    "Holiday",
    "JoinRequest",
    "LedgerEntry",
    "LedgerKind",
    "LprRate",
    "Membership",
    "Notice",
    "NoticeLine",
    "NumberSeries",
    "OverseasWarehouse",
    "PastAward",
    "Platform",
    "PlatformMember",
    "RegisteredEnterprise",
    "State",
    "SupportMessage",
    "SupportRequest",
    "SupportState",
    "TradeFigures",
    "VerifiedValue",
    "YearSettings",
]
