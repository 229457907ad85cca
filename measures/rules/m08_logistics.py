"""Measure 8: logistics for foreign trade; a service, no money."""

from measures.item import Measure, SupportItem
from measures.rules.requests import REQUEST_FACTS

OPENING = "八、支持开展外贸集疏运服务体系建设。"
SERVICE = (
    "鼓励企业到“一带一路”沿线国家和地区设立境外物流网点。鼓励物流企业到省外设立分支机构或经营网点，"
    "加强跨区域物流网建设。支持哈欧、哈俄、哈绥俄亚等国际班列（车）优化集疏运服务体系，积极组织货源，"
    "有效扩大运量，推动班列的健康发展。"
)
RESPONSIBLE = (
    "〔省发改委、省交通运输厅、省商务厅、中国铁路哈尔滨局集团有限公司，各市（地）政府（行署）按职责分工负责〕"
)
ARTICLE = OPENING + SERVICE + "\n" + RESPONSIBLE


class LogisticsRequest(SupportItem):
    """8.1: a request about transport, trains and logistics abroad."""

    code = "8.1"
    title = "集疏运体系服务事项"
    short_title = "集疏运服务"
    facts = REQUEST_FACTS


MEASURE = Measure(
    number=8,
    title="支持开展外贸集疏运服务体系建设",
    article=ARTICLE,
    departments=(
        "省发改委",
        "省交通运输厅",
        "省商务厅",
        "中国铁路哈尔滨局集团有限公司",
        "各市（地）政府（行署）",
    ),
    items=(LogisticsRequest(),),
    clauses={"8.1": SERVICE},
)
