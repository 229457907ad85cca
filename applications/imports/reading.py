"""Rows of a file as values: finds the sheet and its headings, then parses row by row, in one pass and bounded memory."""

from functools import partial

from applications.credit_code import has_right_check_digit
from applications.imports import checks, headings
from applications.imports.cells import CellError, shown
from applications.imports.codes import credit_code
from applications.imports.heading_words import unit_word
from applications.imports.problems import CellRefused, Fault, FileRefused, Notice
from applications.imports.table import NOTES_SHEET, PROBLEM_HEADING, ROW_HEADING
from applications.imports.values import ERROR_TEXTS, WHITE, is_blank, printable

#: So many different texts of a column are remembered; then it begins anew, so that memory stays bounded.
REMEMBERED = 20_000

_TOTALS = frozenset({"合计", "小计", "总计"})
_NOTES = ("注", "备注", "说明", "制表", "审核", "复核", "负责人", "填报")
_FIRST_SIGNS = frozenset(word[0] for word in (*_TOTALS, *_NOTES))
#: What stands beside a note in the column of codes, a year or the number of a telephone, is not longer.
_LONGEST_REMARK = 14
_LONGEST_VALUE = 500
_MOST_HEADINGS = 30

_ERROR = CellRefused("formula_error", "是公式错误或没有算出结果。请在表格软件里重新计算，或改填数值。")
_MISSING = CellRefused("missing", "没有填写。")


class ParsedRow:
    """One data row. `values` stand in the order of the reading's columns; what could not be read is None."""

    __slots__ = ("_raw", "faults", "number", "values")

    def __init__(self, number, values, raw, faults):
        self.number, self.values, self._raw, self.faults = number, values, raw, faults

    @property
    def cells(self):
        """The texts that the cells show, in the order of the reading's columns."""
        return tuple(_shown(value) for value in self._raw)


class Reading:
    """A source read as one kind of official data.

    `columns` are those of the kind that the file has, in the kind's order, and `absent` the others; `headings` all
    headings of the file with the template's heading that each was taken for, or None; `units` {field: 万元};
    `heading_rows` the first and last row of the headings. `notices` grows while rows are read. Raises FileRefused
    `no_headings` and `duplicate_columns`, and in `rows` `empty` and what the source raises.
    """

    def __init__(self, kind, source):
        self.kind, self.notices = kind, []
        self._sheet, layout, rows = _sheet_find(kind, source)
        self.sheet_name = self._sheet.name
        self.heading_rows = layout.first, layout.last
        _refuse_twice(layout)
        places = {place.column.field: place for place in layout.known}
        self.columns = tuple(column for column in kind.columns if column.field in places)
        self.absent = tuple(column for column in kind.columns if column.field not in places)
        self.headings = [
            (place.text, place.column.heading if place.column else None) for place in layout.places
        ]
        lines = headings.unit_lines(rows, layout)
        powers = {
            column.field: _power(places[column.field].exponent, lines.get(column.unit))
            for column in self.columns
            if column.unit
        }
        self.units = {field: unit_word(power, kind.column(field).unit) for field, power in powers.items()}
        self._known = [
            _Known(column, places[column.field].index, powers.get(column.field)) for column in self.columns
        ]
        self._codes = [place for place, known in enumerate(self._known) if known.is_code]
        self._required = [place for place, column in enumerate(self.columns) if column.required]
        self._check = checks.row_check(kind, self.columns)
        self._tell(layout, source)

    @property
    def position(self):
        """How much has been read, from 0 to 1."""
        return self._sheet.position

    def rows(self):
        """Yields a ParsedRow for each data row: no totals, notes or empty rows. Raises FileRefused `empty` for none."""
        last, found = self.heading_rows[1], False
        indices = [known.index for known in self._known]
        width = max(indices) + 1
        for number, cells in self._sheet.rows():
            if number <= last:
                continue
            if len(cells) < width:
                cells = [*cells, *[None] * (width - len(cells))]
            raw = [cells[index] for index in indices]
            if self._is_passed_over(cells, raw):
                continue
            found = True
            yield self._row(number, raw)
        if not found:
            raise FileRefused("empty", f"表头（第{last}行）下面没有数据。请核对后再试。")

    def _is_passed_over(self, cells, raw):
        """Whether a row is none of data: nothing in a known column, a total, or a note.

        A note stands by itself: what begins like one in a row with a credit code, or, of a kind without codes, in a row in
        which all that is required can be read, is the name of a firm, which files whose first column is the name hold.
        """
        first = None
        for first in cells:
            if not is_blank(first):
                break
        else:
            return True
        if first.__class__ is str and (first[0] in _FIRST_SIGNS or first[0] in WHITE):
            word = "".join(first.split()).strip(WHITE)
            if word.rstrip(":：") in _TOTALS:
                return True
            if word.startswith(_NOTES):
                if self._codes:
                    return not any(_like_a_code(raw[place]) for place in self._codes)
                required = [self._known[place].read(raw[place]) for place in self._required]
                return any(found.__class__ is CellRefused for found in required)
        return all(map(is_blank, raw))

    def _row(self, number, raw):
        faults, values = [], []
        for known, value in zip(self._known, raw, strict=True):
            kind = value.__class__
            # 1, True and 1% are equal and not the same.
            found = known[value if kind is str or kind is float or value is None else (kind, value)]
            if found.__class__ is CellRefused:
                faults.append(_fault(number, known.column, value, found))
                found = None
            values.append(found)
        for place in self._codes:
            doubt = self._known[place].doubtful.get(values[place])
            if doubt:
                self.notices.append(Notice("check_digit", doubt, self.columns[place].heading, number))
        if self._check:
            for field, code, message in self._check(values):
                place = next(i for i, column in enumerate(self.columns) if column.field == field)
                refused = CellRefused(code, message)
                faults.append(_fault(number, self.columns[place], raw[place], refused))
        return ParsedRow(number, tuple(values), raw, faults)

    def _tell(self, layout, source):
        """Notices about columns and sheets that are not read."""
        for place in layout.places:
            if not place.column and place.text not in (ROW_HEADING, PROBLEM_HEADING):
                message = f"没有读取“{place.text}”这一列：不是“{self.kind.title}”的列。"
                self.notices.append(Notice("unknown_column", message, place.text))
        for sheet in source.sheets:
            if sheet is not self._sheet and sheet.name != NOTES_SHEET and _has_data(sheet):
                message = f"没有读取工作表“{sheet.name}”，只读取了“{self.sheet_name}”。"
                self.notices.append(Notice("other_sheet", message))


class _Known(dict):
    """What the cells of one column mean, parsed when first asked for: {cell: value to store, or CellRefused}.

    Keys are texts, floats and None as they are, all else as (type, value).
    """

    def __init__(self, column, index, power):
        super().__init__()
        self.column, self.index = column, index
        self._parse = partial(column.parse, shift=power) if power else column.parse
        self.is_code = column.parse is credit_code
        #: Credit codes with a wrong check digit, and the sentence about each.
        self.doubtful = {}

    def __missing__(self, key):
        found = self.read(key[1] if key.__class__ is tuple else key)
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = found
        return found

    def read(self, value):
        """What a cell means, or its refusal; not remembered."""
        if isinstance(value, CellError):
            return _ERROR
        found = None
        if not is_blank(value):
            if isinstance(value, str) and "#" in value and value.strip(WHITE).upper() in ERROR_TEXTS:
                return _ERROR
            try:
                found = self._parse(value)
            except CellRefused as refused:
                # Without its traceback, which would keep the frames of every refusal that is remembered.
                return CellRefused(refused.code, refused.message)
        if found is None or found == "":
            return _MISSING if self.column.required else self.column.empty
        if self.is_code and not has_right_check_digit(found):
            self.doubtful[found] = f"{found} 的第 18 位与前 17 位对不上，已按原样接受。请对照营业执照核对。"
        return found


def _like_a_code(value):
    """Whether a cell holds a credit code, or something that was meant for one: damaged, or of about its length."""
    if is_blank(value):
        return False
    try:
        return bool(credit_code(value))
    except CellRefused as refused:
        word = "".join(shown(value).split())
        return refused.code == "damaged_code" or (
            len(word) > _LONGEST_REMARK and word.isascii() and word.isalnum()
        )


def _fault(number, column, value, refused):
    message = printable(f"第{number}行“{column.heading}”{refused.message}")
    return Fault(number, column.heading, _shown(value), refused.code, message)


def _shown(value):
    text = printable(shown(value))
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _power(in_heading, in_line):
    return in_heading if in_heading is not None else in_line or 0


def _sheet_find(kind, source):
    """(sheet, Layout, its first rows) of the first visible sheet with the required headings."""
    seen = []
    for sheet in source.sheets:
        if not sheet.visible:
            continue
        rows = headings.first_rows(sheet)
        layout = headings.layout_find(kind, rows, sheet.merges)
        if layout:
            return sheet, layout, rows
        seen.append(headings.layout_guess(kind, rows, sheet.merges))
    raise _no_headings(kind, list(filter(None, seen)))


def _no_headings(kind, guesses):
    if not guesses:
        return FileRefused("no_headings", "文件里没有可以读取的表头：可见的工作表都是空的。请用模板填写。")
    guess = max(guesses, key=lambda layout: (len(layout.columns), len(layout.places)))
    lacking = "、".join(column.heading for column in guess.lacks(kind))
    texts = [place.text[:40] for place in guess.places]
    found = "、".join(texts[:_MOST_HEADINGS]) + (" 等" if len(texts) > _MOST_HEADINGS else "")
    return FileRefused(
        "no_headings",
        f"没有找到必需的列：{lacking}。文件前 {headings.LAST_ROW} 行里最像表头的是第{guess.last}行：{found}。请对照模板核对表头。",
    )


def _refuse_twice(layout):
    sentences = [
        f"“{places[0].column.heading}”对应了 {len(places)} 列：{'、'.join(place.text for place in places)}"
        for places in layout.twice
    ]
    if sentences:
        raise FileRefused("duplicate_columns", f"{'；'.join(sentences)}。请只保留一列。")


def _has_data(sheet):
    return any(not is_blank(value) for _, cells in sheet.rows() for value in cells)
