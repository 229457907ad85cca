"""Buttons that add or take out a part of a form where no script does it: it comes back with one part more or less."""

import re

_REMOVED = re.compile(r"(?P<prefix>[\w-]+)-(?P<index>\d{1,3})", re.ASCII)
_INDEX = re.compile(r"\d{1,3}", re.ASCII)


def index_in(text):
    """The number of a row or a count of rows, below 1000; None where the text is none."""
    return int(text) if _INDEX.fullmatch(text) else None


def rows_pressed(data):
    """The posted data itself, or a changed copy where `add_row=loans` or `remove_row=loans-2` was pressed."""
    if "add_row" in data:
        return _with_row(data, data["add_row"])
    pressed = _REMOVED.fullmatch(data.get("remove_row", ""))
    if not pressed:
        return data
    prefix, index = pressed["prefix"], int(pressed["index"])
    total = _total(data, prefix)
    if total is None or index >= total:
        return data.copy()
    changed = part_removed(data, prefix, index)
    changed[f"{prefix}-TOTAL_FORMS"] = str(total - 1)
    return changed


def _total(data, prefix):
    return index_in(data.get(f"{prefix}-TOTAL_FORMS", ""))


def _with_row(data, prefix):
    total = _total(data, prefix)
    changed = data.copy()
    if total is not None:
        changed[f"{prefix}-TOTAL_FORMS"] = str(total + 1)
    return changed


def part_removed(data, prefix, index):
    """A copy of the data without the fields `<prefix>-<index>-…`; the parts behind them move up by one."""
    changed = data.copy()
    field = re.compile(rf"{re.escape(prefix)}-(\d{{1,3}})-(.+)", re.ASCII)
    numbered = {name: match for name in data if (match := field.fullmatch(name))}
    for name, match in numbered.items():
        if int(match[1]) >= index:
            del changed[name]
    for name, match in numbered.items():
        if int(match[1]) > index:
            changed.setlist(f"{prefix}-{int(match[1]) - 1}-{match[2]}", data.getlist(name))
    return changed
