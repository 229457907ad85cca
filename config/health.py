"""``/healthz``: is everything there that the product needs to do its work."""

import time

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import F, Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds after which beat counts as gone (it beats every ten) and an unsettled year as stuck.
BEAT_LIMIT = 60
UNSETTLED_LIMIT = 900


def broker_answers(url: str, *, timeout: float = 1.0) -> bool:
    """Whether the server at ``url`` answers a ping. Tries once: the client's own back-off takes seconds."""
    client = Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=timeout, socket_connect_timeout=timeout
    )
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def beat_age() -> int | None:
    """Seconds since beat's last sign of life; None if there is none. The broker must be there."""
    beat = cache.get(settings.BEAT_HEARTBEAT_KEY)
    return None if beat is None else max(0, int(time.time() - float(beat)))


def unsettled_age() -> int:
    """Seconds that the oldest year waiting for its settlement has waited; 0 if none does."""
    waiting = apps.get_model("applications", "EnterpriseYear").objects.filter(requested__gt=F("settled"))
    marked_at = waiting.aggregate(oldest=Min("marked_at"))["oldest"]
    return 0 if marked_at is None else max(0, int((timezone.now() - marked_at).total_seconds()))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where all is well, else 503. Ages are whole seconds; null where they cannot be told."""
    database, broker = database_answers(), broker_answers(settings.REDIS_URL)
    beat = beat_age() if broker else None
    unsettled = unsettled_age() if database else None
    well = (
        database
        and broker
        and beat is not None
        and beat <= BEAT_LIMIT
        and unsettled is not None
        and unsettled <= UNSETTLED_LIMIT
    )
    return JsonResponse(
        {
            "status": "ok" if well else "failing",
            "database": database,
            "broker": broker,
            "beat_age_seconds": beat,
            "oldest_unsettled_seconds": unsettled,
        },
        status=200 if well else 503,
    )
