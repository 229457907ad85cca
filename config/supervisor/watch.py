"""Starting, watching and stopping the servers and programs of one installation."""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType, TracebackType
from typing import Self

from config import embedded
from config.addresses import Layout
from config.supervisor.child import Child
from config.supervisor.state import state_remove, state_write

# Seconds.
LOOK_EVERY = 0.5
READY_LIMIT = 60
STOP_LIMIT = 20


class Supervisor:
    """Holds what it has started; leaving the context stops all of it, in the reverse order."""

    def __init__(
        self,
        layout: Layout,
        *,
        own_servers: frozenset[str],
        left_servers: frozenset[str],
        host: str,
        port: int,
    ) -> None:
        self._layout = layout
        self._own_servers = own_servers
        self._address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._children = _children(layout, host=host, port=port)
        self._to_stop = left_servers
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        # Somebody who has started us with nohup wants the hang-up ignored.
        hang_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
        for number in (signal.SIGINT, signal.SIGTERM, *hang_up):
            signal.signal(number, self._on_signal)
        try:
            self._to_stop |= embedded.start(self._layout, names=self._own_servers)
        except embedded.EmbeddedServerError:
            embedded.stop(self._layout, names=self._own_servers)
            raise
        self._state_write()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        print("正在停止 …", flush=True)
        for child in reversed(self._children):
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_LIMIT
        for child in reversed(self._children):
            child.stop(deadline=deadline)
        embedded.stop(self._layout, names=self._to_stop)
        state_remove(self._layout)
        print("已全部停止。", flush=True)

    def run(self) -> None:
        """Start the programs, say where they answer, keep them and the servers alive until a signal comes."""
        if self.stopping.is_set():
            return
        for child in self._children:
            _log_rotate(child)
            child.start()
        self._state_write()
        announced, give_up = False, time.monotonic() + READY_LIMIT
        while not self.stopping.wait(LOOK_EVERY):
            self._tend()
            if not announced and (self._web_answers() or time.monotonic() > give_up):
                announced = True
                self._announce()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _tend(self) -> None:
        """Look once at everything, servers first: the programs need them."""
        pids = embedded.running(self._layout)
        dead = frozenset(name for name in self._own_servers if pids[name] is None)
        if dead:
            print(f"{'、'.join(sorted(dead))} 已退出，正在重新启动。", flush=True)
            try:
                self._to_stop |= embedded.start(self._layout, names=dead)
            except embedded.EmbeddedServerError as error:
                print(error, file=sys.stderr, flush=True)
        said = [line for child in self._children if (line := child.tend())]
        for line in said:
            print(line, flush=True)
        if said:
            self._state_write()

    def _web_answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self._address}/healthz", timeout=2).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True

    def _announce(self) -> None:
        print(f"\n门户：{self._address}/\n审核台：{self._address}/console/\n日志：{self._layout.logs}")
        if self._layout.sample_accounts.exists():
            print(f"\n{self._layout.sample_accounts.read_text().strip()}")
        print("\n按 Ctrl-C 停止。", flush=True)

    def _state_write(self) -> None:
        identities = [child.identity for child in self._children]
        state_write(self._layout, children=[one for one in identities if one], servers=self._to_stop)


def _children(layout: Layout, *, host: str, port: int) -> list[Child]:
    python, workers = sys.executable, str(os.environ.get("WEB_CONCURRENCY", "2"))
    celery = [python, "-m", "celery", "--app", "config"]
    concurrency = os.environ.get("CELERY_CONCURRENCY", "2")
    commands = {
        "web": [
            *(python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{host}:{port}"),
            *("--worker-class", "gthread", "--workers", workers, "--threads", "4", "--no-control-socket"),
            # A calculation may stand in its address; one that is too long gets a page that says so, not a bare 400.
            *("--limit-request-line", "8190"),
        ],
        "worker": [*celery, "worker", "--concurrency", concurrency, "--loglevel", "INFO", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }
    return [Child(name, command, layout.logs / f"{name}.log") for name, command in commands.items()]


def _log_rotate(child: Child) -> None:
    """Begin a new log and keep the one of the run before."""
    if child.log.exists():
        child.log.replace(child.log.with_suffix(".log.1"))
