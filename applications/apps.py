from importlib import import_module

from django.apps import AppConfig

from applications.signals import event_added


class ApplicationsConfig(AppConfig):
    """The enterprise's side: enterprises, official data, claims, evidence, settlement, portal, API."""

    name = "applications"
    verbose_name = "企业与申报"

    def ready(self):
        """Tells jobs what they can do for imports, and has enterprises told what happens."""
        import_module("applications.imports.work")
        messages, signals = import_module("applications.messages"), import_module("applications.signals")
        signals.event_added.connect(messages.event_told)
        signals.events_added.connect(messages.events_told)
