"""Telling a living server from a number in a file."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def process_find(pid_file: Path, *, name: str, mark: str) -> psutil.Process | None:
    """The living process whose number ``pid_file`` begins with, if it really is the server meant.

    A number alone proves nothing: after a crash it may belong to a process that has ended but was not yet
    collected, or, after a restart of the machine, to something else. The process must therefore be called
    ``name`` and carry ``mark``, a path of this installation, on its command line.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        # What has ended and was not collected has a name still, but no command line.
        ours = process.name().startswith(name) and any(mark in part for part in process.cmdline())
    except (OSError, ValueError, psutil.Error):
        return None
    return process if ours else None


def process_end(process: psutil.Process, number: int, *, seconds: float) -> bool:
    """Send a signal and wait for the end; False if the process is still there after ``seconds``."""
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return True
    return wait_until(lambda: not _is_alive(process), seconds=seconds)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask ten times a second; False if ``condition`` has not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
