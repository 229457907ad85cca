"""Notes among reviewers: who writes and reads them, and that no enterprise ever does."""

import json

import pytest
from django.urls import reverse

from applications.errors import NotAllowed, Refused
from applications.lifecycle import claim_token, transition
from applications.models import Claim, Event, Membership, Message
from review.audit.members import claim_members
from review.document_checks import SEEN, document_check
from review.models import ClaimNote
from review.notes import LONGEST, SHOWN, note_add
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, owner_of

pytestmark = pytest.mark.django_db

SECRET = "与上年的摊位照片相同，建议现场核查"


@pytest.fixture
def claim(officers):
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


def page(client, claim):
    return client.get(reverse("review:claim", args=[claim.number]))


def post(client, claim, text):
    return client.post(reverse("review:note", args=[claim.number]), {"note-text": text})


def test_a_note_is_read_by_colleagues_with_its_lines_and_without_its_tags(officers, sign_in, claim):
    answer = post(sign_in(officers.commerce), claim, " 第一行\r\n<b>第二行</b> ")
    assert answer["Location"].endswith("#notes")
    shown = page(sign_in(officers.finance), claim).content.decode()
    assert "第一行<br>&lt;b&gt;第二行&lt;/b&gt;" in shown
    assert "示例审核员甲" in shown
    assert ClaimNote.objects.get().text == "第一行\n<b>第二行</b>"


def test_the_newest_stand_first_and_the_older_ones_are_folded(officers, sign_in, claim):
    for number in range(SHOWN + 2):
        note_add(claim_id=claim.pk, text=f"第 {number} 条", actor=officers.commerce)
    context = page(sign_in(officers.commerce2), claim).context
    assert [note.text for note in context["notes"]][:2] == ["第 6 条", "第 5 条"]
    assert [note.text for note in context["older_notes"]] == ["第 1 条", "第 0 条"]
    assert context["notes_count"] == SHOWN + 2


def test_what_is_empty_or_too_long_is_answered_where_it_was_typed(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    for text, words in (("  ", "请先写下备注的内容"), ("长" * (LONGEST + 1), f"备注最多 {LONGEST} 个字")):
        answer = post(client, claim, text)
        assert answer.status_code == 409
        assert words in answer.content.decode()
        assert text.strip() in answer.content.decode()
    assert not ClaimNote.objects.exists()
    # A line break counts as one, whatever the browser sends for it.
    note_add(claim_id=claim.pk, text="长\r\n" * (LONGEST // 2), actor=officers.commerce)


def test_a_second_click_adds_no_second_note(officers, claim):
    for _ in range(2):
        note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce)
    assert ClaimNote.objects.count() == 1
    note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce2)
    assert ClaimNote.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("city", True),
        ("commerce", True),
        ("finance", True),
        ("heihe", False),
        ("cityfin", False),
        ("auditor", False),
    ],
)
def test_officers_of_the_claims_offices_write_and_nobody_else(officers, claim, name, may):
    actor = getattr(officers, name)
    if may:
        assert note_add(claim_id=claim.pk, text=SECRET, actor=actor).by == actor
    else:
        with pytest.raises(NotAllowed):
            note_add(claim_id=claim.pk, text=SECRET, actor=actor)


def test_the_citys_finance_office_writes_about_what_it_pays(officers):
    claim = make_claim(make_firm(), "5.5", make_period(), facts={"brand_cny": "1000"})
    assert note_add(claim_id=claim.pk, text=SECRET, actor=officers.cityfin)


def test_a_member_of_the_firm_writes_none(officers, sign_in, claim):
    Membership.objects.create(user=officers.commerce, enterprise=claim.enterprise, role="clerk", since=NOW)
    with pytest.raises(Refused):
        note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce)
    assert page(sign_in(officers.commerce), claim).context["note_form"] is None


def test_an_auditor_reads_notes_and_has_no_field_for_one(officers, sign_in, claim):
    note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce)
    answer = page(sign_in(officers.auditor), claim)
    assert SECRET in answer.content.decode()
    assert answer.context["note_form"] is None


def test_a_note_holds_up_no_decision(officers, claim):
    token = claim_token(claim)
    note_add(claim_id=claim.pk, text=SECRET, actor=officers.finance)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce, token=token)
    note_add(claim_id=claim.pk, text="已阅。", actor=officers.finance)
    transition(claim_id=claim.pk, action="recall", actor=officers.commerce)
    assert Claim.objects.get(pk=claim.pk).state == "commerce_review"


def test_no_page_letter_message_or_event_of_the_enterprise_holds_a_note(officers, sign_in, claim):
    note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。")
    note_add(claim_id=claim.pk, text=SECRET + "二", actor=officers.commerce)
    owner = sign_in(owner_of(claim.enterprise))
    addresses = [f"/claims/{claim.number}/", f"/claims/{claim.number}/edit/", "/messages/", "/my/2025/"]
    for address in addresses:
        answer = owner.get(address)
        assert answer.status_code == 200, address
        assert "现场核查" not in answer.content.decode()
        assert "内部备注" not in answer.content.decode()
    assert not any("现场核查" in str(letter.content) for letter in claim.letters.all())
    assert not any("现场核查" in message.text + message.title for message in Message.objects.all())
    assert not any("现场核查" in json.dumps(event.data, ensure_ascii=False) for event in Event.objects.all())
    stale = owner.post(f"/claims/{claim.number}/withdraw/", {"token": "0" * 16})
    assert "内部备注" not in stale.content.decode()


def test_the_bundle_of_proof_holds_notes_and_checks(officers, claim):
    note_add(claim_id=claim.pk, text=SECRET, actor=officers.commerce, at=NOW)
    code = claim.rule.evidence[0].code
    document_check(claim_id=claim.pk, document=code, verdict=SEEN, actor=officers.commerce, at=NOW)
    members = dict(claim_members(claim.pk)[0])
    [note] = json.loads(members["内部备注.json"])
    assert (note["text"], note["by_name"]) == (SECRET, "示例审核员甲")
    [found] = json.loads(members["材料核对.json"])
    assert (found["document"], found["verdict"], found["by_name"]) == (code, "seen", "示例审核员甲")
    assert len(found["files"]) == claim.evidence.filter(document=code).count()
