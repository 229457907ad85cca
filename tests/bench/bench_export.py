"""How long an extract of 100,000 rows × 14 columns takes and how much memory, beside bare openpyxl of the same cells.

Run as a script: it makes a database of its own beside the others of the data folder and drops it at the end. Two ways, each
in processes of its own, in turn, the best of three: the extract of the ledger from the database through the kit of sheets,
and openpyxl's write-only mode appending the same values, which are read from a file beforehand. The aim: at most 1.3 times
the seconds, and memory that does not grow with the rows. Last, the check of the ledger over the same claims, and the sums
of its page.
"""

import os
import pickle
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

ROWS, TRIES, AIM = 100_000, 3, 1.3


def memory():
    """Peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(cells, target):
    """The same cells through openpyxl alone; reading them is not measured."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("总额账明细")
    seconds = 0.0
    with open(cells, "rb") as source:
        while True:
            try:
                chunk = pickle.load(source)
            except EOFError:
                break
            started = perf_counter()
            for row in chunk:
                sheet.append(row)
            seconds += perf_counter() - started
    started = perf_counter()
    book.save(target)
    print(seconds + perf_counter() - started, memory())


def ours(database, officer, target, rows):
    """The extract of the ledger: read, written, saved."""
    setup(database)
    from accounts.models import User
    from review.sheets.ledger import ENTRIES, extract_write

    user = User.objects.get(username=officer)
    started = perf_counter()
    extract_write(ENTRIES, limited(ENTRIES.rows(user, {}), int(rows)), target)
    print(perf_counter() - started, memory())


def limited(rows, number):
    """The first rows alone."""
    for _, row in zip(range(number), rows, strict=False):
        yield row


def setup(database=""):
    """Django, on the measured database where there is one already."""
    import django

    django.setup()
    if database:
        from django.db import connection

        connection.settings_dict["NAME"] = database


def fill():
    """Claims, and an entry for each; returns an officer who sees them all."""
    from accounts.roles import Role
    from applications.models import LedgerEntry
    from tests.bench.bench_queue import claims_fill, copies, firms_fill
    from tests.factories import NOW, make_user

    officer, owner = make_user("officer", role=Role.FINANCE), make_user("owner")
    claim = claims_fill(firms_fill(owner), owner, officer)
    entry = LedgerEntry.objects.create(
        claim=claim, enterprise_id=claim.enterprise_id, year=2025, kind="award", amount_cny=1, at=NOW
    )
    claims = "FROM applications_claim c WHERE c.id = t.claim_id - 1 + n"
    copies(
        LedgerEntry,
        entry,
        ROWS,
        claim_id="t.claim_id - 1 + n",
        enterprise_id=f"(SELECT c.enterprise_id {claims})",
        amount_cny=f"COALESCE((SELECT c.payable_cny {claims}), 0)",
        at="t.at + n * interval '1 second'",
        topic="CASE WHEN n % 3 = 0 THEN 'batch:BF2026-' || lpad((n % 40)::text, 4, '0') ELSE '' END",
    )
    return officer


def cells_keep(officer, path):
    """The values of the cells, a thousand rows together, as openpyxl takes them."""
    from review.sheets.ledger import ENTRIES

    with open(path, "wb") as target:
        chunk = []
        for row in ENTRIES.rows(officer, {}):
            chunk.append([column.value(row) for column in ENTRIES.columns])
            if len(chunk) == 1000:
                pickle.dump(chunk, target)
                chunk = []
        pickle.dump(chunk, target)


def process(*arguments):
    """(seconds, MB) that this script prints in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return tuple(map(float, ran.stdout.split()))


def main():
    """Fills, measures in turn and prints both ways beside each other."""
    setup()
    from django.conf import settings
    from django.db import connection

    from config import embedded
    from review.sheets.ledger import ENTRIES

    embedded.start(settings.LAYOUT)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        officer = fill()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        with tempfile.TemporaryDirectory() as folder:
            cells, target = Path(folder) / "cells", Path(folder) / "sheet.xlsx"
            cells_keep(officer, cells)
            pairs = [
                (process("ours", name, officer.username, target, ROWS), process("bare", cells, target))
                for _ in range(TRIES)
            ]
            tenth = process("ours", name, officer.username, target, ROWS // 10)
        checked, summed = check_measured(), sums_measured(officer)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        embedded.stop(settings.LAYOUT)
    best, plain = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    print(f"{ROWS} rows x {len(ENTRIES.columns)} columns, best of {TRIES}")
    print(
        f"{'extract of the ledger':30}{best[0]:8.1f} s{best[1]:8.0f} MB ({tenth[1]:.0f} MB for a tenth of the rows)"
    )
    print(f"{'openpyxl write-only, bare':30}{plain[0]:8.1f} s{plain[1]:8.0f} MB")
    print(f"{best[0] / plain[0]:.2f} x the seconds, aim at most {AIM}")
    print(f"check of the ledger: {checked[0]} claims, {checked[1]} entries in {checked[2]:.1f} s")
    print(f"sums and groups of the ledger's page: {summed:.2f} s")


def check_measured():
    """(claims, entries, seconds) of the check."""
    from review.ledger.check import ledger_check

    started = perf_counter()
    outcome = ledger_check()
    return outcome.claims, outcome.entries, perf_counter() - started


def sums_measured(officer):
    """Seconds that the page of the ledger spends on adding up everything."""
    from review.ledger.search import entries_found
    from review.ledger.sums import WAYS, groups, totals

    started = perf_counter()
    found = entries_found(officer, {})
    totals(found)
    groups(found, WAYS["item"])
    return perf_counter() - started


if __name__ == "__main__":
    {"bare": bare, "ours": ours}[sys.argv[1]](*sys.argv[2:]) if len(sys.argv) > 1 else main()
