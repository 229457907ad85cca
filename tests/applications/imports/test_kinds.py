"""The table of columns fits the contract, the models, the templates and the exports."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.cities import City
from applications.credit_code import has_right_check_digit
from applications.imports.heading_words import heading_read
from applications.imports.kinds import KINDS
from applications.models import Holiday, MonthlyTrade, Platform
from measures.countries import COUNTRIES
from tests.applications.imports.sheets import as_cell, reading_of
from tests.factories import credit_code

#: Heading by heading as the contract has them; * is required.
CONTRACT = {
    "figures": "统一社会信用代码*, 企业名称, 年度*, 进口额, 出口额, 出口额（美元）, 跨境电商进出口额, 资源类产品进口额, 地产品出口额",
    "monthly": "统一社会信用代码*, 企业名称, 年月*, 进出口*, 监管方式*, 商品编码*, 金额（元）*, 金额（美元）*, 境内货源地, 贸易国",
    "platforms": "平台编号*, 平台名称*, 级别*, 运营企业信用代码*, 认定日期*",
    "platform-members": "平台编号*, 统一社会信用代码*, 起, 止",
    "warehouses": "海外仓编号*, 名称*, 国家, 运营企业信用代码*, 认定日期*",
    "dual-circulation": "统一社会信用代码*, 企业名称, 批次",
    "agricultural": "统一社会信用代码*, 企业名称, 起, 止",
    "discredited": "统一社会信用代码*, 企业名称, 起, 止",
    "enterprises": "统一社会信用代码*, 企业名称*, 市（地）*, 引进年度, 自贸区, 成立日期, 地址, 联系电话",
    "lpr": "公布日期*, 1年期*",
    "holidays": "日期*, 类型*, 名称",
    "city-rates": "市（地）*, 年度*, 事项*, 比例*",
}
KEYS = {
    "figures": ("统一社会信用代码", "年度"),
    "monthly": ("统一社会信用代码", "年月", "进出口", "监管方式", "商品编码", "境内货源地", "贸易国"),
    "platforms": ("平台编号", "级别"),
    "platform-members": ("平台编号", "统一社会信用代码", "起"),
    "warehouses": ("海外仓编号",),
    "dual-circulation": ("统一社会信用代码",),
    "agricultural": ("统一社会信用代码", "起"),
    "discredited": ("统一社会信用代码", "起"),
    "enterprises": ("统一社会信用代码",),
    "lpr": ("公布日期",),
    "holidays": ("日期",),
    "city-rates": ("市（地）", "年度", "事项"),
}
every_column = pytest.mark.parametrize(
    ("kind", "column"),
    [(kind, column) for kind in KINDS.values() for column in kind.columns],
    ids=lambda each: getattr(each, "name", None) or each.heading,
)


def test_the_kinds_are_those_of_the_contract_in_its_order():
    assert list(KINDS) == list(CONTRACT)
    for name, headings in CONTRACT.items():
        assert ", ".join(column.heading + "*" * column.required for column in KINDS[name].columns) == headings
        assert tuple(KINDS[name].column(field).heading for field in KINDS[name].key) == KEYS[name]


def test_a_column_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        KINDS["lpr"].column("five_years")


@every_column
def test_a_column_fits_its_field(kind, column):
    field = kind.model._meta.get_field(column.field)
    empty = {"text": "", "boolean": False}.get(column.sql)
    types = {"varchar": "text", "smallint": "smallint"}
    found = field.db_type(connection).replace(" ", "")
    assert column.sql == types.get(found.split("(")[0], found)
    if not column.required:
        assert column.empty == empty
        assert field.blank or field.has_default()
        field.clean(column.empty, None)


@every_column
def test_a_column_has_what_its_template_needs(kind, column):
    assert column.width >= 8
    assert column.note
    assert column.example != ""
    assert len(",".join(column.choices)) < 250, "a drop-down holds no more"
    for choice in column.choices:
        column.parse(choice)


@pytest.mark.parametrize("name", KINDS)
def test_the_example_row_of_a_template_has_no_fault(name):
    kind = KINDS[name]
    examples = [as_cell(column.example) for column in kind.columns]
    (row,) = reading_of(name, [column.heading for column in kind.columns], examples).rows()
    assert row.faults == []
    codes = [
        value
        for column, value in zip(kind.columns, row.values, strict=True)
        if column.field.endswith("_code") and len(str(value)) == 18
    ]
    assert all(code[2:8] == "239900" and has_right_check_digit(code) for code in codes)
    assert kind.title
    assert kind.notes
    # Names of sheets are short and have none of these.
    assert len(kind.title) <= 31
    assert not set(kind.title) & set("[]:*?/\\")


@pytest.mark.parametrize("name", KINDS)
def test_no_name_is_that_of_two_columns(name):
    found = {}
    for column in KINDS[name].columns:
        for heading in (column.heading, *column.names):
            read = heading_read(heading)
            assert found.setdefault((read.core, column.unit), column) is column, heading
            assert not any(
                other is not column and not (other.unit and column.unit)
                for (core, _), other in found.items()
                if core == read.core
            ), heading


# --- What is exported is imported as it was ------------------------------------------------------

_text = st.text(st.sampled_from("示例公司（一）甲乙丙ABC123-."), min_size=1, max_size=20)
_day = st.dates(date(2000, 1, 1), date(2100, 12, 31))
_money = st.decimals(0, Decimal("9999999999999.99"), places=2)
_VALUES = {
    "credit_code": st.integers(0, 9_999_999).map(credit_code),
    "operator_code": st.integers(0, 9_999_999).map(credit_code),
    "year": st.integers(2000, 2100),
    "introduced_year": st.integers(2000, 2100),
    "month": _day.map(lambda day: day.replace(day=1)),
    "direction": st.sampled_from(MonthlyTrade.Direction.values),
    "supervision_code": st.from_regex("[0-9]{4}", fullmatch=True).filter(str.isascii),
    "hs_code": st.from_regex("[0-9]{4,10}", fullmatch=True).filter(str.isascii),
    "country": st.sampled_from([*COUNTRIES, "欧盟", "其他"]),
    "level": st.sampled_from(Platform.Level.values),
    "city": st.sampled_from(City.values),
    "ftz": st.booleans(),
    "established_on": st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    "one_year_percent": st.decimals(0, Decimal("99.9999"), places=4),
    "kind": st.sampled_from(Holiday.Kind.values),
    "item": st.sampled_from(["3.3", "5.4", "5.5"]),
    "rate": st.decimals(0, 1, places=6),
}


def _values(column):
    if column.sql == "numeric(15,2)":
        return _money
    return _VALUES.get(column.field, _day if column.sql == "date" else _text)


def _stored(column, value):
    """A value as the field would give it back: texts as an import has them, without white space at the ends."""
    return column.parse(value) if column.sql == "text" and column.show is None else value


@every_column
@given(data=st.data())
def test_what_is_shown_is_read_as_it_was(kind, column, data):
    value = _stored(column, data.draw(_values(column)))
    shown = column.show(value) if column.show else value
    assert column.parse(as_cell(shown)) == value
    if isinstance(shown, date):
        assert column.parse(shown.isoformat()) == value
