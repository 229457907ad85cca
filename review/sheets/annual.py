"""年度报告: the year's story as sheets: in all, by measure, by city, by month, and how long money took."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from review.sheets.kit import (
    CENTRED,
    COUNT,
    MONEY,
    SIGNATURES,
    Column,
    Heading,
    book_bytes,
    book_new,
    sheet_add,
)

_COUNTS = (
    Column("申报件数", 11, lambda row: row.claims, COUNT),
    Column("申报企业数", 12, lambda row: row.firms, COUNT),
    Column("批准件数", 11, lambda row: row.approved, COUNT),
    Column("批准金额（元）", 20, lambda row: row.approved_cny, MONEY),
    Column("拨付企业数", 12, lambda row: row.paid_firms, COUNT),
    Column("拨付金额（元）", 20, lambda row: row.paid_cny, MONEY),
)
MEASURE_COLUMNS = (Column("措施", 44, lambda row: row.label), *_COUNTS)
CITY_COLUMNS = (Column("市（地）", 16, lambda row: row.label, CENTRED), *_COUNTS)
SIZE_COLUMNS = (Column("企业规模", 34, lambda row: row.label), *_COUNTS)
MONTH_COLUMNS = (
    Column("月份", 16, lambda row: f"{row.month:%Y-%m}", CENTRED),
    Column("申报件数", 14, lambda row: row.filed, COUNT),
    Column("批准金额（元）", 24, lambda row: row.approved_cny, MONEY),
    Column("拨付金额（元）", 24, lambda row: row.paid_cny, MONEY),
)
STEP_COLUMNS = (
    Column("步骤", 40, lambda row: row.label),
    Column("金额（元）", 26, lambda row: row.amount, MONEY),
)
TIME_COLUMNS = (
    Column("环节", 40, lambda row: row.label),
    Column("件数", 14, lambda row: row.claims, COUNT),
    Column("平均工作日", 18, lambda row: row.days, CENTRED),
)
_SUMMED = ("申报件数", "批准件数", "批准金额（元）", "拨付金额（元）")


@dataclass(frozen=True)
class _Line:
    label: str
    amount: Decimal = Decimal("0.00")
    claims: int = 0
    days: str = ""


def annual_file(story, pace, stays, *, scope=""):
    """The year's report as bytes of an xlsx; sums agree with the page and with each other. `scope` says whose money it is."""
    book = book_new()
    for name, columns, rows in (
        ("按措施", MEASURE_COLUMNS, story.by_measure),
        ("按市（地）", CITY_COLUMNS, story.by_city),
        ("按企业规模", SIZE_COLUMNS, story.by_size),
    ):
        sheet_add(book, name, _heading(story, scope, name), columns, rows, total=_SUMMED)
    sheet_add(
        book,
        "按月",
        _heading(story, scope, "按月"),
        MONTH_COLUMNS,
        story.by_month,
        total=("申报件数", "批准金额（元）", "拨付金额（元）"),
    )
    sheet_add(book, "金额形成", _heading(story, scope, "金额形成"), STEP_COLUMNS, _steps(story), total=())
    sheet_add(
        book, "用时", _heading(story, scope, "用时", "工作日"), TIME_COLUMNS, _times(pace, stays), total=()
    )
    return book_bytes(book)


def _heading(story, scope, part, unit="元"):
    day = timezone.localdate()
    return Heading(
        f"{story.year} 年度外贸支持资金年度报告（{part}）",
        ((f"{scope}　统计截至：{day:%Y-%m-%d}".strip(), f"单位：{unit}"),),
        SIGNATURES,
    )


def _steps(story):
    """From what the formulas give to what is payable, each cut with its sign, and what is to come back."""
    return [
        _Line("按规则计算", story.computed_cny),
        _Line("单项限额减少", -story.cut_by_cap),
        _Line("扣除其他政策支持", -story.cut_by_overlap),
        _Line("年度总额度减少", -story.cut_by_limit),
        _Line("应付", story.payable_cny),
        _Line("待追回", story.demanded_cny),
        _Line("已追回", story.received_cny),
    ]


def _times(pace, stays):
    lines = [_Line(stay.label, claims=stay.claims, days=f"{stay.average:.1f}") for stay in stays]
    if pace is not None:
        lines.append(_Line("从提交到第一笔拨付", claims=pace.claims, days=f"{pace.average:.1f}"))
    return lines
