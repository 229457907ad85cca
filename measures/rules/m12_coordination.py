"""Measure 12: departments working together; a service, no money."""

from measures.item import Measure, SupportItem
from measures.rules.requests import REQUEST_FACTS

OPENING = "十二、加强工作协同。"
SERVICE = (
    "建立由商务、海关、税务、外汇、财政、金融等部门组成的黑龙江省贸易高质量发展联席会议机制，"
    "加大政策研究、信息共享水平，协调解决政策落实过程中的堵点、难点问题。进一步加大招商引资、"
    "平台经济等现有专项资金的统筹力度，优化支出结构，统筹推动各项措施有效实施，支持企业纾困发展。"
)
RESPONSIBLE = (
    "〔省商务厅、省发改委、省财政厅、省交通运输厅、省市场监管局、省税务局、省地方金融监督管理局、"
    "人民银行哈尔滨中心支行、黑龙江银保监局、省外汇管理局、中国铁路哈尔滨局集团有限公司、哈尔滨海关、"
    "中国出口信用保险公司黑龙江分公司、各市（地）政府（行署）按职责分工负责〕"
)
ARTICLE = OPENING + SERVICE + "\n" + RESPONSIBLE


class CoordinationRequest(SupportItem):
    """12.1: a request that several departments must solve together."""

    code = "12.1"
    title = "部门协同诉求事项"
    short_title = "部门协同"
    facts = REQUEST_FACTS


MEASURE = Measure(
    number=12,
    title="加强工作协同",
    article=ARTICLE,
    departments=(
        "省商务厅",
        "省发改委",
        "省财政厅",
        "省交通运输厅",
        "省市场监管局",
        "省税务局",
        "省地方金融监督管理局",
        "人民银行哈尔滨中心支行",
        "黑龙江银保监局",
        "省外汇管理局",
        "中国铁路哈尔滨局集团有限公司",
        "哈尔滨海关",
        "中国出口信用保险公司黑龙江分公司",
        "各市（地）政府（行署）",
    ),
    items=(CoordinationRequest(),),
    clauses={"12.1": SERVICE},
)
