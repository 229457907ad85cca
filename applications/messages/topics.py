"""What messages are about. A person chooses by topic which of them come by mail."""

from django.db import models


class Topic(models.TextChoices):
    """A topic; the value is stable and stands in people's choices."""

    TODO = "todo", "需要办理"
    PROGRESS = "progress", "申报进度"
    MONEY = "money", "资金"
    SUPPORT = "support", "服务事项"
    FIRM = "firm", "企业和账户"
    PERIOD = "period", "申报批次"


#: What each topic brings, for whoever chooses.
TOPIC_WORDS = {
    Topic.TODO: "退回补正、审核询问、期限将到、拨付未成功、需要退回款项等。",
    Topic.PROGRESS: "收到申报、各环节的审核结果、不予支持的决定、公示。",
    Topic.MONEY: "批准金额、公示结束、拨付、金额变化。",
    Topic.SUPPORT: "部门的答复和办结。",
    Topic.FIRM: "企业核验、人员加入和离开、收款账户变更。",
    Topic.PERIOD: "新的申报批次开始受理、申报期限延长。",
}
#: Always sent by mail: whoever misses these may lose money, or not notice that somebody else acts for the firm.
ALWAYS_MAILED = frozenset({Topic.TODO, Topic.FIRM})
