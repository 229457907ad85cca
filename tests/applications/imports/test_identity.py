"""Import, export and import again: whatever was stored comes back as it was."""

import io
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.cities import City
from applications.imports.export import export_write
from applications.imports.kinds import KINDS
from applications.models import Platform
from tests.factories import credit_code

from .messy.asking import ask

#: Platforms that members belong to.
PLATFORMS = ("PT1", "PT2", "平台3")

codes = st.integers(1, 30).map(credit_code)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
years = st.integers(2000, 2100)
#: Texts that a spreadsheet, a reader of numbers or dates, or a passed-over row might be mistaken about.
texts = st.one_of(
    st.sampled_from(
        [
            "合计",
            "注意",
            "0451-00000000",
            "007",
            "1E5",
            "2022-03-01",
            "=1+1",
            "+86",
            "@示例",
            "50%",
            "100元",
            "<b>&amp;",
            "_x0041_",
            "𠮷",
            "“示例”",
            "ab'c",
            "1,234",
            "TRUE",
            "#N/A!",
            "Ａ",
        ]
    ),
    st.text("示例贸易有限公司（）()& -,;\"'\n\tAb1.　", min_size=1, max_size=30).filter(
        lambda text: text.strip(" \n\t　-'\"()（）,.;&")
    ),
)
some_text = st.none() | texts
numbers = st.from_regex(r"[A-Z]{1,3}[0-9]{1,4}", fullmatch=True)


def amounts(most="9999999999999.99"):
    return st.decimals(0, Decimal(most), places=2)


def maybe(strategy):
    return st.none() | strategy


@st.composite
def figures(draw):
    """A row whose parts are not above their wholes."""
    imports, exports = draw(amounts("4000000000000")), draw(amounts("4000000000000"))
    parts = [draw(maybe(amounts(most))) for most in (imports + exports, imports, exports)]
    return (draw(codes), draw(some_text), draw(years), imports, exports, draw(maybe(amounts())), *parts)


@st.composite
def sparse_figures(draw):
    """A row of which wholes, parts or everything may be missing."""
    wholes = [draw(maybe(amounts())) for _ in range(3)]
    return (draw(codes), draw(some_text), draw(years), *wholes, None, None, None)


@st.composite
def dated(draw, *front):
    """A row with a beginning and an end, either of which may be open."""
    since, until = draw(maybe(days)), draw(maybe(days))
    if since and until and until < since:
        since, until = until, since
    return (*(draw(each) for each in front), since, until)


monthly = st.tuples(
    codes,
    some_text,
    st.builds("{}-{:02}".format, years, st.integers(1, 12)),
    st.sampled_from(["进口", "出口"]),
    st.from_regex("[0-9]{4}", fullmatch=True),
    st.from_regex("([0-9]{2}){2,5}", fullmatch=True),
    amounts("100000000000"),
    amounts("100000000000"),
    some_text,
    some_text,
)
#: Rows of each kind in the order of the template's columns, and the places of the key.
ROWS = {
    "figures": (figures() | sparse_figures(), (0, 2)),
    "monthly": (monthly, (0, 2, 3, 4, 5)),
    "platforms": (st.tuples(numbers, texts, st.sampled_from(["国家级", "省级"]), codes, days), (0, 2)),
    "platform-members": (dated(st.sampled_from(PLATFORMS), codes), (0, 1, 2)),
    "warehouses": (st.tuples(numbers, texts, some_text, codes, days), (0,)),
    "dual-circulation": (st.tuples(codes, some_text, some_text), (0,)),
    "agricultural": (dated(codes, some_text), (0, 2)),
    "discredited": (dated(codes, some_text), (0, 2)),
    "enterprises": (
        st.tuples(
            codes, texts, st.sampled_from(City.labels), maybe(years), st.sampled_from(["是", "否", None]),
            maybe(days), some_text, some_text,
        ),
        (0,),
    ),
    "lpr": (st.tuples(days, st.decimals("0.2", 20, places=2).map("{}%".format)), (0,)),
    "holidays": (st.tuples(days, st.sampled_from(["休", "班"]), some_text), (0,)),
    "city-rates": (
        st.tuples(
            st.sampled_from(City.labels), years, st.sampled_from(["3.3", "5.4", "5.5"]),
            st.decimals(0, Decimal("0.5"), places=4),
        ),
        (0, 1, 2),
    ),
}  # fmt: skip


def workbook(kind, rows):
    """The rows below the template's headings, each cell as text where text can say it."""
    book = Workbook()
    book.active.append([column.heading for column in kind.columns])
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            cell = book.active.cell(number, place)
            cell.value = f"{value:,}" if isinstance(value, Decimal) else value
            if isinstance(value, str):
                cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def stored(kind):
    """What is stored of a kind, by the columns of its template."""
    fields = [column.field for column in kind.columns]
    return sorted(kind.model.objects.values_list(*fields), key=repr)


@contextmanager
def undone():
    """Nothing that is written within stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def counts(answer):
    """Rows, new, changed, unchanged, refused."""
    said = answer.said
    return (*(said[key] for key in ("rows", "new", "changed", "unchanged")), said["refused"])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROWS)
def test_import_export_import_is_the_identity(name, tmp_path):
    kind, (rows, key) = KINDS[name], ROWS[name]
    path = tmp_path / "数据.xlsx"

    @settings(
        max_examples=max(5, settings.default.max_examples // 12),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(rows, min_size=1, max_size=8, unique_by=lambda row: tuple(row[place] for place in key)))
    def there_and_back(rows):
        with undone():
            if name == "platform-members":
                for number in PLATFORMS:
                    Platform.objects.create(
                        number=number, name="示例平台", level="provincial",
                        operator_code=credit_code(1), designated_on=date(2020, 1, 1),
                    )  # fmt: skip
            path.write_bytes(workbook(kind, rows))
            assert counts(ask(name, path)) == (len(rows), len(rows), 0, 0, [])
            first = stored(kind)
            with path.open("wb") as file:
                written, ending = export_write(kind, file)
            assert (written, ending) == (len(first), "xlsx")
            assert counts(ask(name, path)) == (len(first), 0, 0, len(first), [])
            assert stored(kind) == first
            kind.model.objects.all().delete()
            assert counts(ask(name, path)) == (len(first), len(first), 0, 0, [])
            assert stored(kind) == first

    there_and_back()
