from importlib import import_module

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The enterprise's side: enterprises, official data, claims, evidence, settlement, portal, API."""

    name = "applications"
    verbose_name = "企业与申报"

    def ready(self):
        """Tells jobs what they can do for imports."""
        import_module("applications.imports.work")
