from importlib import import_module

from django.apps import AppConfig

from applications.signals import claim_moved, event_added, events_added


class ApplicationsConfig(AppConfig):
    """The enterprise's side: enterprises, official data, claims, evidence, settlement, portal, API."""

    name = "applications"
    verbose_name = "企业与申报"

    def ready(self):
        """Tells jobs what they can do for imports; has fingerprints follow claims, papers issued, enterprises told."""
        import_module("applications.imports.work")
        event_added.connect(import_module("applications.letters.issue").on_event)
        claim_moved.connect(import_module("applications.fingerprints").claim_followed)
        messages = import_module("applications.messages")
        event_added.connect(messages.event_told)
        events_added.connect(messages.events_told)
