"""Numbers that people can read out: claims, requests, notices, batches."""

from django.db.models import F

from applications.models import NumberSeries


def number_next(series, *, width=5):
    """The next number of a series, such as 2025-5.1-00128. Must run inside a transaction, which it serialises."""
    NumberSeries.objects.get_or_create(series=series)
    NumberSeries.objects.filter(series=series).update(last=F("last") + 1)
    last = NumberSeries.objects.values_list("last", flat=True).get(series=series)
    return f"{series}-{last:0{width}d}"
