"""Texts of a workbook: the table of shared strings, and the escapes that texts of all kinds may hold."""

import re
from array import array

from applications.imports.limits import LONGEST_TEXT, MOST_ROWS, book_damaged
from applications.imports.problems import FileRefused
from applications.imports.xlsx.markup import Outline, parser_made, pieces_fed, prefix_read

#: Texts kept as they were read last; most workbooks repeat few texts often and many never.
MOST_KEPT = 50_000
#: Texts of a workbook: ten for each row that it may hold.
MOST_STRINGS = 10 * MOST_ROWS

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text):
    """The text with _x000D_ and the like read as the characters that they stand for (ST_Xstring).

    What cannot be stored anywhere, such as half of a pair or a zero character, becomes U+FFFD.
    """
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "\ufffd")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class SharedStrings(dict):
    """Texts by their index as it stands in a cell ("17").

    Millions of texts are kept as one run of bytes, which takes a fifth of what as many strings would; the dict
    holds the ones used last. Raises FileRefused where a cell asks for a text that is not there.
    """

    def __init__(self):
        super().__init__()
        self._bytes, self._ends = bytearray(), array("I", [0])

    @property
    def count(self):
        """How many texts there are."""
        return len(self._ends) - 1

    def add(self, text):
        """Adds the next text."""
        self._bytes += unescaped(text).encode()
        self._ends.append(len(self._bytes))

    def __missing__(self, key):
        index = int(key)
        if not 0 <= index < self.count:
            raise book_damaged()
        text = self._bytes[self._ends[index] : self._ends[index + 1]].decode()
        if len(self) >= MOST_KEPT:
            self.clear()
        self[key] = text
        return text


def strings_read(package, name):
    """The shared strings of a workbook; runs of rich text are joined, phonetic hints left out."""
    strings = SharedStrings()
    reader = _Reader(strings)
    with package.stream(name) as stream:
        for _ in pieces_fed(reader.parser, stream):
            reader.check()
            if strings.count > MOST_STRINGS:
                raise FileRefused("too_big", "表格里不同的文字太多。请分成几个文件，另存后再试。")
    return strings


class _Reader:
    def __init__(self, strings):
        self._add = strings.add
        self._outline = Outline()
        self._runs, self._texts, self._hint = [], [], False
        self.parser = parser_made()
        self.parser.StartElementHandler = self._root

    def check(self):
        """To be called between pieces: a text that does not end must not be gathered to the end of the file."""
        if sum(map(len, self._texts)) + sum(map(len, self._runs)) > LONGEST_TEXT * 2:
            raise book_damaged()

    def _root(self, tag, attributes):
        prefix = prefix_read(tag, attributes, "sst")
        self._item, self._text, self._phonetic = prefix + "si", prefix + "t", prefix + "rPh"
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._texts.append

    def _start(self, tag, attributes):
        self._outline.start(tag, attributes)
        self._texts.clear()
        if tag == self._phonetic:
            self._hint = True

    def _end(self, tag):
        self._outline.depth -= 1
        if tag == self._text:
            if not self._hint:
                self._runs.append("".join(self._texts))
        elif tag == self._item:
            self._add("".join(self._runs))
            self._runs.clear()
        elif tag == self._phonetic:
            self._hint = False
        self._texts.clear()
