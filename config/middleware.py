"""Middleware that only an installation's wiring needs."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Puts the client's own address into ``REMOTE_ADDR`` where proxies of ours stand in front.

    Each of our proxies appends the address that it saw to X-Forwarded-For, so the client is the entry that many
    places from the end; what stands before it was written by the client and is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = settings.TRUSTED_PROXIES
        seen = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if hops and len(seen) >= hops:
            request.META["REMOTE_ADDR"] = seen[-hops]
        return self.get_response(request)
