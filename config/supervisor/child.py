"""One program that must run: started, watched, started again when it dies, stopped."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from config.addresses import PROJECT_DIR

# Seconds: the wait before a restart doubles from the first to the last; who lived that long starts afresh.
FIRST_WAIT, LAST_WAIT, SETTLED_AFTER = 1.0, 30.0, 60.0


class Child:
    """A program in a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._process: subprocess.Popen | None = None
        self._started_at = 0.0
        self._wait = FIRST_WAIT
        self._due = 0.0

    @property
    def identity(self) -> tuple[int, float] | None:
        """Process number and time of creation; None if it is dead."""
        if self._process is None or self._process.poll() is not None:
            return None
        try:
            return self._process.pid, psutil.Process(self._process.pid).create_time()
        except psutil.NoSuchProcess:
            return None

    def start(self) -> None:
        """Start the program; what it prints goes to its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=PROJECT_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started_at = time.monotonic()
        self._due = 0.0

    def tend(self) -> str | None:
        """Look once: start the program again when it has died and its wait is over; returns what there is to say."""
        code = self._process.poll()
        if code is None:
            return None
        now = time.monotonic()
        if not self._due:
            # What it had started in its turn must not work on beside its successor.
            group_signal(self._process.pid, signal.SIGKILL)
            self._wait = FIRST_WAIT if now - self._started_at > SETTLED_AFTER else self._wait
            self._due = now + self._wait
            said = f"{self.name} 已退出（{code}），{self._wait:.0f} 秒后重新启动。日志：{self.log}"
            self._wait = min(self._wait * 2, LAST_WAIT)
            return said
        if now < self._due:
            return None
        self.start()
        return f"{self.name} 已重新启动。"

    def ask_to_stop(self) -> None:
        """Let the program finish what it has in hand."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self, *, deadline: float) -> None:
        """Wait until ``deadline`` (monotonic) for the end, then end the program and all that it started."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            group_signal(self._process.pid, signal.SIGKILL)
            self._process.wait()
        group_signal(self._process.pid, signal.SIGKILL)


def group_signal(leader: int, number: int) -> None:
    """Signal everything in the session of a child; nothing happens where nothing of it is left."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return
