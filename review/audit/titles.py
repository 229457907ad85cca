"""What every kind of event is called, by the subjects under which the list of operations can be narrowed down."""

from django.db.models import Q

from applications import figures_years, readings
from applications.imports.loads import load_topic
from applications.models import DataLoad
from applications.official_changes import CHANGED
from applications.record import EVENT_TITLES, event_title
from review import budget, payouts, people, publishing
from review.eligible import EXPORTED
from review.ledger.exports import EXPORTED as MONEY_EXPORTED

LIST_EXPORTED, BUNDLED = "audit.exported", "audit.bundled"
_TITLES = {
    **budget.TITLES,
    **figures_years.TITLES,
    **payouts.TITLES,
    **people.TITLES,
    **publishing.TITLES,
    "notice.published": "发布公示",
    "notice.closed": "结束公示",
    CHANGED: "修改官方数据",
    EXPORTED: "导出应享未享名单",
    MONEY_EXPORTED: "导出总额账或明细",
    LIST_EXPORTED: "导出操作记录",
    BUNDLED: "制作核查包",
}
#: Looks and downloads, whatever they are about.
_READINGS = (
    readings.OPENED,
    readings.LETTER_TAKEN,
    readings.FILE_TAKEN,
    "load.file_taken",
    "load.refused_taken",
    "official.exported",
    "batch.downloaded",
    "batch.result_taken",
    "batch.result_marked",
    "setting.replay_taken",
    EXPORTED,
    MONEY_EXPORTED,
    LIST_EXPORTED,
    BUNDLED,
)
#: {name: (label, beginnings of kinds)}; the looks are apart.
_GROUPS = {
    "claim": ("申报", ("claim.",)),
    "enterprise": ("企业", ("enterprise.", "deadline.")),
    "money": ("预算、公示与拨付", ("budget.", "notice.", "batch.")),
    "data": ("官方数据", ("load.", "official.", "figures_year.")),
    "setting": ("设置", ("setting.",)),
    "user": ("用户与岗位", ("user.",)),
    "support": ("服务事项", ("support.", "matter.")),
}
READING = "reading"
GROUPS = [*((name, label) for name, (label, _) in _GROUPS.items()), (READING, "查看与下载")]


def group_condition(name):
    """Which events belong to a group, as a Q."""
    if name == READING:
        return Q(kind__in=_READINGS)
    found = Q(pk__in=[])
    for beginning in _GROUPS[name][1]:
        found |= Q(kind__startswith=beginning)
    return found


def title_of(event):
    """An event of any kind in a few words."""
    return event_title(event) if event.kind in EVENT_TITLES else _TITLES.get(event.kind, event.kind)


def load_of(topic):
    """The key of the load that a topic is about, or None."""
    prefix = load_topic(DataLoad(pk=0)).removesuffix("0")
    rest = topic.removeprefix(prefix)
    return int(rest) if topic.startswith(prefix) and rest.isdecimal() else None
