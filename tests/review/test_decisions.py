"""Decisions through the pages: what is offered, what is asked for, what is refused, and where one goes next."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post
from accounts.roles import Role
from applications.lifecycle import claim_token, transition
from applications.lifecycle.possible import actions_possible
from applications.models import CityRate, Claim, EnterpriseYear, State, YearSettings
from applications.questions import question_ask
from review.verification import value_verify, values_in_force
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, owner_of, settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def claim(officers, period):
    return booth(make_firm(), period)


def booth(firm, period, cny="100000", *, name="示例展会", at=NOW):
    return make_claim(firm, "5.1", period, facts={"booth_cny": cny}, particulars=exhibition(name), at=at)


def act(client, claim, action, **typed):
    """Posts a decision with the token of the claim as it is now, unless another is given."""
    claim.refresh_from_db()
    data = {"token": claim_token(claim), **typed}
    answer = client.post(reverse("review:decide", args=[claim.number, action]), data)
    claim.refresh_from_db()
    return answer


def actions(claim, user):
    claim.refresh_from_db()
    return {step.action: refusal for step, refusal in actions_possible(claim, user)}


def approve_all(claim, officers):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    settle_all()
    transition(claim_id=claim.pk, action="finance_approve", actor=officers.finance)
    settle_all(claim)


# --- What is offered -----------------------------------------------------------------------------


def test_each_post_is_offered_its_own_steps_and_no_others(officers, claim):
    assert actions(claim, officers.commerce) == {"return": "", "reject": "", "approve": ""}
    for name in ("city", "finance", "cityfin", "auditor", "customs", "admin"):
        assert actions(claim, getattr(officers, name)) == {}
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert actions(claim, officers.finance) == {"send_back": "", "finance_approve": ""}
    assert actions(claim, officers.commerce) == {"recall": ""}
    assert actions(claim, officers.commerce2) == {}


def test_while_the_amount_is_computed_an_approval_says_why_it_waits(officers, sign_in, claim):
    value_verify(claim_id=claim.pk, path="booth_cny", value="1000", reason="减少。", actor=officers.commerce)
    offered = actions(claim, officers.commerce)
    assert "正在重新计算" in offered["approve"]
    assert offered["return"] == ""
    page = sign_in(officers.commerce).get(reverse("review:claim", args=[claim.number])).content.decode()
    assert re.search(r"disabled>按此金额通过", page)
    answer = act(sign_in(officers.commerce), claim, "approve")
    assert answer.status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_an_ineligible_claim_cannot_be_approved(officers, sign_in, period):
    claim = make_claim(make_firm("示例乙公司"), "1.1", period)
    assert claim.eligibility == "ineligible"
    assert "不符合条件" in actions(claim, officers.commerce)["approve"]
    answer = act(sign_in(officers.commerce), claim, "approve")
    assert answer.status_code == 409
    assert "不能通过" in answer.content.decode()
    assert claim.state == State.COMMERCE_REVIEW


# --- Four eyes -----------------------------------------------------------------------------------


def test_who_approved_cannot_make_the_second_check_and_is_told_who_can(officers, sign_in, claim):
    Claim.objects.filter(pk=claim.pk).update(drawn=True)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert "另一位同事" in actions(claim, officers.commerce)["confirm"]
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:claim", args=[claim.number])).content.decode()
    assert "现在可以办理的有：示例审核员乙" in page
    answer = act(client, claim, "confirm")
    assert answer.status_code == 403
    assert claim.state == State.SECOND_CHECK
    assert act(sign_in(officers.commerce2), claim, "confirm").status_code == 302
    assert claim.state == State.FINANCE_REVIEW


def test_an_officer_who_would_be_alone_reads_that_nobody_else_can(officers, sign_in, claim):
    officers.commerce2.posts.all().delete()
    Claim.objects.filter(pk=claim.pk).update(drawn=True)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    page = sign_in(officers.commerce).get(reverse("review:claim", args=[claim.number])).content.decode()
    assert "请联系系统管理员指定代理人" in page


def test_one_person_with_two_posts_decides_at_one_stage_only(officers, sign_in, claim):
    Post.objects.create(user=officers.commerce, role=Role.FINANCE)
    client = sign_in(officers.commerce)
    act(client, claim, "approve")
    assert claim.state == State.FINANCE_REVIEW
    assert act(client, claim, "finance_approve").status_code == 403
    assert claim.state == State.FINANCE_REVIEW


def test_a_member_of_the_firm_decides_nothing_about_it(officers, sign_in, period):
    claim = booth(make_firm("示例乙公司", owner=officers.commerce), period)
    client = sign_in(officers.commerce)
    for action in ("approve", "return", "reject"):
        typed = {"clause": "5.1", "ground": "not_met", "reason": "理由。", "days": "10"}
        assert act(client, claim, action, **typed).status_code == 403
    assert claim.state == State.COMMERCE_REVIEW


# --- Stale pages ---------------------------------------------------------------------------------


def test_a_page_that_is_no_longer_true_does_nothing_and_says_what_happened(officers, sign_in, claim):
    old = claim_token(claim)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce2, reason="请补材料。")
    answer = act(sign_in(officers.commerce), claim, "approve", token=old)
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    assert "示例审核员乙" in answer.content.decode()
    assert claim.state == State.RETURNED


def test_a_second_click_decides_once_and_gets_a_sentence(officers, sign_in, claim):
    client, token = sign_in(officers.commerce), claim_token(claim)
    assert act(client, claim, "approve", token=token).status_code == 302
    second = act(client, claim, "approve", token=token)
    assert second.status_code == 409
    assert "商务审核通过" in second.content.decode()
    assert claim.events.filter(kind="claim.commerce_approved").count() == 1


def test_an_amount_that_changed_since_the_page_was_drawn_is_not_approved(officers, sign_in, claim):
    old = claim_token(claim)
    value_verify(claim_id=claim.pk, path="booth_cny", value="1000", reason="减少。", actor=officers.commerce2)
    settle_all()
    assert act(sign_in(officers.commerce), claim, "approve", token=old).status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_a_form_without_a_token_does_nothing(officers, sign_in, claim):
    assert act(sign_in(officers.commerce), claim, "approve", token="").status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


# --- Reasons -------------------------------------------------------------------------------------


def test_a_return_carries_its_reason_its_days_and_notes_at_their_places(officers, sign_in, claim):
    document = claim.rule.evidence[0]
    answer = act(
        sign_in(officers.commerce),
        claim,
        "return",
        reason="请补发票。",
        days="3",
        **{"note:booth_cny": "与发票不符。", f"note:ev-{document.code}": "请上传原件。"},
    )
    assert answer.status_code == 302
    assert claim.state == State.RETURNED
    assert claim.return_note == {
        "fields": {"booth_cny": "与发票不符。", f"ev-{document.code}": "请上传原件。"}
    }
    assert claim.return_due_on > timezone.localdate()
    assert claim.events.get(kind="claim.returned").data["reason"] == "请补发票。"


def test_a_return_that_says_nothing_is_asked_for_words_and_keeps_its_days(officers, sign_in, claim):
    answer = act(sign_in(officers.commerce), claim, "return", reason=" ", days="7")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "请写明理由" in page
    assert 'value="7"' in page
    assert claim.state == State.COMMERCE_REVIEW


def test_a_reason_of_the_list_at_a_place_is_enough_for_a_return(officers, sign_in, claim):
    typed = {"reason": "", "days": "5", "ground:ev-photos": "unreadable", "note:ev-photos": "第 2 张。"}
    typed |= {"ground:booth_cny": "not_counted"}
    assert act(sign_in(officers.commerce), claim, "return", **typed).status_code == 302
    assert claim.return_note["fields"] == {
        "booth_cny": "含有不能计入的费用，请扣除。",
        "ev-photos": "文件看不清，请重新扫描或拍照。第 2 张。",
    }
    data = claim.events.get(kind="claim.returned").data
    assert data["reason"] == "请按指出的意见补正：展位费、参展照片。"
    assert data["grounds"] == [
        {"code": "not_counted", "place": "booth_cny"},
        {"code": "unreadable", "place": "ev-photos"},
    ]
    page = sign_in(owner_of(claim.enterprise)).get(reverse("portal:claim_edit", args=[claim.number]))
    assert "文件看不清，请重新扫描或拍照。第 2 张。" in page.content.decode()


def test_what_was_chosen_and_typed_at_places_stays_when_a_return_is_refused(officers, sign_in, claim):
    typed = {"reason": "请改。", "days": "0", "ground:ev-photos": "unreadable", "note:booth_cny": "看发票"}
    page = act(sign_in(officers.commerce), claim, "return", **typed).content.decode()
    assert '<option value="unreadable" selected>' in page
    assert "看发票" in page
    assert re.search(r'<details class="clause mb-3" open>', page)
    wrong = {**typed, "days": "5", "ground:ev-photos": "not_counted"}
    assert act(sign_in(officers.commerce), claim, "return", **wrong).status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_the_form_of_a_decision_opens_in_the_page(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:claim", args=[claim.number]), {"do": "return"})
    assert page.context["form"].fields["days"].initial == 10
    for unknown in ("finance_approve", "approve", "publish", "x"):
        page = client.get(reverse("review:claim", args=[claim.number]), {"do": unknown})
        assert page.context["form"] is None


REJECTED = {"clause": "5.1", "ground": "out_of_scope", "reason": "展会在国内举办。"}


def test_a_rejection_tells_the_clause_the_ground_and_the_facts_everywhere(officers, sign_in, claim):
    assert act(sign_in(officers.commerce), claim, "reject", **REJECTED).status_code == 302
    assert claim.state == State.REJECTED
    data = claim.events.get(kind="claim.rejected").data
    assert data["reason"].startswith("依据措施第五条“给予企业参加线下境外展会所产生的展位费")
    assert data["reason"].endswith("”：不属于条文支持的范围。展会在国内举办。")
    assert data["grounds"] == [{"code": "out_of_scope", "clause": "5.1"}]
    letter = claim.letters.get(kind="decision")
    assert data["reason"] in json.dumps(letter.content, ensure_ascii=False)
    page = sign_in(owner_of(claim.enterprise)).get(reverse("portal:claim", args=[claim.number]))
    assert "展会在国内举办。" in page.content.decode()
    assert "依据措施第五条" in page.content.decode()


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [("clause", "请选择依据的条款"), ("ground", "请选择不予支持的原因"), ("reason", "请写明事实和理由")],
)
def test_a_rejection_needs_clause_ground_and_facts(officers, sign_in, claim, missing, sentence):
    answer = act(sign_in(officers.commerce), claim, "reject", **{**REJECTED, missing: ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    assert claim.state == State.COMMERCE_REVIEW
    if missing != "reason":
        assert "展会在国内举办。" in page


def test_a_rejection_rests_on_no_clause_of_another_item(officers, sign_in, claim):
    answer = act(sign_in(officers.commerce), claim, "reject", **{**REJECTED, "clause": "5.4"})
    assert answer.status_code == 409
    assert claim.state == State.COMMERCE_REVIEW


def test_the_form_of_a_rejection_expects_what_the_rules_have_found(officers, sign_in, period):
    poor = make_claim(make_firm("示例乙公司"), "6.1", period)
    page = sign_in(officers.commerce).get(reverse("review:claim", args=[poor.number]), {"do": "reject"})
    assert page.context["form"]["ground"].value() == "not_on_register"
    assert page.context["form"]["clause"].value() == "6.1"


def test_finance_sends_back_with_a_reason(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    client = sign_in(officers.finance)
    assert act(client, claim, "send_back", reason="请核对账户。").status_code == 409
    other = act(client, claim, "send_back", ground="other", reason=" ")
    assert other.status_code == 409
    assert "选了“其他”" in other.content.decode()
    assert act(client, claim, "send_back", ground="account", reason="户名少一个字。").status_code == 302
    assert claim.state == State.COMMERCE_REVIEW
    data = claim.events.get(kind="claim.sent_back").data
    assert data["reason"] == "收款账户需要核对。户名少一个字。"
    assert data["grounds"] == [{"code": "account"}]


def test_each_button_says_what_happens_next(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    address = reverse("review:claim", args=[claim.number])
    page = client.get(address).content.decode()
    assert "通过后由省财政厅审核；系统抽中的，先由另一位同事复核。" in page
    assert "可以申请一次复议，由另一位同事办理" in client.get(address, {"do": "reject"}).content.decode()
    assert "保留申报顺序" in client.get(address, {"do": "return"}).content.decode()
    # Whether a claim will be drawn is told by nothing before it is.
    YearSettings.objects.update(second_check_percent=100)
    assert client.get(address).content.decode().count("系统抽中的") == page.count("系统抽中的")


def test_an_approved_claim_can_be_examined_again_while_nothing_is_paid(officers, sign_in, claim):
    approve_all(claim, officers)
    assert actions(claim, officers.finance)["re_examine"] == ""
    assert act(sign_in(officers.finance), claim, "re_examine", reason="发现重复发票。").status_code == 302
    assert (claim.state, claim.locked_cny) == (State.COMMERCE_REVIEW, None)


def test_a_returned_claim_is_rejected_only_after_its_date(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    assert "期限还没有到" in actions(claim, officers.commerce)["reject"]
    Claim.objects.filter(pk=claim.pk).update(return_due_on=timezone.localdate())
    late = {"clause": "5.1", "ground": "not_corrected", "reason": "没有补正。"}
    assert act(sign_in(officers.commerce), claim, "reject", **late).status_code == 409
    Claim.objects.filter(pk=claim.pk).update(return_due_on=timezone.localdate() - timedelta(days=1))
    form = sign_in(officers.commerce).get(reverse("review:claim", args=[claim.number]), {"do": "reject"})
    assert form.context["form"]["ground"].value() == "not_corrected"
    assert act(sign_in(officers.commerce), claim, "reject", **late).status_code == 302
    assert claim.state == State.REJECTED


# --- The way on ----------------------------------------------------------------------------------


def test_after_a_decision_the_next_claim_of_the_queue_opens(officers, sign_in, claim, period):
    second = booth(make_firm("示例乙公司"), period, at=NOW + timedelta(days=1))
    third = booth(make_firm("示例丙公司"), period, at=NOW + timedelta(days=2))
    client = sign_in(officers.commerce)
    answer = act(client, second, "approve")
    assert answer["Location"] == reverse("review:claim", args=[third.number])
    assert "已办理“按此金额通过”" in client.get(answer["Location"]).content.decode()
    # After the last one comes the first that is left.
    assert act(client, third, "approve")["Location"] == reverse("review:claim", args=[claim.number])
    assert act(client, claim, "approve")["Location"] == reverse("review:queue")


def test_who_decided_takes_it_back_while_nothing_else_has_happened(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "approve")
    settle_all()
    assert actions(claim, officers.commerce2) == {}
    assert act(client, claim, "recall").status_code == 302
    assert claim.state == State.COMMERCE_REVIEW
    settle_all()
    act(client, claim, "approve")
    transition(claim_id=claim.pk, action="send_back", actor=officers.finance, reason="请看。")
    assert "recall" not in actions(claim, officers.commerce)
    assert act(client, claim, "recall").status_code in (403, 409)
    assert claim.state == State.COMMERCE_REVIEW


def test_finance_approval_locks_what_was_shown_and_its_recall_unlocks(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    client = sign_in(officers.finance)
    act(client, claim, "finance_approve")
    assert (claim.state, claim.locked_cny) == (State.APPROVED, Decimal("70000.00"))
    settle_all()
    act(client, claim, "recall")
    assert (claim.state, claim.locked_cny) == (State.FINANCE_REVIEW, None)


# --- City-run items ------------------------------------------------------------------------------


def test_a_city_run_item_runs_its_whole_course_in_the_city(officers, sign_in):
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例文件"
    )
    period = make_period(city_first_check=True)
    claim = make_claim(make_firm(), "5.4", period, facts={"credit_report_cny": "10000"})
    assert claim.state == State.COMMERCE_REVIEW
    assert act(sign_in(officers.commerce), claim, "approve").status_code == 403
    assert act(sign_in(officers.heihe), claim, "approve").status_code == 404
    assert act(sign_in(officers.city), claim, "approve").status_code == 302
    assert act(sign_in(officers.finance), claim, "finance_approve").status_code == 403
    assert claim.state == State.FINANCE_REVIEW
    assert act(sign_in(officers.cityfin), claim, "finance_approve").status_code == 302
    assert (claim.state, claim.locked_cny) == (State.APPROVED, Decimal("4000.00"))


def test_the_citys_first_check_passes_to_the_province(officers, sign_in):
    claim = booth(make_firm(), make_period(city_first_check=True))
    assert act(sign_in(officers.commerce), claim, "city_pass").status_code == 403
    assert act(sign_in(officers.city), claim, "city_pass").status_code == 302
    assert claim.state == State.COMMERCE_REVIEW


# --- Smaller steps -------------------------------------------------------------------------------


def test_taking_and_handing_back_are_recorded_and_decide_nothing(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    client.post(reverse("review:take", args=[claim.number]), {"token": claim_token(claim)})
    claim.refresh_from_db()
    assert (claim.assignee, claim.state) == (officers.commerce, State.COMMERCE_REVIEW)
    other = sign_in(officers.commerce2)
    refused = other.post(reverse("review:hand_back", args=[claim.number]), {"token": claim_token(claim)})
    assert refused.status_code == 409
    client.post(reverse("review:hand_back", args=[claim.number]), {"token": claim_token(claim)})
    claim.refresh_from_db()
    assert claim.assignee is None
    taken = sign_in(officers.finance).post(
        reverse("review:take", args=[claim.number]), {"token": claim_token(claim)}
    )
    assert taken.status_code == 403


def test_the_date_of_a_correction_can_be_put_off(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    claim.refresh_from_db()
    old = claim.return_due_on
    client, later = sign_in(officers.commerce2), old + timedelta(days=10)
    early = act(client, claim, "extend", until=old.isoformat(), reason="企业申请。")
    assert early.status_code == 409
    assert "要晚于" in early.content.decode()
    assert act(client, claim, "extend", until=later.isoformat(), reason="企业申请。").status_code == 302
    assert claim.return_due_on == later
    assert claim.events.get(kind="claim.due_extended").data == {
        "old": old.isoformat(),
        "new": later.isoformat(),
        "reason": "企业申请。",
    }
    assert act(sign_in(officers.finance), claim, "extend", until="2099-01-01", reason="x").status_code == 403


def test_values_are_verified_in_the_table(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    address = reverse("review:verify", args=[claim.number])
    typed = {
        "token": claim_token(claim),
        "value:booth_cny": "90,000",
        "reason:booth_cny": "发票合计 9 万元。",
    }
    assert client.post(address, typed).status_code == 302
    settle_all(claim)
    assert claim.payable_cny == Decimal("63000.00")
    # The same again changes nothing; an emptied value is taken back.
    client.post(address, {**typed, "token": claim_token(claim)})
    assert claim.verified_values.count() == 1
    client.post(address, {"token": claim_token(claim), "value:booth_cny": "", "reason:booth_cny": "x"})
    assert values_in_force(claim) == {}
    assert EnterpriseYear.objects.get().is_computing


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value:booth_cny": "九万", "reason:booth_cny": "看发票。"}, "请只填数字"),
        ({"value:booth_cny": "90000"}, "请写明核定理由"),
        ({"value:booth_cny": "100000", "reason:booth_cny": "一致。"}, "与申报数相同"),
    ],
)
def test_a_verified_value_that_cannot_be_is_refused_with_what_was_typed(
    officers, sign_in, claim, typed, sentence
):
    answer = sign_in(officers.commerce).post(
        reverse("review:verify", args=[claim.number]), {"token": claim_token(claim), **typed}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    assert f'value="{typed["value:booth_cny"]}"' in page
    assert not claim.verified_values.exists()


def test_verifying_from_an_old_page_or_without_the_post_changes_nothing(officers, sign_in, claim):
    typed = {"value:booth_cny": "90000", "reason:booth_cny": "看发票。"}
    address = reverse("review:verify", args=[claim.number])
    assert sign_in(officers.commerce).post(address, {"token": "old", **typed}).status_code == 409
    finance = sign_in(officers.finance).post(address, {"token": claim_token(claim), **typed})
    assert finance.status_code == 403
    assert not claim.verified_values.exists()


# --- Many at once --------------------------------------------------------------------------------


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
