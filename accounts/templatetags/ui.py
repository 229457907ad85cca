"""Tags and filters of every page; ``docs/frontend.md`` lists them with examples."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.ui import (
    ICONS,
    PALEST,
    Badge,
    ErrorLink,
    badges,
    error_links,
    field_kind,
    limit_bar_layout,
    percent,
    typed_sum,
)
from measures.money import grouped, in_wan
from measures.money import in_words as capital_words

register = template.Library()

NOTHING = "—"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _typographic(text: str) -> str:
    """Numbers carry a real minus sign, as wide as a digit."""
    return text.replace("-", "−")


# --- Frame ---------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css_class: str = "icon") -> SafeString:
    """An icon of the sprite; decoration only, the word beside it speaks."""
    if name not in ICONS:
        raise ValueError(f"no icon named {name!r} in static/icons.svg")
    href = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css_class, href)


@register.simple_block_tag
def capture(content: str) -> str:
    """What stands between the tags, kept in a variable: ``{% capture as current %}…{% endcapture %}``."""
    return content.strip()


# --- Sums and days -------------------------------------------------------------------------------


@register.filter
def money(value: Decimal | None) -> str:
    """``1,113,838.88``, as tables and decisions write it."""
    return NOTHING if value is None else _typographic(grouped(Decimal(value)))


@register.filter
def yuan(value: Decimal | None) -> str:
    """``1,113,838.88 元``."""
    return NOTHING if value is None else f"{money(value)} 元"


@register.filter
def wan(value: Decimal | None) -> str:
    """``9.6 万元`` or ``4.146 亿元``, exact, for running text."""
    return NOTHING if value is None else _typographic(in_wan(Decimal(value)))


@register.filter
def in_words(value: Decimal | None) -> str:
    """大写."""
    return NOTHING if value is None else capital_words(Decimal(value))


@register.filter
def cut(value: Decimal | None) -> str:
    """``−64,000.00`` from the positive size of a cut; no sign where nothing was cut."""
    return NOTHING if value is None else money(-Decimal(value) if value else value)


@register.simple_tag
def amount(value: Decimal | None) -> SafeString:
    """A sum that stands out, with a small 元 behind it."""
    unit = "" if value is None else mark_safe("<small>元</small>")
    return format_html('<span class="amount">{}{}</span>', money(value), unit)


def _local(value: datetime.date) -> datetime.date:
    return timezone.localtime(value, SHANGHAI) if isinstance(value, datetime.datetime) else value


@register.filter
def day(value: datetime.date | None) -> str:
    """``4 月 14 日``; with the year unless it is this year's."""
    if value is None:
        return NOTHING
    local = _local(value)
    text = f"{local.month} 月 {local.day} 日"
    return text if local.year == timezone.localdate(timezone=SHANGHAI).year else f"{local.year} 年 {text}"


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """``4 月 13 日 14:32`` by the clock of Shanghai."""
    return NOTHING if value is None else f"{day(value)} {_local(value):%H:%M}"


@register.filter
def days_left(days: int) -> str:
    """``还有 3 天`` from the days until the last one; on the last day itself words that cannot be taken for "too late"."""
    return f"还有 {days} 天" if days else "今天是最后一天"


@register.filter
def iso(value: datetime.date | None) -> str:
    """``2025-09-16``, as inputs and data write it."""
    return NOTHING if value is None else f"{_local(value):%Y-%m-%d}"


@register.filter
def when(value: datetime.date | str | None) -> str:
    """A time, a day, or words as they are: what stands at an entry of a time line."""
    if isinstance(value, datetime.datetime):
        return moment(value)
    return day(value) if isinstance(value, datetime.date) else value or ""


# --- States --------------------------------------------------------------------------------------


def _badge(word: str, icon_name: str, style: str) -> SafeString:
    css_class = f"state state--{style}" if style else "state"
    return format_html('<span class="{}">{}{}</span>', css_class, icon(icon_name), word)


@register.simple_tag
def badge(word: str, icon_name: str, tone: str = "") -> SafeString:
    """Any badge; tones are wheat, sky, iris, river, pine, brick, outline, or grey where none is given."""
    return _badge(word, icon_name, tone)


@register.simple_tag
def state_badge(state: str, marks=(), console: bool = False) -> SafeString:
    """The state of a claim or support request with its marks, in the words of the side that reads it."""

    def word(shown: Badge) -> str:
        return shown.console_word if console and shown.console_word else shown.word

    shown = badges(state, marks or ())
    html = format_html_join("", "{}", ((_badge(word(one), one.icon, one.style),) for one in shown))
    return html if len(shown) == 1 else format_html('<span class="states">{}</span>', html)


# --- Bars ----------------------------------------------------------------------------------------


@register.simple_tag
def cell_bar(value: Decimal, total: Decimal, cut: Decimal | None = None, label: str = "") -> SafeString:
    """A thin bar: what is left of a total, hatched what was cut from it. Without a label it is decoration."""
    left, gone = percent(value, total), percent(cut or Decimal(0), total)
    parts = [mark_safe('<rect class="f-well" width="100%" height="14" rx="2"/>')]
    if left:
        parts.append(format_html('<rect class="f-2" width="{}%" height="14" rx="2"/>', left))
    if gone:
        hatched = '<rect x="{}%" width="{}%" height="14" fill="url(#hatch)"/>'
        parts.append(format_html(hatched, left, min(gone, 100 - left)))
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="cell-bar" {}>{}</svg>', voice, mark_safe("".join(parts)))


def _of(part, name: str):
    return part[name] if isinstance(part, dict) else getattr(part, name)


@register.inclusion_tag("ui/limit_bar.html")
def limit_bar(parts, limit: Decimal) -> dict:
    """The year's bar; parts have ``label``, ``payable`` and ``cut``, in filling order, all in yuan.

    A part with a true ``what_if`` is drawn as an outline.
    """
    given = list(parts)
    rows = [(str(_of(part, "label")), _of(part, "payable"), _of(part, "cut")) for part in given]
    what_ifs = {place for place, part in enumerate(given) if getattr(part, "what_if", False)}
    return {"bar": limit_bar_layout(rows, limit, what_ifs)}


@register.simple_tag
def key(fill: int | str, text: str = "") -> SafeString:
    """The colour key of a bar: 1 to 5, ``well``, ``open`` for a what-if, or ``cut`` for the hatched part."""
    if fill == "cut":
        paint = mark_safe('fill="url(#hatch)"')
    else:
        paint = format_html('class="f-{}"', min(fill, PALEST) if isinstance(fill, int) else fill)
    square = (
        '<span class="key"><svg aria-hidden="true"><rect {} width="14" height="14" rx="2"/></svg>{}</span>'
    )
    return format_html(square, paint, text)


@register.filter
def marked(text: str, phrase: str) -> SafeString:
    """Text with one phrase of it made to stand out; the whole text where the phrase does not occur in it."""
    before, found, after = text.partition(phrase or "\0")
    return format_html("{}<mark>{}</mark>{}", before, found, after) if found else conditional_escape(text)


# --- Forms ---------------------------------------------------------------------------------------

_CONTROL_CLASSES = {"select": "form-select", "checkbox": "form-check-input", "choices": "", "hidden": ""}


@register.simple_tag
def control(field: BoundField, small: bool = False) -> SafeString:
    """The control of a bound field with the classes of its kind; Django links it to its help and errors."""
    css_class = _CONTROL_CLASSES.get(field_kind(field), "form-control")
    classes = [css_class, f"{css_class}-sm"] if small and css_class.startswith("form-") else [css_class]
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(
        attrs={"class": " ".join(filter(None, [*classes, own]))} if css_class or own else None
    )


@register.filter
def kind(field: BoundField) -> str:
    """What sort of control a field has."""
    return field_kind(field)


@register.simple_tag
def money_echo(field: BoundField) -> SafeString:
    """What was typed, in 万元 and 大写: first from here, then from ``money.js`` while typing."""
    typed = typed_sum(field.value())
    html: str = ""
    if typed is not None:
        html = format_html("<b>{}</b>", wan(typed))
        if field.field.widget.attrs["data-money"] != "short":
            html = format_html("{}<span>{}</span>", html, in_words(typed))
    return format_html('<output class="echo" for="{}">{}</output>', field.auto_id, html)


@register.simple_tag
def field_error(field: BoundField) -> SafeString:
    """The errors of a field below it, or nothing; Django's ``aria-describedby`` names this id."""
    if not field.errors:
        return mark_safe("")
    text = "".join(field.errors)
    return format_html(
        '<p class="error" id="{}_error">{}<span>{}</span></p>', field.auto_id, icon("error"), text
    )


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*sources: forms.BaseForm, title: str = "", extra=()) -> dict:
    """All errors of forms and formsets as links; ``extra`` holds further (id, label, text)."""
    links = error_links(*sources) + [ErrorLink(*line) for line in extra]
    return {"links": links, "title": title or f"还有 {len(links)} 处需要处理"}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page, unit: str = "件") -> dict:
    """Where one is in a list, and the ways to the pages beside it; other parameters of the address stay."""
    return {"page": page, "unit": unit, "request": context["request"]}
