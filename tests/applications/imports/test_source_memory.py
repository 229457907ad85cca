"""The memory that a pass takes does not grow with the file."""

import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from applications.imports.source import source_open

from .messy.books import parts, sheet_xml

#: Megabytes that the interpreter may take beyond what it has after its imports.
MOST = 24
PASS = """
import resource, sys
from applications.imports.source import source_open
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
with source_open(sys.argv[1]) as source:
    count = sum(1 for _ in source.sheets[0].rows())
print(count, peak() - before)
"""


def written(path: Path, rows: int) -> Path:
    """A workbook of so many rows, written piece by piece: texts in the cells, shared texts, numbers, a merge at the end."""
    head, _, tail = sheet_xml([], after='<mergeCells><mergeCell ref="A1:A3"/></mergeCells>').partition(
        "</sheetData>"
    )
    contents = parts("", shared=[f"<t>示例外贸有限公司{number}</t>" for number in range(rows // 10)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in contents.items():
            if not name.endswith("sheet1.xml"):
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(head.encode())
            for number in range(1, rows + 1):
                sheet.write(
                    f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>91239900MA{number:08}</t></is></c>'
                    f'<c r="B{number}" t="s"><v>{number // 11}</v></c><c r="C{number}"><v>{number / 100}</v></c></row>'.encode()
                )
            sheet.write(f"</sheetData>{tail}".encode())
    return path


def test_a_pass_over_a_large_workbook_keeps_little_in_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "large.xlsx", 60_000)
    found = subprocess.run([sys.executable, "-c", PASS, path], capture_output=True, text=True, check=True)
    count, grown = map(int, found.stdout.split())
    assert count == 60_000
    assert grown < MOST


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_four_times_the_rows_take_no_more_memory(tmp_path: Path, ending: str) -> None:
    peaks = []
    for rows in (2_000, 8_000):
        path = tmp_path / f"{rows}.{ending}"
        if ending == "xlsx":
            written(path, rows)
        else:
            path.write_text("示例外贸有限公司,2022,1234.50\n" * rows, encoding="gb18030")
        tracemalloc.start()
        with source_open(path) as source:
            assert sum(1 for _ in source.sheets[0].rows()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000
