"""The key that signs sessions and forms."""

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from config.addresses import Layout


class SecretKeyMissing(ImproperlyConfigured):
    """Nobody has set a key; the message says how to."""


def secret_key_prepare(layout: Layout) -> None:
    """Make up the key of an installation that keeps its own data, once; only its owner can read the file."""
    try:
        descriptor = os.open(layout.secret_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(64))


def secret_key_require(is_set: bool) -> None:
    """Refuse to serve without a key: what is signed with an empty one can be forged by anybody."""
    if not is_set:
        raise SecretKeyMissing(
            "没有设置 SECRET_KEY，不能启动。请在环境变量中设置一串 50 个字符以上的随机文字；试用请运行 make run，密钥会自动生成。"
        )
