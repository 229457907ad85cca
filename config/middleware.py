"""Middleware that only an installation's wiring needs."""

import re
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


class UnseenCharacterMiddleware:
    """Takes characters out of queries and forms that nobody types and nobody sees, and lets no address have a null.

    PostgreSQL's texts cannot hold a null: what reached the database would be an error page. Marks of direction make what
    follows them read backwards, on pages and printed sheets, and two names that look the same may differ by a sign
    without width. They come along when something is copied, or are meant to deceive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        """After the check of the form's token, which has read the form."""
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404
        request.GET = _without_unseen(request.GET)
        request.POST = _without_unseen(request.POST)


#: Controls but tab and line ends, signs without width but the one that joins two into one, marks of direction, and two code
#: points that are no characters and that no spreadsheet can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)


def _without_unseen(sent: QueryDict) -> QueryDict:
    """The same, or a cleaned copy where a value holds such a character."""
    if not any(_UNSEEN.search(value) for _, values in sent.lists() for value in values):
        return sent
    cleaned = sent.copy()
    for name, values in sent.lists():
        cleaned.setlist(name, [_UNSEEN.sub("", value) for value in values])
    cleaned._mutable = False
    return cleaned
