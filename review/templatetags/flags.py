"""Tags for what was noticed about claims and figures."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from accounts.templatetags.ui import icon
from applications.flags.kinds import KINDS, flag_title
from measures.official import FIGURE_LABELS

register = template.Library()

#: Kinds that a list names; of more it says how many.
NAMED = 2


@register.simple_tag
def flags(kinds):
    """The open flags of a claim by their kinds, each kind once; 无 where there is none."""
    kinds = [kind for kind in KINDS if kind in kinds]
    if not kinds:
        return mark_safe('<span class="muted small">无</span>')
    marks = [
        ("flag" if KINDS[kind].hard else "flag flag--soft", icon("flag"), flag_title(kind))
        for kind in kinds[:NAMED]
    ]
    if len(kinds) > NAMED:
        marks.append(("muted small", "", f"另有 {len(kinds) - NAMED} 项"))
    inside = format_html_join(" ", '<span class="{}">{}{}</span>', marks)
    return format_html('<span class="flags">{}</span>', inside)


@register.simple_tag
def figure_label(name):
    """What a customs figure is called."""
    return FIGURE_LABELS[name][0]
