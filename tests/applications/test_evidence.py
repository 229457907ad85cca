"""Evidence: what is taken, where it lies, who may open it, and how it is handed out."""

import hashlib
import stat
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.claims import draft_version
from applications.errors import NotAllowed, Refused
from applications.evidence import checklist, evidence_add, evidence_remove, evidence_upload, files_to_reuse
from applications.files import path_of
from applications.models import Claim, ClaimEvidence, EvidenceFile, State
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.files import ACCEPTED, PDF, PNG, REFUSED, XLSX

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def draft(firm):
    """A draft of 5.1 without any evidence."""
    claim = make_claim(firm, "5.1", make_period(), submit=False)
    claim.evidence.update(removed_at=timezone.now())
    return claim


@pytest.fixture
def as_owner(client, firm):
    client.force_login(owner_of(firm))
    return client


def upload(content, name="合同.pdf"):
    return SimpleUploadedFile(name, content)


def send(client, claim, document, content=PDF, name="合同.pdf"):
    address = reverse("portal:claim_upload", args=[claim.number, document])
    return client.post(address, {"file": upload(content, name)})


def give(claim, document="booth_contract", content=PDF, name="合同.pdf"):
    wanted = next(each for each in claim.rule.evidence if each.code == document)
    return evidence_upload(
        claim=claim, document=wanted, upload=upload(content, name), actor=owner_of(claim.enterprise)
    )


# --- What is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ACCEPTED)
def test_documents_of_the_promised_kinds_are_taken(as_owner, draft, ending):
    answer = send(as_owner, draft, "booth_contract", ACCEPTED[ending], f"合同.{ending}")
    assert answer.status_code == 200, answer.content.decode()
    assert f"合同.{ending}" in answer.content.decode()
    assert answer.content.decode().lstrip().startswith("<li")


@pytest.mark.parametrize("kind", REFUSED)
def test_everything_else_is_refused_by_its_content_whatever_its_name(as_owner, draft, kind):
    answer = send(as_owner, draft, "booth_contract", REFUSED[kind], "合同.pdf")
    assert answer.status_code == 422
    assert answer.json()["error"].endswith("。")
    assert not EvidenceFile.objects.filter(name="合同.pdf").exists()


def test_an_empty_file_is_refused(as_owner, draft):
    assert send(as_owner, draft, "booth_contract", b"").json() == {"error": "文件是空的，请重新选择。"}


def test_a_file_that_is_too_long_is_refused_with_its_size(as_owner, draft, settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    answer = send(as_owner, draft, "booth_contract", PDF + bytes(1_500_000))
    assert answer.json() == {"error": "文件 1.4 MB，超过 1 MB。请压缩或分成两个文件再上传。"}


def test_more_files_than_a_document_may_have_are_refused(draft, settings):
    settings.EVIDENCE_MAX_FILES = 2
    give(draft, content=PDF)
    give(draft, content=PNG)
    with pytest.raises(Refused, match="最多 2 个文件"):
        give(draft, content=XLSX)


def test_nobody_fills_the_disk_by_giving_files_and_taking_them_out(draft, settings):
    settings.EVIDENCE_MAX_DAILY_BYTES = 3 * len(PDF)
    for number in range(3):
        use = give(draft, name=f"合同{number}.pdf")
        ClaimEvidence.objects.filter(pk=use.pk).update(removed_at=timezone.now())
    with pytest.raises(Refused, match="明天再上传"):
        give(draft, content=XLSX)
    EvidenceFile.objects.update(uploaded_at=timezone.now() - timedelta(days=1))
    assert give(draft, content=XLSX)


def test_a_firm_that_is_not_checked_may_store_less(draft, settings):
    settings.EVIDENCE_MAX_DAILY_BYTES_UNCHECKED = 0
    assert give(draft)
    draft.enterprise.verification = "pending"
    with pytest.raises(Refused, match="明天再上传"):
        give(draft, content=XLSX)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\windows\\合同.PDF", "合同.pdf"),
        ("合同.exe", "合同.exe.pdf"),
        ("合同\u202efdp.pdf", "合同fdp.pdf"),
        (".pdf", "文件.pdf"),
        ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
    ],
)
def test_names_are_shown_without_folders_and_with_the_right_ending(draft, given, kept):
    assert give(draft, name=given).file.name == kept


# --- Where it lies -------------------------------------------------------------------------------


def test_bytes_lie_under_their_hash_for_nobody_else_to_read(draft):
    use = give(draft)
    place = path_of(use.file.sha256)
    assert place.read_bytes() == PDF
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert not list((place.parents[2] / "incoming").iterdir())


# --- The same file twice, and again --------------------------------------------------------------


def test_the_same_content_for_another_document_is_asked_about(as_owner, draft):
    send(as_owner, draft, "invoices")
    answer = send(as_owner, draft, "booth_contract", name="别名.pdf")
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "这个文件已用于“费用发票与付款凭证”。请确认是否选错；确需共用，请点“仍然使用”。",
        "use": EvidenceFile.objects.get(name="别名.pdf").pk,
    }
    assert draft.evidence.filter(removed_at=None).count() == 1


def test_the_clerk_may_mean_it(as_owner, draft):
    send(as_owner, draft, "invoices")
    send(as_owner, draft, "booth_contract", name="别名.pdf")
    stored = EvidenceFile.objects.get(name="别名.pdf")
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    answer = as_owner.post(address, {"use": stored.pk, "booth_cny": "5"})
    assert answer.status_code == 302
    assert draft.evidence.filter(removed_at=None).count() == 2
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "5"


def test_the_same_content_for_the_same_document_is_refused(as_owner, draft):
    send(as_owner, draft, "invoices")
    assert "已经在“费用发票与付款凭证”里" in send(as_owner, draft, "invoices").json()["error"]


def test_files_of_earlier_claims_can_be_used_again(as_owner, firm, draft):
    earlier = make_claim(firm, "5.2", draft.period, particulars=exhibition("另一展会"), submit=False)
    earlier.evidence.all().delete()
    wanted = next(each for each in earlier.rule.evidence if each.code == "agency_contract")
    evidence_upload(claim=earlier, document=wanted, upload=upload(PDF), actor=owner_of(firm))
    [offered] = [each.file for each in files_to_reuse(draft) if path_of(each.file.sha256).exists()]
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    as_owner.post(address, {"pick-booth_contract": offered.pk})
    assert draft.evidence.get(removed_at=None).file == offered


def test_another_firms_file_cannot_be_used(as_owner, draft):
    other = make_claim(make_firm("示例乙公司"), "5.1", draft.period, submit=False)
    theirs = give(other).file
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    assert as_owner.post(address, {"use": theirs.pk}).status_code == 404
    with pytest.raises(NotAllowed):
        evidence_add(
            claim=draft, document=draft.rule.evidence[0], file=theirs, actor=owner_of(draft.enterprise)
        )


@pytest.mark.parametrize("number", ["", "²", "9" * 30, "9" * 5000])
def test_what_is_no_files_number_uses_nothing(as_owner, draft, number):
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    given = draft.evidence.count()
    assert as_owner.post(address, {"use": number}).status_code == 409
    assert draft.evidence.count() == given


def test_a_file_is_taken_out_and_stays_in_the_history(as_owner, draft):
    use = give(draft)
    address = reverse("portal:evidence_remove", args=[draft.number, use.pk])
    assert as_owner.post(address).status_code == 302
    assert [row.given for row in checklist(draft) if row.given] == []
    assert ClaimEvidence.objects.get(pk=use.pk).removed_at


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_document_that_the_item_no_longer_asks_for_is_not_there(as_owner, draft, headers):
    use = give(draft)
    ClaimEvidence.objects.filter(pk=use.pk).update(document="no_longer_asked")
    address = reverse("portal:evidence_remove", args=[draft.number, use.pk])
    assert as_owner.post(address, headers=headers).status_code == 404
    assert ClaimEvidence.objects.get(pk=use.pk).removed_at is None


def test_nothing_changes_once_the_claim_is_with_an_office(as_owner, firm, draft):
    claim = make_claim(firm, "5.1", draft.period, facts={"booth_cny": "5"}, particulars=exhibition())
    assert "不能改材料" in send(as_owner, claim, "photos").json()["error"]
    use = claim.evidence.first()
    as_owner.post(reverse("portal:evidence_remove", args=[claim.number, use.pk]))
    use.refresh_from_db()
    assert use.removed_at is None


def test_files_come_with_the_form_where_there_are_no_scripts(as_owner, draft):
    address = reverse("portal:claim_edit", args=[draft.number])
    as_owner.post(
        address, {"action": "keep", "evidence-photos": [upload(PNG, "a.png"), upload(PDF, "b.pdf")]}
    )
    assert draft.evidence.filter(removed_at=None, document="photos").count() == 2


def test_a_refused_file_in_the_form_is_named_and_the_others_are_kept(as_owner, draft):
    address = reverse("portal:claim_edit", args=[draft.number])
    files = {"evidence-photos": [upload(PNG, "a.png"), upload(REFUSED["exe"], "b.pdf")]}
    answer = as_owner.post(address, {"action": "submit", "booth_cny": "77", **files})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "b.pdf：" in text
    assert 'value="77"' in text
    assert draft.evidence.filter(removed_at=None).count() == 1
    [photos] = [text for target, label, text in answer.context["errors"] if target == "ev-photos"]
    assert photos.startswith("b.pdf：不能识别这个文件"), "the summary at the top says it too"
    assert "费用发票与付款凭证" in [label for _, label, _ in answer.context["errors"]], (
        "what is missing besides"
    )


def test_of_several_files_that_are_not_taken_each_is_named_where_there_are_no_scripts(as_owner, draft):
    address = reverse("portal:claim_edit", args=[draft.number])
    pictures = [upload(PNG + tail, f"{tail.decode()}.png") for tail in (b"1", b"2")]
    as_owner.post(address, {"action": "keep", "evidence-photos": pictures})
    again = [upload(PNG + tail, f"又{tail.decode()}.png") for tail in (b"1", b"2")]
    refused = [upload(REFUSED["exe"], "甲.pdf"), upload(REFUSED["exe"], "乙.pdf")]
    answer = as_owner.post(address, {"action": "keep", "evidence-invoices": [*again, *refused]})
    assert answer.status_code == 422
    [(target, _label, text)] = answer.context["errors"]
    assert target == "ev-invoices"
    assert text.startswith("这个文件已用于“参展照片”。")
    for words in ("又2.png：这个文件也已用于本件申报", "甲.pdf：不能识别", "乙.pdf：不能识别"):
        assert words in text


# --- What scripts ask before they send -----------------------------------------------------------


def ask(client, claim, document, content, name="别名.pdf", **more):
    address = reverse("portal:claim_upload", args=[claim.number, document])
    sha256 = hashlib.sha256(content).hexdigest()
    return client.post(address, {"sha256": sha256, "name": name, **more})


def test_a_file_that_the_firm_has_not_stored_must_be_sent(as_owner, draft):
    assert ask(as_owner, draft, "booth_contract", PDF).status_code == 204
    assert not draft.evidence.filter(removed_at=None).exists()


def test_a_file_that_the_firm_has_stored_is_given_without_being_sent(as_owner, firm, draft):
    earlier = make_claim(firm, "5.2", draft.period, particulars=exhibition("另一展会"), submit=False)
    give(earlier)
    answer = ask(as_owner, draft, "booth_contract", PDF)
    assert answer.status_code == 200
    assert "别名.pdf" in answer.content.decode()
    [use] = draft.evidence.filter(removed_at=None)
    assert path_of(use.file.sha256).read_bytes() == PDF


def test_what_the_hash_tells_is_asked_and_refused_as_the_file_would_be(as_owner, draft):
    send(as_owner, draft, "invoices")
    assert "已经在“费用发票与付款凭证”里" in ask(as_owner, draft, "invoices", PDF).json()["error"]
    question = ask(as_owner, draft, "booth_contract", PDF)
    assert question.status_code == 409
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    answer = as_owner.post(address, {"use": question.json()["use"], "scripted": "1"})
    assert answer.content.decode().startswith("<li")
    assert draft.evidence.filter(removed_at=None).count() == 2


def test_another_firms_file_is_never_known_by_its_hash(as_owner, draft):
    give(make_claim(make_firm("示例乙公司"), "5.1", draft.period, submit=False))
    assert ask(as_owner, draft, "booth_contract", PDF).status_code == 204


@pytest.mark.parametrize("sha256", ["", "0" * 63, "G" * 64, "0" * 65])
def test_what_is_no_hash_is_no_file(as_owner, draft, sha256):
    address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    assert as_owner.post(address, {"sha256": sha256, "name": "a.pdf"}).status_code == 204


def test_a_known_file_whose_bytes_are_gone_must_be_sent_again(as_owner, draft):
    use = give(draft, "invoices")
    use.removed_at = timezone.now()
    use.save()
    path_of(use.file.sha256).unlink()
    assert ask(as_owner, draft, "booth_contract", PDF).status_code == 204


# --- Used elsewhere, taken out a moment ago, chosen again ----------------------------------------


def test_a_file_that_another_claim_gives_is_pointed_out_with_its_number(as_owner, firm, draft):
    other = make_claim(firm, "5.2", draft.period, particulars=exhibition("另一展会"), submit=False)
    give(other)
    text = send(as_owner, draft, "booth_contract").content.decode()
    assert f"这个文件也用在 {other.number}。" in text
    Claim.objects.filter(pk=other.pk).update(state=State.WITHDRAWN)
    page = as_owner.get(reverse("portal:claim_edit", args=[draft.number])).content.decode()
    assert "这个文件也用在" not in page


def test_a_file_just_taken_out_is_offered_back_for_a_quarter_of_an_hour(draft):
    draft.evidence.all().delete()
    use = give(draft)
    evidence_remove(claim=draft, evidence_id=use.pk, actor=owner_of(draft.enterprise), at=NOW)
    [row] = [row for row in checklist(draft, at=NOW + timedelta(minutes=14)) if row.removed]
    assert row.removed == [use]
    assert not any(row.removed for row in checklist(draft, at=NOW + timedelta(minutes=15)))
    give(draft)
    assert not any(row.removed for row in checklist(draft, at=NOW))


def test_a_row_grows_older_with_every_file_that_comes_or_goes(draft):
    stamps = []
    for act in (lambda: give(draft), lambda: give(draft, content=PNG)):
        act()
        stamps.append(checklist(draft)[0].stamp)
    use = draft.evidence.filter(removed_at=None).first()
    evidence_remove(claim=draft, evidence_id=use.pk, actor=owner_of(draft.enterprise))
    stamps.append(checklist(draft)[0].stamp)
    assert stamps == sorted(set(stamps))


def test_choosing_earlier_files_saves_what_was_typed_and_several_may_be_picked(as_owner, firm, draft):
    earlier = make_claim(firm, "5.2", draft.period, particulars=exhibition("另一展会"), submit=False)
    earlier.evidence.all().delete()
    picked = [give(earlier, content=content).file.pk for content in (PDF, PNG)]
    address = reverse("portal:evidence_choose", args=[draft.number, "booth_contract"])
    answer = as_owner.post(address, {"booth_cny": "77", "version": draft_version(draft)}, follow=True)
    assert f"用在 {earlier.number}“参展合同与展位确认书”" in answer.content.decode()
    give_address = reverse("portal:claim_upload", args=[draft.number, "booth_contract"])
    as_owner.post(give_address, {"only_files": "1", "pick-booth_contract": picked})
    assert draft.evidence.filter(removed_at=None).count() == 2
    draft.refresh_from_db()
    assert draft.draft["facts"]["booth_cny"] == "77"


def test_the_choice_of_earlier_files_takes_as_many_queries_for_many_as_for_one(
    as_owner, firm, draft, django_assert_num_queries
):
    earlier = make_claim(firm, "5.2", draft.period, particulars=exhibition("另一展会"), submit=False)
    earlier.evidence.all().delete()
    for number in range(8):
        give(earlier, content=PDF + str(number).encode())
    with django_assert_num_queries(2):
        assert len(files_to_reuse(draft, "booth_contract")) == 8


def test_a_phones_own_kind_of_photo_is_refused_with_what_to_do(as_owner, draft):
    content = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(300)
    answer = send(as_owner, draft, "photos", content, "照片.jpg")
    assert "HEIC" in answer.json()["error"]
    assert "兼容性最佳" in answer.json()["error"]


# --- Who may open it, and how --------------------------------------------------------------------


def open_file(client, user, file):
    client.force_login(user)
    return client.get(reverse("portal:file", args=[file.pk]))


def test_the_firm_opens_its_files(client, firm, draft):
    answer = open_file(client, owner_of(firm), give(draft).file)
    assert b"".join(answer.streaming_content) == PDF


def test_a_stranger_finds_no_file(client, draft):
    assert open_file(client, owner_of(make_firm("示例乙公司")), give(draft).file).status_code == 404


def test_an_officer_opens_files_of_claims_and_never_of_drafts(client, firm, draft):
    commerce = make_user("commerce", role=Role.COMMERCE)
    use = give(draft)
    assert open_file(client, commerce, use.file).status_code == 404
    claim = make_claim(firm, "5.1", draft.period, facts={"booth_cny": "5"}, particulars=exhibition())
    ClaimEvidence.objects.create(
        claim=claim, document="photos", file=use.file, added_by=owner_of(firm), added_at=timezone.now()
    )
    answer = open_file(client, commerce, use.file)
    assert answer.status_code == 200
    answer.close()


def test_nobody_signed_in_opens_nothing(client, draft):
    assert client.get(reverse("portal:file", args=[give(draft).file.pk])).status_code == 302


@pytest.mark.parametrize(
    ("ending", "disposition"), [("pdf", "inline"), ("png", "inline"), ("xlsx", "attachment")]
)
def test_browsers_are_told_to_run_keep_and_guess_nothing(client, firm, draft, ending, disposition):
    file = give(draft, content=ACCEPTED[ending], name=f"合同 1.{ending}").file
    answer = open_file(client, owner_of(firm), file)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(
        policy
    )
    assert not any(rule.startswith(("script-src", "plugin-types")) for rule in policy)
    # A sandbox would switch off the browser's viewer of PDFs; nothing else needs a plugin.
    assert ("sandbox" in policy) == (ending != "pdf")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Disposition"].startswith(disposition)
    assert f"filename*=utf-8''%E5%90%88%E5%90%8C%201.{ending}" in answer["Content-Disposition"]
    answer.close()


def test_a_file_whose_bytes_are_gone_is_a_clear_page(client, firm, draft):
    file = give(draft).file
    path_of(file.sha256).unlink()
    answer = open_file(client, owner_of(firm), file)
    assert answer.status_code == 404
    assert "文件暂时打不开" in answer.content.decode()
