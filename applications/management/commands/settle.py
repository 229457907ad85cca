"""`manage.py settle`: computes a whole year again, on all workers or right here."""

from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from applications.matching.compute import matches_compute_year
from applications.settlement.year import year_settle_all


class Command(BaseCommand):
    """Settles a year's enterprises in chunks; can be repeated and broken off at any moment without harm."""

    help = "重新计算一个年度：只算等待计算的企业，或者全部企业。可以重复运行，随时中断也不会出错。"

    def add_arguments(self, parser):
        """The year, whether everything, and where."""
        parser.add_argument("--year", type=int, required=True, help="年度，例如 2025。")
        parser.add_argument("--everything", action="store_true", help="全部重新计算，不只是等待计算的。")
        parser.add_argument("--inline", action="store_true", help="在本进程内计算，不交给后台。")

    def handle(self, *args, year, everything, inline, **options):
        """Says how many enterprise-years were settled or handed over. Raises CommandError where no broker answers."""
        try:
            done = year_settle_all(year, everything=everything, inline=inline)
        except OperationalError as error:
            raise CommandError(
                "消息队列没有应答。已标记的年度会由后台补算，也可以加 --inline 在本进程内计算。"
            ) from error
        matched = matches_compute_year(year, everything=everything, inline=inline)
        if options["verbosity"]:
            self.stdout.write(f"{year} 年度：{'已计算' if inline else '已交给后台计算'} {done} 家企业。")
            if inline:
                self.stdout.write(f"{year} 年度：已按官方数据比对 {matched} 家企业。")
