"""Middleware that only an installation's wiring needs."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict


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


class NullCharacterMiddleware:
    """Takes null characters out of queries and forms, and lets no address have one.

    Nobody types them, and PostgreSQL's texts cannot hold them: what reached the database would be an error page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        """After the check of the form's token, which has read the form."""
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404
        request.GET = _without_null(request.GET)
        request.POST = _without_null(request.POST)


def _without_null(sent: QueryDict) -> QueryDict:
    """The same, or a cleaned copy where a value holds a null character."""
    if not any("\x00" in value for _, values in sent.lists() for value in values):
        return sent
    cleaned = sent.copy()
    for name, values in sent.lists():
        cleaned.setlist(name, [value.replace("\x00", "") for value in values])
    cleaned._mutable = False
    return cleaned
