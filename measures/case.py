"""A case: one enterprise, one year, the official figures, the settings and the claims, all checked."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from measures.money import ZERO
from measures.record import Record

FIRST_YEAR = 2000
LAST_YEAR = 2100
NATIONAL = "national"
PROVINCIAL = "provincial"
LEVEL_LABELS = MappingProxyType({NATIONAL: "国家级", PROVINCIAL: "省级"})
#: The province's rate for bank costs (4.1, 4.2) where none lower is set, and the most that may be set.
BANK_COST_RATE_LIMIT = Decimal("0.50")


class Platform(Record, frozen=True):
    """A foreign-trade promotion platform on the register of designations, with its level in force."""

    id: str
    level: str

    def __post_init__(self):
        if not self.id or self.level not in LEVEL_LABELS:
            raise ValueError("a platform has an id and a level")


class Enterprise(Struct, frozen=True, dict=True):
    """What the registers say about the enterprise."""

    introduced_year: int | None = None
    ftz: bool = False
    platform_member: bool = False
    agricultural_exporter: bool = False
    trade_platforms: tuple[Platform, ...] = ()
    overseas_warehouses: tuple[str, ...] = ()
    dual_circulation: bool = False

    def __post_init__(self):
        ids = [platform.id for platform in self.trade_platforms]
        if len(ids) != len(set(ids)):
            raise ValueError("a platform stands on the register once")

    @cached_property
    def platform_levels(self) -> Mapping[str, str]:
        """The level of each of the enterprise's platforms, by id."""
        return {platform.id: platform.level for platform in self.trade_platforms}

    def entries(self, source: str) -> tuple[str, ...]:
        """Return the ids of the enterprise's entries of a register, each once."""
        return tuple(
            dict.fromkeys(
                {"trade_platforms": self.platform_levels, "overseas_warehouses": self.overseas_warehouses}[
                    source
                ]
            )
        )

    @cached_property
    def warehouses(self) -> frozenset[str]:
        """The enterprise's overseas warehouses, to be looked up in."""
        return frozenset(self.overseas_warehouses)


class TradeYear(Record, frozen=True):
    """Customs statistics of one year, in yuan (`export_usd` in US dollars). None is missing, 0 is a figure."""

    import_cny: Decimal | None = None
    export_cny: Decimal | None = None
    export_usd: Decimal | None = None
    cross_border_cny: Decimal | None = None
    resource_import_cny: Decimal | None = None
    local_product_export_cny: Decimal | None = None


NO_FIGURES = TradeYear()


class Settings(Record, frozen=True):
    """What province and city have set for the year: rates between 0 and 1, and the key markets."""

    bank_cost_rate: Decimal = BANK_COST_RATE_LIMIT
    key_markets: frozenset[str] = frozenset()
    city_rates: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self):
        if not 0 <= self.bank_cost_rate <= BANK_COST_RATE_LIMIT:
            raise ValueError("the province's rate for bank costs is at most 50%")


class PastAward(Record, frozen=True):
    """An award of another year, or one paid outside the system, for something that is paid once for ever."""

    item: str
    subject: str = ""
    level: str = ""

    @property
    def lifetime_subject(self) -> str:
        """Return the subject in the form in which items name it."""
        return f"{self.subject}|{self.level}" if self.level else self.subject


class ClaimInput(Record, frozen=True):
    """One claim: the checked facts of its item, other support for the same matter, and its lock, in yuan.

    `facts` holds a checked value for every fact that the item declares. `locked` is the amount that finance has
    fixed, None while the claim is not locked.
    """

    id: str
    item: str
    facts: Mapping[str, Any]
    other_support: Decimal = ZERO
    locked: Decimal | None = None

    def __post_init__(self):
        if self.other_support < 0 or (self.locked is not None and self.locked < 0):
            raise ValueError("support and locks are not negative")


class Case(Record, frozen=True):
    """Everything about one enterprise and one year; `claims` stand in the order of filing."""

    year: int
    claims: tuple[ClaimInput, ...]
    case: str | int | None = None
    enterprise: Enterprise = field(default_factory=Enterprise)
    trade: Mapping[int, TradeYear] = field(default_factory=lambda: MappingProxyType({}))
    settings: Settings = field(default_factory=Settings)
    past_awards: tuple[PastAward, ...] = ()

    def __post_init__(self):
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"the year of a case lies between {FIRST_YEAR} and {LAST_YEAR}")
        if len({claim.id for claim in self.claims}) != len(self.claims):
            raise ValueError("the claims of a case have ids of their own")
