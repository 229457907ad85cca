"""The Celery application; its settings are those of Django that begin with ``CELERY_``."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.conf import settings

from config.secret import SecretKeyMissing, secret_key_require

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("duixian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def refuse_without_key(**_: object) -> None:
    """Worker and beat, like the web server, start only where a key is set."""
    try:
        secret_key_require(settings.SECRET_KEY_IS_SET)
    except SecretKeyMissing as error:
        # Celery logs and forgets what a receiver raises, this alone excepted.
        raise SystemExit(str(error)) from error
