"""`manage.py load KIND FILE`: what the console's import pages do, on the command line."""

import json
import logging
import os
import sys
from itertools import chain

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from applications.errors import Refused
from applications.imports.kinds import KINDS
from applications.imports.loading import load_check, load_store
from applications.imports.problems import FileRefused

log = logging.getLogger(__name__)

REFUSED = 1
UNREADABLE = 2

NO_DATABASE = "数据库没有应答或尚未准备好，没有导入任何数据。请检查数据库后再试。"


class Command(BaseCommand):
    """Reads a file of official data, checks every row and stores it; prints one JSON object and nothing else.

    Exits with 0 where nothing was refused, with 1 where something was, with 2 where nothing could be read.
    """

    help = "从 xlsx 或 CSV 文件导入官方数据，输出一个 JSON 对象。有未通过的行时，默认一行也不导入。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """What to load, and how."""
        parser.add_argument("kind", help=f"数据种类：{'、'.join(KINDS)}。")
        parser.add_argument("file", help="xlsx 或 CSV 文件。")
        parser.add_argument("--check", action="store_true", help="只检查，不导入。")
        parser.add_argument("--good-rows", action="store_true", help="有未通过的行时，导入其余的行。")

    def handle(self, *args, kind, file, check, good_rows, **options):
        """Loads, prints, and ends the process with the status."""
        try:
            outcome = load_check(kind, file) if check else load_store(kind, file, good_rows=good_rows)
        except FileRefused as refusal:
            pieces, status = _error(refusal.code, refusal.message), UNREADABLE
        except Refused as refusal:
            pieces, status = _error("not_stored", refusal.message), UNREADABLE
        except DatabaseError:
            log.exception("the database failed while a file was loaded")
            pieces, status = _error("no_database", NO_DATABASE), UNREADABLE
        else:
            pieces, status = outcome.as_text(), REFUSED if outcome.refused_rows else 0
        self._print(chain(pieces, ["\n"]))
        if status:
            sys.exit(status)

    def _print(self, pieces):
        """UTF-8, whatever the terminal is set to."""
        out = getattr(self.stdout, "buffer", None)
        try:
            for piece in pieces:
                if out:
                    out.write(piece.encode("utf-8", "replace"))
                else:
                    self.stdout.write(piece, ending="")
            (out or self.stdout).flush()
        except BrokenPipeError:
            # Whoever read the answer has gone; what is left in the buffer must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _error(code, message):
    return [json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False)]
