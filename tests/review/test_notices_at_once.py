"""Notices and objections at the same moment on two screens."""

from functools import partial
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.roles import Role
from applications.errors import Refused
from applications.lifecycle import claim_token
from applications.models import Claim, Event, Notice, NoticeLine, Objection, State, YearSettings
from applications.notices import notice_close
from applications.objections import objection_decide
from review.notices import notice_publish
from tests.factories import NOW, make_user
from tests.review.notice_world import approved, holidays_known, object_to, publish
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


@pytest.fixture
def officers():
    """Two people for each office of the province; nobody is drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    holidays_known()
    return SimpleNamespace(
        commerce=make_user("commerce", role=Role.COMMERCE),
        commerce2=make_user("commerce2", role=Role.COMMERCE),
        commerce3=make_user("commerce3", role=Role.COMMERCE),
        finance=make_user("finance", role=Role.FINANCE),
        finance2=make_user("finance2", role=Role.FINANCE),
    )


def test_an_objection_filed_while_the_notice_closes_either_holds_the_claim_or_comes_too_late(officers):
    for number in range(ROUNDS):
        claim = approved(officers, name=f"示例展会{number}")
        notice = publish(officers, claim)
        filed, closed = together(partial(object_to, claim), partial(notice_close, notice_id=notice.pk))
        claim = Claim.objects.get(pk=claim.pk)
        assert closed is True
        if isinstance(filed, Refused):
            assert (claim.state, claim.objected) == (State.PAYABLE, False)
        else:
            assert (claim.state, claim.objected) == (State.IN_NOTICE, True)


def test_of_two_officers_who_publish_the_same_claims_one_does_and_the_other_is_told(officers):
    for number in range(ROUNDS):
        claims = [approved(officers, name=f"示例展会{number}{part}") for part in "甲乙"]
        call = partial(
            notice_publish,
            payer="province",
            year=2025,
            claim_ids=[claim.pk for claim in claims],
            title="示例公示",
            at=timezone.now(),
        )
        found = together(partial(call, actor=officers.finance), partial(call, actor=officers.finance2))
        assert sorted(type(each).__name__ for each in found) == ["Notice", "Stale"]
        assert NoticeLine.objects.filter(claim__in=claims).count() == 2
    assert Notice.objects.count() == ROUNDS


def test_of_two_officers_who_decide_one_objection_one_does_and_the_other_is_told(officers):
    claim = approved(officers)
    publish(officers, claim)
    objection = object_to(claim)
    call = partial(
        objection_decide,
        objection_id=objection.pk,
        reason="示例理由。",
        token=claim_token(Claim.objects.get(pk=claim.pk)),
    )
    found = together(
        partial(call, upheld=True, actor=officers.commerce2),
        partial(call, upheld=False, actor=officers.commerce3),
    )
    assert sorted(type(each).__name__ for each in found) == ["Objection", "Stale"]
    kinds = ("claim.objection_upheld", "claim.objection_dismissed")
    assert Event.objects.filter(claim=claim, kind__in=kinds).count() == 1
    assert Objection.objects.get().standing in ("upheld", "dismissed")
