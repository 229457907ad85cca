"""The posts that an officer can hold."""

from django.db import models


class Role(models.TextChoices):
    """What a post is for. Enterprise clerks hold no post: they are members of an enterprise (see applications)."""

    CITY_COMMERCE = "city_commerce", "市级商务"
    CITY_FINANCE = "city_finance", "市级财政"
    COMMERCE = "commerce", "省商务厅"
    FINANCE = "finance", "省财政厅"
    DATA = "data", "数据与规则"
    DEPARTMENT = "department", "部门经办"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "系统管理"


#: Posts that belong to one city and see only what is that city's.
CITY_ROLES = frozenset({Role.CITY_COMMERCE, Role.CITY_FINANCE})
