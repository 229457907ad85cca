"""The columns of the report, each once for the page and for the spreadsheet, so that the two cannot differ."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A heading and how to take its value from a row; `figure` names what lies behind it as a list, "" nothing.

    `kind` says what the value is: text, count, days, average (working days with one decimal) or money (yuan).
    """

    title: str
    kind: str
    take: Callable
    figure: str = ""
    #: The heading while the week is not over, where it is another one.
    title_now: str = ""

    def heading(self, week):
        """What stands above the column in the report of a week."""
        return self.title if week.is_over else self.title_now or self.title


_DECISIONS = (
    Column("通过", "count", lambda row: row.done.passed, "passed"),
    Column("复核通过", "count", lambda row: row.done.checked, "checked"),
    Column("退回补正", "count", lambda row: row.done.returned, "returned"),
    Column("退回商务审核", "count", lambda row: row.done.sent_back, "sent_back"),
    Column("不予支持", "count", lambda row: row.done.rejected, "rejected"),
)
_AVERAGE = Column("平均用时", "average", lambda row: row.done.average)

OFFICE_COLUMNS = (
    Column("单位", "text", lambda row: row.name),
    Column("上周末等待", "count", lambda row: row.before),
    Column("收到", "count", lambda row: row.came, "came"),
    *_DECISIONS,
    Column("其他离开", "count", lambda row: row.other_left),
    Column("周末等待", "count", lambda row: row.standing.waiting, "waiting", "现在等待"),
    Column("其中超期", "count", lambda row: row.standing.late, "late"),
    Column("最长等待", "days", lambda row: row.standing.longest),
    _AVERAGE,
    Column("通过金额（元）", "money", lambda row: row.done.passed_cny),
)
PERSON_COLUMNS = (
    Column("审核人员", "text", lambda row: row.name),
    Column("单位", "text", lambda row: row.office.name),
    Column("办理", "count", lambda row: row.done.decided),
    *_DECISIONS,
    _AVERAGE,
    Column("本人收回", "count", lambda row: row.done.recalled, "recalled"),
    Column("下一环节退回", "count", lambda row: row.done.came_back, "came_back"),
    Column("周末手上", "count", lambda row: row.in_hand, "in_hand", "现在手上"),
)
DEPARTMENT_COLUMNS = (
    Column("部门", "text", lambda row: row.name),
    Column("收到", "count", lambda row: row.requests.came),
    Column("答复", "count", lambda row: row.requests.answered),
    Column("请企业补充", "count", lambda row: row.requests.asked),
    Column("转交", "count", lambda row: row.requests.handed_over),
    Column("周末办理中", "count", lambda row: row.requests.waiting, title_now="现在办理中"),
    Column("其中超期", "count", lambda row: row.requests.late),
    Column("最长用时", "days", lambda row: row.requests.longest),
)
#: What the figures mean, below the tables of page and sheet.
NOTES = (
    "一周从星期一到星期日。件数按环节计：同一件申报一周内两次收到或两次办理的，计两次；送复核的，在同一单位再计一次收到。",
    "上周末等待加收到，减去各项办理和其他离开，等于周末等待；企业逾期未补正而不予支持的，不从等待中减。其他离开：企业撤回、决定收回、重新计算后退回。",
    "等待和用时单位是工作日，企业补正和答复期间不计。超期：超过这个环节预计的工作日。平均用时：办理时已等待的工作日平均数。",
    "通过金额：商务按此通过和财政批准锁定的金额，市级初审不定金额。同一件申报经过商务和财政的，两处各计一次。",
)
