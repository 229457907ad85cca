"""Files of official data: where they lie, and how they get there. Only we may read them, and only views hand them out."""

import hashlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_CHUNK = 1024 * 1024


def file_path(name):
    """Where a kept file lies."""
    return Path(settings.IMPORT_ROOT) / name


def file_keep(source, prefix="load-"):
    """Copies a binary file to its place under a name of its own that begins with `prefix`; only we may read it.

    Returns (name, SHA-256, size).
    """
    root = Path(settings.IMPORT_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, path = tempfile.mkstemp(prefix=prefix, dir=root)
    try:
        with os.fdopen(handle, "wb") as target:
            source.seek(0)
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Path(path).name, digest.hexdigest(), size


@contextmanager
def file_made(name):
    """A binary file to write to; it has its name only once it is whole, in place of an earlier one."""
    place = file_path(name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = place.with_suffix(".part")
    try:
        with open(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as target:
            yield target
        os.replace(aside, place)
    finally:
        aside.unlink(missing_ok=True)


def files_forget(prefix, before):
    """Deletes the files whose names begin so and that were last written before a time in seconds since the epoch."""
    for path in Path(settings.IMPORT_ROOT).glob(f"{prefix}*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
