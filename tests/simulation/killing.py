"""The sample year with real processes that die: web server, worker, beat and broker are killed without warning."""

import http.client
import socket
import threading
from urllib.parse import urlencode

import psutil
from django.db.models import F
from django.test import Client
from django.urls import reverse

from applications.lifecycle import TRANSITIONS, claim_token
from applications.models import EnterpriseYear, TraceMove
from config import embedded
from config.embedded.processes import wait_until
from tests.support.worker import CeleryProcess, LiveWeb, LiveWorker

#: Seconds.
SETTLED, ANSWERED = 180, 60
#: How often a decision is sent again after the web server died over it.
TRIES = 5
_TOKEN = "a" * 32


class Crowd:
    """The processes, and whoever kills them: `rng` is not the play's own, so that the play stays the same."""

    def __init__(self, layout, rng):
        self.layout, self.rng, self.killed = layout, rng, {"web": 0, "worker": 0, "broker": 0}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.worker, self.web = LiveWorker(), LiveWeb(self.port)
        self.beat = CeleryProcess("beat", "--loglevel", "INFO", "--pidfile=")
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

    def settle(self, _at):
        """Waits until the worker has settled everything; whatever has died by then is started again."""
        self.perhaps_kill()
        wait_until(self._is_settled, seconds=2)
        self.revive()
        assert wait_until(self._is_settled, seconds=SETTLED), self.worker.log.read_text()[-3000:]

    def decide(self, claim, action, officer, _at):
        """Takes a step as an officer's browser does; sends it again where the web server died over it. Whether it was done."""
        answers = []
        for _ in range(TRIES):
            claim.refresh_from_db()
            if claim.state not in TRANSITIONS[action].sources:
                return True
            killer = self._web_dies_soon() if self.rng.random() < 0.1 else None
            try:
                status = self._post(officer, claim, action)
            except (OSError, http.client.HTTPException):
                status = None
            if killer:
                killer.join()
            self.revive()
            answers.append(status)
            if status == 409:
                return False
        raise AssertionError(
            f"{claim} cannot be decided, answers {answers}: {self.web.log.read_text()[-3000:]}"
        )

    # --- Dying and coming back -----------------------------------------------------------------------

    def perhaps_kill(self):
        """Now and then the worker dies, or the broker with everything that it holds."""
        luck = self.rng.random()
        if luck < 0.12:
            self.worker.kill()
            self.killed["worker"] += 1
        elif luck < 0.2:
            psutil.Process(embedded.running(self.layout)["Valkey"]).kill()
            assert wait_until(lambda: embedded.running(self.layout)["Valkey"] is None, seconds=60)
            self.killed["broker"] += 1

    def _web_dies_soon(self):
        """Kills the web server a moment from now, in the middle of what it is asked."""
        killer = threading.Timer(self.rng.random() * 0.08, self.web.kill)
        killer.start()
        self.killed["web"] += 1
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

    def _post(self, officer, claim, action):
        """The status of the answer to a decision that a browser sends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERED)
        try:
            connection.request(
                "POST",
                reverse("review:decide", args=[claim.number, action]),
                urlencode({"token": claim_token(claim)}),
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
