"""What must hold before anything is started: nobody else supervises this data folder, and the port is free."""

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from config.addresses import Layout
from config.embedded.folders import data_dir_prepare


class AlreadySupervised(Exception):
    """Another supervisor holds the data folder; the message says what to do."""


class PortTaken(Exception):
    """The web server could not listen; the message says what to do."""


@contextmanager
def supervise_alone(layout: Layout) -> Iterator[None]:
    """Hold the data folder as its one supervisor; the hold ends with the process, however it ends."""
    data_dir_prepare(layout.data_dir)
    with (layout.data_dir / "supervisor.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadySupervised(
                f"数据目录 {layout.data_dir} 已有一个实例在运行。请先停止它，或用 DATA_DIR 和 PORT 另起一份。"
            ) from error
        yield


def port_require(host: str, port: int) -> None:
    """Raises :class:`PortTaken` where the web server could not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"端口 {port} 已被其他程序占用。请换一个端口，例如 make run PORT={port + 1}。"
                if error.errno == errno.EADDRINUSE
                else f"无法在 {host}:{port} 上提供服务（{error.strerror}）。请检查 HOST 和 PORT。"
            ) from error
