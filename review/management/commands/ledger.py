"""`manage.py ledger check`: whether entries, claims, batches, notices, demands and appropriations agree."""

import sys

from django.core.management.base import BaseCommand

from review.ledger.check import ledger_check


class Command(BaseCommand):
    """Checks the ledger and says what was counted and what does not agree. Exits with 1 where something does not."""

    help = "check 核对总额账与申报、批次、公示、追回、预算是否相符。只读，随时可以运行。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """One word for what to do, and the year."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        check = deeds.add_parser("check", help="核对全部，或者一个年度。")
        check.add_argument("--year", type=int, metavar="年度", help="只核对这个年度的申报，例如 2025。")

    def handle(self, *args, deed, year, **options):
        """Checks and says in words what was found."""
        outcome = ledger_check(year=year)
        self.stdout.write(f"核对了{'、'.join(outcome.counts)}。")
        for problem in outcome.problems:
            self.stdout.write(problem.text)
        if outcome.count:
            more = outcome.count - len(outcome.problems)
            self.stdout.write(f"有 {outcome.count:,} 处不符{f'，其中 {more:,} 处没有列出' if more else ''}。")
            sys.exit(1)
        self.stdout.write("全部相符。")
