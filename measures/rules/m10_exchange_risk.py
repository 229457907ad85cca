"""Measure 10: protection against exchange risk; a service, no money."""

from measures.item import Measure, SupportItem
from measures.rules.requests import REQUEST_FACTS

OPENING = "十、提升外贸企业汇率避险能力。加大宣传培训力度，引导外经贸企业树立汇率风险中性理念。"
SERVICE = (
    "积极探索有效途径降低外贸企业套保成本，提升外贸企业汇率风险管理能力。"
    "支持中小微企业开展远期结售汇业务。支持外贸企业开展人民币跨境结算，进一步简化跨境人民币结算流程，"
    "优化跨境人民币业务办理。"
)
RESPONSIBLE = "〔省外汇管理局、省商务厅按职责分工负责〕"
ARTICLE = OPENING + SERVICE + "\n" + RESPONSIBLE


class ExchangeRiskRequest(SupportItem):
    """10.1: a request about hedging and settlement in CNY."""

    code = "10.1"
    title = "汇率避险服务事项"
    short_title = "汇率避险"
    facts = REQUEST_FACTS


MEASURE = Measure(
    number=10,
    title="提升外贸企业汇率避险能力",
    article=ARTICLE,
    departments=("省外汇管理局", "省商务厅"),
    items=(ExchangeRiskRequest(),),
    clauses={"10.1": SERVICE},
)
