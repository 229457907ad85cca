"""How often one address may do what needs no account, counted in the cache."""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

SECONDS = 3600

logger = logging.getLogger(__name__)


def try_allowed(*, name, address, most):
    """Counts one more try of an address and says whether it is among the first `most` within the hour.

    Where the cache is away nobody is turned away: signing up must not depend on it.
    """
    key = f"tries:{name}:{address}"
    try:
        if cache.add(key, 1, SECONDS):
            return True
        return cache.incr(key) <= most
    except ValueError:
        # The hour ended between the two questions.
        return True
    except RedisError:
        logger.warning("The tries of %s are not counted, because the cache does not answer.", name)
        return True
