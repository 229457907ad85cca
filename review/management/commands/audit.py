"""`manage.py audit …`: the chain of daily digests, and checking a bundle of proof."""

import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from applications.errors import Refused
from review.audit.check import bundle_check
from review.audit.digest import digests_make
from review.audit.verify import chain_verify, kept_read


class Command(BaseCommand):
    """Makes and verifies digests, and checks bundles without a database. Exits with 1 where something does not agree."""

    help = "digest 生成到期的每日摘要，verify 核对摘要，check 核对一个核查包（不需要数据库）。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """One word for what to do, and what that takes."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("digest", help="生成已经结束、还没有摘要的每一天的摘要。")
        verify = deeds.add_parser("verify", help="重新计算摘要，说明哪一天的记录改变了。")
        verify.add_argument("--since", metavar="日期", help="只核对这一天起的，例如 2026-03-01。")
        verify.add_argument("--against", metavar="文件", help="再与系统外保存的摘要清单比较。")

        check = deeds.add_parser("check", help="核对一个核查包，不需要数据库。")
        check.add_argument("file", metavar="文件")

    def handle(self, *args, deed, **options):
        """Does it, and says in words what was found."""
        getattr(self, f"_{deed}")(**options)

    def _digest(self, **options):
        try:
            made = digests_make()
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        for each in made:
            self.stdout.write(f"{each.day} {each.digest}")
        if not made:
            self.stdout.write("没有需要生成的摘要。")

    def _verify(self, *, since, against, **options):
        try:
            first = date.fromisoformat(since) if since else None
        except ValueError as error:
            raise CommandError("日期请写成 2026-03-01 的形式。") from error
        try:
            kept = kept_read(Path(against).read_text("utf-8").splitlines()) if against else {}
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"不能读取文件 {against}。") from error
        outcome = chain_verify(since=first, kept=kept)
        self._say(outcome)

    def _check(self, *, file, **options):
        try:
            members, problems = bundle_check(file)
        except OSError as error:
            raise CommandError(f"不能读取文件 {file}。") from error
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            self.stdout.write(f"有 {len(problems)} 处不符。")
            sys.exit(1)
        self.stdout.write(f"包内 {members:,} 个文件，全部相符。")

    def _say(self, outcome):
        for problem in outcome.problems:
            self.stdout.write(problem)
        if outcome.problems:
            self.stdout.write(
                f"核对了 {outcome.days:,} 天、{outcome.rows:,} 条，有 {len(outcome.problems)} 处不符。"
            )
            sys.exit(1)
        if not outcome.days:
            self.stdout.write("没有可以核对的摘要。")
            return
        self.stdout.write(f"核对了 {outcome.days:,} 天、{outcome.rows:,} 条，全部相符。")
