"""Charts drawn on the server as SVG: percentages on x, so that they fit every width, and pixels on y.

Nothing here knows what is drawn. `bars` lays out one bar for a row of a table, `columns` groups of columns over time;
`templates/charts/` draws them by the tags of `review.templatetags.charts`. A chart says its finding in one sentence (`label`, read
aloud in its place), and every number of it stands in a table beside it.
"""

from .bars import Bar, bar, scale_of
from .columns import Chart, Group, Series, columns

__all__ = ["Bar", "Chart", "Group", "Series", "bar", "columns", "scale_of"]
