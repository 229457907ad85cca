"""Tags that draw what `review.charts` has laid out."""

from django import template

register = template.Library()


@register.inclusion_tag("charts/bar.html")
def chart_bar(bar) -> dict:
    """A `charts.Bar` in its cell."""
    return {"bar": bar}


@register.inclusion_tag("charts/columns.html")
def chart_columns(chart, head: str) -> dict:
    """A `charts.Chart`, and below it its numbers; `head` says what a row of them is (月份)."""
    return {"chart": chart, "head": head}
