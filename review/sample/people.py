"""The people of the sample: officers with their posts, and clerks of firms."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from accounts.cities import City
from accounts.departments import Department
from accounts.models import Post, User
from accounts.roles import Role

#: Letters and digits that nobody takes for another when copying a password by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Officer:
    """An officer: sign-in name, name, and posts as (role, city, department)."""

    username: str
    name: str
    posts: tuple


def _city(username, name, city, role=Role.CITY_COMMERCE):
    return Officer(username, name, ((role, city, ""),))


OFFICERS = (
    _city("city-harbin", "示例市审核员甲", City.HARBIN),
    _city("city2-harbin", "示例市审核员乙", City.HARBIN),
    _city("cityfin1-harbin", "示例市财政员甲", City.HARBIN, Role.CITY_FINANCE),
    _city("cityfin2-harbin", "示例市财政员乙", City.HARBIN, Role.CITY_FINANCE),
    _city("city-heihe", "示例市审核员丙", City.HEIHE),
    _city("city2-heihe", "示例市审核员丁", City.HEIHE),
    _city("city-qiqihar", "示例市审核员戊", City.QIQIHAR),
    _city("city-yichun", "示例市审核员己", City.YICHUN),
    _city("city-mudanjiang", "示例市审核员庚", City.MUDANJIANG),
    Officer("commerce1", "示例审核员甲", ((Role.COMMERCE, "", ""), (Role.DATA, "", ""))),
    Officer("commerce2", "示例审核员乙", ((Role.COMMERCE, "", ""), (Role.DATA, "", ""))),
    Officer("commerce3", "示例审核员丙", ((Role.COMMERCE, "", ""),)),
    Officer("finance1", "示例财政员甲", ((Role.FINANCE, "", ""),)),
    Officer("finance2", "示例财政员乙", ((Role.FINANCE, "", ""),)),
    Officer("customs1", "示例海关经办员", ((Role.DEPARTMENT, "", Department.CUSTOMS),)),
    Officer("auditor1", "示例审计员", ((Role.AUDITOR, "", ""),)),
    Officer("admin1", "示例管理员", ((Role.ADMINISTRATOR, "", ""),)),
)
#: Clerks by sign-in name; what firm each acts for stands in firms.py.
CLERKS = {
    "firm1": "示例经办人甲",
    "firm1b": "示例经办人乙",
    "firm2": "示例经办人丙",
    "firm3": "示例经办人丁",
    "firm4": "示例经办人戊",
    "firm5": "示例经办人己",
    "firm6": "示例经办人庚",
    "firm7": "示例经办人辛",
    "firm8": "示例经办人壬",
    "firm9": "示例经办人癸",
    "firm10": "示例经办人子",
    "firm11": "示例经办人丑",
    "firm12": "示例经办人寅",
}


def people_exist():
    """Whether sample accounts are there already."""
    names = [officer.username for officer in OFFICERS] + list(CLERKS)
    return User.objects.filter(username__in=names).exists()


def people_make(password, *, since: date):
    """All people with one password and posts that begin on `since`, as {sign-in name: User}."""
    # Hashing is slow on purpose: one hash serves them all.
    hashed = make_password(password)
    names = {officer.username: officer.name for officer in OFFICERS} | CLERKS
    users = {
        username: User(username=username, name=name, password=hashed) for username, name in names.items()
    }
    for username in CLERKS:
        users[username].email = f"{username}@firm.example"
    User.objects.bulk_create(users.values())
    Post.objects.bulk_create(
        Post(user=users[officer.username], role=role, city=city, department=department, starts_on=since)
        for officer in OFFICERS
        for role, city, department in officer.posts
    )
    return users


def password_make():
    """A password of three groups of four that can be read out; about 59 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def accounts_text(password, firm_names):
    """What people are told: the one password, and who is who. `firm_names` maps clerks to the names of their firms."""
    officers = [(officer.username, _offices(officer), officer.name) for officer in OFFICERS]
    clerks = [(username, firm_names[username], name) for username, name in CLERKS.items()]
    lines = [f"示例账号（密码都是 {password}）", "企业（在门户登录）："]
    lines += [f"  {username:<16}{place}，{name}" for username, place, name in clerks]
    lines.append("审核部门（在审核台登录）：")
    lines += [f"  {username:<16}{place}，{name}" for username, place, name in officers]
    return "\n".join(lines) + "\n"


def _offices(officer):
    return "、".join(
        str(Post(role=role, city=city, department=department)) for role, city, department in officer.posts
    )
