"""Runs the command on a file and compares what it says with what the contract says."""

import io
import json
from dataclasses import dataclass

from django.core.management import CommandError, call_command

from applications.models import TradeFigures
from tests.factories import credit_code

#: The template's headings of the figures.
FIGURES = (
    "统一社会信用代码",
    "企业名称",
    "年度",
    "进口额",
    "出口额",
    "出口额（美元）",
    "跨境电商进出口额",
    "资源类产品进口额",
    "地产品出口额",
)
CODE = FIGURES[0]
#: Six missing figures.
NOTHING = (None,) * 6


@dataclass
class Answer:
    """What the command printed, and its exit status."""

    kind: str
    flags: tuple
    status: int
    said: dict


def ask(kind, path, *flags):
    """The answer to `manage.py load kind path flags`, in this process."""
    out, status = io.StringIO(), 0
    try:
        call_command("load", kind, str(path), *flags, stdout=out, stderr=io.StringIO())
    except SystemExit as error:
        status = error.code or 0
    except CommandError as error:
        status = error.returncode
    return Answer(kind, flags, status, json.loads(out.getvalue()))


def expect(
    answer,
    *,
    rows,
    new=0,
    changed=0,
    unchanged=0,
    refused=(),
    check_digit=(),
    unknown=(),
    others=(),
    removed=0,
):
    """The answer is a report with just this in it. `refused` has (row, column, code) or, for cells with text,
    (row, column, code, value); `check_digit` (row, column); `unknown` headings; `others` names of sheets.
    A column of None is not compared."""
    said = answer.said
    assert "error" not in said, said
    assert said["kind"] == answer.kind
    assert _faults(said["refused"], refused) == sorted(
        (row, column or "", code) for row, column, code, *_ in refused
    )
    for fault in refused:
        if len(fault) == 4:
            assert fault[3] in [one["value"] for one in said["refused"] if one["row"] == fault[0]], fault
    counts = {key: said[key] for key in ("rows", "new", "changed", "unchanged")}
    assert counts == {"rows": rows, "new": new, "changed": changed, "unchanged": unchanged}, said
    assert rows == new + changed + unchanged + len({each[0] for each in refused}), "the expectation adds up"
    assert said.get("removed", 0) == removed
    assert all(
        isinstance(one["message"], str) and one["message"] for one in said["refused"] + said["warnings"]
    )
    wrong = [(one["row"], one["column"]) for one in said["warnings"] if one["code"] == "check_digit"]
    assert sorted(wrong) == sorted(check_digit)
    unread = {"".join(one["column"].split()) for one in said["warnings"] if one["code"] == "unknown_column"}
    assert unread == set(unknown)
    sheets = [one["message"] for one in said["warnings"] if one["code"] == "other_sheet"]
    assert all(any(name in message for message in sheets) for name in others), sheets
    assert bool(sheets) == bool(others), sheets
    good_rows, check = "--good-rows" in answer.flags, "--check" in answer.flags
    assert said["stored"] is (not check and (good_rows or not refused))
    assert answer.status == (1 if refused else 0)


def _faults(said, expected):
    open_columns = {(row, code) for row, column, code, *_ in expected if column is None}
    return sorted(
        (one["row"], "" if (one["row"], one["code"]) in open_columns else one["column"], one["code"])
        for one in said
    )


def refuse(answer, code, *words):
    """The whole file is refused with this code; the message has these words."""
    assert answer.said.keys() == {"error"}, answer.said
    assert answer.said["error"]["code"] == code
    message = answer.said["error"]["message"]
    assert message
    assert all(word in message for word in words), message
    assert answer.status == 2


def code(number):
    """The credit code of a made-up firm."""
    return credit_code(number)


def figures(number, year=2022):
    """The six stored figures of a firm and year as texts, None where missing; None where there is no row."""
    row = TradeFigures.objects.filter(credit_code=code(number), year=year).first()
    return row and tuple(
        None if value is None else f"{value:.2f}" for value in (getattr(row, name) for name in row.FIGURES)
    )


def imports_of(*numbers, year=2022):
    """The stored import figures of some firms."""
    return [(figures(number, year) or ("no row",))[0] for number in numbers]
