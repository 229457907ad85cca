"""The door of the web server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.secret import secret_key_require

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

secret_key_require(settings.SECRET_KEY_IS_SET)
application = get_wsgi_application()
