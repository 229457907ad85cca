"""Folders that the servers need, with the rights that they need and no others."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from config.addresses import Layout
from config.embedded.errors import EmbeddedServerError

# PostgreSQL refuses to run as root; started by root, it runs as this user instead.
SERVICE_USER = "pgserver"


def data_dir_prepare(data_dir: Path) -> None:
    """Create the data folder, closed to others; refuse one that belongs to somebody else."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"无法创建数据目录 {data_dir}：{error.strerror}。请用 DATA_DIR 指定一个可写的目录。"
        ) from error
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedServerError(
            f"数据目录 {data_dir} 属于用户 {_user_name(owner)}。请以该用户运行，或用 DATA_DIR 指定另一个目录。"
        )


def socket_dir_prepare(layout: Layout, folder: Path, *, owner: pwd.struct_passwd | None = None) -> None:
    """Create ``folder`` for a socket where the data folder's path is too long for one; only ``owner`` may enter.

    The folder around it lies among the temporary files, where everybody may write, so one that somebody else
    has put there under the same name is refused. Others may pass through it, as through the folders above data.
    """
    if layout.short_dir is None:
        return
    layout.short_dir.mkdir(mode=0o711, exist_ok=True)
    found = layout.short_dir.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedServerError(
            f"数据目录的路径太长，需要用 {layout.short_dir} 放置套接字，但它属于其他用户。请用 DATA_DIR 指定路径较短的目录。"
        )
    layout.short_dir.chmod(0o711)
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def service_user() -> pwd.struct_passwd | None:
    """The user that PostgreSQL runs as: None for the current one; for root a system user, created if need be."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise EmbeddedServerError(
            f"PostgreSQL 不能以 root 运行，而这台机器没有 useradd。请先创建系统用户 {SERVICE_USER}，或以普通用户运行。"
        )
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
        check=True,
        capture_output=True,
    )
    return pwd.getpwnam(SERVICE_USER)


def passage_open(path: Path) -> None:
    """Let other users pass through the folders above ``path`` to a place they know, without listing them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def readable_open(path: Path) -> None:
    """Let other users read a folder of installed programs: what their owner may read and run, they may."""
    for item in (path, *path.rglob("*")):
        if item.is_symlink():
            continue
        mode = item.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            item.chmod(wanted)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
