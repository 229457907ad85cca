"""Checking the documents of a claim: what is recorded, what it holds up, when it lapses, and who never sees it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.claims import claim_submit
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claim_token, transition
from applications.lifecycle.possible import actions_possible
from applications.lifecycle.transition import bulk_transition
from applications.models import Claim, ClaimEvidence, Membership, Message
from review.document_checks import (
    LONGEST,
    PROBLEM,
    SEEN,
    document_check,
    documents_unseen,
    problems_open,
)
from review.models import DocumentCheck
from tests.factories import (
    NOW,
    declared,
    exhibition,
    make_claim,
    make_file,
    make_firm,
    make_period,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

WORDS = "合同没有盖章。"


@pytest.fixture
def claim(officers):
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


@pytest.fixture
def document(claim):
    """The code of the first document."""
    return claim.rule.evidence[0].code


def check(claim, document, actor, verdict=SEEN, note="", **more):
    return document_check(
        claim_id=claim.pk, document=document, verdict=verdict, note=note, actor=actor, **more
    )


def desk(client, claim, **query):
    answer = client.get(reverse("review:claim", args=[claim.number]), query)
    assert answer.status_code == 200
    return answer


def post(client, claim, document, verdict=SEEN, note="", shown="", token=None):
    address = reverse("review:document_check", args=[claim.number, document])
    data = {"verdict": verdict, "shown": shown, f"check-{document}-note": note}
    return client.post(address, data | {"token": claim_token(claim) if token is None else token})


def sentence(call, *args, **more):
    with pytest.raises(Refused) as refusal:
        call(*args, **more)
    return refusal.value.message


def test_a_document_is_marked_as_seen_and_the_next_one_opens(officers, sign_in, claim, document):
    client = sign_in(officers.commerce)
    assert "还没有人核对" in desk(client, claim).content.decode()
    answer = post(client, claim, document)
    following = claim.evidence.exclude(document=document).order_by("pk").first()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?paper={following.pk}#evidence")
    page = desk(client, claim, doc=document)
    assert (page.context["tally"].seen, page.context["reading"].row.standing.check.by) == (
        1,
        officers.commerce,
    )
    assert f"已核对 1 / {page.context['tally'].total}" in page.content.decode()
    event = claim.events.get(kind="claim.document_checked")
    assert (event.actor, event.data["document"], event.data["verdict"]) == (
        officers.commerce,
        document,
        "seen",
    )


def test_a_problem_needs_words_and_not_too_many(officers, sign_in, claim, document):
    assert "请写明有什么问题" in sentence(check, claim, document, officers.commerce, PROBLEM, "  ")
    assert f"最多 {LONGEST} 个字" in sentence(
        check, claim, document, officers.commerce, PROBLEM, "长" * (LONGEST + 1)
    )
    answer = post(sign_in(officers.commerce), claim, document, PROBLEM, "长" * (LONGEST + 1))
    assert answer.status_code == 409
    assert "长" * (LONGEST + 1) in answer.content.decode()
    assert not DocumentCheck.objects.exists()
    assert check(claim, document, officers.commerce, PROBLEM, "长" * LONGEST).pk


def test_what_is_no_verdict_and_no_document_is_refused(officers, claim, document):
    assert "请选择" in sentence(check, claim, document, officers.commerce, "fine")
    assert "没有这份材料" in sentence(check, claim, "gone", officers.commerce)


def test_nobody_passes_a_claim_while_a_problem_is_open_and_a_newer_check_answers_it(
    officers, sign_in, claim, document
):
    check(claim, document, officers.commerce, PROBLEM, WORDS)
    label = claim.rule.evidence[0].label
    refused = sentence(transition, claim_id=claim.pk, action="approve", actor=officers.commerce2)
    assert f"“{label}”" in refused
    step = next(found for found in actions_possible(claim, officers.commerce) if found[0].action == "approve")
    assert step[1] == refused
    assert refused in desk(sign_in(officers.commerce2), claim).content.decode()
    outcome = bulk_transition(
        enterprise_id=claim.enterprise_id,
        year=claim.year,
        steps=[(claim.pk, claim_token(claim))],
        action="approve",
        actor=officers.commerce2,
    )
    assert outcome == {claim.pk: refused}
    # Whoever says no need not answer it first.
    assert {found.action: why for found, why in actions_possible(claim, officers.commerce)}["return"] == ""
    check(claim, document, officers.commerce2, SEEN)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce2)


def test_passing_many_says_beforehand_how_many_documents_nobody_has_checked(
    officers, sign_in, claim, document
):
    required = sum(each.required for each in claim.rule.evidence)
    other = make_claim(
        make_firm("示例乙公司"), "5.1", claim.period, facts={"booth_cny": "1000"}, particulars=exhibition()
    )
    check(claim, document, officers.commerce)
    for each in claim.rule.evidence:
        check(other, each.code, officers.commerce)
    client, counts = sign_in(officers.commerce), []
    address = reverse("review:bulk")
    page = client.post(address, {"claim": [claim.number, other.number]}).content.decode()
    assert f"{required - 1} 份材料没有核对" in page
    assert page.count("份材料没有核对") == 1
    for claims in ([claim], [claim, other]):
        with CaptureQueriesContext(connection) as queries:
            documents_unseen(claims)
        counts.append(len(queries))
    assert counts == [2, 2]


def test_a_problem_that_finance_finds_holds_its_approval(officers, claim, document):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    claim.refresh_from_db()
    assert "办理" in sentence(check, claim, document, officers.commerce, PROBLEM, WORDS)
    check(claim, document, officers.finance, PROBLEM, WORDS)
    assert "记有问题" in sentence(
        transition, claim_id=claim.pk, action="finance_approve", actor=officers.finance
    )


def test_the_form_of_a_return_holds_the_problems_at_their_documents(officers, sign_in, claim, document):
    check(claim, document, officers.commerce, PROBLEM, WORDS)
    other = claim.rule.evidence[1].code
    check(claim, other, officers.commerce, PROBLEM, "看不清。")
    check(claim, other, officers.commerce2, SEEN)
    form = desk(sign_in(officers.commerce), claim, do="return").context["form"]
    assert form[f"note:ev-{document}"].value() == WORDS
    assert form[f"note:ev-{other}"].value() == ""
    assert form.notes_given


def corrected(claim, document, at):
    """The enterprise gives another file for the document and files again."""
    owner = owner_of(claim.enterprise)
    claim.evidence.filter(document=document).update(removed_at=at)
    ClaimEvidence.objects.create(
        claim=claim,
        document=document,
        file=make_file(claim.enterprise, "新合同.pdf"),
        added_by=owner,
        added_at=at,
    )
    what = declared({"booth_cny": "100000"}, exhibition())
    claim_submit(claim_id=claim.pk, actor=owner, declared=what, at=at + timedelta(minutes=1))
    claim.refresh_from_db()


def test_a_check_lapses_when_the_files_have_changed_and_says_so(officers, sign_in, claim, document):
    other = claim.rule.evidence[1].code
    check(claim, document, officers.commerce, PROBLEM, WORDS, at=NOW)
    check(claim, other, officers.commerce, SEEN, at=NOW)
    notes = {"fields": {f"ev-{document}": WORDS}}
    transition(
        claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。", data=notes, at=NOW
    )
    corrected(claim, document, NOW + timedelta(days=1))
    assert problems_open(claim) == {}
    client = sign_in(officers.commerce)
    answer = desk(client, claim, doc=document)
    page = answer.content.decode()
    assert "文件已更换，请重新核对" in page
    assert WORDS in page
    assert (answer.context["tally"].seen, answer.context["tally"].problems) == (1, 0)
    # What was given before is still there to be read, and marked; what is new is marked too.
    row = answer.context["reading"].row
    assert [paper.is_new for paper in row.given] == [True]
    assert [paper.is_gone for paper in row.earlier] == [True]
    assert desk(client, claim, paper=row.earlier[0].use.pk).context["open"].is_gone
    assert page.count("已被替换") >= 1
    [place] = answer.context["correction"].places
    assert (place.note, place.old, place.new) == (WORDS, row.earlier[0].file.name, "新增 新合同.pdf")
    transition(claim_id=settle_all(claim).pk, action="approve", actor=officers.commerce)


def test_what_was_never_submitted_is_shown_to_nobody(officers, sign_in, claim, document):
    owner = owner_of(claim.enterprise)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。", at=NOW)
    typing = {"claim": claim, "document": document, "added_by": owner, "added_at": NOW + timedelta(hours=1)}
    ClaimEvidence.objects.create(file=make_file(claim.enterprise, "草稿.pdf"), **typing)
    claim.evidence.filter(document=claim.rule.evidence[1].code).update(removed_at=NOW + timedelta(hours=1))
    answer = desk(sign_in(officers.commerce), claim)
    assert "草稿.pdf" not in answer.content.decode()
    assert not any(row.missing for row in answer.context["documents"])


def test_two_officers_do_not_overwrite_each_other_unseen(officers, sign_in, claim, document):
    shown = desk(sign_in(officers.commerce), claim).context["reading"].row.standing.key
    check(claim, document, officers.commerce2, PROBLEM, WORDS)
    answer = post(sign_in(officers.commerce), claim, document, SEEN, shown=shown)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "刚才的操作没有执行" in page
    assert "示例审核员乙" in page
    assert WORDS in page
    assert [row.verdict for row in DocumentCheck.objects.all()] == [PROBLEM]
    newest = str(DocumentCheck.objects.get().pk)
    assert post(sign_in(officers.commerce), claim, document, SEEN, shown=newest).status_code == 302


def test_a_second_click_changes_nothing_and_a_check_makes_no_page_out_of_date(officers, claim, document):
    token = claim_token(claim)
    first = check(claim, document, officers.commerce, shown="", token=token)
    assert check(claim, document, officers.commerce, shown="", token=token) == first
    claim.refresh_from_db()
    assert claim_token(claim) == token
    assert claim.events.filter(kind="claim.document_checked").count() == 1


def test_a_page_from_before_a_correction_checks_nothing(officers, claim, document):
    token = claim_token(claim)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。")
    with pytest.raises(Stale):
        check(claim, document, officers.commerce, token=token)


@pytest.mark.parametrize("name", ["city", "heihe", "finance", "auditor", "admin"])
def test_only_the_office_that_has_the_claim_checks_its_documents(officers, claim, document, name):
    with pytest.raises(NotAllowed):
        check(claim, document, getattr(officers, name))


def test_a_member_of_the_firm_checks_nothing(officers, claim, document):
    Membership.objects.create(user=officers.commerce, enterprise=claim.enterprise, role="clerk", since=NOW)
    with pytest.raises(NotAllowed):
        check(claim, document, officers.commerce)


def test_nothing_is_checked_where_nobody_reviews(officers, sign_in, claim, document):
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。")
    assert "不能核对材料" in sentence(check, claim, document, officers.commerce)
    assert desk(sign_in(officers.commerce), claim).context["check_form"] is None


def test_a_decision_can_be_recalled_though_a_document_was_checked_since(officers, claim, document):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    check(claim, document, officers.finance)
    transition(claim_id=claim.pk, action="recall", actor=officers.commerce)
    assert Claim.objects.get(pk=claim.pk).state == "commerce_review"


def test_the_enterprise_never_learns_of_a_check(officers, sign_in, claim, document):
    check(claim, document, officers.commerce, PROBLEM, WORDS)
    owner = sign_in(owner_of(claim.enterprise))
    texts = [owner.get(f"/claims/{claim.number}/"), owner.get("/messages/"), owner.get("/my/2025/")]
    texts += [
        owner.get(reverse("portal:letter", args=[claim.number, letter.number]))
        for letter in claim.letters.all()
    ]
    assert all(answer.status_code == 200 for answer in texts)
    for answer in texts:
        text = (b"".join(answer) if answer.streaming else answer.content).decode(errors="ignore")
        assert "没有盖章" not in text
        assert "核对材料" not in text
    assert not any(WORDS in str(letter.content) for letter in claim.letters.all())
    assert not Message.objects.filter(text__contains="盖章").exists()
    # Nor from a page that is out of date: it tells of the last step, not of what an office keeps for itself.
    stale = owner.post(f"/claims/{claim.number}/withdraw/", {"token": "0" * 16})
    assert "核对材料" not in stale.content.decode()


def test_the_history_of_the_desk_names_the_document_and_the_words(officers, sign_in, claim, document):
    check(claim, document, officers.commerce, PROBLEM, WORDS)
    entry = desk(sign_in(officers.auditor), claim).context["history"][0]
    label = claim.rule.evidence[0].label
    assert (entry.title, entry.notes, entry.reason) == ("核对材料", [f"{label}：有问题"], WORDS)
