"""The departments that the policy names, and who answers for each in this system."""

from django.db import models

from .roles import Role


class Department(models.TextChoices):
    """A department that support items (measures 8 to 12) are routed to; the value is stable, the label its usual name."""

    COMMERCE = "commerce", "省商务厅"
    FINANCE = "finance", "省财政厅"
    DEVELOPMENT = "development", "省发改委"
    TRANSPORT = "transport", "省交通运输厅"
    MARKET = "market", "省市场监管局"
    TAX = "tax", "省税务局"
    FINANCIAL = "financial", "省地方金融监管局"
    CENTRAL_BANK = "central_bank", "人民银行哈尔滨中心支行"
    BANKING = "banking", "黑龙江银保监局"
    EXCHANGE = "exchange", "省外汇管理局"
    RAILWAY = "railway", "中国铁路哈尔滨局集团有限公司"
    CUSTOMS = "customs", "哈尔滨海关"
    SINOSURE = "sinosure", "中国出口信用保险公司黑龙江分公司"
    CITY = "city", "各市（地）政府（行署）"


# Measure 12 writes one department in full; both names mean the same office.
_OTHER_NAMES = {"省地方金融监督管理局": Department.FINANCIAL}
_BY_NAME = {department.label: department for department in Department} | _OTHER_NAMES


def department_named(name: str) -> Department:
    """The department behind a name as the policy writes it. Raises KeyError for a name the policy does not use."""
    return _BY_NAME[name]


# Departments whose officers already hold another post here; all others hold the post "department officer".
ROLE_OF_DEPARTMENT = {
    Department.COMMERCE: Role.COMMERCE,
    Department.FINANCE: Role.FINANCE,
    Department.CITY: Role.CITY_COMMERCE,
}
