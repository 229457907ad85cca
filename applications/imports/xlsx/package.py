"""The archive that a workbook is: its parts, read in small pieces and never beyond what may be unpacked."""

import io
import zipfile
import zlib
from contextlib import contextmanager

from applications.imports.limits import MOST_UNPACKED, book_damaged, too_big
from applications.imports.problems import FileRefused

#: Parts of an archive. A workbook has some dozens, with many pictures some hundreds.
MOST_PARTS = 10_000
#: Bytes of one read of the file: the list of parts is read at once, before anything is known of it.
LONGEST_READ = 2 * 1024 * 1024

#: What the standard library raises for archives that are cut off, garbled or packed in an unusual way.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError),
    *(RuntimeError, OSError, ValueError, OverflowError, IndexError),
)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Package:
    """An opened archive. Names are compared without regard to case and to the direction of slashes.

    Raises FileRefused `damaged_file`, `too_big` or `encrypted`. Sizes that an archive declares may lie: a part is
    read up to its declared size and fails its check sum where it holds more, so their sum bounds what is unpacked.
    """

    def __init__(self, path):
        self._file = _ShortReads(io.FileIO(path))
        try:
            with damage_told():
                self._archive = zipfile.ZipFile(self._file)
            self._parts = self._listed()
        except BaseException:
            self._file.close()
            raise

    def close(self):
        """Closes the file."""
        self._archive.close()
        self._file.close()

    @property
    def names(self):
        """The names of all parts, in lower case."""
        return self._parts.keys()

    def size(self, name):
        """Bytes that a part unpacks to."""
        return self._part(name).file_size

    @contextmanager
    def stream(self, name):
        """The bytes of a part as a binary stream. Raises FileRefused where there is no such part or it is broken."""
        part = self._part(name)
        with damage_told(), self._archive.open(part) as stream:
            yield stream

    def _part(self, name):
        found = self._parts.get(_normal(name))
        if found is None or found.compress_type not in _METHODS:
            raise book_damaged()
        return found

    def _listed(self):
        members = [member for member in self._archive.infolist() if not member.filename.endswith("/")]
        if any(member.flag_bits & 0x41 for member in members):
            raise FileRefused("encrypted", "文件里有加密的内容，无法读取。请取消密码，另存为 xlsx 后再试。")
        if len(members) > MOST_PARTS:
            raise _too_many()
        if sum(member.file_size for member in members) > MOST_UNPACKED:
            raise too_big()
        parts = {_normal(member.filename): member for member in members}
        if len(parts) < len(members):
            raise book_damaged()
        return parts


class _ShortReads(io.BufferedReader):
    """A file that is never read whole: a list of parts that is longer than that is no workbook's."""

    def read(self, size=-1, /):
        if size is None or size < 0:
            size = LONGEST_READ + 1
        elif size > LONGEST_READ:
            raise _too_many()
        return super().read(size)


@contextmanager
def damage_told():
    """Turns what the standard library raises for broken archives into FileRefused."""
    try:
        yield
    except _BROKEN as error:
        raise book_damaged() from error


def _too_many():
    return FileRefused("too_big", "文件里的图片、附件等内容太多。请只保留数据，另存为新的 xlsx 后再试。")


def _normal(name):
    return name.replace("\\", "/").lstrip("/").lower()
