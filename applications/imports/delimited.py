"""CSV: texts separated by comma, semicolon or tab, in UTF-8 or GB18030."""

import codecs
import csv
import os
from collections import Counter
from contextlib import contextmanager

from applications.imports.limits import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, too_big, too_many_rows
from applications.imports.problems import FileRefused

SEPARATORS = (",", ";", "\t")
PIECE = 1024 * 1024
#: What is looked at to find the separator.
SAMPLE_LINES, SAMPLE_LENGTH = 200, 256 * 1024
#: Characters of one record, over all its lines.
LONGEST_RECORD = 4 * 1024 * 1024

_SAVE = "请用 Excel 或 WPS 打开，另存为 xlsx，或另存为“CSV UTF-8（逗号分隔）”后再试。"


@contextmanager
def text_open(path):
    """The one sheet of a text file, in a list. Raises FileRefused `empty`, `bad_encoding`, `damaged_file`, `too_big`."""
    if os.path.getsize(path) > MOST_UNPACKED:
        raise too_big()
    yield [Sheet(path, _encoding(path))]


class Sheet:
    """A text file as a sheet; see `source` for what it offers. A row's number is the line on which it begins."""

    name, visible, merges = "", True, ()

    def __init__(self, path, encoding):
        self._path, self._encoding = path, encoding
        self._size = max(os.path.getsize(path), 1)
        self._read = 0
        self._separator, self._announced = self._separated()

    @property
    def position(self):
        """How far the current pass is, from 0 to 1."""
        return self._read / self._size

    def rows(self):
        """A fresh pass: yields (line number, texts). Raises FileRefused."""
        held = 0
        with self._lines() as lines:
            for number, record in _records(lines, self._separator):
                self._read = lines.position
                row = [_unwrapped(text) if text[:2] == '="' else text or None for text in record]
                if not any(row) or (self._announced and number == 1):
                    continue
                held += 1
                if held > MOST_ROWS:
                    raise too_many_rows()
                yield number, row
        self._read = self._size

    @contextmanager
    def _lines(self):
        with open(self._path, encoding=self._encoding, newline="") as file:
            yield _Lines(file)

    def _separated(self):
        """The separator, and whether the first line is there only to name it (sep=; as Excel reads it)."""
        sample, length = [], 0
        with self._lines() as lines:
            for line in lines:
                lines.record_begun()
                sample.append(line)
                length += len(line)
                if len(sample) >= SAMPLE_LINES or length >= SAMPLE_LENGTH:
                    break
        first = sample[0].strip("\r\n") if sample else ""
        if first[:4].lower() == "sep=" and first[4:] in SEPARATORS:
            return first[4:], True
        return max(SEPARATORS, key=lambda separator: _fit(sample, separator)), False


class _Lines:
    """Lines with their ends, which are CR, LF or both; a record that goes on for ever is refused."""

    def __init__(self, file):
        self._file = file
        self.number = self._length = 0
        self.first = 1
        self.ended = False

    def record_begun(self):
        """To be called between records."""
        self.first, self._length = self.number + 1, 0

    def __iter__(self):
        return self

    def __next__(self):
        try:
            line = self._file.readline(LONGEST_RECORD + 1)
        except UnicodeDecodeError as error:
            raise _undecodable() from error
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self._length += len(line)
        if self._length > LONGEST_RECORD:
            raise _endless(self.first)
        return line.lstrip("\ufeff") if self.number == 1 else line

    @property
    def position(self):
        """Bytes read so far."""
        return self._file.buffer.tell()


def _records(lines, separator):
    """Yields (line on which the record begins, fields)."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        lines.record_begun()
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise _endless(lines.first) from error
        if record is None:
            return
        if lines.ended or len(record) > MOST_COLUMNS:
            # The reader asked for a further line inside of quotes, and there was none.
            raise _endless(lines.first)
        yield lines.first, record


def _unwrapped(text):
    """Programs write ="0110" so that a spreadsheet program shows 0110 and not 110."""
    return (text[2:-1] or None) if len(text) > 2 and text[-1] == '"' else text


def _fit(sample, separator):
    """How well a separator fits: records that it separates, how many of them alike, and into how many fields."""
    try:
        widths = [len(record) for record in csv.reader(sample, delimiter=separator) if len(record) > 1]
    except csv.Error:
        return 0, 0, 0
    width, alike = Counter(widths).most_common(1)[0] if widths else (0, 0)
    return len(widths), alike, width


def _encoding(path):
    """The encoding that holds for the whole file: UTF-8 if it can be, otherwise GB18030. Raises FileRefused."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        blank = True
        try:
            for piece in _pieces(path):
                blank = not decoder.decode(piece).strip() and blank
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        if blank:
            raise FileRefused("empty", "文件是空的，没有任何内容。请重新导出或选择别的文件。")
        return encoding
    raise _undecodable()


def _pieces(path):
    with open(path, "rb") as file:
        first = True
        while piece := file.read(PIECE):
            if first and is_wide(piece):
                raise FileRefused(
                    "bad_encoding", f"文件的编码是 UTF-16（Unicode 文本），不能直接读取。{_SAVE}"
                )
            if b"\0" in piece:
                raise FileRefused("damaged_file", f"文件里有不属于文本的字符，可能已损坏。{_SAVE}")
            first = False
            yield piece


def is_wide(piece):
    """Whether text looks like UTF-16: its mark, or zeros at every other place as digits and commas have them."""
    if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    head = piece[:8192]
    few, many = sorted((head[::2].count(0), head[1::2].count(0)))
    return many >= 3 and many * 20 >= len(head) and few * 20 <= many


def _undecodable():
    return FileRefused("bad_encoding", f"文件的编码既不是 UTF-8 也不是 GB18030，不能读取。{_SAVE}")


def _endless(line):
    return FileRefused(
        "damaged_file",
        f"第{line}行开始的内容没有正常结束：引号不成对，或者一行太长。请检查该行，或用 Excel、WPS 另存为 xlsx 后再试。",
    )
