"""Looking for events: by day, person, subject, address, and by what they are about."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from applications.credit_code import credit_code_normal
from applications.errors import Refused
from applications.models import Claim, Enterprise, Event
from applications.readings import reading_topic
from review.audit.titles import group_condition

#: So many firms, claims or people may be meant by what is looked for.
MOST = 500
TOO_MANY = "符合的太多，请写得更完整。"


def events_found(asked):
    """The events that fit `asked`, newest first: texts by name, of q, person, group, address, since and until (ISO days).

    Raises Refused where too much is meant by q or person.
    """
    found = Event.objects.order_by("-at", "-pk")
    if asked.get("since"):
        found = found.filter(at__gte=_midnight(date.fromisoformat(asked["since"])))
    if asked.get("until"):
        found = found.filter(at__lt=_midnight(date.fromisoformat(asked["until"]) + timedelta(days=1)))
    if asked.get("group"):
        found = found.filter(group_condition(asked["group"]))
    if asked.get("address"):
        found = found.filter(source_ip=asked["address"])
    if asked.get("person"):
        words = asked["person"]
        people = User.objects.filter(Q(name__icontains=words) | Q(username__iexact=words))
        found = found.filter(actor_id__in=_few(people.values_list("pk", flat=True)))
    return found.filter(_about(asked["q"])) if asked.get("q") else found


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def _few(values):
    found = list(values[: MOST + 1])
    if len(found) > MOST:
        raise Refused(TOO_MANY)
    return found


def _about(words):
    """Events about a claim, a firm or a batch; looks at them, too, which are filed under numbers."""
    code = credit_code_normal(words)
    firms = Enterprise.objects.filter(Q(name__icontains=words) | Q(credit_code__startswith=code))
    firms = dict(_few(firms.values_list("pk", "credit_code")))
    claims = Claim.objects.filter(Q(number__istartswith=words) | Q(enterprise__in=list(firms)))
    claims = dict(_few(claims.values_list("pk", "number")))
    topics = [reading_topic(each) for each in (*claims.values(), *firms.values())]
    topics += [f"{prefix}:{words}" for prefix in ("batch", "bundle", "notice", "load", "support", "matter")]
    return Q(claim_id__in=list(claims)) | Q(enterprise_id__in=list(firms)) | Q(topic__in=topics)


def events_page(found, *, before=None, size):
    """(events, whether there are older ones) of a page: those after the event with the key `before` in the list's order."""
    if before is not None:
        last = Event.objects.filter(pk=before).values_list("at", flat=True).first()
        if last is not None:
            found = found.filter(at__lte=last).exclude(at=last, pk__gte=before)
    rows = list(
        found.select_related("actor", "claim", "enterprise").prefetch_related("actor__posts")[: size + 1]
    )
    return rows[:size], len(rows) > size
