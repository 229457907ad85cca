"""Everything that is stored on the enterprise's side, by subject."""

from .claim import Claim, NumberSeries, VerifiedValue
from .enterprise import BankAccount, Enterprise, Invitation, JoinRequest, Membership
from .evidence import ClaimEvidence, EvidenceFile
from .fingerprint import Fingerprint, TraceMove
from .flag import Flag
from .job import OPEN_JOB_STATES, Job, JobState
from .letter import Letter
from .load import DataLoad, LoadClaim
from .match import Match, MatchYear
from .message import MailChoice, Message, MessageRead
from .notice import Notice, NoticeLine
from .objection import Objection
from .official import (
    AgriculturalExporter,
    CityRate,
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
from .payee import PayeeAccount
from .period import DeadlineExtension, FilingPeriod, YearSettings
from .question import Question
from .record import Event, LedgerEntry, LedgerKind
from .recovery import Demand, Instalment, Receipt, Supplement
from .states import COUNTED_STATES, State
from .support import SupportMessage, SupportRequest, SupportState
from .trade import DerivedFigures, FiguresYear, MonthlyTrade
from .year import EnterpriseYear

__all__ = [
    "COUNTED_STATES",
    "OPEN_JOB_STATES",
    "AgriculturalExporter",
    "BankAccount",
    "CityRate",
    "Claim",
    "ClaimEvidence",
    "DataLoad",
    "DeadlineExtension",
    "Demand",
    "DerivedFigures",
    "DiscreditedEnterprise",
    "DualCirculationEntry",
    "Enterprise",
    "EnterpriseYear",
    "Event",
    "EvidenceFile",
    "FiguresYear",
    "FilingPeriod",
    "Fingerprint",
    "Flag",
    "Holiday",
    "Instalment",
    "Invitation",
    "Job",
    "JobState",
    "JoinRequest",
    "LedgerEntry",
    "LedgerKind",
    "Letter",
    "LoadClaim",
    "LprRate",
    "MailChoice",
    "Match",
    "MatchYear",
    "Membership",
    "Message",
    "MessageRead",
    "MonthlyTrade",
    "Notice",
    "NoticeLine",
    "NumberSeries",
    "Objection",
    "OverseasWarehouse",
    "PastAward",
    "PayeeAccount",
    "Platform",
    "PlatformMember",
    "Question",
    "Receipt",
    "RegisteredEnterprise",
    "State",
    "Supplement",
    "SupportMessage",
    "SupportRequest",
    "SupportState",
    "TraceMove",
    "TradeFigures",
    "VerifiedValue",
    "YearSettings",
]
