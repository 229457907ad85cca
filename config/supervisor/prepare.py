"""What an installation needs before it serves: key, tables, reference data, static files, sample data."""

import os
import subprocess
import sys
import threading

from config.addresses import PROJECT_DIR, Layout
from config.secret import secret_key_prepare, secret_key_require


class PreparationFailed(Exception):
    """A step went wrong; what it printed stands above this message."""


def prepare(layout: Layout, *, own_database: bool, stopping: threading.Event) -> None:
    """Bring the database up to date and load what belongs in it; the servers must run. Safe to repeat.

    Sample data is for an installation that keeps its own database; one that was given a database gets it on
    request only (``SAMPLE=1``). It is loaded once: its accounts' file is the mark. Ends early when ``stopping``.
    """
    if own_database:
        secret_key_prepare(layout)
    else:
        secret_key_require(bool(os.environ.get("SECRET_KEY")))
    layout.logs.mkdir(mode=0o700, exist_ok=True)
    steps = {
        "更新数据库结构": ("migrate", "--noinput"),
        "收集静态文件": ("collectstatic", "--noinput"),
        "载入参考数据": ("seed_reference",),
    }
    if (own_database or os.environ.get("SAMPLE") == "1") and not layout.sample_accounts.exists():
        steps["载入示例数据（只在第一次）"] = ("load_sample",)
    for title, command in steps.items():
        if not stopping.is_set():
            print(f"{title} …", flush=True)
            _run(layout, title, command, stopping)


def _run(layout: Layout, title: str, command: tuple[str, ...], stopping: threading.Event) -> None:
    with (layout.logs / "prepare.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=PROJECT_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        while process.poll() is None:
            if stopping.wait(0.1):
                process.terminate()
                process.wait()
                return
        if process.returncode:
            log.seek(0)
            print(log.read(), file=sys.stderr)
            raise PreparationFailed(f"“{title}”没有完成，原因见上。")
