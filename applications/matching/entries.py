"""The entries of registers that items are about: platforms and warehouses."""

from applications.settlement.case_builder import NATIONAL_FIRST
from measures import registry
from measures.declaration import register_fact


def entry_in_force(source, item, subject):
    """The register's row behind the subject of an item's claim: of a platform, its highest designation of the year.

    None where the item is not about an entry of a register, or the firm has no such entry.
    """
    fact = register_fact(registry.item(item).facts)
    if fact is None:
        return None
    rows = {"trade_platforms": source.platforms, "overseas_warehouses": source.warehouses}[fact.source]
    found = [row for row in rows if row.number == subject]
    return min(found, key=lambda row: NATIONAL_FIRST.get(getattr(row, "level", ""), 0), default=None)


def entry_text(row):
    """What the register says, in a sentence."""
    return f"名单登记：{row}，编号 {row.number}，{row.designated_on:%Y-%m-%d} 认定。"
