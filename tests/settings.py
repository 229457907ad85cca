"""The product's settings, told where tests keep their things. A worker started by a test uses them too."""

import os

# Tests are about the product as it is by default, whatever the person who runs them has set.
# Officers of the tests sign in with a password; tests of the second factor ask for one themselves.
os.environ.update({"BEHIND_TLS": "0", "DEBUG": "0", "SECOND_FACTOR_REQUIRED": "0"})

from config.settings import *  # noqa: F403
from config.settings import (
    CELERY_BEAT_SCHEDULE,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATA_DIR,
    DATABASES,
    OWN_DATABASE,
    OWN_REDIS,
    REDIS_URL,
    STORAGES,
    TEMPLATES,
    Layout,
    broker_url,
    redis_database,
    timedelta,
    with_redis_database,
)
from tests.support.templates import UndefinedVariable

# Processes that run tests side by side are numbered from 0; alone, a process is number 0.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

SECRET_KEY = "only-for-tests"
SECRET_KEY_IS_SET = True
LAYOUT = Layout(DATA_DIR / "test")
FILES = LAYOUT.data_dir / f"files-{PROCESS}"

if OWN_DATABASE:
    DATABASES["default"] |= LAYOUT.database
DATABASES["default"] |= {"ENGINE": "tests.support.postgresql", "CONN_MAX_AGE": 0}
# What a worker started by a test is told: the database that the test made.
DATABASES["default"]["NAME"] = os.environ.get("TEST_DATABASE", DATABASES["default"]["NAME"])

_server = LAYOUT.redis_url if OWN_REDIS else REDIS_URL
REDIS_URL = with_redis_database(_server, redis_database(_server) + 2 * PROCESS)
CACHE_URL = with_redis_database(_server, redis_database(_server) + 2 * PROCESS + 1)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = f"test-{PROCESS}"
CELERY_BROKER_TRANSPORT_OPTIONS |= {"visibility_timeout": 5}
CELERY_BEAT_SCHEDULE_FILENAME = str(FILES / "beat-schedule")
# What beat sends every second: everything, or what a long play names, so that checks of all there is do not keep its worker.
_often = os.environ.get("BEAT_OFTEN", " ".join(CELERY_BEAT_SCHEDULE)).split()
for _name in _often:
    CELERY_BEAT_SCHEDULE[_name]["schedule"] = timedelta(seconds=1)

# Hashed names are only known after a collection, which tests do without.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_ROOT = FILES / "static"
EVIDENCE_ROOT = FILES / "evidence"
IMPORT_ROOT = FILES / "imports"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(FILES / "mail")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
