"""Columns that several kinds share, and what PostgreSQL calls the types of their fields."""

from applications.imports import codes, dates, values, words
from applications.imports.table import Column

MONEY, YEAR, DAY, FLAG = "numeric(15,2)", "smallint", "date", "boolean"

#: Sample codes of a district that does not exist, with the check digits that belong to them.
SAMPLE_CODE, SAMPLE_OPERATOR = "91239900MA0009415N", "91239900MA0009423H"
YEAR_NOTE, DAY_NOTE = "四位年份，例如 2022。", "例如 2022-03-01 或 2022年3月1日。"
SAMPLE_NAME = "示例口岸商贸有限公司"

_CODE_NAMES = (
    "社会信用代码",
    "信用代码",
    "企业代码",
    "统一信用代码",
    "企业信用代码",
    "企业统一社会信用代码",
    "企业社会信用代码",
)
_CODE_NOTE = "18 位，按营业执照填写。单元格须为文本格式，否则表格软件会丢掉后几位。"


def credit_code():
    """The firm that a row is about."""
    return Column(
        "统一社会信用代码",
        "credit_code",
        codes.credit_code,
        required=True,
        names=_CODE_NAMES,
        example=SAMPLE_CODE,
        width=24,
        note=_CODE_NOTE,
    )


def operator_code(*names):
    """The firm that runs something; the only code of its kind, so that the plain names mean it too."""
    return Column(
        "运营企业信用代码",
        "operator_code",
        codes.credit_code,
        required=True,
        names=("运营企业统一社会信用代码", "运营企业社会信用代码", "运营企业代码", "运营单位信用代码",
               "运营单位统一社会信用代码", "运营主体信用代码", "运营主体统一社会信用代码", "统一社会信用代码", *_CODE_NAMES, *names),
        example=SAMPLE_OPERATOR,
        width=24,
        note=_CODE_NOTE,
    )  # fmt: skip


def name(model, *, required=False, note=""):
    """What the firm is called."""
    return text(
        model,
        "name",
        "企业名称",
        names=("单位名称", "公司名称", "企业全称", "企业", "公司", "经营单位", "经营单位名称", "名称"),
        required=required,
        example=SAMPLE_NAME,
        width=34,
        note=note or "选填，便于核对。",
    )


def text(model, field, heading, **options):
    """A column of text, as long as its field takes."""
    return Column(heading, field, words.text(_longest(model, field)), empty="", **options)


def number_text(model, field, heading, **options):
    """A column of numbers that an office gives, such as PT001."""
    return Column(heading, field, words.number_text(_longest(model, field)), empty="", **options)


def country(model, heading, **options):
    """A column of countries, kept as two letters where they are known."""
    return Column(
        heading,
        "country",
        words.country(_longest(model, "country")),
        empty="",
        show=words.country_show,
        **options,
    )


def amount(field, heading, *, unit="元", **options):
    """A column of amounts; the file may give a unit."""
    return Column(heading, field, values.amount, unit=unit, width=20, sql=MONEY, **options)


def year(field="year", heading="年度", **options):
    """A column of years."""
    return Column(
        heading, field, dates.year, sql=YEAR, **{"width": 10, "example": 2022, "note": YEAR_NOTE, **options}
    )


def day(field, heading, **options):
    """A column of days."""
    return Column(heading, field, dates.day, sql=DAY, **{"width": 14, "note": DAY_NOTE, **options})


def city():
    """A column of the province's cities."""
    return Column(
        "市（地）",
        "city",
        words.city,
        required=True,
        names=("市", "地市", "市地", "城市", "所属市", "所在市", "所属地市", "所在地市", "所属市地", "所在市地", "地区", "所属地区", "所在地区"),
        show=words.city_show,
        example="哈尔滨市",
        width=16,
        choices=words.CITY_NAMES,
        note="13 个市（地）之一，可不写“市”或“地区”。",
    )  # fmt: skip


def since_until():
    """The first and the last day of an entry that holds for a time."""
    return (
        day(
            "since",
            "起",
            names=("起始日期", "开始日期", "起始时间", "开始时间", "起始日", "起日", "生效日期", "有效期起", "有效期自", "自"),
            example="2022-01-01",
            note="选填。不填表示一直有效。",
        ),
        day(
            "until",
            "止",
            names=("终止日期", "结束日期", "截止日期", "终止时间", "结束时间", "截止时间", "终止日", "止日", "失效日期", "有效期止", "有效期至", "至"),
            example="2022-12-31",
            note="选填，包括当天。不填表示仍然有效；不能早于“起”。",
        ),
    )  # fmt: skip


def labels(choices):
    """(parser, words, show) of a field with choices: {label: value} as people write them."""
    by_label = {label: value for value, label in choices.choices}
    return words.choice(by_label), tuple(by_label), lambda value: choices(value).label


def _longest(model, field):
    return model._meta.get_field(field).max_length
