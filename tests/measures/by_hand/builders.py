"""Short words for the cases that are worked out by hand."""


def claim(item, locked=None, other=0, **facts):
    """One claim; its id is given by its place in the case."""
    return {"item": item, "facts": facts, "locked_cny": locked, "other_support_cny": other}


def case(*claims, year=2022, trade=None, settings=None, past=(), **enterprise):
    """A whole case; ids are a, b, c …"""
    return {
        "year": year,
        "enterprise": enterprise,
        "trade": trade or {},
        "settings": settings or {},
        "past_awards": list(past),
        "claims": [{"id": chr(ord("a") + place), **row} for place, row in enumerate(claims)],
    }


def grown(imports, before="0", **others):
    """Trade of 2022 with only imports, after `before` of imports in 2021; other figures of 2022 by name."""
    return {
        "2021": {"import_cny": before, "export_cny": "0"},
        "2022": {"import_cny": imports, "export_cny": "0", **others},
    }


def resources(imports="100000000", year=2022):
    """Trade with resource imports only."""
    return {str(year): {"resource_import_cny": imports}}


def local(exports="50000000", year=2022):
    """Trade with exports of local products only."""
    return {str(year): {"local_product_export_cny": exports}}


def loan(principal, issued, repaid=None, paid="9999999"):
    """A loan on which more interest was paid than LPR allows, unless told."""
    return {"principal_cny": principal, "issued_on": issued, "repaid_on": repaid, "interest_paid_cny": paid}


def dollars(year, amount):
    """Exports of a year in USD."""
    return {str(year): {"export_usd": amount}}


def city(item, rate):
    """Settings in which the city has set one rate."""
    return {"city_rates": {item: rate}}


PROVINCIAL = [{"id": "P1", "level": "provincial"}]
NATIONAL = [{"id": "P1", "level": "national"}]
SUPPORT = "- 0 0 0 0"
