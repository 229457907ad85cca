"""Objections: filed by anybody, held by nobody but their claim, decided by somebody with no part in it."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post, User
from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle import transition as step
from applications.marks import claim_marks
from applications.models import (
    Claim,
    EnterpriseYear,
    Event,
    Holiday,
    Membership,
    Message,
    Notice,
    Objection,
    State,
)
from applications.notices import is_running, left_behind_release, notices_close
from review.audit.members import claim_members
from review.notices import notice_close_by_hand
from tests.factories import NOW, SHANGHAI, make_user, settle_all
from tests.review.notice_world import (
    WORDS,
    after,
    approved,
    decide,
    holidays_known,
    line_of,
    object_to,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known():
    holidays_known()


@pytest.fixture
def claim(officers):
    """A claim in a notice that runs, approved by commerce and finance."""
    claim = approved(officers)
    publish(officers, claim)
    claim.refresh_from_db()
    return claim


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- Filing --------------------------------------------------------------------------------------


def test_an_objection_holds_its_claim_alone_and_is_recorded_without_who_objected(officers, claim):
    other = approved(officers, name="别的展会")
    publish(officers, other)
    objection = object_to(claim)
    assert (fresh(claim).objected, fresh(other).objected) == (True, False)
    assert objection.number == "YY2025-00001"
    event = Event.objects.filter(claim=claim).latest("pk")
    assert (event.kind, event.actor, event.source_ip) == ("claim.objected", None, None)
    assert event.data["objection"] == objection.number
    assert fresh(claim).last_event == event.pk
    written = json.dumps(list(Event.objects.values_list("data", flat=True)), ensure_ascii=False)
    messages = "".join(Message.objects.values_list("text", flat=True))
    for private in WORDS.values():
        assert private not in written + messages


def test_the_firm_is_told_once_however_many_object_and_sees_what_the_mark_means(officers, claim):
    object_to(claim)
    object_to(claim, name="示例另一人")
    told = Message.objects.filter(kind="claim.objected")
    assert [message.enterprise_id for message in told] == [claim.enterprise_id]
    assert "objection" in claim_marks(fresh(claim), computing=False)


def test_the_same_words_from_a_second_click_are_one_objection(claim):
    assert object_to(claim) == object_to(claim)
    assert Objection.objects.count() == 1
    assert Event.objects.filter(kind="claim.objected").count() == 1


def test_one_can_object_until_the_end_of_the_last_day_and_not_after_it(officers):
    claim = approved(officers)
    notice = publish(officers, claim, at=NOW)
    last = datetime.combine(notice.last_day, datetime.max.time(), SHANGHAI)
    assert notice.certain
    with pytest.raises(Refused, match="已经结束"):
        object_to(claim, at=last + timedelta(seconds=1))
    assert object_to(claim, at=last).standing == "open"


def test_where_the_last_day_is_only_expected_one_can_object_until_finance_ends_the_notice(officers):
    Holiday.objects.all().delete()
    claim = approved(officers)
    notice = publish(officers, claim, at=NOW)
    assert not notice.certain
    assert is_running(notice, today=after(notice))
    notice_close_by_hand(notice_id=notice.pk, actor=officers.finance, at=NOW + timedelta(days=20))
    with pytest.raises(Refused, match="已经结束"):
        object_to(claim, at=NOW + timedelta(days=20))


def test_nobody_objects_to_a_line_that_has_been_withdrawn(officers, claim):
    step(claim_id=claim.pk, action="re_examine", actor=officers.finance, reason="示例理由。")
    with pytest.raises(Refused, match="撤出公示"):
        object_to(claim)


# --- Closing -------------------------------------------------------------------------------------


def test_when_the_notice_ends_what_was_objected_to_stays_and_the_rest_becomes_payable(officers, claim):
    other = approved(officers, name="别的展会")
    notice = publish(officers, other)
    object_to(claim)
    assert notices_close(today=after(notice)) == 2
    assert (fresh(claim).state, fresh(other).state) == (State.IN_NOTICE, State.PAYABLE)
    assert notices_close(today=after(notice)) == 0
    assert fresh(claim).state == State.IN_NOTICE, "a further pass does not let it go either"


def test_what_is_being_settled_stops_nobody_else_and_follows_with_the_next_pass(officers, claim):
    other = approved(officers, name="别的展会")
    publish(officers, other)
    year = EnterpriseYear.objects.get(enterprise=claim.enterprise, year=2025)
    year.requested += 1
    year.save()
    notices_close(today=date(2030, 1, 1))
    assert (fresh(claim).state, fresh(other).state) == (State.IN_NOTICE, State.PAYABLE)
    settle_all()
    assert left_behind_release() == 1
    assert fresh(claim).state == State.PAYABLE
    assert Event.objects.filter(claim=claim, kind="claim.notice_closed").count() == 1


def test_the_transition_itself_refuses_what_is_objected_to(claim):
    object_to(claim)
    with pytest.raises(Refused, match="异议"):
        step(claim_id=claim.pk, action="close_notice")


# --- Deciding ------------------------------------------------------------------------------------


def test_dismissed_while_the_notice_runs_the_claim_stays_and_becomes_payable_with_the_others(officers, claim):
    objection = decide(object_to(claim), officers.commerce2, upheld=False)
    assert (objection.standing, objection.decided_by) == ("dismissed", officers.commerce2)
    assert (fresh(claim).state, fresh(claim).objected) == (State.IN_NOTICE, False)
    notices_close(today=date(2030, 1, 1))
    assert fresh(claim).state == State.PAYABLE


def test_dismissed_after_the_period_the_claim_becomes_payable_at_once_if_nothing_else_is_open(
    officers, claim
):
    first, second = object_to(claim), object_to(claim, name="示例另一人")
    notices_close(today=date(2030, 1, 1))
    decide(first, officers.commerce2, upheld=False)
    assert (fresh(claim).state, fresh(claim).objected) == (State.IN_NOTICE, True)
    decide(second, officers.commerce2, upheld=False)
    assert (fresh(claim).state, fresh(claim).objected) == (State.PAYABLE, False)


def test_dismissed_while_the_amount_is_being_computed_the_claim_follows_with_the_next_pass(officers, claim):
    objection = object_to(claim)
    notices_close(today=date(2030, 1, 1))
    EnterpriseYear.objects.filter(enterprise=claim.enterprise).update(requested=99)
    decide(objection, officers.commerce2, upheld=False)
    assert (fresh(claim).state, fresh(claim).objected) == (State.IN_NOTICE, False)
    settle_all()
    assert left_behind_release() == 1
    assert fresh(claim).state == State.PAYABLE


def test_upheld_the_claim_goes_back_to_commerce_unlocked_and_other_objections_lapse(officers, claim):
    first, second = object_to(claim), object_to(claim, name="示例另一人")
    decide(first, officers.commerce2, upheld=True, reason="发票不实。")
    claim, line = fresh(claim), line_of(claim)
    assert (claim.state, claim.locked_cny, claim.objected) == (State.COMMERCE_REVIEW, None, False)
    assert claim.notice_withdrawn
    assert line.withdrawn_at is not None
    assert (fresh(first).standing, fresh(second).standing) == ("upheld", "lapsed")
    assert first.number in fresh(second).reason
    event = Event.objects.get(claim=claim, kind="claim.objection_upheld")
    assert event.data["objection"] == first.number
    assert event.data["objections_lapsed"] == [second.number]
    assert event.data["reason"] == "发票不实。"


def test_whoever_had_a_part_in_the_claim_does_not_decide(officers, claim):
    objection = object_to(claim)
    with pytest.raises(NotAllowed, match="没有参与过"):
        decide(objection, officers.commerce, upheld=False)
    for stranger in (officers.finance, officers.city, officers.heihe, officers.auditor, officers.admin):
        with pytest.raises(NotAllowed, match="省商务厅"):
            decide(objection, stranger, upheld=True)
    clerk = make_user("clerk", role=Role.COMMERCE)
    Membership.objects.create(user=clerk, enterprise=claim.enterprise, role="clerk", since=NOW)
    with pytest.raises(NotAllowed, match="经办人"):
        decide(objection, clerk, upheld=False)
    assert fresh(objection).standing == "open"


def test_whoever_did_the_second_check_does_not_decide(officers):
    claim = approved(officers)
    Claim.objects.filter(pk=claim.pk).update(state=State.SECOND_CHECK)
    step(claim_id=claim.pk, action="confirm", actor=officers.commerce2)
    Claim.objects.filter(pk=claim.pk).update(state=State.APPROVED)
    publish(officers, fresh(claim))
    with pytest.raises(NotAllowed, match="没有参与过"):
        decide(object_to(claim), officers.commerce2, upheld=True)


def test_nobody_upholds_past_the_objection_who_had_a_part(officers, claim):
    """The rule stands in the table of transitions, not on a page."""
    assert TRANSITIONS["uphold_objection"].impartial
    with pytest.raises(NotAllowed, match="没有参与过"):
        step(claim_id=claim.pk, action="uphold_objection", actor=officers.commerce, reason="示例", data={"objection": "YY"})  # fmt: skip


def test_objections_to_city_run_items_are_decided_by_the_city(officers):
    claim = approved(officers, item="5.4", facts={"credit_report_cny": "50000"})
    publish(officers, claim)
    objection = object_to(claim)
    for stranger in (officers.commerce2, officers.heihe):
        with pytest.raises(NotAllowed, match="哈尔滨市商务局"):
            decide(objection, stranger, upheld=False)
    decide(objection, officers.city2, upheld=False)
    assert fresh(objection).standing == "dismissed"


def test_a_deputy_decides_and_the_record_names_for_whom(officers, claim):
    deputy = make_user("deputy")
    Post.objects.create(
        user=deputy, role=Role.COMMERCE, starts_on=date(2020, 1, 1), deputy_for=officers.commerce2
    )
    decide(object_to(claim), deputy, upheld=False)
    event = Event.objects.get(kind="claim.objection_dismissed")
    assert event.data["deputy_for"] == officers.commerce2.name


def test_a_page_that_is_no_longer_true_decides_nothing(officers, claim):
    objection = object_to(claim)
    token = claim_token(fresh(claim))
    object_to(claim, name="示例另一人")
    with pytest.raises(Stale, match="过时"):
        decide(objection, officers.commerce2, upheld=True, token=token)
    decide(objection, officers.commerce2, upheld=False)
    with pytest.raises(Stale, match="已经有结果"):
        decide(objection, officers.commerce2, upheld=True)
    assert fresh(objection).standing == "dismissed"


def test_a_decision_gives_its_reason(officers, claim):
    objection = object_to(claim)
    for upheld in (True, False):
        with pytest.raises(Refused, match="处理意见"):
            decide(objection, officers.commerce2, upheld=upheld, reason="　 ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(standing="dismissed")


# --- Leaving the notice otherwise ----------------------------------------------------------------


def test_a_claim_that_finance_re_examines_takes_its_open_objections_with_it(officers, claim):
    objection = object_to(claim)
    step(claim_id=claim.pk, action="re_examine", actor=officers.finance, reason="示例理由。")
    objection = fresh(objection)
    assert (objection.standing, objection.decided_by) == ("lapsed", officers.finance)
    assert "退回商务审核" in objection.reason
    assert fresh(claim).objected is False


def test_a_claim_that_a_settlement_unlocks_takes_its_open_objections_with_it(officers, claim):
    objection = object_to(claim)
    step(claim_id=claim.pk, action="unlock")
    objection = fresh(objection)
    assert (objection.standing, objection.decided_by) == ("lapsed", None)
    assert "重新计算" in objection.reason
    event = Event.objects.get(claim=claim, kind="claim.unlocked")
    assert event.data["objections_lapsed"] == [objection.number]


def test_a_claim_that_was_published_again_is_not_held_by_its_old_objection(officers, claim):
    decide(object_to(claim), officers.commerce2, upheld=True)
    settle_all()
    step(claim_id=claim.pk, action="approve", actor=officers.commerce2)
    settle_all()
    step(claim_id=claim.pk, action="finance_approve", actor=officers.finance)
    settle_all()
    publish(officers, fresh(claim))
    assert fresh(claim).objected is False
    notices_close(today=date(2030, 1, 1))
    assert fresh(claim).state == State.PAYABLE


def test_a_supplement_in_a_running_notice_is_not_let_go_because_an_older_notice_is_over(officers):
    claim = approved(officers)
    publish(officers, claim, at=NOW)
    notices_close(today=date(2026, 3, 20))
    Claim.objects.filter(pk=claim.pk).update(state=State.APPROVED)
    publish(officers, fresh(claim))
    assert Notice.objects.filter(standing="closed").count() == 1
    assert left_behind_release() == 0
    assert fresh(claim).state == State.IN_NOTICE


# --- Who reads it --------------------------------------------------------------------------------


def private_of(answer):
    text = answer.content.decode()
    return [words for words in WORDS.values() if words in text]


def test_names_and_contacts_are_for_the_deciding_office_and_auditors_alone(officers, sign_in, claim):
    objection = object_to(claim)
    pages = [
        reverse("review:objections"),
        reverse("review:objection", args=[objection.number]),
        reverse("review:claim", args=[claim.number]),
        reverse("review:notice", args=[line_of(claim).notice.number]),
        reverse("portal:notice", args=[line_of(claim).notice.number]),
        reverse("portal:claim", args=[claim.number]),
    ]
    readers = {
        officers.commerce2: 3,
        officers.auditor: 3,
        officers.city: 0,
        officers.heihe: 0,
        officers.finance: 0,
        officers.cityfin: 0,
        officers.admin: 0,
        claim.enterprise.memberships.get().user: 0,
    }
    for person, count in readers.items():
        found = [private_of(sign_in(person).get(page)) for page in pages]
        assert max(map(len, found)) == count, person
        assert not any(private_of(sign_in(person).get(page)) for page in pages[2:]), person


def test_an_officer_who_acts_for_the_firm_does_not_read_who_objected_to_its_claim(officers, sign_in, claim):
    found = object_to(claim)
    for person in (officers.commerce2, officers.auditor):
        member = claim.enterprise.memberships.create(user=person, role="clerk", since=NOW)
        client = sign_in(User.objects.get(pk=person.pk))
        assert client.get(reverse("review:objection", args=[found.number])).status_code == 404
        assert found.number not in client.get(reverse("review:objections")).content.decode()
        member.ended_at = NOW
        member.save()
        client = sign_in(User.objects.get(pk=person.pk))
        assert found.contact in client.get(reverse("review:objection", args=[found.number])).content.decode()


def test_a_bundle_of_proof_says_what_became_of_an_objection_and_not_who_objected(officers, claim):
    objection = decide(object_to(claim), officers.commerce2, upheld=False)
    members, _ = claim_members(claim.pk)
    everything = b"".join(content for _, content in members).decode()
    assert objection.number in everything
    assert objection.reason in everything
    for private in WORDS.values():
        assert private not in everything


def test_the_desk_says_that_a_claim_is_held_and_leads_on_whoever_decides(officers, sign_in, claim):
    objection = object_to(claim)
    address = reverse("review:objection", args=[objection.number])
    for person, leads in ((officers.commerce2, True), (officers.finance, False)):
        text = sign_in(person).get(reverse("review:claim", args=[claim.number])).content.decode()
        assert "异议处理中" in text
        assert (address in text) is leads


# --- The console's pages -------------------------------------------------------------------------


def test_the_list_has_what_waits_longest_first_and_then_what_has_a_result(officers, sign_in, claim):
    other = approved(officers, name="别的展会")
    publish(officers, other)
    late = object_to(other, at=timezone.now())
    early = object_to(claim, at=timezone.now() - timedelta(days=9))
    client = sign_in(officers.commerce2)
    text = client.get(reverse("review:objections")).content.decode()
    assert text.index(early.number) < text.index(late.number)
    decide(early, officers.commerce2, upheld=False)
    assert early.number not in client.get(reverse("review:objections")).content.decode()
    done = client.get(reverse("review:objections"), {"tab": "done", "q": claim.number}).content.decode()
    assert early.number in done
    assert "异议不成立" in done


def test_an_officer_decides_on_the_page_and_nothing_typed_is_lost(officers, sign_in, claim):
    objection = object_to(claim)
    client, page = sign_in(officers.commerce2), reverse("review:objection", args=[objection.number])
    token = claim_token(fresh(claim))
    assert token in client.get(page).content.decode()
    answer = client.post(f"{page}decide/", {"token": token, "reason": "已经写好的意见"})
    assert answer.status_code == 422
    assert "已经写好的意见" in answer.content.decode()
    answer = client.post(f"{page}decide/", {"token": "old", "reason": "已经写好的意见", "result": "upheld"})
    assert answer.status_code == 409
    assert "已经写好的意见" in answer.content.decode()
    done = {"token": token, "reason": "核查属实。", "result": "upheld"}
    assert client.post(f"{page}decide/", done).status_code == 302
    assert "核查属实。" in client.get(page).content.decode()
    again = client.post(f"{page}decide/", done, follow=True)
    assert "已经有结果" in again.content.decode()


def test_whoever_may_not_decide_reads_who_may(officers, sign_in, claim):
    objection = object_to(claim)
    page = reverse("review:objection", args=[objection.number])
    text = sign_in(officers.commerce).get(page).content.decode()
    assert "没有参与过" in text
    assert officers.commerce2.name in text
    assert "记录处理结果" not in text
    answer = sign_in(officers.commerce).post(
        f"{page}decide/", {"token": claim_token(fresh(claim)), "reason": "示例。", "result": "upheld"}
    )
    assert answer.status_code == 403


def test_the_list_costs_the_same_for_few_and_many(officers, sign_in, claim):
    client, counts = sign_in(officers.commerce2), []
    for number in (1, 12):
        for each in range(number):
            object_to(claim, name=f"示例人员{number}{each}")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("review:objections"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
