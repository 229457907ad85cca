"""How people name the measures that pay money."""

from measures import registry


def measure_name(number):
    """A measure as running text names it: 措施五."""
    return registry.MEASURES[number - 1].name


def measure_title(number):
    """A measure with its title: 措施五　支持多渠道拓展国际市场."""
    return registry.MEASURES[number - 1].named


def measure_number(claim):
    """The number of the measure that a claim belongs to."""
    return registry.measure_of(claim.item).number
