"""How high a row must be so that no text is cut off: not every spreadsheet program sets heights by itself."""

import unicodedata

#: Points.
_LINE, _LEAST, _AROUND = 14, 20, 6
#: Characters that the edges of a cell take.
_EDGES = 2


def text_width(text):
    """Width in characters; Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def line_height(text, width, *, least=_LEAST):
    """Points for one text in `width` characters."""
    room = max(int(width) - _EDGES, 2)
    lines = sum(max(1, -(-text_width(line) // room)) for line in text.split("\n"))
    return max(least, lines * _LINE + _AROUND)


def row_height(texts, *, least=_LEAST):
    """Points for a row of (text, width of its column)."""
    return max([least, *(line_height(text, width) for text, width in texts)])
