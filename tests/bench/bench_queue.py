"""How fast the console's lists are with 200,000 claims, beside a page of the same frame without content, in the same run.

Run as a script: it makes a database of its own beside the others of the data folder, starts the product's web server on
loopback with it, and drops both at the end. The aim: no list takes longer than 10 times the bare frame.
"""

import os
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, sleep
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.roles import Role
from applications.models import Claim, Enterprise, EnterpriseYear, Event, Fingerprint, Flag
from config import embedded
from review.keyset import rows_next
from review.queue import WAITING, pieces_in_tab
from tests.factories import NOW, make_firm, make_period, make_user

CLAIMS, FIRMS = 200_000, 40_000
SECONDS, CLIENTS = 3, 2
AIM = 10
STATES = (
    # Of every hundred claims: most wait for the province, as on the day after a deadline.
    (60, "commerce_review"), (72, "city_review"), (82, "finance_review"), (85, "second_check"), (90, "returned"),
    (100, "rejected"),
)  # fmt: skip


def copies(model, template, many, **columns):
    """Adds copies 2 to `many` of a row; `columns` are SQL with n for the copy's number."""
    quoted = connection.ops.quote_name
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [columns.get(name, f"t.{quoted(name)}") for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(model._meta.db_table)} ({', '.join(map(quoted, names))}) "
            f"SELECT {', '.join(values)} FROM {quoted(model._meta.db_table)} t, generate_series(2, {many}) n "
            f"WHERE t.id = {template.pk}"
        )


def fill():
    """A province's claims, their firms, events, flags and numbers on papers; returns the officers who look at them."""
    officer, city = (
        make_user("officer", role=Role.COMMERCE),
        make_user("city", role=Role.CITY_COMMERCE, city="2311"),
    )
    owner = make_user("owner")
    claim = claims_fill(firms_fill(owner), owner, officer)
    events_fill(claim, owner, officer)
    marks_fill(claim)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return officer, city


def firms_fill(owner):
    """The firms with their year; returns the first, behind which the others come by id."""
    firm = make_firm("示例第1号进出口有限公司", owner=owner, account=False)
    copies(
        Enterprise,
        firm,
        FIRMS,
        credit_code="'91' || lpad(n::text, 16, '0')",
        name="'示例第' || n || '号进出口有限公司'",
        city="'23' || lpad((1 + n % 12)::text, 2, '0')",
    )
    year = EnterpriseYear.objects.create(enterprise=firm, year=2025, requested=1, settled=1, settled_at=NOW)
    copies(EnterpriseYear, year, FIRMS, enterprise_id=f"{firm.pk} - 1 + n")
    return firm


def claims_fill(firm, owner, officer):
    """The claims of all firms in turn; returns the first, behind which the others come by id."""
    claim = Claim.objects.create(
        number="2025-5.1-000001", enterprise=firm, item="5.1", year=2025, subject="1", period=make_period(), created_by=owner,
        created_at=NOW, state="commerce_review", state_since=NOW, waiting_on=NOW.date(), facts={"booth_cny": "1"},
        first_submitted_at=NOW, submitted_at=NOW, city="2301", payer="province", payable_cny=1, eligibility="awarded",
        particulars={"exhibition_name": "示例展会" * 20, "starts_on": "2025-09-16"},
    )  # fmt: skip
    state = " ".join(f"WHEN n % 100 < {upto} THEN '{name}'" for upto, name in STATES)
    copies(
        Claim,
        claim,
        CLAIMS,
        number="'2025-5.1-' || lpad(n::text, 6, '0')",
        enterprise_id=f"{firm.pk} + n % {FIRMS}",
        subject="n::text",
        state=f"CASE {state} END",
        city="'23' || lpad((1 + n % 12)::text, 2, '0')",
        waiting_on="t.waiting_on - (n * 7919 % 30)",
        state_since="t.state_since - (n * 7919 % 30) * interval '1 day'",
        submitted_at="t.submitted_at - n * interval '1 second'",
        payable_cny="CASE WHEN n % 50 = 0 THEN NULL ELSE (n::bigint * 104729) % 10000000 / 100.0 END",
        returned_from="CASE WHEN n % 100 BETWEEN 85 AND 89 THEN 'commerce_review' ELSE '' END",
        return_due_on="CASE WHEN n % 100 BETWEEN 85 AND 89 THEN t.waiting_on END",
        drawn="CASE WHEN n % 40 = 0 THEN false END",
        assignee_id=f"CASE WHEN n % 500 = 0 THEN {officer.pk} END",
    )
    return claim


def events_fill(claim, owner, officer):
    """What happened to the claims: all were submitted, some decided or sent back by the officer."""
    event = Event.objects.create(kind="claim.submitted", at=NOW, actor=owner, claim=claim, data={})
    for kind, actor, many in (
        ("claim.submitted", owner, 1),
        ("claim.created", owner, 1),
        ("claim.commerce_approved", officer, 40),
        ("claim.sent_back", officer, 80),
    ):
        copies(
            Event,
            event,
            CLAIMS // many,
            kind=f"'{kind}'",
            claim_id=f"{claim.pk} - 1 + n * {many}",
            actor_id=str(actor.pk),
            at=f"(SELECT state_since FROM {Claim._meta.db_table} c WHERE c.id = {claim.pk} - 1 + n * {many})",
            data="""'{"from": "finance_review", "to": "commerce_review"}'::jsonb""",
        )


def marks_fill(claim):
    """Flags and numbers on papers, some of which two claims share."""
    flag = Flag.objects.create(claim=claim, kind="late", data={}, raised_at=NOW)
    copies(Flag, flag, CLAIMS // 12, claim_id=f"{claim.pk} + n * 11", hard="n % 10 = 0")
    paper = Fingerprint.objects.create(
        claim=claim, kind="invoice", value="23440000000000000001", place="invoice_no"
    )
    copies(
        Fingerprint,
        paper,
        CLAIMS,
        claim_id=f"{claim.pk} - 1 + n",
        value="'2344' || lpad((n % 150000)::text, 16, '0')",
    )


def pages(officer, city):
    """(what it is, whose session, address) of every page that is measured."""
    pieces = pieces_in_tab(officer, WAITING)
    far = list(rows_next(pieces, WAITING.orders[0], None, CLAIMS // 2))[-1]
    deep = f"/console/queue/?tab=waiting&after={quote(WAITING.orders[0].cursor(far))}"
    number = "2344" + str(CLAIMS // 2).zfill(16)
    return [
        ("frame without content", officer, "/console/frame/"),
        ("queue, first page", officer, "/console/queue/"),
        ("queue, 100,000 rows on", officer, deep),
        ("queue, whole office", officer, "/console/queue/?tab=office"),
        ("queue, sent back by finance", officer, "/console/queue/?tab=sent_back"),
        ("queue, handled by me", officer, "/console/queue/?tab=handled"),
        ("queue, late or nearly", officer, "/console/queue/?tab=office&due=near"),
        ("queue, with hard flags", officer, "/console/queue/?flags=hard"),
        ("queue, largest first", officer, "/console/queue/?sort=amount"),
        ("queue, by firm", officer, "/console/queue/?sort=firm"),
        ("queue, a city's officer", city, "/console/queue/"),
        ("search, newest", officer, "/console/claims/"),
        ("search by invoice", officer, f"/console/claims/?q={number}"),
        ("search by a rare name", officer, f"/console/claims/?q={quote('第31415号')}"),
        ("search by a common name", officer, f"/console/claims/?q={quote('进出口')}"),
        ("search, name nobody has", officer, f"/console/claims/?q={quote('没有这家')}"),
        ("a claim's place: desk", officer, f"/console/claims/2025-5.1-{CLAIMS // 2 + 1:06d}/"),
    ]


class Server:
    """The product's web server on a free port of loopback, with the measured database."""

    def __init__(self, database):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "tests.bench.queue_site:application"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "warning"]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TEST_DATABASE": database})
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                sleep(0.1)
        raise SystemExit("the web server did not start")

    def stop(self):
        """Ends the server and waits for it."""
        self.process.terminate()
        self.process.wait(30)


def measured(port, address, session):
    """(pages per second, median seconds of one) of CLIENTS clients that ask again and again for SECONDS; what the first
    pages cost, while the server's processes load themselves, does not count."""
    times = []

    def ask(seconds=SECONDS):
        link = HTTPConnection("127.0.0.1", port, timeout=60)
        until = perf_counter() + seconds
        while perf_counter() < until:
            started = perf_counter()
            link.request("GET", address, headers={"Cookie": f"sessionid={session}", "Host": "localhost"})
            answer = link.getresponse()
            answer.read()
            assert answer.status == 200, f"{address}: {answer.status}"
            times.append(perf_counter() - started)

    for _ in range(4):
        ask(0.01)
    times.clear()
    clients = [Thread(target=ask) for _ in range(CLIENTS)]
    started = perf_counter()
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return len(times) / (perf_counter() - started), median(times)


def session_of(user):
    """A signed-in browser's cookie."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def main():
    """Fills, measures in turn and prints each page beside the bare frame."""
    embedded.start(settings.LAYOUT)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    server = None
    try:
        started = perf_counter()
        officer, city = fill()
        print(f"{CLAIMS} claims of {FIRMS} firms, filled in {perf_counter() - started:.0f} s")
        asked = pages(officer, city)
        server = Server(name)
        sessions = {user: session_of(user) for user in (officer, city)}
        figures = [(what, *measured(server.port, url, sessions[user])) for what, user, url in asked]
    finally:
        if server:
            server.stop()
        connection.creation.destroy_test_db(name, verbosity=0)
        embedded.stop(settings.LAYOUT)
    bare = figures[0][2]
    for what, rate, middle in figures:
        print(f"{what:30}{rate:8.1f} pages/s{middle * 1000:9.1f} ms{middle / bare:8.1f} x the frame")
    slowest = max(middle / bare for _, _, middle in figures)
    print(f"slowest {slowest:.1f} x the frame, aim at most {AIM}")


if __name__ == "__main__":
    main()
