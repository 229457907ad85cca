"""What runs, noted in the data folder for the supervisor that comes after one that was killed."""

import json
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from config.addresses import Layout
from config.supervisor.child import group_signal

# Process number and time of creation, which together name one process for ever.
Identity = tuple[int, float]


def state_write(layout: Layout, *, children: Iterable[Identity], servers: frozenset[str]) -> None:
    """Note the programs that run and the servers that were started for them."""
    draft = _file(layout).with_suffix(".new")
    draft.write_text(json.dumps({"children": list(children), "servers": sorted(servers)}))
    draft.replace(_file(layout))


def state_remove(layout: Layout) -> None:
    """Everything has been stopped; nothing is left to note."""
    _file(layout).unlink(missing_ok=True)


def leftovers_end(layout: Layout) -> frozenset[str]:
    """End the programs that a killed supervisor left behind; returns the servers that it had started.

    Two worlds of web, worker and beat must not work side by side on one data folder.
    """
    try:
        state = json.loads(_file(layout).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return frozenset()
    for pid, created in state["children"]:
        try:
            process = psutil.Process(pid)
            same = process.create_time() == created
        except psutil.NoSuchProcess:
            continue
        if same:
            group_signal(pid, signal.SIGKILL)
            psutil.wait_procs([process], timeout=5)
    return frozenset(state["servers"])


def _file(layout: Layout) -> Path:
    return layout.data_dir / "supervisor.json"
