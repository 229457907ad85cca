"""Returns, rejections and their like: reasons, places, and what the enterprise reads."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.lifecycle import transition
from applications.models import Claim, State, YearSettings
from tests.factories import make_claim, make_firm, owner_of

from .steps import act, actions, approve_all

pytestmark = pytest.mark.django_db


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
    Claim.objects.filter(pk=claim.pk).update(paid_cny="0.01")
    claim.refresh_from_db()
    assert "已经拨付，不能解除锁定" in actions(claim, officers.finance)["re_examine"], (
        "nobody writes a reason in vain"
    )
    Claim.objects.filter(pk=claim.pk).update(paid_cny="0.00")
    claim.refresh_from_db()
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
