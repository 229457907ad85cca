"""The project's own PostgreSQL and Valkey, whatever has happened to them before."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest
from kombu import Connection
from redis import Redis

from config import embedded
from config.addresses import PROJECT_DIR, Layout, broker_url, with_redis_database
from config.embedded import folders, postgres, valkey
from config.embedded.processes import process_find

BOTH = frozenset({"PostgreSQL", "Valkey"})


def sql(layout: Layout, statement: str) -> list[tuple]:
    connection = psycopg2.connect(
        host=layout.database["HOST"],
        port=layout.database["PORT"],
        user=layout.database["USER"],
        dbname=layout.database["NAME"],
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def broker(layout: Layout) -> Redis:
    return Redis(unix_socket_path=str(layout.valkey_socket))


def kill(layout: Layout) -> None:
    """Kill both servers as a lack of memory would, and wait until their processes are gone or zombies."""
    for server in (postgres, valkey):
        victim = server.process(layout)
        victim.kill()
        psutil.wait_procs([victim], timeout=60)


def command(layout: Layout, action: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "config.embedded", action],
        cwd=PROJECT_DIR,
        env=os.environ | {"DATA_DIR": str(layout.data_dir)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_servers_start_from_nothing_and_again_with_what_they_held(layout: Layout) -> None:
    assert embedded.start(layout) == BOTH
    assert embedded.start(layout) == frozenset()
    sql(layout, "CREATE TABLE kept AS SELECT 7 AS n")
    with broker(layout) as client:
        client.set("kept", "yes")

    assert embedded.stop(layout) == BOTH
    assert embedded.running(layout) == {"PostgreSQL": None, "Valkey": None}
    assert embedded.stop(layout) == frozenset()

    assert embedded.start(layout) == BOTH
    assert sql(layout, "SELECT n FROM kept") == [(7,)]
    with broker(layout) as client:
        assert client.get("kept") == b"yes"


def test_nothing_acknowledged_is_lost_when_both_are_killed(layout: Layout) -> None:
    embedded.start(layout)
    sql(layout, "CREATE TABLE kept AS SELECT 7 AS n")
    with broker(layout) as client:
        client.config_set("appendfsync", "always")
        client.rpush("queue", "task")
    kill(layout)
    assert embedded.running(layout) == {"PostgreSQL": None, "Valkey": None}

    assert embedded.start(layout) == BOTH
    assert sql(layout, "SELECT n FROM kept") == [(7,)]
    with broker(layout) as client:
        assert client.lrange("queue", 0, -1) == [b"task"]


def test_a_number_that_now_belongs_to_another_process_is_not_taken_for_a_server(layout: Layout) -> None:
    embedded.start(layout)
    owner = postgres.process(layout).uids().real
    kill(layout)
    # PostgreSQL is misled only by a process of the user that it runs as itself.
    stranger = subprocess.Popen(["sleep", "60"], user=owner)
    try:
        traces = layout.postgres / "postmaster.pid"
        traces.write_text("\n".join([str(stranger.pid), *traces.read_text().split("\n")[1:]]))
        (layout.valkey / "valkey.pid").write_text(str(stranger.pid))
        assert embedded.start(layout) == BOTH
        assert sql(layout, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_has_ended_but_was_not_collected_counts_as_dead(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    deadline = time.monotonic() + 60
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.01)
    (tmp_path / "server.pid").write_text(str(child.pid))
    name = psutil.Process(child.pid).name()
    assert process_find(tmp_path / "server.pid", name=name, mark="") is None
    child.wait()


def test_a_living_server_is_found_by_number_name_and_place(tmp_path: Path) -> None:
    me = psutil.Process()
    (tmp_path / "server.pid").write_text(f"{me.pid}\nmore")
    mark = me.cmdline()[-1]
    assert process_find(tmp_path / "server.pid", name=me.name(), mark=mark) == me
    assert process_find(tmp_path / "server.pid", name="postgres", mark=mark) is None
    assert process_find(tmp_path / "server.pid", name=me.name(), mark="/another/installation") is None


@pytest.mark.parametrize("content", ["", "no number", "999999999"])
def test_a_file_without_a_usable_number_names_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "server.pid").write_text(content)
    assert process_find(tmp_path / "server.pid", name="", mark="") is None


def test_of_three_who_start_at_once_one_starts(layout: Layout) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: command(layout, "start"), range(3)))
    assert [result.returncode for result in results] == [0, 0, 0], results
    assert len({result.stdout for result in results}) == 1
    assert sql(layout, "SELECT 1") == [(1,)]


def test_half_a_cluster_is_built_anew(layout: Layout) -> None:
    (layout.data_dir / "pg.new").mkdir(parents=True)
    (layout.data_dir / "pg.new" / "PG_VERSION").write_text("18")
    layout.data_dir.chmod(0o700)
    embedded.start(layout, names=frozenset({"PostgreSQL"}))
    assert sql(layout, "SELECT 1") == [(1,)]


def test_a_data_folder_with_a_very_long_path_works(layout: Layout) -> None:
    deep = Layout(layout.data_dir / ("长" * 60) / "数据 %20")
    folders_of_sockets = (deep.postgres_socket_dir, deep.valkey_socket.parent)
    try:
        assert embedded.start(deep) == BOTH
        assert sql(deep, "SELECT 1") == [(1,)]
        with broker(deep) as client:
            assert client.ping()
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders_of_sockets] == [0o700, 0o700]
        embedded.stop(deep)
        assert [list(folder.iterdir()) for folder in folders_of_sockets] == [[], []]
    finally:
        embedded.stop(deep)
        shutil.rmtree(deep.short_dir)


def test_cache_and_broker_find_the_same_server_in_a_folder_of_any_name(layout: Layout) -> None:
    odd = Layout(layout.data_dir / "数 据+1%20?#")
    url = with_redis_database(odd.redis_url, 4)
    try:
        embedded.start(odd, names=frozenset({"Valkey"}))
        with Connection(broker_url(url)) as connection, connection.SimpleQueue("letters") as queue:
            queue.put("hello")
        with Redis.from_url(url) as client:
            assert client.llen("letters") == 1
    finally:
        embedded.stop(odd)


def test_a_short_folder_that_somebody_else_has_made_is_refused(layout: Layout, tmp_path: Path) -> None:
    deep = Layout(layout.data_dir / ("长" * 60))
    deep.short_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(embedded.EmbeddedServerError, match="属于其他用户"):
            embedded.start(deep, names=frozenset({"Valkey"}))
    finally:
        deep.short_dir.unlink()


def test_a_data_folder_of_another_user_is_refused(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.data_dir.mkdir()
    monkeypatch.setattr(folders.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(embedded.EmbeddedServerError, match=pwd.getpwuid(os.getuid()).pw_name):
        embedded.start(layout)


def test_a_place_where_no_data_folder_can_be_made_is_refused_in_a_sentence() -> None:
    result = command(Layout(Path("/proc/nowhere")), "start")
    assert result.returncode == 1
    assert result.stderr.startswith("无法创建数据目录 /proc/nowhere")


def test_others_can_neither_list_the_data_nor_reach_the_database(layout: Layout) -> None:
    embedded.start(layout)
    assert stat.S_IMODE(layout.data_dir.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE(layout.postgres.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.valkey.stat().st_mode) == 0o700
    assert sql(layout, "SHOW listen_addresses") == [("",)]
    with broker(layout) as client:
        assert client.config_get("port") == {"port": "0"}


def test_folders_above_are_opened_for_passing_through_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "project" / "data").mkdir(parents=True)
    home.chmod(0o700)
    folders.passage_open(home / "project" / "data")
    assert stat.S_IMODE(home.stat().st_mode) == 0o701


def test_a_lock_file_or_runtime_folder_of_somebody_else_does_not_matter(
    layout: Layout, tmp_path: Path
) -> None:
    result = command(layout, "start", XDG_RUNTIME_DIR="/nowhere", TMPDIR="/nowhere", PGPORT="1", PGDATA="/x")
    assert result.returncode == 0, result.stderr
    assert sql(layout, "SELECT 1") == [(1,)]


def test_the_database_sorts_alike_on_every_machine(layout: Layout) -> None:
    embedded.start(layout, names=frozenset({"PostgreSQL"}))
    rows = sql(layout, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
    assert rows == [("b", "C.UTF-8")]


def test_the_command_starts_reports_and_stops(layout: Layout) -> None:
    assert command(layout, "status").returncode == 1
    started = command(layout, "start")
    assert started.returncode == 0
    assert "运行中" in started.stdout
    assert command(layout, "status").returncode == 0
    assert command(layout, "stop").stdout == "PostgreSQL：未运行\nValkey：未运行\n"


def test_a_postgresql_that_cannot_start_is_told_with_its_log(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LAUNCH_LIMIT", 1)
    embedded.start(layout, names=frozenset({"PostgreSQL"}))
    embedded.stop(layout)
    (layout.postgres / "pg_hba.conf").unlink()
    with pytest.raises(embedded.EmbeddedServerError, match=str(layout.logs)):
        embedded.start(layout, names=frozenset({"PostgreSQL"}))


def test_a_valkey_that_cannot_start_is_told_with_its_log(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "_program", lambda: "/bin/false")
    with pytest.raises(embedded.EmbeddedServerError, match=str(layout.logs)):
        embedded.start(layout, names=frozenset({"Valkey"}))


def test_postgresql_never_runs_as_root(layout: Layout) -> None:
    embedded.start(layout, names=frozenset({"PostgreSQL"}))
    expected = folders.SERVICE_USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    assert postgres.process(layout).username() == expected
