"""What has been typed, as drafts keep it: the same shape as what is declared, but texts right or wrong.

{"facts": {...}, "particulars": {...}, "other_support": {"answer": "no", "amount": ""}}; the particulars of rows stand
under the name of the rows, in their order.
"""

from itertools import zip_longest

from applications.forms import reading
from measures.declaration import Day, Rows

#: Longer than anything a field accepts, so that what is too long comes back to be shortened.
KEPT_LENGTH = 5000


def kept(field, value):
    """A typed value as a draft keeps it: days in their one form where they can be read, all else as typed."""
    if isinstance(value, bool):
        return value
    if value is None:
        return ""
    # PostgreSQL's JSON cannot hold the null character.
    text = str(value).replace("\x00", "")[:KEPT_LENGTH]
    if isinstance(field, Day) and text:
        try:
            return reading.read_day(text).isoformat()
        except reading.Unreadable:
            return text
    return text


def form_data(item, draft):
    """A draft as the data that a form is bound to."""
    data = {}
    for part, fields in (("facts", item.facts), ("particulars", item.particulars)):
        values = draft.get(part, {})
        for field in fields:
            if not isinstance(field, Rows):
                _put(data, field.name, values.get(field.name))
                continue
            beside = draft.get("particulars", {}).get(field.name, []) if part == "facts" else []
            _put_rows(data, field, values.get(field.name), beside, part)
    support = draft.get("other_support", {})
    _put(data, "other_support", support.get("answer"))
    _put(data, "other_support_cny", support.get("amount"))
    return data


def _put(data, name, value):
    if value is not None and value is not False:
        data[name] = "on" if value is True else str(value)


def _put_rows(data, field, rows, beside, part):
    """The rows; where none were typed yet, one to begin with if the rule or the submission asks for rows."""
    if rows is None:
        rows = [{}] if part == "facts" or field.min_rows else []
    data[f"{field.name}-TOTAL_FORMS"] = max(len(rows), len(beside))
    data[f"{field.name}-INITIAL_FORMS"] = 0
    for index, (row, more) in enumerate(zip_longest(rows, beside, fillvalue={})):
        for name, value in {**row, **more}.items():
            _put(data, f"{field.name}-{index}-{name}", value)
