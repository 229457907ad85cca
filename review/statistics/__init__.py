"""The year's story for those who answer for the policy: how much, for whom, how quickly. Figures only; pages draw them."""

from .pace import Pace, Stay, pace_of, stays_of
from .story import Group, Month, Story, story_of

__all__ = ["Group", "Month", "Pace", "Stay", "Story", "pace_of", "stays_of", "story_of"]
