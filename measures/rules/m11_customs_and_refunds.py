"""Measure 11: easier trade; the average time of export tax refunds, measured against its target."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from measures import reasons
from measures.declaration import Day, Rows, Text
from measures.item import Context, Measure, Outcome, SupportItem
from measures.money import FEN
from measures.official import mark
from measures.reference import CalendarUnknown, WorkingCalendar

OPENING = (
    "十一、不断提升贸易便利化水平。进一步简化通关作业流程，精简单证及证明材料。"
    "进一步完善国际贸易“单一窗口”功能，推进全流程作业无纸化。"
)
REFUND_TARGET = "将办理正常出口退税的平均时间压缩至6个工作日以内，"
ZONE_TARGET = "将自贸区内办理正常出口退税平均时间压缩至5个工作日内。"
RESPONSIBLE = "〔哈尔滨海关、省商务厅、省税务局按职责分工负责〕"
ARTICLE = OPENING + REFUND_TARGET + ZONE_TARGET + RESPONSIBLE


class RefundTime(SupportItem):
    """11.1: a request about slow export tax refunds, with their average number of working days.

    Reading `refund-average`: the target is an average over the refunds already made; working days count from the
    day after acceptance up to and including the day of refund.
    """

    code = "11.1"
    title = "出口退税时限监督事项"
    short_title = "退税时限"
    facts = (
        Rows(
            name="refunds",
            label="退税申报",
            help="每笔退税填一行。",
            row_label="退税",
            fields=(
                Day(name="accepted_on", label="受理日期", required=True),
                Day(
                    name="refunded_on",
                    label="退税到账日期",
                    help="还没有到账的，不填。",
                    optional=True,
                    not_before="accepted_on",
                ),
            ),
            particulars=(Text(name="declaration_number", label="退税申报编号"),),
        ),
    )
    particulars = (Text(name="details", label="具体情况", help="说明办理中遇到的问题。", multiline=True),)
    official = (mark("ftz"),)

    #: “将办理正常出口退税的平均时间压缩至6个工作日以内”
    TARGET_DAYS = 6
    #: “将自贸区内办理正常出口退税平均时间压缩至5个工作日内”
    TARGET_DAYS_ZONE = 5

    def assess(self, facts: Mapping[str, Any], context: Context, repeated: bool = False) -> Outcome:
        """Measure the average of the refunds made; it is unknown where days off of a year are unknown."""
        made = [refund for refund in facts["refunds"] if refund["refunded_on"]]
        target = self.TARGET_DAYS_ZONE if context.enterprise.ftz else self.TARGET_DAYS
        taken, unknown = _working_days(made, context.reference.calendar)
        average = _average(taken) if made and not unknown else None
        measured = {
            "average_working_days": average,
            "target_working_days": target,
            "met": None if average is None else average <= target,
            "open": len(facts["refunds"]) - len(made),
        }
        found = (reasons.calendar_missing(tuple(sorted(unknown))),) if unknown else ()
        return Outcome(reasons=found, measured=measured)


def _working_days(
    refunds: Iterable[Mapping[str, Any]], calendar: WorkingCalendar
) -> tuple[list[int], set[int]]:
    """Return the working days that each refund took, and the years whose days off are unknown."""
    taken, unknown = [], set()
    for refund in refunds:
        try:
            taken.append(calendar.working_days_between(refund["accepted_on"], refund["refunded_on"]))
        except CalendarUnknown as missing:
            unknown.add(missing.year)
    return taken, unknown


def _average(days: list[int]) -> Decimal:
    """Return the average number of days, rounded half up to two decimals: this average is no money."""
    return (Decimal(sum(days)) / len(days)).quantize(FEN, ROUND_HALF_UP)


MEASURE = Measure(
    number=11,
    title="不断提升贸易便利化水平",
    article=ARTICLE,
    departments=("哈尔滨海关", "省商务厅", "省税务局"),
    items=(RefundTime(),),
    clauses={"11.1": REFUND_TARGET, "11.1-zone": ZONE_TARGET},
)
