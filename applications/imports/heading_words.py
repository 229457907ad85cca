"""What one heading says: its name, its currency, its unit; and what a line such as 单位：万元 says."""

import re
import unicodedata
from dataclasses import dataclass, field

YUAN, USD = "元", "美元"
#: Words for powers of ten before a currency. 百万 is not in the template but can mean nothing else.
SCALES = {"": 0, "千": 3, "万": 4, "百万": 6, "亿": 8}
_SCALE_WORDS = {exponent: word for word, exponent in SCALES.items()}

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_ESCAPED_RETURN = re.compile("_x000d_", re.IGNORECASE)
_CURRENCY_SIGNS = (("US$", USD), ("USD", USD), ("美金", USD), ("RMB", "人民币"), ("CNY", "人民币"))

_SCALE = "(?P<scale>百万|[千万亿])?"
_UNIT = re.compile(rf"(?:人民币)?[:(]?{_SCALE}(?P<currency>美元|元)\)?(?:[:(]?人民币\)?)?")
_SEPARATORS = re.compile(r"[、,;/和及或与\s]+")
_UNIT_WORD = re.compile(r"(?:金额|货币|计量|计价|币种)?(?:单位)?[:\s]*")
_AFTER_UNIT = re.compile(r"\w")

_BRACKETS = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕{}<>《》]*)[)\]】〕}>》]")
_UNIT_AT_END = re.compile(
    rf"[,/:_\-—]*(?:单位:?)?(?:(?:人民币)?{_SCALE}(?<!美)元(?:人民币)?|(?P<usd_scale>百万|[千万亿])美元)$"
)
_CURRENCY_WORD = r"(?:按|以|折合|折|合)?(?:人民币|美元)(?:计价|计|值)?"
_CURRENCY_AT_START = re.compile(rf"^{_CURRENCY_WORD}[,/:_\-—]*")
_CURRENCY_AT_END = re.compile(rf"[,/:_\-—]*{_CURRENCY_WORD}$")
_PARTS = re.compile("[,;、]")
_AMONG = re.compile(r"^(?:其中|其)[:,、]*")
_ENDS = "*:★☆※#,、。.;"
#: What stands in brackets behind a heading without changing what it means.
_REMARK = re.compile(
    r"(?:必填|选填|可选|可空|可不填|必填项|选填项|\d+位|\d+位(?:数字|数|码|代码|字符)|%|百分比|百分数|文本|文本格式|数字|年|"
    r"全称|盖章|公章|加盖公章|中文|如.*|例如.*|例:.*|格式.*|YYYY.*|是/否|是或否|进口/出口|进口或出口|国家级/省级|休/班|\d\.\d(?:[/、,]\d\.\d)*)"
)


@dataclass(frozen=True)
class Heading:
    """A heading taken apart. `currency` is 元, 美元 or "", `units` maps the currencies to powers of ten.

    `named` tells whether the currency was named outright and not only by a unit.
    """

    core: str
    currency: str = ""
    units: dict = field(default_factory=dict)
    named: bool = False


def tidy(text):
    """A heading without white space, line breaks, full-width forms and differences of case."""
    text = unicodedata.normalize("NFKC", _ESCAPED_RETURN.sub("", text)).translate(_INVISIBLE)
    return "".join(text.split()).upper()


def heading_read(text):
    """Takes a heading apart: 出口额（万美元） is 出口额, 美元, four zeros."""
    core, found = _tidy_ends(tidy(text)), _Found()
    core = _BRACKETS.sub(found.bracket, core)
    at_end = _UNIT_AT_END.search(core)
    if at_end:
        core = core[: at_end.start()]
        usd = at_end["usd_scale"]
        found.units.setdefault(USD if usd else YUAN, SCALES[usd or at_end["scale"] or ""])
    for pattern in (_CURRENCY_AT_START, _CURRENCY_AT_END):
        core = pattern.sub(found.word, core)
    return Heading(_tidy_ends(core), found.currency(), found.units, bool(found.words))


def _tidy_ends(text):
    for sign, word in _CURRENCY_SIGNS:
        text = text.replace(sign, word)
    return _AMONG.sub("", text.strip(_ENDS)).strip(_ENDS)


class _Found:
    """What has been found beside the name of a heading."""

    def __init__(self):
        self.units, self.words = {}, set()

    def bracket(self, match):
        """What is left of a bracket: nothing of units, currencies and remarks, the words alone of anything else."""
        inner = match[1]
        if all(self._understood(part) for part in _PARTS.split(inner)):
            return ""
        # What looks like a unit but is none must not be mistaken for one.
        return f"({inner})" if YUAN in inner else inner

    def _understood(self, part):
        units = units_read(_UNIT_WORD.sub("", part, count=1))
        if units:
            self.units |= units
        elif re.fullmatch(_CURRENCY_WORD, part):
            self.word(re.match(".*", part))
        else:
            return not part or bool(_REMARK.fullmatch(part))
        return True

    def word(self, match):
        """Notes a currency that is named."""
        self.words.add(USD if USD in match[0] else YUAN)
        return ""

    def currency(self):
        """The one currency that is meant, "" where it is open."""
        for found in (self.words, set(self.units)):
            if len(found) == 1:
                return next(iter(found))
        return ""


def units_read(text):
    """The units that a text consists of, {currency: power of ten}: 万元、万美元. None where it is anything else.

    A bare 万 holds for both currencies.
    """
    units, rest = _units_at_start(text)
    if units and not rest:
        return units
    return dict.fromkeys((YUAN, USD), SCALES[text]) if text in SCALES and text else None


def _units_at_start(text):
    """(units, what stands behind them)"""
    units, match = {}, _UNIT.match(text)
    while match:
        units.setdefault(match["currency"], SCALES[match["scale"] or ""])
        text = text[match.end() :]
        separator = _SEPARATORS.match(text)
        match = separator and _UNIT.match(text, separator.end())
    return units, text


#: What else is counted in a table: 单位：家、万元.
_OTHER_MEASURES = re.compile(r"^(?:(?:家|户|个|人|%|吨|公斤|千克|件|次|项|份|票)[、,;/和\s]+)+")
_WHOLE_LINE = re.compile(r"^[(\[]?(?:金额|货币|计价|计量)?(?:单位)?[:\s]*(?P<units>[^()\[\]:]+?)[)\]]?$")
_STATEMENT = re.compile(r"[(\[]?(?:金额|货币|计价|计量)?单位")
_AT_END_OF_TITLE = re.compile(r"[(\[](?P<units>[^()\[\]]+)[)\]]$")


def unit_line_read(text):
    """The units that a cell above the headings states: 单位：万元, （金额单位：人民币万元）, 情况表（万元）; {} for others."""
    spaced = " ".join(_CURRENCY.sub(_currency_sign, unicodedata.normalize("NFKC", text)).split())
    for variant in (spaced, spaced.replace(" ", "")):
        for part in variant.split("单位")[1:]:
            units, rest = _units_at_start(_OTHER_MEASURES.sub("", part.lstrip(":([ ")))
            if units and not _AFTER_UNIT.match(rest):
                return units
        for pattern in (_WHOLE_LINE, _AT_END_OF_TITLE):
            match = pattern.search(variant)
            units = match and units_read(match["units"])
            if units:
                return units
    return {}


def is_unit_line(text):
    """Whether a cell says nothing but a unit and calls it one: 单位：万元. A bare 万元 may be part of a heading."""
    return bool(_STATEMENT.match(tidy(text)) and unit_line_read(text))


_CURRENCY = re.compile("|".join(re.escape(sign) for sign, _ in _CURRENCY_SIGNS), re.IGNORECASE)


def _currency_sign(match):
    return dict(_CURRENCY_SIGNS)[match[0].upper()]


def unit_word(exponent, currency):
    """What a unit is called: 万元, 美元."""
    return _SCALE_WORDS[exponent] + currency
