"""The sample year with real processes that die: web server, worker, beat and broker are killed without warning."""

import http.client
import socket
import threading
from collections import Counter
from urllib.parse import urlencode

import psutil
from django.db.models import F
from django.test import Client
from django.urls import reverse

from applications.lifecycle import TRANSITIONS, claim_token
from applications.models import Claim, EnterpriseYear, Event, TraceMove
from config import embedded
from config.embedded.processes import wait_until
from tests.support.worker import CeleryProcess, LiveWeb, LiveWorker

#: Seconds: far more than anything takes on a slow machine.
SETTLED, ANSWERED = 1800, 600
#: Claims that one request passes, and seconds within which the web server dies over each of them, if it is to die.
TOGETHER, EACH = 50, 0.02
#: How often a request is sent; the web server may die over all but the last.
TRIES = 5
#: How likely what is killed when there is something to do, and how often at most on one day of the play.
LIKELY = {"web": 0.15, "worker": 0.15, "broker": 0.08}
MOST_A_DAY = {"web": 4, "worker": 3, "broker": 2}
_TOKEN = "a" * 32


class Crowd:
    """The processes, and whoever kills them: `rng` is not the play's own, so that the play stays the same."""

    def __init__(self, layout, rng):
        self.layout, self.rng = layout, rng
        #: How often what was killed on which day.
        self.killed = Counter()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.worker, self.web = LiveWorker(), LiveWeb(self.port)
        self.beat = CeleryProcess("beat", "--loglevel", "INFO", "--pidfile=", BEAT_OFTEN="settlement-sweep")
        self.sessions = {}

    def __enter__(self):
        self.worker.start()
        self.beat.start()
        self.web.start()
        return self

    def __exit__(self, *_):
        for process in (self.beat, self.worker, self.web):
            process.stop()

    # --- What the play asks for --------------------------------------------------------------------

    def settle(self, at):
        """Waits until the worker has settled everything; what dies over it is started again."""
        if self._is_settled():
            return
        wait_until(self._is_settled, seconds=self.rng.random())
        self.perhaps_kill(at)
        self.revive()
        assert wait_until(self._is_settled, seconds=SETTLED), self.worker.log.read_text()[-3000:]

    def decide(self, claims, action, officer, at):
        """Passes claims as an officer's browser does, a page of them at a time. Returns how many were passed."""
        return sum(
            self._page(claims[start : start + TOGETHER], action, officer, at)
            for start in range(0, len(claims), TOGETHER)
        )

    def _page(self, claims, action, officer, at):
        """One page, sent again with what was left where the web server died over it."""
        before = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        done = Event.objects.filter(
            pk__gt=before, kind=TRANSITIONS[action].event, actor=officer, claim__in=claims
        )
        answers = []
        for trial in range(1, TRIES + 1):
            left = Claim.objects.filter(pk__in=[claim.pk for claim in claims]).exclude(
                pk__in=done.values("claim")
            )
            dies = trial < TRIES and self._falls("web", at)
            killer = self._web_dies_soon(len(left)) if dies else None
            try:
                answers.append(self._post(officer, left, action))
            except (OSError, http.client.HTTPException) as error:
                answers.append(error)
            if killer:
                killer.join()
            self.revive()
            if answers[-1] == 200:
                return done.count()
        raise AssertionError(f"{claims} cannot be passed, {answers}: {self.web.log.read_text()[-3000:]}")

    # --- Dying and coming back -----------------------------------------------------------------------

    def perhaps_kill(self, at):
        """Now and then the worker dies, or the broker with everything that it holds."""
        if self._falls("worker", at):
            self.worker.kill()
        elif self._falls("broker", at):
            psutil.Process(embedded.running(self.layout)["Valkey"]).kill()
            assert wait_until(lambda: embedded.running(self.layout)["Valkey"] is None, seconds=ANSWERED)

    def _falls(self, name, at):
        """Whether the lot falls on one of these, which is counted."""
        falls = self.rng.random() < LIKELY[name] and self.killed[name, at.date()] < MOST_A_DAY[name]
        self.killed[name, at.date()] += falls
        return falls

    def times_killed(self):
        """How often each of them was killed."""
        return {name: sum(self.killed[each] for each in self.killed if each[0] == name) for name in LIKELY}

    def _web_dies_soon(self, claims):
        """Kills the web server a moment from now, in the middle of what it is asked."""
        killer = threading.Timer(self.rng.random() * claims * EACH, self.web.kill)
        killer.start()
        return killer

    def revive(self):
        """What a supervisor does: starts again whatever is not there."""
        if embedded.running(self.layout)["Valkey"] is None:
            embedded.start(self.layout, names=frozenset({"Valkey"}))
        for process in (self.worker, self.beat, self.web):
            if not process.alive:
                process.start()

    # --- Means ---------------------------------------------------------------------------------------

    def _is_settled(self):
        waiting = EnterpriseYear.objects.filter(requested__gt=F("settled")).exists()
        noted = EnterpriseYear.objects.exclude(moved_subjects=[]).exists()
        return not (waiting or noted or TraceMove.objects.exists())

    def _post(self, officer, claims, action):
        """The status of the answer when a browser confirms the preview of these claims."""
        fields = [("confirm", "1")]
        for claim in claims:
            fields += [
                ("claim", claim.number),
                (f"action-{claim.number}", action),
                (f"token-{claim.number}", claim_token(claim)),
            ]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERED)
        try:
            connection.request(
                "POST",
                reverse("review:bulk"),
                urlencode(fields),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"sessionid={self._session(officer)}; csrftoken={_TOKEN}",
                    "X-CSRFToken": _TOKEN,
                },
            )
            return connection.getresponse().status
        finally:
            connection.close()

    def _session(self, officer):
        if officer.pk not in self.sessions:
            client = Client()
            client.force_login(officer)
            self.sessions[officer.pk] = client.cookies["sessionid"].value
        return self.sessions[officer.pk]
