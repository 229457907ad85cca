"""Tags of the data office's lists and read-only forms."""

from dataclasses import dataclass

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import lookup_field
from django.db import models

register = template.Library()


@dataclass(frozen=True)
class Cell:
    """One cell of a list, with its column's heading."""

    header: dict
    text: str


@register.simple_tag
def list_headers(cl):
    """The headings of a change list: text, whether the column holds sums, and the address that sorts by it."""
    fields = {field.name: field for field in cl.opts.concrete_fields}
    return [
        {**header, "is_sum": isinstance(fields.get(name), models.DecimalField)}
        for name, header in zip(cl.list_display, result_headers(cl), strict=True)
    ]


@register.simple_tag
def list_rows(cl, headers):
    """The rows of a change list: (address, first cell, other cells)."""
    rows = []
    for row in cl.result_list:
        first, *others = [
            Cell(header, _text(cl.model_admin, row, name))
            for name, header in zip(cl.list_display, headers, strict=True)
        ]
        rows.append((cl.url_for_result(row), first, others))
    return rows


def _text(model_admin, row, name):
    field, _, value = lookup_field(name, row, model_admin)
    return model_admin.words_for(name, value, field)


@register.simple_tag
def readonly_value(field):
    """What a read-only field of an admin form holds, in the words of lists."""
    return _text(field.model_admin, field.form.instance, field.field["field"])


@register.simple_tag
def page_of(cl):
    """The page of a change list that is shown."""
    return cl.paginator.get_page(cl.page_num)


@register.filter
def thousands(number):
    """A number of things, in groups of three: 1,234."""
    return f"{number:,}"
