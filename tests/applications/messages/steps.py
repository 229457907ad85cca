"""What is done to claims, and what enterprises then find among their messages."""

from datetime import date, datetime
from decimal import Decimal

from applications.lifecycle import transition
from applications.models import Message
from tests.factories import NOW, SHANGHAI


def do(action, claim, actor, **more):
    return transition(claim_id=claim.pk, action=action, actor=actor, **{"at": NOW, **more})


def money(amount, **more):
    return {"amount": Decimal(amount), "batch": "BF2026-0001", "topic": "batch:BF2026-0001", **more}


def newest(firm):
    return Message.objects.filter(enterprise=firm).order_by("-pk").first()


def kinds(firm):
    return list(Message.objects.filter(enterprise=firm).order_by("pk").values_list("kind", flat=True))


def on(day, hour=10):
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


def returned(claim, officer, at=NOW):
    do("return", claim, officer, reason="请补正。", at=at)
    claim.refresh_from_db()
    return claim
