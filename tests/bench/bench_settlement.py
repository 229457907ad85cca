"""How fast a year is settled, beside the same rows read and written without any rule in the same run.

Run as a script: it makes a database of its own beside the others of the data folder and drops it at the end. The aim:
at least half as fast as the bare reading and writing.
"""

import os
import sys
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from applications.models import Claim, EnterpriseYear, Fingerprint
from applications.settlement import run, write
from applications.settlement.load import years_load
from config import embedded
from tests.factories import NOW, make_figures, make_firm, make_period, make_user

FIRMS = 1500
ROUNDS = 3
AIM = 0.5
#: Item and facts of each firm's claims.
CLAIMS = (
    ("1.1", {}),
    ("4.2", {"bank_fees_cny": "8000", "loans": [{"principal_cny": "5000000", "issued_on": "2025-02-10", "repaid_on": None, "interest_paid_cny": "130000"}]}),
    ("5.1", {"booth_cny": "96000", "freight_cny": "58600", "travel_cny": "43800", "lodging_cny": "26100"}),
    ("7.2", {"premiums": [{"premium_cny": "64000", "market": "JP", "new_mode": False}, {"premium_cny": "12000", "market": "US", "new_mode": True}]}),
)  # fmt: skip


#: Files that each claim gives as proof, each in no other claim.
FILES = 10
INVOICES = {"invoices": [{"invoice_number": "01123456", "paid_on": "2025-06-16"}] * 3}


def firms_make():
    """Firms with two years of figures and four submitted claims each, written in bulk with what they can be known by."""
    period, owner = make_period(), make_user("owner")
    for _ in range(FIRMS):
        with patch("tests.factories.Membership.objects.create"):
            firm = make_firm(owner=owner, account=False)
        make_figures(firm, 2024, import_cny="10000000", export_cny="40000000")
        make_figures(
            firm, 2025, import_cny="90000000", export_cny="90000000", local_product_export_cny="60000000"
        )
        EnterpriseYear.objects.create(enterprise=firm, year=2025, requested=1, marked_at=NOW)
        claims = Claim.objects.bulk_create(
            Claim(
                number=f"2025-{item}-{firm.pk:06d}", enterprise=firm, item=item, year=2025, subject="", period=period,
                created_by=owner, created_at=NOW, state="commerce_review", state_since=NOW,
                waiting_on=NOW.date(), facts=facts, particulars=INVOICES,
                other_support_cny=Decimal("100"), first_submitted_at=NOW, submitted_at=NOW, city="2301", payer="province",
            )
            for item, facts in CLAIMS
        )  # fmt: skip
        Fingerprint.objects.bulk_create(
            Fingerprint(claim=claim, kind="file", value=f"{claim.pk:032d}{number:032d}", place="invoices")
            for claim in claims
            for number in range(FILES)
        )


def settled(keys):
    """Seconds that settling everything takes, each year's amounts being new."""
    forget()
    EnterpriseYear.objects.update(requested=F("settled") + 1)
    started = perf_counter()
    for start in range(0, len(keys), run.CHUNK):
        assert run.years_settle(keys[start : start + run.CHUNK])
    return perf_counter() - started


def bare(keys):
    """Seconds that reading the same rows and writing the same results take without any rule."""
    results = results_of(keys)
    forget()
    started = perf_counter()
    for start in range(0, len(keys), run.CHUNK):
        chunk = keys[start : start + run.CHUNK]
        with transaction.atomic():
            rows = EnterpriseYear.objects.select_for_update(of=("self",)).select_related("enterprise")
            years_load(list(rows.filter(pk__in=chunk).order_by("pk")))
            claims, entries, events, years = results[start]
            write.copy_insert(events, write.EVENT_FIELDS)
            write.copy_insert(entries, write.ENTRY_FIELDS)
            write.copy_update(Claim._meta.db_table, write.CLAIM_COLUMNS, claims)
            write.copy_update(EnterpriseYear._meta.db_table, write.YEAR_COLUMNS, years)
    return perf_counter() - started


def results_of(keys):
    """What settling writes, chunk by chunk, caught on its way to the database."""
    caught = {}
    forget()
    EnterpriseYear.objects.update(requested=F("settled") + 1)
    for start in range(0, len(keys), run.CHUNK):

        def catch(plans, *, at, start=start):
            caught[start] = (
                [write.claim_row(claim) for plan in plans for claim in plan.changed],
                [entry for plan in plans for entry in plan.entries],
                [event for plan in plans for event in plan.events],
                [write.year_row(plan, at) for plan in plans],
            )

        with patch.object(run, "plans_write", catch):
            run.years_settle(keys[start : start + run.CHUNK])
    return caught


def forget():
    """Takes the amounts away again, so that each round has everything to write."""
    Claim.objects.update(
        computed_cny=None, capped_cny=None, after_overlap_cny=None, payable_cny=None, steps=[]
    )


def main():
    """Measures in turn and prints the ratio of the medians."""
    embedded.start(settings.LAYOUT)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        firms_make()
        keys = list(EnterpriseYear.objects.order_by("pk").values_list("pk", flat=True))
        pairs = [(settled(keys), bare(keys)) for _ in range(ROUNDS)]
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        embedded.stop(settings.LAYOUT)
    with_rules, without = median(a for a, _ in pairs), median(b for _, b in pairs)
    print(f"{FIRMS} enterprise-years with {len(CLAIMS)} claims each, median of {ROUNDS} rounds")
    print(f"settling           {FIRMS / with_rules:8.0f} enterprise-years per second")
    print(f"without any rule   {FIRMS / without:8.0f} enterprise-years per second")
    print(f"ratio {without / with_rules:.2f}, aim at least {AIM}")


if __name__ == "__main__":
    main()
