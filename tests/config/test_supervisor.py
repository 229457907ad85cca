"""Everything on one machine, kept alive and stopped together."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config import embedded
from config.addresses import PROJECT_DIR, Layout
from config.embedded import postgres, valkey
from config.embedded.processes import wait_until
from config.supervisor import child as child_module
from config.supervisor.child import Child
from config.supervisor.guard import AlreadySupervised, PortTaken, port_require, supervise_alone
from config.supervisor.prepare import PreparationFailed, prepare
from config.supervisor.state import leftovers_end, state_remove, state_write

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def make_child(tmp_path: Path) -> Iterator[Callable[[list[str]], Child]]:
    children = []

    def make(command: list[str]) -> Child:
        children.append(Child("web", command, tmp_path / "web.log"))
        return children[-1]

    yield make
    for child in children:
        child.ask_to_stop()
        child.stop(deadline=time.monotonic() + 5)


def tend_until(child: Child, words: str) -> str:
    said: list[str] = []
    assert wait_until(lambda: words in (said.append(child.tend() or "") or said[-1]), seconds=60), said
    return said[-1]


# --- One program ---------------------------------------------------------------------------------


def test_a_program_that_was_killed_is_started_again(
    make_child: Callable[[list[str]], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "FIRST_WAIT", 0.1)
    child = make_child(SLEEP)
    child.start()
    first = child.identity
    os.kill(first[0], signal.SIGKILL)
    tend_until(child, "web 已退出（-9）")
    tend_until(child, "web 已重新启动")
    assert child.identity
    assert child.identity != first


def test_a_program_that_dies_at_once_is_waited_for_longer_each_time(
    make_child: Callable[[list[str]], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "FIRST_WAIT", 1.0)
    monkeypatch.setattr(child_module, "LAST_WAIT", 4.0)
    clock = [100.0]
    monkeypatch.setattr(child_module.time, "monotonic", lambda: clock[0])
    child = make_child(FAIL)
    child.start()
    waits = []
    for _ in range(4):
        child._process.wait()
        waits.append(child.tend().split("，")[1])
        clock[0] += 4.0
        assert child.tend() == "web 已重新启动。"
    assert waits == [f"{seconds} 秒后重新启动。日志：{child.log}" for seconds in (1, 2, 4, 4)]


def test_what_a_dead_program_had_started_is_ended_before_its_successor_comes(
    make_child: Callable[[list[str]], Child],
) -> None:
    parent = make_child(
        [
            sys.executable,
            "-c",
            f"import subprocess; print(subprocess.Popen({SLEEP}).pid, flush=True); input()",
        ]
    )
    parent._command = [*SLEEP[:2], parent._command[2].replace("input()", "import time; time.sleep(60)")]
    parent.start()
    assert wait_until(lambda: parent.log.read_text().strip().isdigit(), seconds=60)
    grandchild = psutil.Process(int(parent.log.read_text()))
    os.kill(parent.identity[0], signal.SIGKILL)
    tend_until(parent, "已退出")
    gone, _ = psutil.wait_procs([grandchild], timeout=60)
    assert gone or grandchild.status() == psutil.STATUS_ZOMBIE


def test_a_program_that_does_not_listen_is_ended_at_the_deadline(
    make_child: Callable[[list[str]], Child],
) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = make_child([sys.executable, "-c", deaf])
    child.start()
    assert wait_until(lambda: "deaf" in child.log.read_text(), seconds=60)
    child.ask_to_stop()
    child.stop(deadline=time.monotonic() + 0.3)
    assert child.identity is None


# --- What must hold first ------------------------------------------------------------------------


def test_a_second_supervisor_of_one_data_folder_is_refused(layout: Layout) -> None:
    with (
        supervise_alone(layout),
        pytest.raises(AlreadySupervised, match="已有一个实例在运行"),
        supervise_alone(layout),
    ):
        pytest.fail("two supervisors")
    with supervise_alone(layout):
        assert True


def test_a_taken_port_is_told_with_a_way_out(port: int) -> None:
    port_require("127.0.0.1", port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortTaken, match=f"端口 {port} 已被其他程序占用.*PORT={port + 1}"):
            port_require("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused(port: int) -> None:
    with pytest.raises(PortTaken, match="HOST"):
        port_require("192.0.2.1", port)


def test_programs_left_by_a_killed_supervisor_are_ended(layout: Layout) -> None:
    layout.data_dir.mkdir(mode=0o700)
    left = subprocess.Popen(SLEEP, start_new_session=True)
    stranger = subprocess.Popen(SLEEP, start_new_session=True)
    try:
        identity = (left.pid, psutil.Process(left.pid).create_time())
        state_write(layout, children=[identity, (stranger.pid, 1.0)], servers=frozenset({"Valkey"}))
        assert leftovers_end(layout) == frozenset({"Valkey"})
        assert not psutil.pid_exists(left.pid)
        assert stranger.poll() is None
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_after_a_clean_stop_nothing_is_left_to_end(layout: Layout) -> None:
    layout.data_dir.mkdir(mode=0o700)
    state_write(layout, children=[], servers=frozenset({"Valkey"}))
    state_remove(layout)
    assert leftovers_end(layout) == frozenset()


def test_a_failed_preparation_is_told_with_what_was_printed(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layout.data_dir.mkdir(mode=0o700)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("SECRET_KEY", "k" * 60)
    with pytest.raises(PreparationFailed, match="更新数据库结构"):
        prepare(layout, own_database=False, stopping=threading.Event())
    assert "127.0.0.1" in capsys.readouterr().err


# --- All of it -----------------------------------------------------------------------------------


class Installation:
    """``make run`` as a process, on a data folder and port of its own."""

    def __init__(self, layout: Layout, port: int) -> None:
        self.layout, self.port = layout, port
        self.output = layout.data_dir / "output.txt"
        environment = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = environment | {
            "DATA_DIR": str(layout.data_dir),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=PROJECT_DIR,
                env=self.environment,
                stdout=output,
                stderr=output,
            )

    def health(self) -> dict | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
                return json.load(answer)
        except (urllib.error.HTTPError, OSError):
            return None

    def wait_healthy(self) -> None:
        assert wait_until(lambda: self.health() is not None, seconds=240), self.said()

    def wait_said(self, words: str) -> None:
        assert wait_until(lambda: words in self.said(), seconds=120), self.said()

    def said(self) -> str:
        return self.output.read_text()

    def children(self) -> list[int]:
        return [
            pid for pid, _ in json.loads((self.layout.data_dir / "supervisor.json").read_text())["children"]
        ]


@pytest.fixture
def installation(layout: Layout, port: int) -> Iterator[Installation]:
    layout.data_dir.mkdir(mode=0o700)
    # The mark of sample data that has been loaded: here the programs are looked at, not the data.
    layout.sample_accounts.write_text("示例账号")
    found = Installation(layout, port)
    yield found
    found.process.send_signal(signal.SIGINT)
    found.process.wait(timeout=180)


@pytest.mark.slow
def test_everything_is_kept_alive_and_stopped_together(installation: Installation) -> None:
    installation.wait_healthy()
    assert f"http://127.0.0.1:{installation.port}/console/" in installation.said()
    assert "示例账号" in installation.said()

    for name, pid in zip(("web", "worker", "beat"), installation.children(), strict=True):
        os.kill(pid, signal.SIGKILL)
        installation.wait_said(f"{name} 已重新启动")
    for name, server in (("Valkey", valkey), ("PostgreSQL", postgres)):
        server.process(installation.layout).kill()
        installation.wait_said(f"{name} 已退出，正在重新启动。")
    installation.wait_healthy()

    second = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=PROJECT_DIR,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith("数据目录")
    assert second.stderr.count("\n") == 1

    children = [psutil.Process(pid) for pid in installation.children()]
    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(timeout=180) == 0
    assert installation.said().endswith("正在停止 …\n已全部停止。\n")
    assert not any(child.is_running() for child in children)
    assert embedded.running(installation.layout) == {"PostgreSQL": None, "Valkey": None}
