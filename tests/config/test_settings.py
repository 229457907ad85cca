"""Settings by environment, safe by default."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.addresses import PROJECT_DIR, Layout
from config.secret import SecretKeyMissing, secret_key_prepare, secret_key_require

KEY = "".join(chr(33 + number) for number in range(80))
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}
OURS = {
    *("BEHIND_TLS", "DATABASE_URL", "DEBUG", "DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE"),
    *("REDIS_URL", "SECOND_FACTOR_REQUIRED", "SECRET_KEY", "TEST_DATABASE"),
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT_DIR,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def setting(name: str, **environment: str) -> str:
    result = run("-c", f"from config import settings; print(repr(settings.{name}))", **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_djangos_checks_of_a_production_have_nothing_to_say() -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=KEY, **NOWHERE)
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_those_checks_would_speak_without_tls() -> None:
    result = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=KEY, BEHIND_TLS="0", **NOWHERE
    )
    assert result.returncode == 1
    assert "security.W012" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "False"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("CSRF_COOKIE_SECURE", "True"),
        ("SECURE_SSL_REDIRECT", "True"),
        ("SECOND_FACTOR_REQUIRED", "True"),
        ("TRUSTED_PROXIES", "1"),
    ],
)
def test_what_nobody_has_set_is_safe(name: str, value: str) -> None:
    assert setting(name) == value


def test_the_security_policy_allows_nothing_unsafe() -> None:
    assert "unsafe" not in setting("CONTENT_SECURITY_POLICY")


def test_where_servers_are_given_they_are_used(tmp_path: Path) -> None:
    given = NOWHERE | {"DATA_DIR": str(tmp_path)}
    assert "'HOST': '127.0.0.1'" in setting("DATABASES", **given)
    assert setting("CELERY_BROKER_URL", **given) == "'redis://127.0.0.1:1/0'"
    assert setting("CACHE_URL", **given) == "'redis://127.0.0.1:1?db=1'"


def test_importing_settings_leaves_no_trace(tmp_path: Path) -> None:
    setting("DATABASES", DATA_DIR=str(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ("-c", "import config.wsgi"),
        ("-m", "celery", "--app", "config", "worker", "--pool", "solo"),
        ("-m", "celery", "--app", "config", "beat", "--scheduler", "celery.beat:Scheduler"),
        ("-m", "config.supervisor"),
    ],
)
def test_nothing_is_served_without_a_key(command: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*command, DATA_DIR=str(tmp_path), PORT="0", **NOWHERE)
    assert result.returncode != 0
    assert "没有设置 SECRET_KEY，不能启动。" in result.stderr


def test_a_key_is_made_up_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    secret_key_prepare(layout)
    first = layout.secret_key.read_text()
    secret_key_prepare(layout)
    assert layout.secret_key.read_text() == first
    assert len(first) > 50
    assert stat.S_IMODE(layout.secret_key.stat().st_mode) == 0o600
    assert setting("SECRET_KEY", DATA_DIR=str(tmp_path)) == repr(first)


def test_a_made_up_key_does_not_serve_a_given_database(tmp_path: Path) -> None:
    secret_key_prepare(Layout(tmp_path))
    assert setting("SECRET_KEY", DATA_DIR=str(tmp_path), **NOWHERE) == "''"


def test_a_key_that_is_set_is_enough() -> None:
    secret_key_require(True)
    with pytest.raises(SecretKeyMissing):
        secret_key_require(False)
