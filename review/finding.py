"""Claims by what somebody types: a firm, a credit code, a claim's number, or a number that stands on a paper.

What was typed is first turned into a few firms and claims, each by an index of its own; the list is then asked for those,
so that a search over all claims of the province costs no more than a page of them.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.db.models import Q

from applications.credit_code import LENGTH, credit_code_normal
from applications.fingerprints import number_normal
from applications.models import Claim, Enterprise, FilingPeriod, Fingerprint
from measures import registry

#: More firms or claims than these are not looked up first: so many fit that the list finds a page of them at once.
MOST = 200
_CLAIM_NUMBER = re.compile(r"20\d\d-[\d.]+-\d{5,}", re.ASCII)
_NUMBER_BEGUN = re.compile(r"20\d\d-[\d.\-]*", re.ASCII)
_RUNNING_NUMBER = re.compile(r"\d{1,5}", re.ASCII)
_CODE = re.compile(rf"[0-9A-Z]{{2,{LENGTH}}}", re.ASCII)


@dataclass(frozen=True)
class Found:
    """A condition for claims, and by which number on a paper each was found: {claim id: 发票号码}."""

    condition: Q
    by: dict = field(default_factory=dict)


def claims_found(words):
    """What the words stand for, as a Found."""
    text = unicodedata.normalize("NFKC", words).strip()
    by = _by_papers(text)
    condition = Q(pk__in=list(by)) | _by_number(text) | _by_firm(text)
    return Found(condition, by)


def number_in_full(words):
    """The claim's number, where that is what was typed; otherwise ""."""
    text = unicodedata.normalize("NFKC", words).strip()
    return text if _CLAIM_NUMBER.fullmatch(text) else ""


def _by_papers(text):
    number = number_normal(text)
    if not number:
        return {}
    rows = Fingerprint.objects.filter(value=number).exclude(kind=Fingerprint.Kind.FILE).order_by("-claim_id")
    return {claim: Fingerprint.Kind(kind).label for claim, kind in rows.values_list("claim", "kind")[:MOST]}


def _by_number(text):
    """A whole number, its beginning, or its running number alone, which stands for that of any item and year."""
    if _NUMBER_BEGUN.fullmatch(text):
        return Q(number__startswith=text)
    if not _RUNNING_NUMBER.fullmatch(text):
        return Q()
    years = FilingPeriod.objects.order_by("year").values_list("year", flat=True).distinct()
    items = [code for code, item in registry.ITEMS.items() if not item.support]
    numbers = [f"{year}-{item}-{text:0>5}" for year in years for item in items]
    return Q(pk__in=list(Claim.objects.filter(number__in=numbers).values_list("pk", flat=True)))


def _by_firm(text):
    """Firms whose name holds the words, or whose code begins with them; the names of so many that they are no help
    are looked at claim by claim."""
    code = credit_code_normal(text)
    way = "icontains" if text.lower() != text.upper() else "contains"
    named = Q(**{f"name__{way}": text})
    if _CODE.fullmatch(code):
        named |= Q(credit_code__startswith=code)
    firms = list(Enterprise.objects.filter(named).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(firms) <= MOST:
        return Q(enterprise__in=firms)
    return Q(enterprise__in=Enterprise.objects.filter(named).values("pk"))
