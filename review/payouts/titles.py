"""What the events of a batch are called, and how they are written."""

from applications.errors import Refused
from applications.lifecycle.people import deputy_of_payer
from applications.record import event_add

#: Characters of a batch's title and document, and of why it is withdrawn.
TITLE_MOST, DOCUMENT_MOST, REASON_MOST = 60, 80, 300

TITLES = {
    "batch.made": "编制批次",
    "batch.lines_added": "补充列入申报",
    "batch.line_dropped": "移出一笔",
    "batch.renamed": "修改名称和文号",
    "batch.locked": "复核并锁定",
    "batch.verified": "核对封存的拨付表",
    "batch.withdrawn": "撤销批次",
    "batch.results_imported": "导入银行回执",
    "batch.result_recorded": "记录一笔银行结果",
    "batch.result_taken": "下载银行回执",
    "batch.result_marked": "下载标出错误的回执",
    "batch.settled": "全部办结",
    "batch.downloaded": "下载拨付表",
    "batch.previewed": "下载预览表",
}


def text_checked(text, most, field):
    """A text without the spaces around it. Raises Refused where it is too long."""
    text = text.strip()
    if len(text) > most:
        raise Refused(f"最多 {most} 个字，现在有 {len(text)} 个。", field=field)
    return text


def batch_topic(batch):
    """The topic of a batch's events, and of the ledger entries that it makes."""
    return f"batch:{batch.number}"


def batch_event(batch, kind, actor, at, source_ip, **data):
    """Writes one event of a batch; of a deputy of the payer's finance it keeps for whom."""
    data |= deputy_of_payer(actor, batch.payer, at)
    event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, topic=batch_topic(batch), data=data)
