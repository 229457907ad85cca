"""Numbers that people can read out: claims, requests, notices, batches."""

from django.db.models import F

from applications.models import NumberSeries


def number_next(series, *, width=5):
    """The next number of a series, such as 2025-5.1-00128. Must run inside a transaction, which it serialises."""
    [number] = numbers_next(series, 1, width=width)
    return number


def numbers_next(series, count, *, width=5):
    """The next `count` numbers of a series, with as many queries as for one; see `number_next`."""
    if not count:
        return []
    NumberSeries.objects.get_or_create(series=series)
    NumberSeries.objects.filter(series=series).update(last=F("last") + count)
    last = NumberSeries.objects.values_list("last", flat=True).get(series=series)
    return [f"{series}-{number:0{width}d}" for number in range(last - count + 1, last + 1)]
