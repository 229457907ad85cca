"""Long lists a page at a time: from the last row on, not by counting rows off, so that the last page is as quick as the first.

A list is made of pieces, querysets of one model (claims, mostly) that share no row, each of which an index delivers in
order; a page is merged from their first rows. What lies beyond a row is asked for piece by piece as well, as ranges of the index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q

from applications.models import Claim

ROWS = 20
#: Counting stops here; beyond it a number says no more than that there is more than anybody does in a day.
COUNTED = 999
_SALT = "review.keyset"


@dataclass(frozen=True)
class Key:
    """One column of an order. Where it can be empty, rows without a value come last.

    `read` makes the value of what a cursor holds.
    """

    name: str
    read: Callable
    descending: bool = False
    empty: bool = False

    def ordering(self, backwards):
        """The column as an ORDER BY takes it, in the words that let an index deliver it."""
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.empty else {}
        column = F(self.name)
        return column.desc(**nulls) if self.descending != backwards else column.asc(**nulls)

    def value(self, claim):
        """The claim's value."""
        for part in self.name.split("__"):
            claim = getattr(claim, part)
        return claim

    def same(self, value):
        """A condition: the column has the value, or none."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value, backwards):
        """Conditions that share no row: the column comes after the value, or before it."""
        if value is None:
            return [Q(**{f"{self.name}__isnull": False})] if backwards else []
        sign = "lt" if self.descending != backwards else "gt"
        found = [Q(**{f"{self.name}__{sign}": value})]
        return [*found, self.same(None)] if self.empty and not backwards else found


@dataclass(frozen=True)
class Order:
    """A way to sort claims. The last column is the claim's own key, so that every row has one place."""

    key: str
    label: str
    columns: tuple

    def ordering(self, *, backwards=False):
        """What `order_by` takes."""
        return [column.ordering(backwards) for column in self.columns]

    def place(self, claim):
        """Where a claim stands in this order: its values."""
        return [column.value(claim) for column in self.columns]

    def beyond(self, place, *, backwards=False):
        """Conditions that share no row and together hold for what comes after a place, or before it."""
        found, equal = [], Q()
        for column, value in zip(self.columns, place, strict=True):
            found += [equal & condition for condition in column.beyond(value, backwards)]
            equal &= column.same(value)
        return found

    def cursor(self, claim):
        """The claim's place as it stands in an address: signed, and of use for this order alone."""
        values = [None if value is None else _written(value) for value in self.place(claim)]
        return signing.dumps(values, salt=f"{_SALT}.{self.key}", compress=True)

    def read(self, cursor):
        """The place that a cursor stands for; None for one that is not ours."""
        try:
            values = signing.loads(cursor, salt=f"{_SALT}.{self.key}")
            pairs = zip(self.columns, values, strict=True)
            return [None if value is None else column.read(value) for column, value in pairs]
        except (signing.BadSignature, ValueError, TypeError, InvalidOperation):
            return None


def _written(value):
    return value.isoformat() if isinstance(value, date) else str(value)


_AMOUNT = Key("payable_cny", Decimal, descending=True, empty=True)
_WAITING = Key("waiting_on", date.fromisoformat, empty=True)
_ID, _ID_DOWN = Key("pk", int), Key("pk", int, descending=True)


def _time(name, **way):
    return Key(name, datetime.fromisoformat, **way)


WAITING = Order("waiting", "等待最久", (_WAITING, _AMOUNT, _ID))
AMOUNT = Order("amount", "金额最大", (_AMOUNT, _ID))
SUBMITTED = Order("submitted", "最早提交", (_time("submitted_at"), _ID))
NEWEST = Order("newest", "最近提交", (_time("submitted_at", descending=True), _ID_DOWN))
CITY = Order("city", "市（地）", (Key("city", str), _WAITING, _ID))
FIRM = Order("firm", "企业名称", (Key("enterprise__name", str), _ID))
CHANGED = Order("changed", "最近变化", (_time("state_since", descending=True), _ID))
#: Of what is only ever added to: the last first.
LAST = Order("last", "最近", (_ID_DOWN,))


@dataclass(frozen=True)
class Counted:
    """How many there are, exact up to COUNTED."""

    number: int

    @property
    def more(self):
        """Whether there are more than were counted."""
        return self.number > COUNTED

    def __str__(self):
        return f"{COUNTED + 1}+" if self.more else str(self.number)

    def __bool__(self):
        return self.number > 0


@dataclass(frozen=True)
class Page:
    """One page: its claims, the cursors of the pages beside it ("" for none), and where it lies in the list."""

    rows: list
    previous: str
    next: str
    before: Counted
    total: Counted

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    @property
    def start(self):
        """The number of the first row, from 1; 0 where so many come before it that nobody counted."""
        return 0 if self.before.more or not self.rows else self.before.number + 1

    @property
    def end(self):
        """The number of the last row, where the first has one."""
        return self.start + len(self.rows) - 1


def page_of(pieces, order, address, *, listed, rows=ROWS):
    """The page that an address (a QueryDict with `after` or `before`) asks for; the first where it asks for none.

    `listed` adds to a queryset what a row shows. A cursor that is wrong, or beyond which nothing is left, leads to the
    first page; so does going back to where less than a page is left.
    """
    for way, backwards in (("after", False), ("before", True)):
        place = order.read(address[way]) if address.get(way) else None
        if place is None:
            continue
        found = list(listed(rows_next(pieces, order, place, rows + 1, backwards=backwards)))
        if found and not (backwards and len(found) < rows):
            return _page(pieces, order, found, rows, backwards=backwards, begun=True)
    found = list(listed(rows_next(pieces, order, None, rows + 1)))
    return _page(pieces, order, found, rows, backwards=False, begun=False)


def _page(pieces, order, found, rows, *, backwards, begun):
    """`begun`: rows of the list lie behind where reading began."""
    more, found = len(found) > rows, found[:rows]
    if backwards:
        found.reverse()
    earlier, later = (more, begun) if backwards else (begun, more)
    asked = {}
    if earlier or later:
        asked["total"] = pieces
    if earlier:
        asked["before"] = pieces_beyond(pieces, order, order.place(found[0]), backwards=True)
    counts = counted(asked)
    return Page(
        rows=found,
        previous=order.cursor(found[0]) if earlier else "",
        next=order.cursor(found[-1]) if later else "",
        before=counts.get("before", Counted(0)),
        total=counts.get("total", Counted(len(found))),
    )


def rows_next(pieces, order, place, number, *, backwards=False):
    """The first `number` rows of the pieces from a place on (from the beginning without one), or, backwards, before it."""
    parts = pieces_beyond(pieces, order, place, backwards=backwards) if place else list(pieces)
    ordering = order.ordering(backwards=backwards)
    rows = pieces[0].model._default_manager if pieces else Claim.objects
    if not parts:
        return rows.none()
    # The keys first, by indexes alone where there are; what a row shows is joined to the few that are left.
    first, *others = [part.order_by(*ordering).values("pk")[:number] for part in parts]
    keys = first.union(*others, all=True) if others else first
    return rows.filter(pk__in=keys).order_by(*ordering)[:number]


def pieces_beyond(pieces, order, place, *, backwards=False):
    """The pieces of what comes after a place, or before it."""
    return [piece.filter(part) for part in order.beyond(place, backwards=backwards) for piece in pieces]


def counted(named):
    """{name: Counted} of {name: pieces}, in one query that stops counting each at COUNTED."""
    columns, parameters = [], []
    for pieces in named.values():
        arms = []
        for piece in pieces:
            try:
                sql, values = piece.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
            except EmptyResultSet:
                continue
            arms.append(f"({sql})")
            parameters += values
        inside = " UNION ALL ".join(arms)
        limit = f"SELECT 1 FROM ({inside}) AS rows LIMIT {COUNTED + 1}"
        columns.append(f"(SELECT COUNT(*) FROM ({limit}) AS counted)" if arms else "0")
    if not columns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", parameters)
        return {name: Counted(number) for name, number in zip(named, cursor.fetchone(), strict=True)}
