"""Which app answers where."""

from django.urls import include, path

from config.health import healthz
from review.console.site import console

handler404 = "accounts.views.frame.not_found"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("accounts.urls")),
    path("console/data/", console.urls),
    path("console/", include("review.urls")),
    path("api/v1/", include("applications.api.urls")),
    path("", include("applications.urls")),
]
