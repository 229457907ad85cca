"""The kinds of official data that files bring, in the order of the contract."""

from applications.imports.kinds import reference, registers, trade

KINDS = {
    kind.name: kind
    for kind in (
        trade.FIGURES,
        trade.MONTHLY,
        registers.PLATFORMS,
        registers.PLATFORM_MEMBERS,
        registers.WAREHOUSES,
        registers.DUAL_CIRCULATION,
        registers.AGRICULTURAL,
        registers.DISCREDITED,
        registers.ENTERPRISES,
        reference.LPR,
        reference.HOLIDAYS,
        reference.CITY_RATES,
    )
}
