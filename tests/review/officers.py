"""One person for each post."""

from types import SimpleNamespace

from accounts.roles import Role
from applications.models import YearSettings
from tests.factories import NOW, make_user


def officers_make():
    """One person for each post in Harbin and the province, and nobody drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return SimpleNamespace(
        city=make_user("city", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员甲"),
        city2=make_user("city2", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员乙"),
        heihe=make_user("heihe", role=Role.CITY_COMMERCE, city="2311", name="示例黑河审核员"),
        cityfin=make_user("cityfin", role=Role.CITY_FINANCE, city="2301", name="示例市财政员"),
        commerce=make_user("commerce", role=Role.COMMERCE, name="示例审核员甲"),
        commerce2=make_user("commerce2", role=Role.COMMERCE, name="示例审核员乙"),
        finance=make_user("finance", role=Role.FINANCE, name="示例财政员甲"),
        auditor=make_user("auditor", role=Role.AUDITOR, name="示例审计员"),
        customs=make_user("customs", role=Role.DEPARTMENT, department="customs", name="示例海关经办"),
        admin=make_user("admin", role=Role.ADMINISTRATOR, name="示例管理员"),
    )
