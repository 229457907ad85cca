"""One person for each post."""

from datetime import date
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password

from accounts.models import Post, User
from accounts.roles import Role
from applications.models import YearSettings
from tests.factories import NOW

#: Username: what the person is called, and the post.
OFFICERS = {
    "city": ("示例市审核员甲", {"role": Role.CITY_COMMERCE, "city": "2301"}),
    "city2": ("示例市审核员乙", {"role": Role.CITY_COMMERCE, "city": "2301"}),
    "heihe": ("示例黑河审核员", {"role": Role.CITY_COMMERCE, "city": "2311"}),
    "cityfin": ("示例市财政员", {"role": Role.CITY_FINANCE, "city": "2301"}),
    "commerce": ("示例审核员甲", {"role": Role.COMMERCE}),
    "commerce2": ("示例审核员乙", {"role": Role.COMMERCE}),
    "finance": ("示例财政员甲", {"role": Role.FINANCE}),
    "auditor": ("示例审计员", {"role": Role.AUDITOR}),
    "customs": ("示例海关经办", {"role": Role.DEPARTMENT, "department": "customs"}),
    "admin": ("示例管理员", {"role": Role.ADMINISTRATOR}),
}


def officers_make():
    """One person for each post in Harbin and the province, and nobody drawn for a second check; written at once, since most
    tests ask for them. Their password is that of :func:`tests.factories.make_user`."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    password = make_password("a-long-password")
    users = User.objects.bulk_create(
        User(username=username, name=name, password=password) for username, (name, _) in OFFICERS.items()
    )
    Post.objects.bulk_create(
        Post(user=user, starts_on=date(2020, 1, 1), **OFFICERS[user.username][1]) for user in users
    )
    return SimpleNamespace(**{user.username: user for user in users})
