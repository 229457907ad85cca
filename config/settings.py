"""Django's settings, by environment and safe by default; the README lists the variables.

Importing this module reads the environment and one key file. It starts nothing and connects to nothing:
``manage.py evaluate`` works where neither database nor broker exists.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.addresses import PROJECT_DIR, Layout, broker_url, redis_database, with_redis_database

env = environ.Env()

LAYOUT = Layout.from_environment()
DATA_DIR = LAYOUT.data_dir
OWN_DATABASE = "DATABASE_URL" not in env
OWN_REDIS = "REDIS_URL" not in env

# --- Safety --------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
# Empty where nobody has set one: then web, worker and beat refuse to start (config/secret.py), while
# commands that sign nothing still work.
SECRET_KEY = env.str("SECRET_KEY", "") or (
    LAYOUT.secret_key.read_text().strip() if OWN_DATABASE and LAYOUT.secret_key.is_file() else ""
)
# Django lets nobody look at an empty key, not even to see that it is empty.
SECRET_KEY_IS_SET = bool(SECRET_KEY)
BEHIND_TLS = env.bool("BEHIND_TLS", True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
# How many proxies of ours append to X-Forwarded-For; 0 means that clients reach the web server directly.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1 if BEHIND_TLS else 0)

SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        # Bootstrap draws the marks of its form controls as data: images.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}

# --- Apps ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_htmx",
    "accounts.apps.AccountsConfig",
    "applications.apps.ApplicationsConfig",
    "review.apps.ReviewConfig",
]

MIDDLEWARE = [
    "config.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.UnseenCharacterMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # Right behind it: whoever still owes a second factor is nobody to all that follows.
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.FormAddressMiddleware",
    # Last, because it turns a refused sign-in of any view below it into the page that says so.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "review.context.console_frame",
                "applications.context.portal_firm",
            ],
        },
    }
]

# --- Servers -------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        **(LAYOUT.database if OWN_DATABASE else env.db("DATABASE_URL")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = LAYOUT.redis_url if OWN_REDIS else env.str("REDIS_URL")
# Beside the broker's database, never in it: clearing a cache empties its whole database.
CACHE_URL = env.str("CACHE_URL", with_redis_database(REDIS_URL, redis_database(REDIS_URL) + 1))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}

# --- Background work -----------------------------------------------------------------------------

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "duixian")
# The state of work lives in PostgreSQL; a result in the broker would be a second truth.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Shanghai"
# A worker that holds more than the task it runs can die when the broker goes away, and takes those with it.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
# A task taken by a worker that died is handed out again after the visibility timeout, just above the longest
# task. Who sends one must not wait for an absent broker: the sweep sends again what was not taken.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 330,
    "max_retries": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# Each expires before the next is due, so that a worker that was away is not met by a heap of old ones.
CELERY_BEAT_SCHEDULE = {
    "settlement-sweep": {
        "task": "applications.tasks.settlement_sweep",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    "jobs-sweep": {
        "task": "applications.tasks.jobs_sweep",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 14},
    },
    "notices-close": {
        "task": "applications.tasks.notices_close",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "support-close": {
        "task": "applications.tasks.support_close_due",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "mails-sweep": {
        "task": "accounts.tasks.mails_sweep",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 59},
    },
    "reminders": {
        "task": "applications.tasks.reminders",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "accounts-in-force": {
        "task": "applications.tasks.bank_accounts_due",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 599},
    },
    "day-digests": {
        "task": "review.tasks.day_digests",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "ledger-check": {
        "task": "review.tasks.ledger_check",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "sign-ins-sweep": {
        "task": "accounts.tasks.sign_ins_sweep",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "beat-heartbeat": {
        "task": "applications.tasks.beat_heartbeat",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
}
# The cache key under which the heartbeat task keeps its time, as seconds since the epoch.
BEAT_HEARTBEAT_KEY = "beat-heartbeat"

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"

# Sliding: every request moves the end of the session, a working day after the last one.
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_SAVE_EVERY_REQUEST = True

# How often an hour one address may send the form of a new account, and that of a new enterprise.
SIGN_UP_TRIES = env.int("SIGN_UP_TRIES", 20)
# How often an hour one address may ask whether a paper is genuine.
VERIFY_TRIES = env.int("VERIFY_TRIES", 60)
# How many objections an hour one address may file against public notices.
OBJECTION_TRIES = env.int("OBJECTION_TRIES", 10)

# Seconds for which a mailed link to a new password is valid.
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=2).total_seconds())

# Whether officers need a code from an app besides the password. Whoever has set one up is always asked for it.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", not DEBUG)
# The name of the account in the app, before the user name.
OTP_TOTP_ISSUER = "龙江外贸政策兑现平台"
# A code counts one step before and after our own clock and no further: the library would follow a wandering one.
OTP_TOTP_SYNC = False

AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_ENABLE_ADMIN = False
# People see failed tries at their own name.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False

# --- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [
    PROJECT_DIR / "static",
    ("bootstrap", next(iter(find_spec("bootstrap").submodule_search_locations))),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Evidence is never served by a web server: views open it after they have asked whether the reader may.
EVIDENCE_ROOT = Path(env.str("EVIDENCE_ROOT", str(DATA_DIR / "evidence")))
# Files of official data and of what was refused in them, and results of jobs; served by views alone, like evidence.
IMPORT_ROOT = Path(env.str("IMPORT_ROOT", str(DATA_DIR / "imports")))
IMPORT_MAX_BYTES = 200 * 1024 * 1024
# What one file may be, and how many files one document may have; pages tell both before anything is chosen.
EVIDENCE_MAX_BYTES = 20 * 1024 * 1024
EVIDENCE_MAX_FILES = 20
# What one person may store within a day: for a firm that has been checked, and before that.
EVIDENCE_MAX_DAILY_BYTES = 200 * EVIDENCE_MAX_BYTES
EVIDENCE_MAX_DAILY_BYTES_UNCHECKED = 20 * EVIDENCE_MAX_BYTES
FILE_UPLOAD_HANDLERS = ["applications.uploads.BoundedFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Mail ----------------------------------------------------------------------------------------

if "EMAIL_URL" in env:
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "noreply@localhost")
EMAIL_TIMEOUT = 20
# Links in mails and check addresses on papers begin with it; never with what a request claims to be addressed to.
SITE_URL = env.str("SITE_URL", f"http://{env.str('HOST', '127.0.0.1')}:{env.str('PORT', '8000')}")

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_RATES": {"evaluate": env.str("EVALUATE_RATE", "60/min")},
    # ClientAddressMiddleware has already put the client's own address where it belongs.
    "NUM_PROXIES": 0,
}

# --- Logging -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
