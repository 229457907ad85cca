"""Wiring only: settings, addresses, Celery, the embedded servers and the supervisor.

Nothing outside this package imports from it; the apps read ``django.conf.settings``.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
