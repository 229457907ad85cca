"""Writing events, and saying in Chinese what an event was."""

from decimal import Decimal

from django.utils import timezone

from applications.models import Claim, Event
from applications.models.states import State
from applications.signals import event_added

#: What each event is called on pages; {label} texts stay free of names, which stand beside them.
EVENT_TITLES = {
    "claim.created": "建立草稿",
    "claim.submitted": "企业提交",
    "claim.resubmitted": "企业重新提交",
    "claim.withdrawn": "企业撤回",
    "claim.reconsidered": "企业申请复议",
    "claim.city_passed": "市级初审通过",
    "claim.returned": "退回补正",
    "claim.rejected": "不予支持",
    "claim.commerce_approved": "商务审核通过",
    "claim.second_checked": "复核通过",
    "claim.sent_back": "退回商务审核",
    "claim.finance_approved": "财政审核通过，金额锁定",
    "claim.published": "公示开始",
    "claim.notice_closed": "公示结束",
    "claim.objected": "收到异议，暂停拨付",
    "claim.objection_dismissed": "异议不成立",
    "claim.objection_upheld": "异议成立，退回商务审核",
    "claim.supplement_taken_back": "异议成立，撤回补发",
    "claim.re_examined": "退回重审",
    "claim.committed": "列入拨付批次",
    "claim.released": "移出拨付批次",
    "claim.paid": "拨付完成",
    "claim.payment_returned": "银行退汇",
    "claim.payee_account_given": "提交更正的收款单位账户",
    "claim.payee_account_refused": "更正的收款单位账户未采用",
    "claim.account_confirmed": "核对收款账户",
    "claim.supplemented": "决定补发",
    "claim.recalled": "收回决定",
    "claim.amount_changed": "金额变化，退回商务审核",
    "claim.unlocked": "金额减少，解除锁定并退回商务审核",
    "claim.lock_reduced": "锁定金额调低",
    "claim.completed": "锁定金额已全部拨付",
    "claim.settled": "重新计算完成",
    "claim.limit_changed": "总额度变化，应付金额改变",
    "claim.demanded": "产生追回要求",
    "claim.receipt_added": "退回款项到账",
    "claim.receipt_reversed": "冲销到账登记",
    "claim.offset": "以其他申报的款项抵扣",
    "claim.offset_paid": "以抵扣方式拨付",
    "claim.instalments_set": "约定分期退回",
    "claim.demand_extended": "延长退回期限",
    "claim.supplement_consented": "商务同意补发",
    "claim.supplement_refused": "财政不予补发",
    "claim.flag_raised": "系统核对",
    "claim.flag_changed": "系统核对",
    "claim.flag_lifted": "系统核对",
    "claim.flag_dismissed": "记录核对情况",
    "claim.verified": "核定申报数",
    "claim.taken": "领办",
    "claim.handed_back": "交回",
    "claim.due_extended": "延长补正期限",
    "claim.asked": "询问企业",
    "claim.question_answered": "企业答复询问",
    "claim.question_withdrawn": "撤销询问",
    "claim.handed_over": "移交经办人",
    "claim.noted": "内部备注",
    "claim.document_checked": "核对材料",
    "enterprise.registered": "企业注册",
    "enterprise.verified": "企业核验通过",
    "enterprise.refused": "企业核验未通过",
    "enterprise.updated": "修改企业资料",
    "enterprise.account_changed": "登记新的收款账户",
    "enterprise.account_confirmed": "确认收款账户变更",
    "enterprise.account_declined": "不同意收款账户变更",
    "enterprise.account_withdrawn": "撤回收款账户变更",
    "enterprise.account_in_force": "等待期满，新收款账户生效",
    "enterprise.join_asked": "申请加入企业",
    "enterprise.join_withdrawn": "撤回加入申请",
    "enterprise.join_accepted": "同意加入企业",
    "enterprise.join_declined": "未同意加入企业",
    "enterprise.member_removed": "移除经办人",
    "enterprise.member_left": "退出企业",
    "enterprise.handed_over": "更换企业负责人",
    "enterprise.invited": "邀请同事加入",
    "enterprise.invitation_accepted": "接受邀请，加入企业",
    "enterprise.invitation_withdrawn": "撤回邀请",
    "deadline.extended": "登记延期",
    "support.filed": "提交服务事项",
    "support.answered": "部门答复",
    "support.asked": "请企业补充",
    "support.replied": "企业补充",
    "support.closed": "办结",
    "support.reopened": "企业要求重新办理",
    "support.handed_over": "转交其他部门办理",
    "matter.raised": "列入联席会议",
    "matter.noted": "记录跟进情况",
    "matter.changed": "调整牵头部门或期限",
    "matter.closed": "联席会议事项办结",
    "matter.reopened": "联席会议事项重新办理",
    "load.uploaded": "上传文件",
    "load.rechecked": "重新检查",
    "load.checked": "检查完成",
    "load.unreadable": "文件不能读取",
    "load.confirmed": "确认导入",
    "load.stored": "导入完成",
    "load.held": "没有导入，请重新确认",
    "load.failed": "处理未完成",
    "load.cancel_asked": "请求取消",
    "load.cancelled": "已取消",
    "load.discarded": "放弃导入",
    "load.file_taken": "下载原文件",
    "load.refused_taken": "下载未通过的行",
    "official.exported": "导出数据",
    "evidence.opened": "查看证明材料",
    "letter.taken": "查看文书",
    "file.taken": "下载文件",
}


#: What offices keep for themselves and nothing rests on: open pages stay true, and no decision is held by it.
QUIET_EVENTS = frozenset({"claim.noted", "claim.document_checked"})

#: Money that left a batch: what the bank, or finance, did with it.
_RELEASED = {"paid": "已拨付部分款项", "failed": "拨付未成功", "withdrawn": "拨付批次撤销"}


def event_add(
    *, kind, actor=None, at=None, source_ip=None, enterprise_id=None, claim=None, topic="", data=None
):
    """Writes one event and tells whoever listens. `kind` is a stable dotted name listed in EVENT_TITLES or by the app that owns the topic.

    An event of a claim becomes its last one, so that pages opened before are known to be stale; a quiet one does not. The
    caller holds the lock of that claim.
    """
    event = Event.objects.create(
        kind=kind,
        actor=actor,
        at=at or timezone.now(),
        source_ip=source_ip,
        enterprise_id=enterprise_id or (claim.enterprise_id if claim else None),
        claim=claim,
        topic=topic,
        data=data or {},
    )
    if claim is not None and kind not in QUIET_EVENTS:
        Claim.objects.filter(pk=claim.pk).update(last_event=event.pk)
        claim.last_event = event.pk
    event_added.send(sender=Event, event=event, claim=claim)
    return event


def event_title(event):
    """The event in a few words; a recall says what was recalled, a release what became of the money."""
    if event.kind == "claim.released":
        return _RELEASED[event.data["result"]]
    if event.kind == "claim.demanded" and Decimal(event.data["old"]):
        return "追回要求改变" if Decimal(event.data["new"]) else "取消追回要求"
    title = EVENT_TITLES.get(event.kind, event.kind)
    recalled = event.data.get("recalled")
    return f"收回决定：{EVENT_TITLES[recalled]}" if recalled else title


def actor_words(event):
    """Who did it, and as whose deputy: 示例审核员乙（代理示例审核员甲）."""
    if event.actor is None:
        return "系统"
    instead_of = event.data.get("deputy_for")
    return f"{event.actor.name}（代理{instead_of}）" if instead_of else event.actor.name


def clock(moment):
    """A time as running text names it: 14:35, with the day before it unless that is today."""
    when = timezone.localtime(moment)
    today = when.date() == timezone.localdate()
    return f"{when:%H:%M}" if today else f"{when.month} 月 {when.day} 日 {when:%H:%M}"


def last_event_sentence(claim):
    """Who did what to the claim last, as one sentence: 示例审核员丙在 14:35 退回补正。"""
    events = Event.objects.filter(claim=claim).exclude(kind__in=QUIET_EVENTS)
    event = events.select_related("actor").order_by("pk").last()
    if event is None:
        return ""
    who = actor_words(event)
    state = State(claim.state).label
    return f"{who}在 {clock(event.at)} 的操作是“{event_title(event)}”，现在的状态是“{state}”。"
