"""What the lines of a replay come to: totals, by item, by payer, and enterprise by enterprise. All amounts in yuan."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs

from applications.credit_code import credit_code_normal
from measures import registry
from review.notices import payer_name

ZERO = Decimal("0.00")
_CHANGE = Sum(F("after_cny") - F("before_cny"))
_SUMS = {
    "claims": Sum("claims"),
    "before": Sum("before_cny"),
    "after": Sum("after_cny"),
}
_LOCKED = {
    "locked": Sum("locked"),
    "locked_cny": Sum("locked_cny"),
    "entitled_before": Sum("entitled_before_cny"),
    "entitled_after": Sum("entitled_after_cny"),
    "falling": Sum("falling"),
}
#: Orders of the list of enterprises, by their name in the address.
ORDERS = {
    "most": ("变化最大的在前", ("-size", "enterprise__name", "enterprise")),
    "gain": ("增加最多的在前", ("-change", "enterprise__name", "enterprise")),
    "loss": ("减少最多的在前", ("change", "enterprise__name", "enterprise")),
    "name": ("按企业名称", ("enterprise__name", "enterprise")),
}


def replay_totals(replay):
    """Everything that a replay says in one number, and its tables by item and by payer; amounts as texts.

    `gain` − `loss` = `after` − `before`: what all that gain get more, and what all that lose get less.
    """
    lines = replay.lines.all()
    totals = lines.aggregate(**_SUMS, **_LOCKED, enterprises=Count("enterprise", distinct=True))
    each = lines.order_by().values("enterprise").annotate(change=_CHANGE)
    moved = each.aggregate(
        gaining=Count("enterprise", filter=Q(change__gt=0)),
        losing=Count("enterprise", filter=Q(change__lt=0)),
        gain=Sum("change", filter=Q(change__gt=0)),
        loss=Sum("change", filter=Q(change__lt=0)),
    )
    moved |= {"gain": moved["gain"] or ZERO, "loss": -(moved["loss"] or ZERO)}
    found = totals | moved
    sums = {name: _json(value) for name, value in found.items()}
    return sums | {"items": _table(lines, "item"), "payers": _table(lines, "payer")}


def _table(lines, key):
    """One row for each value of a field, with how many enterprises gain and lose by it."""
    firm = lines.order_by().values(key, "enterprise").annotate(change=_CHANGE)
    moved = {}
    for row in firm.values(key, "change").exclude(change=0).iterator():
        counts = moved.setdefault(row[key], {"gaining": 0, "losing": 0})
        counts["gaining" if row["change"] > 0 else "losing"] += 1
    rows = lines.order_by().values(key).annotate(**_SUMS, enterprises=Count("enterprise", distinct=True))
    return [
        {name: _json(value) for name, value in row.items()} | moved.get(row[key], {"gaining": 0, "losing": 0})
        for row in rows.order_by(key)
    ]


def _json(value):
    if isinstance(value, Decimal):
        return str(value)
    return value or 0


def sums_read(totals):
    """The sums of a replay's totals as numbers, with `change` and its `size`."""
    names = ("before", "after", "gain", "loss", "locked_cny", "entitled_before", "entitled_after")
    sums = {name: Decimal(totals[name]) for name in names}
    change = sums["after"] - sums["before"]
    return sums | {"change": change, "size": abs(change)}


def changed(row):
    """A row of amounts as texts, with `change`, as numbers."""
    before, after = Decimal(row["before"]), Decimal(row["after"])
    return {**row, "before": before, "after": after, "change": after - before}


@dataclass
class MeasureSums:
    """One measure in the table by item: sums of all its items, and the items for which somebody's amount moves."""

    measure: object
    sums: dict
    moving: list


def item_rows(totals):
    """The table by item in the order of the policy, each row with the item's title."""
    by_item = {row["item"]: row for row in totals["items"]}
    items = [item for measure in registry.MEASURES for item in measure.items]
    return [changed(by_item[item.code]) | {"title": item.title} for item in items if item.code in by_item]


def moves(row):
    """Whether anybody's amount changes by a row, even where the sum does not."""
    return bool(row["gaining"] or row["losing"])


def measures_moving(totals):
    """MeasureSums of the measures for which somebody's amount moves."""
    groups = []
    for measure, rows in groupby(item_rows(totals), key=lambda row: registry.measure_of(row["item"])):
        rows = list(rows)
        names = ("claims", "before", "after", "change")
        sums = {name: sum(row[name] for row in rows) for name in names}
        if moving := [row for row in rows if moves(row)]:
            groups.append(MeasureSums(measure, sums, moving))
    return groups


def payers_named(totals):
    """The table by payer, the province first."""
    rows = [changed(row) | {"name": payer_name(row["payer"])} for row in totals["payers"]]
    return sorted(rows, key=lambda row: (row["payer"] != "province", row["payer"]))


def firms(replay, *, order="most", words="", everybody=False):
    """The enterprises of a replay as rows of a query: key, name, code, city, claims, before, after, change.

    Those whose sum changes or who have a lock that would fall, or all with `everybody`; `words` finds by name or
    credit code.
    """
    found = replay.lines.order_by().values(
        "enterprise", "enterprise__name", "enterprise__credit_code", "enterprise__city"
    )
    if words:
        code = credit_code_normal(words)
        named = Q(enterprise__name__icontains=words)
        found = found.filter(named | Q(enterprise__credit_code__startswith=code) if code else named)
    fall = Sum(F("entitled_before_cny") - F("entitled_after_cny"), filter=Q(falling__gt=0), default=ZERO)
    found = found.annotate(**_SUMS, change=_CHANGE, size=Abs(_CHANGE) + fall, locks=Sum("locked"), falls=fall)
    if not everybody:
        found = found.exclude(change=0, falls=0)
    return found.order_by(*ORDERS[order][1])


def firm_lines(replay, keys):
    """The lines of some enterprises that move, or in which a lock would fall, {enterprise: [lines]}; one query."""
    lines = {}
    moving = replay.lines.filter(enterprise__in=keys).exclude(after_cny=F("before_cny"), falling=0)
    for line in moving.order_by("item", "payer"):
        lines.setdefault(line.enterprise_id, []).append(line)
    return lines


def all_lines(replay):
    """Every line with its enterprise, in a fixed order, read as it is needed."""
    lines = replay.lines.select_related("enterprise")
    return lines.order_by("enterprise__name", "enterprise", "item", "payer").iterator(chunk_size=2000)
