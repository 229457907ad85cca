"""The list that an officer works through: its filters go along to the desk, and lead from there to the next claim.

A link of a list carries its query as `list`. What the desk itself links and posts to does not: for the claims opened last
the session remembers from which list each was opened, so that two lists can be worked through side by side.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.roles import Role
from review.console.filters import ClaimFilter
from review.keyset import rows_next
from review.queue import (
    CHECK,
    HANDLED,
    OFFICE,
    SENT_BACK,
    WAITING,
    Tab,
    colleagues,
    number_of,
    pieces_in_tab,
    place_among,
    place_in_queue,
    tabs_of,
)

LIST = "list"
_LONGEST = 500
_REMEMBERED = 30
_KEY = "worklists"


@dataclass(frozen=True)
class Worklist:
    """A view of the queue: its tab, its filters and the claims in it (pieces, see `review.keyset`)."""

    user: object
    tab: Tab
    filter: ClaimFilter
    pieces: list

    @property
    def query(self):
        """The view as the address of the queue has it."""
        return self.filter.query

    @property
    def url(self):
        """The address of the queue."""
        return f"{reverse('review:queue')}?{self.query}"

    def first(self, besides=None):
        """The number of the first claim, one aside; "" for an empty list."""
        return _first(self.pieces, self.filter.order, besides)

    def place(self, claim):
        """The claim's Place in this view."""
        return place_among(self.pieces, self.filter.order, claim)

    def claim_url(self, number):
        """The address of a claim's desk, opened from this view."""
        return claim_url(number, self.query)


def claim_url(number, query):
    """The address of a claim's desk, opened from a list with this query; "" for the queue as it is."""
    address = reverse("review:claim", args=[number])
    return f"{address}?{urlencode({LIST: query})}" if query else address


def worklist_read(user, data):
    """The Worklist that an address (a QueryDict) asks for: its tab, or the first, filtered. None for somebody without a
    queue."""
    tabs = tabs_of(user)
    if not tabs:
        return None
    tab = next((each for each in tabs if each.key == data.get("tab")), tabs[0])
    chosen = ClaimFilter(
        data,
        user=user,
        fields=_fields(user, tab),
        orders=tab.orders,
        colleagues=colleagues(user) if tab.in_review else (),
        keep=[("tab", tab.key)],
    )
    return Worklist(user, tab, chosen, chosen.apply(pieces_in_tab(user, tab)))


def _fields(user, tab):
    """A city's officers see one city; only what an officer handled lies in many states; what nobody decides now is
    neither late nor in anybody's hands."""
    names = ["q", "flags", "kind", "item", "period", "least", "most"]
    if tab.in_review:
        names += ["due", "waited"]
    if tab in (OFFICE, CHECK, SENT_BACK):
        names.append("holder")
    if user.has_post(Role.COMMERCE, Role.FINANCE):
        names.append("city")
    if tab is HANDLED or (tab.in_review and user.has_post(Role.CITY_COMMERCE)):
        names.append("state")
    return names


def worklist_of(request, number):
    """The Worklist that a claim was opened from; None where it was opened by itself, or by somebody without a queue."""
    kept = request.session.get(_KEY, {})
    query = request.GET.get(LIST)
    if query is not None and len(query) <= _LONGEST and kept.get(number) != query:
        others = [each for each in kept.items() if each[0] != number]
        kept = request.session[_KEY] = dict([*others[-_REMEMBERED + 1 :], (number, query)])
    return worklist_read(request.user, QueryDict(kept[number])) if number in kept else None


def place_of(request, claim):
    """(Worklist or None, Place): the list that a claim was opened from and where it stands there; in what waits for the
    person where it was opened by itself."""
    work = worklist_of(request, claim.number)
    return work, work.place(claim) if work else place_in_queue(request.user, claim)


def addresses(work, place):
    """Where a desk links to: the list that the claim was opened from, and the claims beside it ("" for none)."""
    query = work.query if work else ""
    return {
        "queue_url": work.url if work else reverse("review:queue"),
        "previous_url": claim_url(place.previous, query) if place.previous else "",
        "next_url": claim_url(place.next, query) if place.next else "",
    }


@dataclass(frozen=True)
class Following:
    """What a claim is followed by, asked before it is decided: the list that it was opened from, and the number behind it."""

    user: object
    work: Worklist | None
    number: str

    def onward(self, besides=None):
        """(address, sentence) of the page to go to after the decision; `besides` is a claim that still waits but has been
        dealt with. A list that is done leads to the rest of the queue."""
        if self.number:
            return self._url(self.number), "下面是队列中的下一件。"
        rest = self.work.first(besides) if self.work else ""
        if rest:
            return self._url(rest), "后面没有了，下面是列表中的第一件。"
        number = _first(pieces_in_tab(self.user, WAITING), WAITING.orders[0], besides)
        if not number:
            return reverse("review:queue"), "队列里没有其他申报了。"
        narrowed = self.work and self.work.filter.is_used
        done = "这个筛选列表已经办完，下面是队列中的下一件。" if narrowed else "下面是队列中的下一件。"
        return claim_url(number, f"tab={WAITING.key}" if self.work else ""), done

    def _url(self, number):
        return self.work.claim_url(number) if self.work else claim_url(number, "")


def following_of(request, claim):
    """The Following of a claim that is about to be decided."""
    work, place = place_of(request, claim)
    return Following(request.user, work, place.next if place.next != claim.number else "")


def _first(pieces, order, besides):
    if besides is not None:
        pieces = [piece.exclude(pk=besides.pk) for piece in pieces]
    return number_of(rows_next(pieces, order, None, 1))
