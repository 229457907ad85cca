"""What a draft would do to the budgets of its year: what is expected of each measure and payer, before and after. In yuan."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from applications.models import Claim
from measures import registry
from review.budget import ZERO, Key, budgets
from review.budget_figures import QUANTITIES
from review.measure_names import measure_title
from review.notices import payer_name


@dataclass
class Effect:
    """One measure and payer: what is appropriated, what it is expected to come to, and what the draft changes of that."""

    key: Key
    appropriated: Decimal
    before: Decimal = ZERO
    change: Decimal = ZERO

    @property
    def name(self):
        """The measure."""
        return measure_title(self.key.measure)

    @property
    def payer(self):
        """The payer in words."""
        return payer_name(self.key.payer)

    @property
    def after(self):
        """What it would come to."""
        return self.before + self.change

    @property
    def left(self):
        """What would be left of the appropriation; below 0 it would not suffice."""
        return self.appropriated - self.after


def budget_effects(replay, payers=None):
    """Effects by payer and measure, the province first, of the `payers` alone (None: all); four queries.

    `before` is the forecast of the budget's page as it is now, `change` what the replay found: a city's rate concerns some
    claims of its city only.
    """
    changes = {}
    lines = replay.lines.order_by().values_list("item", "payer")
    for item, payer, change in lines.annotate(change=Sum(F("after_cny") - F("before_cny"))):
        key = _key(item, replay.year, payer)
        if payers is None or payer in payers:
            changes[key] = changes.get(key, ZERO) + change
    granted = budgets(changes)
    found = {key: Effect(key, granted[key].appropriated, change=change) for key, change in changes.items()}
    forecast = QUANTITIES["forecast"]
    claims = Claim.objects.filter(forecast.where, year=replay.year, payer__in={key.payer for key in found})
    for item, payer, amount in (
        claims.order_by().values_list("item", "payer").annotate(sum=Sum(forecast.amount))
    ):
        if (effect := found.get(_key(item, replay.year, payer))) is not None:
            effect.before += amount
    return sorted(
        found.values(), key=lambda each: (each.key.payer != Claim.PROVINCE, each.key.payer, each.key)
    )


def _key(item, year, payer):
    return Key(registry.measure_of(item).number, year, payer)
