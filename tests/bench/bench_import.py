"""How fast monthly customs detail is imported, beside reading the file alone and COPY alone in the same run.

Run as a script: it makes a database of its own beside the others of the data folder and drops it at the end. The aim:
at most twice the sum of the two floors, in bounded memory.
"""

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from applications.imports.source import source_open
from applications.models import DerivedFigures, MonthlyTrade
from config import embedded
from config.addresses import PROJECT_DIR
from tests.factories import credit_code

ROWS = 200_000
MANY = 500_000
ROUNDS = 3
AIM = 2
FIRMS = 900
HEADINGS = (
    "统一社会信用代码",
    "企业名称",
    "年月",
    "进出口",
    "监管方式",
    "商品编码",
    "金额（元）",
    "金额（美元）",
    "境内货源地",
    "贸易国",
)
ORIGINS = ("哈尔滨", "牡丹江", "黑河", "绥化")
#: A process tells its own peak: what its parent sees of it begins at the parent's.
LOAD_AND_TELL = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], file=sys.stderr)
"""
COUNTRIES = ("俄罗斯", "日本", "韩国", "德国", "美国")


def rows_made(count):
    """Rows as offices have them: firm by firm, month by month, some codes each. All keys differ."""
    each = -(-count // (FIRMS * 12))
    codes = [credit_code(number) for number in range(FIRMS)]
    for number in range(count):
        goods, place = number % each, number // each
        yield (
            codes[place // 12 % FIRMS],
            f"示例第{place // 12 % FIRMS}进出口有限公司",
            f"2022-{place % 12 + 1:02}",
            "进口" if number % 3 else "出口",
            "9610" if number % 7 == 0 else "0110",
            f"{84710000 + goods * 100 + number % 50:08}",
            f"{number * 37 % 9_999_999}.{number % 100:02}",
            f"{number * 5 % 1_999_999}.{number % 90:02}",
            ORIGINS[number % 4],
            COUNTRIES[number % 5],
        )


def workbook_write(path, count):
    """A workbook with shared strings and numeric amounts, as spreadsheet programs write them."""
    strings, lines = {}, []

    def text(value):
        return f't="s"><v>{strings.setdefault(value, len(strings))}</v>'

    for number, row in enumerate((HEADINGS, *rows_made(count)), start=1):
        cells = "".join(
            f'<c r="{letter}{number}" '
            + (f"><v>{value}</v></c>" if number > 1 and letter in "GH" else f"{text(value)}</c>")
            for letter, value in zip("ABCDEFGHIJ", row, strict=True)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    related = f'<Relationships xmlns="{package}/relationships">'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{related}<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{relations}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{related}<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><t>{value}</t></si>' for value in strings)}</sst>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def text_write(path, count):
    """The same rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in (HEADINGS, *rows_made(count)):
            file.write(",".join(row) + "\r\n")


def read_alone(path):
    """Seconds that reading every cell takes by the reader that imports use."""
    started, count = perf_counter(), 0
    with source_open(path) as source:
        for sheet in source.sheets:
            for _ in sheet.rows():
                count += 1
    assert count == ROWS + 1
    return perf_counter() - started


def copy_alone(lines):
    """Seconds that COPY of the same rows into a table without keys takes."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "CREATE TEMP TABLE plain (credit_code text, name text, month date, direction text, supervision_code text,"
            " hs_code text, amount_cny numeric(15,2), amount_usd numeric(15,2), origin text, country text)"
            " ON COMMIT DROP"
        )
        started = perf_counter()
        cursor.copy_expert("COPY plain FROM STDIN", io.StringIO(lines))
        return perf_counter() - started


def imported(path):
    """Seconds that the import takes where nothing is stored yet, and where all of it is."""
    with connection.cursor() as cursor:
        for model in (MonthlyTrade, DerivedFigures):
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    return _load(path), _load(path)


def _load(path):
    started = perf_counter()
    call_command("load", "monthly", str(path), stdout=io.StringIO())
    assert MonthlyTrade.objects.count() == ROWS
    return perf_counter() - started


def peak_memory(path):
    """The most memory, in MB, that a process of its own holds while it imports the file."""
    told = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE": connection.settings_dict["NAME"]}
    command = [sys.executable, "-c", LOAD_AND_TELL, "load", "monthly", str(path)]
    done = subprocess.run(
        command, cwd=PROJECT_DIR, env=os.environ | told, capture_output=True, text=True, check=True
    )
    return int(done.stderr) / 1024


def measured(name, path, lines):
    """Measures one form of the file in turn with its floors, and says what it costs."""
    rounds = [(read_alone(path), copy_alone(lines), *imported(path)) for _ in range(ROUNDS)]
    read, copy, new, unchanged = (median(each) for each in zip(*rounds, strict=True))
    print(f"{name}, {path.stat().st_size / 1e6:.0f} MB")
    for title, seconds in (
        ("reading alone", read),
        ("COPY alone", copy),
        ("import, all new", new),
        ("import, all unchanged", unchanged),
    ):
        print(f"  {title:<22}{ROWS / seconds:9.0f} rows per second")
    for title, seconds in (("all new", new), ("all unchanged", unchanged)):
        ratio = seconds / (read + copy)
        print(
            f"  {title}: {ratio:.2f} × both floors (aim at most {AIM}: {'met' if ratio <= AIM else 'MISSED'})"
        )
    print(f"  peak memory {peak_memory(path):.0f} MB")


def main():
    """Measures both forms of the file, then the memory of a larger one."""
    embedded.start(settings.LAYOUT)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            book, text = Path(folder) / "monthly.xlsx", Path(folder) / "monthly.csv"
            workbook_write(book, ROWS)
            text_write(text, ROWS)
            lines = "".join("\t".join((*row[:2], f"{row[2]}-01", *row[3:])) + "\n" for row in rows_made(ROWS))
            print(f"{ROWS} rows of monthly detail, median of {ROUNDS} rounds")
            measured("xlsx", book, lines)
            measured("CSV", text, lines)
            workbook_write(book, MANY)
            print(f"peak memory of {MANY} rows as xlsx: {peak_memory(book):.0f} MB")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        embedded.stop(settings.LAYOUT)


if __name__ == "__main__":
    main()
