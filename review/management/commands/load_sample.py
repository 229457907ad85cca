"""`manage.py load_sample`: people, firms and claims that show every page of the product at once."""

import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from review.sample.firms import firm_names
from review.sample.load import sample_load
from review.sample.people import accounts_text, password_make, people_exist


class Command(BaseCommand):
    """Loads the sample once, all of it or nothing, and says who can sign in with which password."""

    help = (
        "载入示例数据：账号、企业、官方数据和各种状态的申报。只载入一次。SAMPLE_PASSWORD 指定示例账号的密码。"
    )

    def handle(self, *args, **options):
        """Seeds the reference data first. The accounts are written to a file that only its owner reads."""
        if people_exist():
            self.stdout.write("示例数据已经载入过，这次没有改动。")
            return
        password = os.environ.get("SAMPLE_PASSWORD") or password_make()
        text = accounts_text(password, firm_names())
        with transaction.atomic():
            call_command("seed_reference", verbosity=0)
            sample_load(password=password)
            # Inside the transaction: there are never accounts whose password nobody has been told.
            _write(settings.LAYOUT.sample_accounts, text)
        if options["verbosity"]:
            self.stdout.write(text)


def _write(path, text):
    """Writes the file whole, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
