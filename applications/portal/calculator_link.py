"""An address that carries a whole calculation: chosen items, year and every figure, so that a colleague sees the same.

Only what is filled in stands in it, under the names of the form's fields. Whoever opens it gets those figures and no
others: nothing is added from official data about the firm of whoever looks.
"""

import re
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from applications.forms.calculator import ENTRY, part_prefix
from applications.forms.rows import RowSet
from measures import registry
from measures.declaration import Rows

#: Characters of an address after the question mark. Servers and mail programs cut longer ones.
MAX_QUERY = 4000
_FIELD = re.compile(r"official-\w+|\d+_\d+-\d{1,2}-[\w-]+", re.ASCII)
_MANAGEMENT = ("-TOTAL_FORMS", "-INITIAL_FORMS")


def choice_query(codes, year):
    """The part of the address that chooses items and year."""
    return urlencode([*(("items", code) for code in codes), ("year", year)])


def link_of(calculation):
    """The address of a calculation that was filled in; "" where it would be too long."""
    fields = [pair for form in calculation.forms for pair in _filled(form)]
    query = f"{choice_query(calculation.codes, calculation.year)}&{urlencode(fields)}".rstrip("&")
    return f"{reverse('portal:calculator')}?{query}" if len(query) <= MAX_QUERY else ""


def link_data(query, codes):
    """The figures in an address as the form would post them; None where it only chooses items."""
    names = [name for name in query if _FIELD.fullmatch(name) and not name.endswith(_MANAGEMENT)]
    if not names:
        return None
    data = QueryDict(mutable=True)
    for name in names:
        data.setlist(name, query.getlist(name))
    for prefix in _row_prefixes(codes):
        numbers = [int(found[1]) for name in names if (found := re.match(rf"{prefix}-(\d{{1,3}})-", name))]
        data[f"{prefix}-TOTAL_FORMS"] = str(max(numbers, default=0) + 1)
        data[f"{prefix}-INITIAL_FORMS"] = "0"
    return data


def _row_prefixes(codes):
    """The prefixes of all lists of rows of the chosen claims."""
    seen = {}
    for code in codes:
        number = seen[code] = seen.get(code, -1) + 1
        item = registry.item(code)
        yield from (
            f"{part_prefix(item, number)}-{fact.name}" for fact in item.facts if isinstance(fact, Rows)
        )


def _filled(form):
    """(name, value) of everything filled in; rows are counted anew, blank ones left out."""
    if isinstance(form, RowSet):
        for number, row in enumerate(form.filled):
            yield from _values(row, f"{form.prefix}-{number}")
    else:
        yield from _values(form, form.prefix)


def _values(form, prefix):
    for name in form.fields:
        # An entry of a register stands in the address as what the register says about it.
        if name == ENTRY:
            continue
        value = form[name].data
        for one in value if isinstance(value, list) else [value]:
            if one not in (None, "", False):
                yield f"{prefix}-{name}", "on" if one is True else str(one).strip()
