"""Which font has which character: nothing that a paper says may vanish, or turn into something else, when it is printed.

Papers use fonts that every reader of PDF files brings along: the Song type of Adobe's GB collection for Chinese, Times for
Latin. What neither has is written as its code point, 〔U+20BB7〕.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

SONG, LATIN = "STSong-Light", "Times-Roman"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))

#: Characters of GBK that the font's table of UCS-2 codes leaves out.
_NOT_IN_SONG = frozenset("·ńňɑɡ︱︳︴︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄")


@lru_cache(maxsize=8192)
def _set(letter):
    """(font, text) that a character is set with."""
    if letter.isascii():
        return (LATIN, letter) if letter.isprintable() else (LATIN, " ")
    if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp"):
        return LATIN, ""
    if _in_song(letter):
        return SONG, letter
    if _encodes(letter, "cp1252"):
        return LATIN, letter
    return SONG, f"〔U+{ord(letter):04X}〕"


def _in_song(letter):
    """Han of GBK and of extension A; anything beyond the basic plane would come out as two other characters."""
    return "\u3400" <= letter <= "\u4db5" or (letter not in _NOT_IN_SONG and _encodes(letter, "gbk"))


def _encodes(letter, codec):
    try:
        letter.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def printable(text):
    """The text as runs of (font, characters), in order; canonically composed, without line breaks."""
    letters = map(_set, unicodedata.normalize("NFC", text))
    return [
        (font, "".join(part for _, part in run)) for font, run in groupby(letters, key=lambda pair: pair[0])
    ]


def markup(text):
    """The text as markup of a paragraph: fonts named, everything else escaped, line breaks kept."""
    lines = []
    for line in text.splitlines() or [""]:
        runs = [
            f'<font name="{LATIN}">{escape(run)}</font>' if font == LATIN else escape(run)
            for font, run in printable(line)
        ]
        lines.append("".join(runs))
    return "<br/>".join(lines)
