"""Users and posts, as administrators keep them: every change is an event, and somebody always remains who can."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Post, User
from accounts.passwords import password_set
from accounts.roles import Role
from accounts.second_factor import factor_drop, factor_mail
from applications.errors import NotAllowed, Refused
from applications.record import event_add

TITLES = {
    "user.added": "建立用户",
    "user.changed": "修改",
    "user.password_reset": "重设密码",
    "user.password_changed": "本人更改密码",
    "user.password_mailed": "本人凭邮件中的链接设置新密码",
    "user.second_factor_added": "本人添加验证器",
    "user.second_factor_replaced": "本人更换验证器",
    "user.second_factor_removed": "本人取消验证器",
    "user.second_factor_reset": "重置验证器",
    "user.second_factor_tried": "密码对，连续输错验证码",
    "user.recovery_code_used": "使用恢复码",
    "user.recovery_codes_renewed": "本人重新生成恢复码",
}

REASON_MISSING = "请填写理由。"


def user_topic(user):
    """What events about a person's account are filed under."""
    return f"user:{user.pk}"


def user_values(user):
    """What is recorded of a person: names, telephone, whether the account is open, and the posts as words."""
    posts = Post.objects.filter(user=user).select_related("deputy_for").order_by("pk") if user.pk else []
    return {
        "username": user.username,
        "name": user.name,
        "phone": user.phone,
        "is_active": user.is_active,
        "posts": [post_words(post) for post in posts],
    }


def post_words(post):
    """A post with its days and the person it stands in for."""
    ends = f"至 {post.ends_on:%Y-%m-%d}" if post.ends_on else "起"
    deputy = f"，代理{post.deputy_for}" if post.deputy_for else ""
    return f"{post}（{post.starts_on:%Y-%m-%d} {ends}{deputy}）"


def administrators_lock():
    """Locks the posts of all administrators, so that two of them cannot remove each other at the same time."""
    posts = Post.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk")
    return list(posts.select_related(None))


def other_administrators(user):
    """Administrators of today besides one person."""
    found = User.objects.filter(is_active=True, posts__role=Role.ADMINISTRATOR).exclude(pk=user.pk)
    return [other for other in found.distinct().order_by("pk") if other.has_post(Role.ADMINISTRATOR)]


def user_recorded(user, *, before, actor, at=None, source_ip=None):
    """Writes what changed of a person since `before` (see `user_values`; None for a new one). True if anything did."""
    after, old = user_values(user), before or {}
    changes = {name: [old.get(name), value] for name, value in after.items() if old.get(name) != value}
    if changes:
        event_add(
            kind="user.changed" if before else "user.added",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=user_topic(user),
            data={"changes": changes},
        )
    return bool(changes)


@transaction.atomic
def password_reset(user, *, password, actor, at=None, source_ip=None):
    """Gives somebody a new password, which ends their sessions, lifts a lock after wrong ones, and is told to them by mail."""
    if not actor.has_post(Role.ADMINISTRATOR):
        raise NotAllowed("密码由系统管理员重设。")
    if user.pk == actor.pk:
        raise Refused("您自己的密码请在“修改密码”中修改。")
    password_set(user=user, password=password, at=at)
    event_add(
        kind="user.password_reset", actor=actor, at=at, source_ip=source_ip, topic=user_topic(user), data={}
    )


@transaction.atomic
def second_factor_reset(user, *, reason, actor, at=None, source_ip=None):
    """Takes away somebody's app and recovery codes, both lost: all sessions end, and the person is told by mail.

    The next sign-in asks for a new app where one is required. Nobody does it for themselves: whoever sits at an open
    browser would be rid of the second factor.
    """
    if not actor.has_post(Role.ADMINISTRATOR):
        raise NotAllowed("验证器由系统管理员重置。")
    if user.pk == actor.pk:
        raise Refused("您自己的验证器请另一位系统管理员重置；手机还在的，请在“我的账号”里更换。")
    if not reason.strip():
        raise Refused(REASON_MISSING, field="reason")
    at = at or timezone.now()
    if not factor_drop(user, at=at):
        raise Refused(f"{user}没有验证器，不用重置。")
    kind = "user.second_factor_reset"
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        topic=user_topic(user),
        data={"reason": reason.strip()},
    )
    factor_mail(user, kind, at=at)


def account_change_recorded(sender, user, kind, data, at, source_ip, **_):
    """Receives `account_changed`: what people change of their own account stands beside what administrators change."""
    event_add(kind=kind, actor=user, at=at, source_ip=source_ip, topic=user_topic(user), data=data)
