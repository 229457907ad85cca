"""The parts that a paper's content is made of: JSON with every word that is printed, so that it prints the same for ever."""


def facts(title, rows):
    """Labels with their values; a row holds one or two pairs: [label, value] or [label, value, label, value]."""
    return {"kind": "facts", "title": title, "rows": [list(row) for row in rows]}


def table(title, heads, rows, *, shares=(), right=(), total=(), note=""):
    """A table with a head that is repeated on each page.

    `shares` are the widths of the columns in proportion, `right` the numbers of those that are set to the right, `total`
    a last row.
    """
    return {
        "kind": "table",
        "title": title,
        "heads": list(heads),
        "rows": [list(row) for row in rows],
        "shares": list(shares) or [1] * len(heads),
        "right": list(right),
        "total": list(total),
        "note": note,
    }


def listing(title, heads, rows, **more):
    """A `table` of very many rows, which breaks between any two; words longer than a column are not broken."""
    return {**table(title, heads, rows, **more), "kind": "listing"}


def text(*lines, title="", lead=False):
    """Paragraphs; `lead` is the line with which a letter addresses its reader."""
    return {"kind": "text", "title": title, "lines": list(lines), "lead": lead}


def signature(*lines):
    """Who issues the paper and when, set to the right."""
    return {"kind": "signature", "lines": list(lines)}


def seals(*labels):
    """Places for seal, signature and date, side by side."""
    return {"kind": "seals", "labels": list(labels)}
