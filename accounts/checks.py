"""What `manage.py check --deploy` says about how people sign in."""

from django.conf import settings
from django.core.checks import Tags, Warning, register

PASSWORD_ALONE = Warning(
    "SECOND_FACTOR_REQUIRED is off: officers who have set up no second factor sign in with a password alone.",
    hint="Leave SECOND_FACTOR_REQUIRED unset, or set it to 1.",
    id="accounts.W001",
)


@register(Tags.security, deploy=True)
def second_factor_is_required(app_configs, **_):
    """Public money is paid out in the console."""
    return [] if settings.SECOND_FACTOR_REQUIRED else [PASSWORD_ALONE]
