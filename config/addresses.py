"""Where things are: the layout of the data folder and the addresses of the servers.

Pure functions of paths and addresses. Nothing here starts, creates or connects to anything, so that
settings can be imported on a machine where neither server runs.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

PROJECT_DIR = Path(__file__).resolve().parent.parent
# A Unix socket's address holds 108 bytes on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_LIMIT = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
POSTGRES_USER = "postgres"
DATABASE_NAME = "foreign_trade"


@dataclass(frozen=True)
class Layout:
    """The data folder of one installation and what lies where inside it."""

    data_dir: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """``DATA_DIR``, relative to the project; ``.data`` where it is not set."""
        return cls((PROJECT_DIR / (os.environ.get("DATA_DIR") or ".data")).resolve())

    @property
    def postgres(self) -> Path:
        """PostgreSQL's cluster."""
        return self.data_dir / "pg"

    @property
    def valkey(self) -> Path:
        """Valkey's append-only file."""
        return self.data_dir / "valkey"

    @property
    def logs(self) -> Path:
        return self.data_dir / "log"

    @property
    def secret_key(self) -> Path:
        return self.data_dir / "secret-key"

    @property
    def sample_accounts(self) -> Path:
        """Names and password of the sample accounts, as ``load_sample`` wrote them."""
        return self.data_dir / "sample-accounts.txt"

    @property
    def short_dir(self) -> Path | None:
        """The private folder for sockets where the data folder's own path is too long for one, else None.

        It is keyed by user and data folder, so two installations never share it.
        """
        longest = max(
            len(os.fsencode(path))
            for path in (self.postgres / f"{POSTGRES_SOCKET}.lock", self.valkey / "valkey.sock")
        )
        if longest <= SOCKET_PATH_LIMIT:
            return None
        key = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"duixian-{os.getuid()}-{key}"

    @property
    def postgres_socket_dir(self) -> Path:
        return self.short_dir / "pg" if self.short_dir else self.postgres

    @property
    def valkey_socket(self) -> Path:
        return (self.short_dir / "valkey" if self.short_dir else self.valkey) / "valkey.sock"

    @property
    def database(self) -> dict:
        """Django's description of the embedded database."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE_NAME,
            "USER": POSTGRES_USER,
            "HOST": str(self.postgres_socket_dir),
            "PORT": "5432",
        }

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.valkey_socket))}"


def redis_database(url: str) -> int:
    """The number of the database that a ``redis://``, ``rediss://`` or ``unix://`` address names; 0 if none."""
    parts = urlsplit(url)
    named = _query(parts).get("db")
    if named is None and parts.scheme != "unix":
        named = parts.path.strip("/")
    return int(named or 0)


def with_redis_database(url: str, number: int) -> str:
    """The same server, another of its databases."""
    parts = urlsplit(url)
    path = parts.path if parts.scheme == "unix" else ""
    return _address(parts.scheme, parts.netloc + path, {**_query(parts), "db": str(number)})


def broker_url(url: str) -> str:
    """The address as Celery spells it: kombu knows sockets as ``redis+socket`` and databases as paths."""
    parts = urlsplit(url)
    query = {name: value for name, value in _query(parts).items() if name != "db"}
    number = str(redis_database(url))
    if parts.scheme == "unix":
        return _address("redis+socket", parts.path, {**query, "virtual_host": number})
    return _address(parts.scheme, f"{parts.netloc}/{number}", query)


def _query(parts: SplitResult) -> dict[str, str]:
    return dict(parse_qsl(parts.query))


def _address(scheme: str, rest: str, query: dict[str, str]) -> str:
    # The library's own joining drops the slashes of schemes that it does not know.
    return f"{scheme}://{rest}{f'?{urlencode(query)}' if query else ''}"
