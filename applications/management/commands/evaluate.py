"""`manage.py evaluate [FILE]`: cases in, results out; needs neither database nor broker."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand

from applications.reference import packaged_reference
from measures.contract import answer_stream

REFUSED = 1
UNREADABLE = 2


class Command(BaseCommand):
    """Evaluates cases with the packaged reference data.

    An array is answered by an array, lines by lines in constant memory, one object by one object. Exits with 1 if
    any case was refused, with 2 if the file cannot be read.
    """

    help = "按政策规则测算。输入一个对象、一个数组，或每行一个对象；按同样的形式输出结果。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default="-", help="输入文件；不写或写“-”则读标准输入。")

    def handle(self, *args, **options):
        try:
            opened = _open(options["file"])
        except OSError as problem:
            self.stderr.write(f"不能读取文件“{options['file']}”：{_cause(problem)}。")
            sys.exit(UNREADABLE)
        out = sys.stdout.buffer
        try:
            with opened as source:
                tally = answer_stream(source, out.write, packaged_reference())
            out.flush()
        except BrokenPipeError:
            # Whoever read the answers has gone; what is left in the buffer must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(REFUSED)
        if tally.refused:
            sys.exit(REFUSED)


def _open(name):
    return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")


def _cause(problem):
    """Say in Chinese why a file cannot be opened."""
    if isinstance(problem, FileNotFoundError):
        return "文件不存在"
    if isinstance(problem, PermissionError):
        return "没有读取权限"
    if isinstance(problem, IsADirectoryError):
        return "这是一个文件夹"
    return "文件打不开"
