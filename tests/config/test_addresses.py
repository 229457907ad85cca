"""Where things are."""

from pathlib import Path

import pytest

from config.addresses import SOCKET_PATH_LIMIT, Layout, broker_url, redis_database, with_redis_database

DEEP = Path("/srv") / ("很长的目录名" * 8)


def test_sockets_lie_in_the_data_folder() -> None:
    layout = Layout(Path("/srv/data"))
    assert layout.postgres_socket_dir == Path("/srv/data/pg")
    assert layout.valkey_socket == Path("/srv/data/valkey/valkey.sock")


@pytest.mark.parametrize(("length", "short"), [(-1, False), (0, False), (1, True)])
def test_sockets_move_to_a_short_folder_where_the_path_is_too_long(length: int, short: bool) -> None:
    longest = len("/pg/.s.PGSQL.5432.lock")
    data_dir = Path("/" + "d" * (SOCKET_PATH_LIMIT + length - longest - 1))
    assert (Layout(data_dir).short_dir is not None) is short


def test_the_length_of_a_path_is_counted_in_bytes() -> None:
    assert len(str(Layout(DEEP).postgres)) < SOCKET_PATH_LIMIT < len(str(DEEP).encode())
    assert Layout(DEEP).short_dir is not None


def test_two_installations_never_share_a_short_folder() -> None:
    assert Layout(DEEP / "a").short_dir != Layout(DEEP / "b").short_dir
    assert Layout(DEEP / "a").short_dir == Layout(DEEP / "a").short_dir


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://localhost:6379", 0),
        ("redis://localhost:6379/3", 3),
        ("rediss://:secret@cache.internal:6380/2?ssl_cert_reqs=required", 2),
        ("unix:///srv/valkey.sock", 0),
        ("unix:///srv/valkey.sock?db=5", 5),
    ],
)
def test_the_number_of_a_database_is_read_and_replaced(url: str, number: int) -> None:
    assert redis_database(url) == number
    assert redis_database(with_redis_database(url, 7)) == 7


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("redis://localhost:6379/3", "redis://localhost:6379/3"),
        ("redis://localhost:6379?db=3", "redis://localhost:6379/3"),
        ("unix:///srv/valkey.sock?db=5", "redis+socket:///srv/valkey.sock?virtual_host=5"),
        ("unix:///srv/with%20space/v.sock", "redis+socket:///srv/with%20space/v.sock?virtual_host=0"),
    ],
)
def test_the_broker_is_spelled_as_celery_expects(url: str, spelled: str) -> None:
    assert broker_url(url) == spelled
