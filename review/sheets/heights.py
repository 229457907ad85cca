"""How high a row must be so that no text is cut off: not every spreadsheet program sets heights by itself."""

import unicodedata
from functools import lru_cache

#: Points: a line of letters of ten points, the lowest row, what lies around the lines.
_LINE, LEAST, _AROUND = 14, 20, 6
#: No spreadsheet program takes a higher row.
_MOST = 409
#: Characters that the edges of a cell take.
_EDGES = 2
#: Texts that are remembered: firms, banks and items come back in row after row.
_REMEMBERED = 4096


def text_width(text):
    """Width in characters; Chinese ones count twice."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def room_of(width):
    """Characters that a line has room for in a column of this width."""
    return max(int(width) - _EDGES, 2)


@lru_cache(maxsize=_REMEMBERED)
def text_height(text, room, least=LEAST):
    """Points for one text in lines of `room` characters."""
    lines = sum(max(1, -(-text_width(line) // room)) for line in text.split("\n"))
    return min(_MOST, max(least, lines * _LINE + _AROUND))


def row_height(texts, *, least=LEAST):
    """Points for a row of (text, width of its column)."""
    return max([least, *(text_height(text, room_of(width)) for text, width in texts)])
