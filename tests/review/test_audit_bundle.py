"""Bundles of proof: what is in them, that the same state makes the same bytes, and that tampering shows without a database."""

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.roles import Role
from applications.files import bytes_store
from applications.jobs import job_run
from applications.lifecycle import transition
from applications.models import Event, Holiday, Job
from applications.notices import notices_close
from review.audit.bundle import batch_pack, claim_pack
from review.audit.check import bundle_check
from review.notices import notice_publish
from review.payouts import batch_lock, batch_make
from tests.factories import (
    NOW,
    exhibition,
    make_appropriation,
    make_claim,
    make_firm,
    make_period,
    make_user,
    settle_all,
)

PDF = b"%PDF-1.4 \xe7\xa4\xba\xe4\xbe\x8b"


@pytest.fixture
def claim(officers):
    found = make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )
    for use in found.evidence.select_related("file"):
        use.file.sha256, use.file.size = bytes_store(io.BytesIO(PDF + str(use.pk).encode()))
        use.file.save()
    return found


def packed(claim, path, **options):
    with path.open("w+b") as target:
        claim_pack(claim, target, **options)
    return path


def read(path, name):
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def rewritten(path, target, change):
    """A copy of a bundle whose members {name: bytes} went through `change`."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return target


def test_a_claims_bundle_holds_what_is_stored_about_it(claim, tmp_path):
    path = packed(claim, tmp_path / "a.zip")
    stored = json.loads(read(path, "申报.json"))
    assert stored["number"] == claim.number
    assert stored["facts"] == claim.facts
    assert stored["payable_cny"] == str(claim.payable_cny)
    assert stored["enterprise_credit_code"] == claim.enterprise.credit_code
    assert "draft" not in stored
    steps = json.loads(read(path, "计算说明.json"))
    assert len(steps["steps"]) == len(claim.steps) > 0
    events = [json.loads(line) for line in read(path, "操作记录.jsonl").decode().splitlines()]
    assert [each[1] for each in events] == list(claim.events.order_by("pk").values_list("pk", flat=True))
    entries = read(path, "总额账.jsonl").decode().splitlines()
    assert len(entries) == claim.ledger_entries.count() > 0
    letter = claim.letters.first()
    assert json.loads(read(path, f"文书/{letter.number}.json"))["check_code"] == letter.check_code
    files = json.loads(read(path, "证明材料.json"))
    assert {each["sha256"] for each in files} == set(claim.evidence.values_list("file__sha256", flat=True))
    assert bundle_check(path)[1] == []


def test_the_same_state_makes_the_same_bytes_and_another_does_not(claim, tmp_path, officers):
    first = packed(claim, tmp_path / "a.zip", with_files=True).read_bytes()
    assert packed(claim, tmp_path / "b.zip", with_files=True).read_bytes() == first
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce, at=NOW)
    assert packed(claim, tmp_path / "c.zip", with_files=True).read_bytes() != first


def test_evidence_is_in_it_only_where_asked_for(claim, tmp_path):
    def evidence_in(path):
        return [name for name in zipfile.ZipFile(path).namelist() if name.startswith("证明材料/")]

    assert evidence_in(packed(claim, tmp_path / "a.zip")) == []
    full = packed(claim, tmp_path / "b.zip", with_files=True)
    assert len(evidence_in(full)) == claim.evidence.count()
    assert read(full, evidence_in(full)[0]).startswith(PDF)


def test_sha256sum_itself_agrees(claim, tmp_path):
    path = packed(claim, tmp_path / "a.zip", with_files=True)
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_tampering_shows(claim, tmp_path, capsys):
    path = packed(claim, tmp_path / "a.zip")

    def changed(members):
        members["申报.json"] = members["申报.json"].replace(b"100000", b"900000")

    def taken_out(members):
        del members["总额账.jsonl"]

    def put_in(members):
        members["另附.txt"] = b"x"

    def no_manifest(members):
        del members["manifest.json"]

    def manifest_follows(members):
        changed(members)
        manifest = json.loads(members["manifest.json"])
        for each in manifest["members"]:
            content = members[each["name"]]
            each |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        members["manifest.json"] = json.dumps(manifest).encode()

    for change, sentence in (
        (changed, "申报.json：内容与清单不符。"),
        (taken_out, "总额账.jsonl：清单里有，包里没有。"),
        (put_in, "另附.txt：清单里没有。"),
        (no_manifest, "不是本平台的核查包"),
        (manifest_follows, "SHA256SUMS：与 manifest.json 不符。"),
    ):
        with pytest.raises(SystemExit):
            call_command("audit", "check", str(rewritten(path, tmp_path / "b.zip", change)))
        assert sentence in capsys.readouterr().out


def test_checking_needs_no_database_and_says_what_is_no_bundle(tmp_path, capsys):
    with pytest.raises(CommandError, match="不能读取"):
        call_command("audit", "check", str(tmp_path / "none.zip"))
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(SystemExit):
        call_command("audit", "check", str(tmp_path / "cut.zip"))
    assert "不是完整的压缩包" in capsys.readouterr().out


def test_a_damaged_member_is_told_and_not_an_error(claim, tmp_path):
    path = packed(claim, tmp_path / "a.zip", with_files=True)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        info = file.getinfo("申报.json")
    for offset in range(info.header_offset + 60, info.header_offset + 90):
        content[offset] ^= 0xFF
    path.write_bytes(content)
    assert "申报.json：内容与清单不符。" in bundle_check(path)[1]


def test_a_batch_is_packed_with_its_sealed_sheet_and_its_claims(claim, officers, tmp_path):
    batch = locked_batch(claim, officers)
    path = tmp_path / "a.zip"
    with path.open("w+b") as target:
        batch_pack(batch, target)
    sheet = read(path, f"资金拨付表-{batch.number}.xlsx")
    assert hashlib.sha256(sheet).hexdigest() == batch.file_sha256
    assert json.loads(read(path, "批次.json"))["file_sha256"] == batch.file_sha256
    assert json.loads(read(path, "拨付明细.json"))[0]["claim_number"] == claim.number
    assert json.loads(read(path, f"申报/{claim.number}/申报.json"))["number"] == claim.number
    assert bundle_check(path)[1] == []


def locked_batch(claim, officers):
    """The claim on its way through a notice into a batch that is locked."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    for action, actor in (("approve", officers.commerce), ("finance_approve", officers.finance)):
        transition(claim_id=claim.pk, action=action, actor=actor, at=NOW)
        settle_all(claim)
    claim.refresh_from_db()
    notice_publish(
        payer="province", year=2025, claim_ids=[claim.pk], title="示例公示", actor=officers.finance, at=NOW
    )
    notices_close(today=date(2026, 3, 20))
    make_appropriation(actor=officers.finance)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="示例", actor=officers.finance, at=NOW)
    batch_lock(batch_id=batch.pk, actor=make_user("finance2", role=Role.FINANCE), at=NOW)
    batch.refresh_from_db()
    return batch


def test_an_auditor_has_it_made_and_its_hash_is_recorded(claim, officers, sign_in):
    client = sign_in(officers.auditor)
    desk = reverse("review:claim", args=[claim.number])
    assert "制作核查包" in client.get(desk).content.decode()
    assert "制作核查包" not in sign_in(officers.commerce).get(desk).content.decode()
    answer = client.post(reverse("review:claim_bundle", args=[claim.number]), {"files": "1"})
    job = Job.objects.get(work="audit.bundle")
    job_run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    shown = client.get(answer["Location"]).content.decode()
    file = client.get(reverse("review:audit_file", args=[job.pk])).getvalue()
    sha256 = hashlib.sha256(file).hexdigest()
    assert sha256 in shown
    event = Event.objects.get(kind="audit.bundled")
    assert (event.data["sha256"], event.topic, event.claim) == (sha256, f"reading:{claim.number}", None)


def test_an_auditor_has_a_batch_packed_from_its_page(claim, officers, sign_in):
    batch = locked_batch(claim, officers)
    client = sign_in(officers.auditor)
    page = reverse("review:batch", args=[batch.number])
    assert "制作核查包" in client.get(page).content.decode()
    client.post(reverse("review:batch_bundle", args=[batch.number]))
    job = Job.objects.get(work="audit.bundle")
    assert job_run(job.pk) == "done"
    assert Event.objects.get(kind="audit.bundled").topic == f"bundle:{batch.number}"
    assert client.get(page).status_code == 200
