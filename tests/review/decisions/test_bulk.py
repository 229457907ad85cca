"""Many claims passed together."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.lifecycle import claim_token, transition
from applications.models import State
from applications.questions import question_ask
from review.verification import value_verify
from tests.factories import make_claim, make_firm

from .steps import booth

pytestmark = pytest.mark.django_db


def test_many_are_passed_after_a_page_that_says_what_it_will_do(officers, sign_in, claim, period):
    second = booth(claim.enterprise, period, "50000", name="示例展会二")
    poor = make_claim(make_firm("示例乙公司"), "1.1", period)
    client = sign_in(officers.commerce)
    numbers = [claim.number, second.number, poor.number]
    preview = client.post(reverse("review:bulk"), {"claim": numbers}).context["preview"]
    assert {row.claim.number: bool(row.refusal) for row in preview.rows} == {
        claim.number: False,
        second.number: False,
        poor.number: True,
    }
    assert preview.total == Decimal("105000.00")
    claim.refresh_from_db()
    assert claim.state == State.COMMERCE_REVIEW
    # Meanwhile a colleague returns one of them.
    transition(claim_id=second.pk, action="return", actor=officers.commerce2, reason="请补。")
    confirmed = {"confirm": "1", "claim": [row.claim.number for row in preview.possible]}
    for row in preview.possible:
        confirmed |= {f"action-{row.claim.number}": row.action, f"token-{row.claim.number}": row.token}
    report = client.post(reverse("review:bulk"), confirmed)
    assert [(each.number, bool(refusal)) for each, refusal in report.context["report"]] == [
        (claim.number, False),
        (second.number, True),
    ]
    assert "这一页已经过时" in report.content.decode()
    claim.refresh_from_db()
    second.refresh_from_db()
    assert (claim.state, second.state) == (State.FINANCE_REVIEW, State.RETURNED)


def bulk_one(client, claim, action):
    claim.refresh_from_db()
    typed = {
        "confirm": "1",
        "claim": claim.number,
        f"action-{claim.number}": action,
        f"token-{claim.number}": claim_token(claim),
    }
    client.post(reverse("review:bulk"), typed)
    claim.refresh_from_db()


def test_a_bulk_takes_no_step_of_another_post(officers, sign_in, claim):
    for user in (officers.finance, officers.heihe, officers.city):
        bulk_one(sign_in(user), claim, "approve")
        assert claim.state == State.COMMERCE_REVIEW


def test_a_bulk_takes_no_step_but_an_approval(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    bulk_one(client, claim, "approve")
    bulk_one(client, claim, "recall")
    assert claim.state == State.FINANCE_REVIEW


def bulk_of(client, claims):
    """Looks at the preview of claims; returns (preview, what its button sends)."""
    preview = client.post(reverse("review:bulk"), {"claim": [each.number for each in claims]}).context[
        "preview"
    ]
    confirmed = {"confirm": "1", "claim": [row.claim.number for row in preview.possible]}
    for row in preview.possible:
        confirmed |= {f"action-{row.claim.number}": row.action, f"token-{row.claim.number}": row.token}
    return preview, confirmed


def test_a_second_press_on_the_same_preview_passes_nothing_twice_and_says_so(
    officers, sign_in, claim, period
):
    second = booth(make_firm("示例乙公司"), period)
    client = sign_in(officers.commerce)
    _, confirmed = bulk_of(client, [claim, second])
    first = client.post(reverse("review:bulk"), confirmed)
    assert [refusal for _, refusal in first.context["report"]] == ["", ""]
    again = client.post(reverse("review:bulk"), confirmed)
    assert all("这一页已经过时" in refusal for _, refusal in again.context["report"])
    for each in (claim, second):
        assert each.events.filter(kind="claim.commerce_approved").count() == 1


def test_a_bulk_reports_rows_of_other_offices_and_rows_that_say_nothing(officers, sign_in, claim, period):
    foreign = booth(make_firm("示例乙公司", city="2311"), period)
    typed = {"confirm": "1", "claim": [claim.number, foreign.number, "2025-5.1-99999"]}
    page = sign_in(officers.city).post(reverse("review:bulk"), typed)
    assert page.context["unseen"] == [foreign.number, "2025-5.1-99999"]
    assert "没有要办理的步骤" in page.content.decode()
    assert "不属于您的岗位" in page.content.decode()
    for each in (claim, foreign):
        each.refresh_from_db()
        assert each.state == State.COMMERCE_REVIEW


def test_a_bulk_leaves_out_what_is_computed_anew_and_what_waits_for_an_answer(
    officers, sign_in, claim, period
):
    asked, computing = booth(make_firm("示例乙公司"), period), booth(make_firm("示例丙公司"), period)
    client = sign_in(officers.commerce)
    _, confirmed = bulk_of(client, [claim, asked, computing])
    question_ask(claim_id=asked.pk, text="示例？", actor=officers.commerce2)
    value_verify(
        claim_id=computing.pk, path="booth_cny", value="1000", reason="减少。", actor=officers.commerce2
    )
    preview, _ = bulk_of(client, [claim, asked, computing])
    words = {row.claim.pk: row.refusal for row in preview.rows}
    assert words[claim.pk] == ""
    assert "等企业答复" in words[asked.pk]
    assert "正在重新计算" in words[computing.pk]
    report = client.post(reverse("review:bulk"), confirmed)
    refusals = {each.pk: refusal for each, refusal in report.context["report"]}
    assert refusals[claim.pk] == ""
    assert refusals[asked.pk]
    assert refusals[computing.pk]


def test_no_more_are_passed_together_than_anybody_can_look_at(officers, sign_in, claim, period, monkeypatch):
    monkeypatch.setattr("review.console.bulk.MOST", 1)
    second = booth(make_firm("示例乙公司"), period)
    page = sign_in(officers.commerce).post(reverse("review:bulk"), {"claim": [claim.number, second.number]})
    assert len(page.context["preview"].rows) == 1
    assert page.context["left_out"] == 1


def test_a_bulk_of_nothing_goes_back_to_the_queue(officers, sign_in):
    assert sign_in(officers.commerce).post(reverse("review:bulk"))["Location"] == reverse("review:queue")


@pytest.mark.parametrize("name", ["auditor", "customs", "admin"])
def test_who_decides_nothing_can_post_nothing(officers, sign_in, claim, name):
    client, token = sign_in(getattr(officers, name)), {"token": claim_token(claim)}
    for address in ("take", "hand_back", "verify"):
        assert client.post(reverse(f"review:{address}", args=[claim.number]), token).status_code == 403
    assert client.post(reverse("review:decide", args=[claim.number, "approve"]), token).status_code == 403
    assert client.post(reverse("review:bulk"), {"claim": claim.number}).status_code == 403


def test_no_step_can_be_taken_by_asking_for_a_page(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    assert client.get(reverse("review:decide", args=[claim.number, "approve"])).status_code == 405
    unknown = client.post(reverse("review:decide", args=[claim.number, "publish"]), {"token": "x"})
    assert unknown.status_code == 404
