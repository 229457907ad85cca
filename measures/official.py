"""Official data that rules take and that no enterprise declares: figures, registers, marks and settings."""

from dataclasses import dataclass, field
from decimal import Decimal

FIGURE = "figure"
REGISTER = "register"
MARK = "mark"
SETTING = "setting"

#: Customs figures by name: what they are called, and their unit.
FIGURE_LABELS = {
    "import_cny": ("进口额", "元"),
    "export_cny": ("出口额", "元"),
    "export_usd": ("出口额（美元）", "美元"),
    "cross_border_cny": ("跨境电商进出口额", "元"),
    "resource_import_cny": ("资源类产品进口额", "元"),
    "local_product_export_cny": ("地产品出口额", "元"),
}
_LABELS = {
    FIGURE: {name: label for name, (label, _) in FIGURE_LABELS.items()},
    REGISTER: {
        "trade_platforms": "外贸促进平台认定名单",
        "overseas_warehouses": "省级海外仓名单",
        "dual_circulation": "国家级双循环企业名单",
    },
    MARK: {
        "introduced_year": "引进年度",
        "ftz": "位于自贸区",
        "platform_member": "省级以上贸易促进平台内企业",
        "agricultural_exporter": "农产品出口企业",
    },
    SETTING: {
        "bank_cost_rate": "省定补贴比例",
        "key_markets": "省定重点市场",
        "city_rates": "市（地）补贴比例",
    },
}


@dataclass(frozen=True)
class Official:
    """One thing that a rule takes from official data, `years_back` years before the claim's year (0 or 1).

    An item that bounds a figure is open only where the figure is known and lies within: at least `least`, at most `most`.
    """

    kind: str
    name: str
    years_back: int = 0
    least: Decimal | None = field(default=None, compare=False)
    most: Decimal | None = field(default=None, compare=False)

    def __post_init__(self):
        if self.name not in _LABELS[self.kind]:
            raise ValueError(f"unknown official data: {self.kind} {self.name}")

    @property
    def label(self) -> str:
        """Return the name that people read."""
        return _LABELS[self.kind][self.name]

    @property
    def is_bounded(self) -> bool:
        """Say whether an item is open only within the figure's bounds."""
        return self.least is not None or self.most is not None

    @property
    def unit(self) -> str:
        """Return the unit of a figure; nothing for all else."""
        return FIGURE_LABELS[self.name][1] if self.kind == FIGURE else ""


def figure(
    name: str, years_back: int = 0, *, least: Decimal | None = None, most: Decimal | None = None
) -> Official:
    """Declare a customs figure, with the bounds that open the item: 以上 and 以下 include the number itself."""
    return Official(FIGURE, name, years_back, least, most)


def register(name: str) -> Official:
    """Declare a register of awards, places or firms."""
    return Official(REGISTER, name)


def mark(name: str) -> Official:
    """Declare a property that the registers give the enterprise."""
    return Official(MARK, name)


def setting(name: str) -> Official:
    """Declare a rate or list that province or city set for the year."""
    return Official(SETTING, name)
