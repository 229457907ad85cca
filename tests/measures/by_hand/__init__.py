"""Cases worked out by hand from the rules, a row each; the arithmetic stands in the comment above the row.

A row is: what it shows, the case, "limit total overpaid", and one line per claim. A line is either
"ceiling computed capped after-overlap payable", or the reasons joined by "+" with ":payable" behind them
where the claim is locked.
"""

from tests.measures.by_hand.bank_costs import BANK_COSTS
from tests.measures.by_hand.growth import GROWTH_AND_PLATFORMS
from tests.measures.by_hand.insurance import INSURANCE
from tests.measures.by_hand.limit import LOCKS_AND_LIMIT
from tests.measures.by_hand.markets import MARKETS
from tests.measures.by_hand.new_forms import NEW_FORMS
from tests.measures.by_hand.refunds import REFUND_TIMES

WORKED_OUT = [
    *GROWTH_AND_PLATFORMS,
    *NEW_FORMS,
    *BANK_COSTS,
    *MARKETS,
    *INSURANCE,
    *LOCKS_AND_LIMIT,
]

__all__ = ["REFUND_TIMES", "WORKED_OUT"]
