"""Addresses of the API."""

from django.urls import path

from applications.api.evaluate import EvaluateView

app_name = "api"

urlpatterns = [
    path("evaluate", EvaluateView.as_view(), name="evaluate"),
]
