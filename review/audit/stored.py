"""Stored rows as members of a bundle: every column by its name, the names of people beside their numbers, the same bytes always."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.forms.models import model_to_dict

from accounts.models import User


def row_of(row, *without):
    """All columns of a row by name, also those that no form may change."""
    names = [field.name for field in row._meta.concrete_fields if field.name not in without]
    values = model_to_dict(row, fields=names)
    return values | {name: row.serializable_value(name) for name in names}


def signed(row, *without):
    """`row_of` with the name of every person in it: `decided_by` 17, `decided_by_name` 示例财政员."""
    people = {
        f"{field.name}_name": getattr(row, field.name).name
        for field in row._meta.concrete_fields
        if field.related_model is User and field.name not in without and getattr(row, field.attname)
    }
    return row_of(row, *without) | people


def json_bytes(value):
    """JSON that people can read, in UTF-8."""
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def lines_bytes(texts):
    """One line for each text, in UTF-8."""
    return "".join(f"{text}\n" for text in texts).encode()
