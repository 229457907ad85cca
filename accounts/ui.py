"""What pages need to know about looks: words, icons and tones of states, geometry of bars, errors as links.

Pure functions and tables; the tags in ``templatetags/ui.py`` turn them into HTML.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet

ZERO = Decimal(0)

#: Ids of the sprite ``static/icons.svg``; a test keeps the two alike.
# fmt: off
ICONS = frozenset({
    "mark", "check", "done", "todo", "x", "error", "alert", "info", "pen", "send", "eye", "back", "mega", "lock",
    "yuan", "ban", "minus", "spin", "flag", "doc", "up", "down", "search", "next", "prev", "plus", "print", "user",
    "cal", "camera", "turn_left", "turn_right",
})
# fmt: on


# --- States: icon, word and colour, always the three ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Badge:
    """How a state is shown: word (the administration may read another one), icon, modifier of ``.state``."""

    word: str
    icon: str
    style: str = ""
    console_word: str = ""
    #: A mark that replaces the state tells more than the state does; the others stand beside it.
    replaces: bool = False


STATES = {
    "draft": Badge("草稿", "pen", "draft"),
    "city_review": Badge("市级初审", "eye", "city"),
    "commerce_review": Badge("商务审核", "eye", "commerce"),
    "second_check": Badge("复核", "eye", "commerce"),
    "finance_review": Badge("财政审核", "eye", "finance"),
    "returned": Badge("待您补正", "back", "returned", console_word="等待企业"),
    "approved": Badge("已批准", "check", "approved"),
    "in_notice": Badge("公示中", "mega", "notice"),
    "payable": Badge("待拨付", "yuan", "payable"),
    "committed": Badge("已列入批次", "lock", "committed"),
    "paid": Badge("已拨付", "check", "paid"),
    "rejected": Badge("不予支持", "ban", "rejected"),
    "withdrawn": Badge("已撤回", "minus", "withdrawn"),
}

MARKS = {
    "prepared": Badge("待您确认", "todo", "ready", console_word="待企业确认", replaces=True),
    "computing": Badge("计算中", "spin", "computing", replaces=True),
    "payout_failed": Badge("拨付未成功", "alert", "failed", replaces=True),
    "recovery": Badge("待追回", "minus", "recovery", replaces=True),
    "notice_withdrawn": Badge("已撤出公示", "minus"),
    "objection": Badge("异议处理中", "mega", "notice"),
    "late": Badge("逾期提交", "cal", "wheat"),
    "asked": Badge("待您答复", "back", "wheat", console_word="等企业答复"),
    "answered": Badge("已答复", "check", "sky", console_word="企业已答复"),
    "reconsidered": Badge("复议", "eye", "sky"),
}

#: Requests of measures 8–12 have a short life of their own.
SUPPORT_STATES = {
    "routed": Badge("办理中", "eye", "sky"),
    "asked": Badge("待您补充", "back", "wheat", console_word="等待企业补充"),
    "answered": Badge("已答复", "check", "river"),
    "closed": Badge("已办结", "check"),
    "reopened": Badge("重新办理", "eye", "sky"),
}


def badges(state: str, marks: str | Iterable[str] = ()) -> list[Badge]:
    """The badges of a claim or a support request, most telling first. Unknown names raise KeyError."""
    names = [marks] if isinstance(marks, str) else list(marks)
    shown = [MARKS[name] for name in names if name]
    replacing = [badge for badge in shown if badge.replaces]
    beside = [badge for badge in shown if not badge.replaces]
    return (replacing or [{**STATES, **SUPPORT_STATES}[state]]) + beside


# --- Bars: percentages for SVG attributes --------------------------------------------------------

#: Parts of a bar are coloured 1 to 5, dark to pale; further ones are as pale as the fifth.
PALEST = 5


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """A share of a whole between 0 and 100, to two places; 0 of nothing."""
    if whole <= 0 or part <= 0:
        return ZERO
    return min(Decimal(100), Decimal(part) * 100 / whole).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of the limit bar, in percent of its length; tight parts hide their label on the phone.

    Parts of a what-if are drawn as an outline.
    """

    label: str
    x: Decimal
    width: Decimal
    fill: int
    what_if: bool = False

    @property
    def middle(self) -> Decimal:
        return self.x + self.width / 2

    @property
    def has_label(self) -> bool:
        return self.width >= 5

    @property
    def tight(self) -> bool:
        return self.width < 9

    @property
    def dark(self) -> bool:
        return self.fill <= 2 and not self.what_if


@dataclass(frozen=True, slots=True)
class LimitBar:
    """The layout of a year's bar: what is paid in filling order, what is cut, and where the limit lies."""

    parts: Sequence[BarPart]
    paid: Decimal
    cut: Decimal
    limit: Decimal
    cut_x: Decimal
    cut_width: Decimal
    limit_x: Decimal
    what_if: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.paid + self.cut


def limit_bar_layout(
    parts: Iterable[tuple[str, Decimal, Decimal]], limit: Decimal, what_ifs: Container[int] = ()
) -> LimitBar:
    """Lay out (label, payable, cut) in filling order; the bar is as long as their sum or the limit.

    Amounts are yuan. What is cut stands behind all that is paid, as one hatched part. `what_ifs` are the positions of
    parts that are no more than a what-if; `LimitBar.what_if` is their sum.
    """
    rows = list(parts)
    paid = sum((payable for _, payable, _ in rows), ZERO)
    cut = sum((part_cut for _, _, part_cut in rows), ZERO)
    length = max(paid + cut, limit)
    drawn, reached, filled = [], ZERO, 0
    for index, (label, payable, _) in enumerate(rows):
        what_if = index in what_ifs
        filled += not what_if
        x = percent(reached, length)
        reached += payable
        width = percent(reached, length) - x
        drawn.append(BarPart(label, x, width, min(max(filled, 1), PALEST), what_if))
    return LimitBar(
        parts=drawn,
        paid=paid,
        cut=cut,
        limit=limit,
        cut_x=percent(paid, length),
        cut_width=percent(cut, length),
        limit_x=percent(limit, length),
        what_if=sum((payable for index, (_, payable, _) in enumerate(rows) if index in what_ifs), ZERO),
    )


# --- Forms ---------------------------------------------------------------------------------------


class MoneyInput(forms.TextInput):
    """A sum in yuan: a keyboard of digits on phones, and the echo in 万元 and 大写 beside it."""

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "data-money": "full", **(attrs or {})}
        )


_TYPED_SUM = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)


def typed_sum(text: object) -> Decimal | None:
    """The sum somebody typed, or None where it is not one yet; ``money.js`` reads sums the same way."""
    plain = re.sub(r"[\s,，]", "", "" if text is None else str(text))
    return Decimal(plain) if _TYPED_SUM.fullmatch(plain) else None


def field_kind(field: BoundField) -> str:
    """What ``ui/field.html`` has to draw: money, checkbox, choices, file, hidden, select or text."""
    widget = field.field.widget
    if "data-money" in widget.attrs:
        return "money"
    kinds = (
        (forms.RadioSelect, "choices"),
        (forms.CheckboxSelectMultiple, "choices"),
        (forms.CheckboxInput, "checkbox"),
        (forms.FileInput, "file"),
        (forms.HiddenInput, "hidden"),
        (forms.Select, "select"),
    )
    return next((kind for cls, kind in kinds if isinstance(widget, cls)), "text")


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the error summary: the id to jump to (empty where no field is at fault), label and text."""

    target: str
    label: str
    text: str


def error_links(*sources: forms.BaseForm | BaseFormSet) -> list[ErrorLink]:
    """The errors of forms and formsets in the order of the page, one line for each field."""
    links: list[ErrorLink] = []
    for source in sources:
        if isinstance(source, BaseFormSet):
            links += [ErrorLink("", "", text) for text in source.non_form_errors()]
            for number, form in enumerate(source.forms, 1):
                links += _form_error_links(form, f"第 {number} 行，")
        else:
            links += _form_error_links(source)
    return links


def _form_error_links(form: forms.BaseForm, place: str = "") -> list[ErrorLink]:
    links = [ErrorLink("", place.rstrip("，"), text) for text in form.non_field_errors()]
    for field in form:
        if field.errors:
            first_choice = "_0" if field_kind(field) == "choices" else ""
            links.append(
                ErrorLink(
                    f"{field.auto_id}{first_choice}", f"{place}{field.label.rstrip('。')}", field.errors[0]
                )
            )
    return links
