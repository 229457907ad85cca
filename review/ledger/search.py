"""Looking into 总额账: what somebody asks for, as conditions on entries, claims and payments.

`asked` is JSON data, every part of it optional: year (int), item (a measure such as "5" or an item such as "5.1"), payer,
city, kind (LedgerKind), since and until (ISO days), topic (the number of a batch, notice, demand or shortage decision), q (a
firm, its credit code or a claim's number).
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from applications.models import LedgerEntry, NoticeLine
from review.finding import claims_found
from review.ledger.words import TOPICS
from review.visibility import claims_with_money, entries_visible, lines_visible

_OF_CLAIMS = ("year", "payer", "city")
#: What asks about single entries; a claim fits where one of its entries does.
_OF_ENTRIES = ("kind", "since", "until", "topic")


def entries_found(user, asked):
    """The entries that fit, as far as the person may read them; not sorted."""
    found = entries_visible(user).filter(_entries(asked))
    claims = _claims({name: value for name, value in asked.items() if name not in ("year", "q")}, "claim__")
    found = found.filter(claims)
    if asked.get("year"):
        found = found.filter(year=asked["year"])
    if asked.get("q"):
        of_words = claims_with_money(user).filter(claims_found(asked["q"]).condition)
        found = found.filter(claim__in=of_words.order_by().values("pk"))
    return found


def money_claims_found(user, asked):
    """The claims that fit, as far as the person may read their money; not sorted."""
    found = claims_with_money(user).filter(_claims(asked))
    if asked.get("q"):
        found = found.filter(claims_found(asked["q"]).condition)
    if any(asked.get(name) for name in _OF_ENTRIES):
        entries = LedgerEntry.objects.filter(_entries(asked), claim=OuterRef("pk"))
        found = found.filter(Exists(entries))
    return found


def lines_found(user, asked):
    """The lines of batches that fit; not sorted. The period asks for the day on which the batch was locked, the number for
    that of the batch, and a kind of entry for claims that have such an entry."""
    found = lines_visible(user).filter(_claims(asked, "claim__"))
    if asked.get("q"):
        of_words = claims_with_money(user).filter(claims_found(asked["q"]).condition)
        found = found.filter(claim__in=of_words.order_by().values("pk"))
    if asked.get("topic"):
        found = found.filter(batch__number=asked["topic"])
    if asked.get("kind"):
        entries = LedgerEntry.objects.filter(kind=asked["kind"], claim=OuterRef("claim"))
        found = found.filter(Exists(entries))
    return found.filter(_period(asked, "batch__locked_at"))


def _claims(asked, prefix=""):
    """Conditions on the claim itself."""
    found = Q(**{f"{prefix}{name}": asked[name] for name in _OF_CLAIMS if asked.get(name)})
    item = asked.get("item", "")
    if "." in item:
        return found & Q(**{f"{prefix}item": item})
    return found & Q(**{f"{prefix}item__startswith": f"{item}."}) if item else found


def _entries(asked):
    """Conditions on the entry itself."""
    found = _period(asked, "at")
    if asked.get("kind"):
        found &= Q(kind=asked["kind"])
    if asked.get("topic"):
        number = asked["topic"]
        published = NoticeLine.objects.filter(notice__number=number).values("claim")
        found &= Q(topic__in=[f"{topic}:{number}" for topic in TOPICS]) | Q(claim__in=published)
    return found


def _period(asked, field):
    found = Q()
    if asked.get("since"):
        found &= Q(**{f"{field}__gte": _midnight(date.fromisoformat(asked["since"]))})
    if asked.get("until"):
        found &= Q(**{f"{field}__lt": _midnight(date.fromisoformat(asked["until"]) + timedelta(days=1))})
    return found


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
