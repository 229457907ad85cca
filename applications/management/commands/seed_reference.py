"""`manage.py seed_reference`: the reference data that the product brings along, into the database."""

from chinese_calendar.constants import Holiday as Name
from chinese_calendar.constants import holidays, workdays
from django.core.management.base import BaseCommand
from django.db import transaction

from applications.models import Holiday, LprRate
from applications.official_changes import Change, official_changed
from applications.reference import packaged_lpr


class Command(BaseCommand):
    """Adds what is missing and changes nothing that is there: what people have corrected stays corrected."""

    help = "把随产品提供的参考数据写入数据库：LPR、节假日。可以重复运行。"

    def handle(self, *args, **options):
        """Seeds the two kinds in one transaction; years that rest on added rows are computed again."""
        with transaction.atomic():
            added = [
                *LprRate.objects.bulk_create(_missing_rates()),
                *Holiday.objects.bulk_create(_missing_days()),
            ]
            official_changed([Change(None, row) for row in added], actor=None)
        if options["verbosity"]:
            self.stdout.write(f"已补充 {len(added)} 条参考数据。")


def _missing_rates():
    """Publications after the last one that is kept: an earlier one that is not there has been given another day."""
    last = LprRate.objects.order_by("published_on").last()
    return [
        LprRate(published_on=day, one_year_percent=percent)
        for day, percent in packaged_lpr().publications()
        if last is None or day > last.published_on
    ]


def _missing_days():
    known = set(Holiday.objects.values_list("day", flat=True))
    kinds = [(holidays, Holiday.Kind.OFF), (workdays, Holiday.Kind.WORK)]
    return [
        Holiday(day=day, kind=kind, name=Name(name).chinese)
        for days, kind in kinds
        for day, name in sorted(days.items())
        if day not in known
    ]
