"""Measure 9: financial services for foreign trade; a service, no money."""

from measures.item import Measure, SupportItem
from measures.rules.requests import REQUEST_FACTS

OPENING = (
    "九、加强外贸金融服务。在依法合规、风险可控前提下，"
    "鼓励金融机构按照市场化原则进一步加大对外贸企业特别是中小微外贸企业的信贷支持力度。"
)
SERVICE = (
    "充分发挥政策性出口信用保险和政府性融资担保机构作用，在“银行+信保+担保”融资模式下，"
    "加大对中小微外贸企业的信贷投放，提供多品类外贸金融产品服务，缓解融资难、融资贵问题。"
)
RESPONSIBLE = (
    "〔省地方金融监管局、人民银行哈尔滨中心支行、黑龙江银保监局、省商务厅、"
    "中国出口信用保险公司黑龙江分公司，各市（地）政府（行署）按职责分工负责〕"
)
ARTICLE = OPENING + SERVICE + "\n" + RESPONSIBLE


class FinanceRequest(SupportItem):
    """9.1: a request about credit, insurance and guarantees."""

    code = "9.1"
    title = "外贸金融服务事项"
    short_title = "金融服务"
    facts = REQUEST_FACTS


MEASURE = Measure(
    number=9,
    title="加强外贸金融服务",
    article=ARTICLE,
    departments=(
        "省地方金融监管局",
        "人民银行哈尔滨中心支行",
        "黑龙江银保监局",
        "省商务厅",
        "中国出口信用保险公司黑龙江分公司",
        "各市（地）政府（行署）",
    ),
    items=(FinanceRequest(),),
    clauses={"9.1": SERVICE},
)
