"""The product's own door with one page more: the console's frame with nothing in it, to measure lists against."""

import django

django.setup()

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as product
from review.console.access import READERS, office_page


@office_page(*READERS)
def frame(request):
    """A signed-in person's page of the console without content."""
    template = engines["django"].from_string(
        '{% extends "console_base.html" %}{% block content %}<h1>示例</h1>{% endblock %}'
    )
    return HttpResponse(template.render({}, request))


urlpatterns = [path("console/frame/", frame), *product]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()
