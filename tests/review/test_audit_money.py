"""What a bundle says years later about each fen: where it came from, where it went, and that its parts agree with each other."""

import hashlib
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from applications.ledger import balances
from applications.lifecycle import transition
from applications.models import Demand, Event, Holiday
from applications.notices import notices_close
from applications.recovery.receipts import receipt_add
from applications.recovery.terms import plan_set
from review.appropriations import appropriation_add
from review.audit.bundle import batch_pack, claim_pack
from review.audit.check import bundle_check
from review.bank.importing import result_import
from review.notices import notice_publish
from review.payouts import batch_lock, batch_make
from review.verification import value_verify
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    settle_all,
)
from tests.review.bank.sheets import row_of, sheet_file
from tests.review.notice_world import decide, object_to

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=20)


def partly_paid_back(demand, actor):
    """Two instalments are agreed on, and a part of the first has come in."""
    # Settlements know no other time than now.
    raised = demand.raised_at
    today = timezone.localdate(raised)
    plan_set(
        demand_id=demand.pk,
        parts=[(today + timedelta(90), Decimal("20000.00")), (today + timedelta(180), Decimal("15000.00"))],
        reason="企业书面申请。",
        actor=actor,
        at=raised,
    )
    receipt_add(
        demand_id=demand.pk,
        amount=Decimal("12345.67"),
        received_on=today,
        reference="示例凭证1",
        actor=actor,
        at=raised,
    )


@pytest.fixture
def paid(officers, tmp_path):
    """A claim objected to in its notice, paid by a batch whose result the bank has sent, and found to be too much since."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    other, second = (
        make_user("another", role=Role.COMMERCE, name="示例审核员乙"),
        make_user("secondfin", role=Role.FINANCE, name="示例财政员乙"),
    )
    claim = make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )
    for action, actor in (("approve", officers.commerce), ("finance_approve", officers.finance)):
        transition(claim_id=claim.pk, action=action, actor=actor, at=NOW)
        settle_all(claim)
    notice_publish(
        payer="province", year=2025, claim_ids=[claim.pk], title="示例公示", actor=officers.finance, at=NOW
    )
    objection = object_to(claim, at=NOW + timedelta(days=1))
    decide(objection, other, upheld=False, at=NOW + timedelta(days=1))
    notices_close(today=date(2026, 3, 20))
    appropriation_add(
        measure=5,
        year=2025,
        payer="province",
        amount=Decimal("1000000.00"),
        document="示例指〔2026〕1号",
        document_on=NOW.date(),
        actor=officers.finance,
        at=NOW,
    )
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="示例", actor=officers.finance, at=NOW)
    batch_lock(batch_id=batch.pk, actor=second, at=NOW)
    batch.refresh_from_db()
    path = sheet_file(tmp_path, [row_of(batch.payments.get())])
    result_import(batch_id=batch.pk, path=path, name=path.name, actor=officers.finance, at=LATER)
    value_verify(
        claim_id=claim.pk, path="booth_cny", value="50000", reason="重复开票。", actor=other, at=LATER
    )
    settle_all(claim)
    partly_paid_back(Demand.objects.get(), officers.finance)
    claim.refresh_from_db()
    batch.refresh_from_db()
    claim.batch = batch
    return claim


@pytest.fixture
def bundle(paid, tmp_path):
    """The bundle of the claim, as a path."""
    return packed(claim_pack, paid, tmp_path / "claim.zip")


@pytest.fixture
def batch_bundle(paid, tmp_path):
    """The bundle of its batch, as a path."""
    return packed(batch_pack, paid.batch, tmp_path / "batch.zip")


def packed(pack, what, path):
    with path.open("w+b") as target:
        pack(what, target)
    return path


def read(path, name):
    with zipfile.ZipFile(path) as file:
        content = file.read(name)
    return json.loads(content) if name.endswith(".json") else content


def forged(path, name, change):
    """A copy of a bundle in which a member says something else, and every hash has been made to fit."""
    with zipfile.ZipFile(path) as file:
        members = {each: file.read(each) for each in file.namelist()}
    members[name] = change(members[name])
    manifest = json.loads(members.pop("manifest.json"))
    members.pop("SHA256SUMS")
    for each in manifest["members"]:
        content = members[each["name"]]
        each |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    members["manifest.json"] = json.dumps(manifest).encode()
    sums = [f"{hashlib.sha256(content).hexdigest()}  {each}\n" for each, content in members.items()]
    target = path.with_name("forged.zip")
    with zipfile.ZipFile(target, "w") as file:
        for each, content in {**members, "SHA256SUMS": "".join(sums).encode()}.items():
            file.writestr(each, content)
    return target


def test_a_claims_bundle_answers_for_its_money(paid, bundle):
    notice = read(bundle, "公示.json")[0]["notice"]
    assert (notice["number"], notice["standing"]) == (paid.notice_lines.get().notice.number, "closed")
    objection = read(bundle, "异议.json")[0]
    assert (objection["standing"], objection["decided_by_name"]) == ("dismissed", "示例审核员乙")
    (line,) = read(bundle, "拨付.json")
    assert (line["amount_cny"], line["result"]) == ("70000.00", "paid")
    assert line["payment"]["payee_account"] == line["payee_account"]
    assert (line["batch"]["number"], line["batch"]["checker_name"]) == (paid.batch.number, "示例财政员乙")
    assert line["batch"]["file_sha256"] == paid.batch.file_sha256
    (result,) = read(bundle, "银行回执.json")
    assert result["file_sha256"] == paid.batch.results.get().file_sha256
    assert read(bundle, "收款账户.json")["enterprise"][0]["number"] == line["payee_account"]
    budget = read(bundle, "预算.json")
    assert (budget["measure"], budget["year"], budget["payer"]) == (5, 2025, "province")
    assert Decimal(budget["appropriated_cny"]) == sum(Decimal(d["amount_cny"]) for d in budget["documents"])
    (demand,) = read(bundle, "追回.json")["demands"]
    assert [part["amount_cny"] for part in demand["instalments"]] == ["20000.00", "15000.00"]
    assert [(each["amount_cny"], each["reference"]) for each in demand["receipts"]] == [
        ("12345.67", "示例凭证1")
    ]
    assert bundle_check(bundle)[1] == []


def test_what_was_done_with_notice_batch_and_budget_is_told_with_the_names_of_those_who_did(paid, bundle):
    related = [json.loads(line) for line in read(bundle, "相关记录.jsonl").decode().splitlines()]
    assert {"notice.published", "batch.locked", "budget.appropriated"} <= {each[2] for each in related}
    named = {each["id"] for each in read(bundle, "经手人.json")}
    assert {each[4] for each in related if each[4]} <= named
    assert {each[1] for each in related}.isdisjoint(paid.events.values_list("pk", flat=True))
    assert Event.objects.filter(pk__in=[each[1] for each in related]).count() == len(related)


def test_a_batchs_bundle_holds_its_payments_and_the_sheets_of_the_bank(paid, batch_bundle):
    payments = read(batch_bundle, "支付.json")
    assert [each["amount_cny"] for each in payments] == ["70000.00"]
    (result,) = read(batch_bundle, "银行回执.json")
    sheet = read(batch_bundle, f"银行回执/{result['id']:06}")
    assert hashlib.sha256(sheet).hexdigest() == result["file_sha256"]
    assert [each["measure"] for each in read(batch_bundle, "预算.json")] == [5]
    assert bundle_check(batch_bundle)[1] == []


def test_a_forgery_with_fitting_hashes_shows_where_the_money_disagrees(bundle):
    for name, was, becomes, sentence in (
        ("拨付.json", b'"amount_cny": "70000.00"', b'"amount_cny": "70000.01"', "拨付明细 70,000.01 元"),
        ("总额账.jsonl", b'"70000.00"', b'"70000.01"', "总额账各笔合计的锁定"),
        ("追回.json", b'"12345.67"', b'"12345.66"', "追回的到账 12,345.66 元"),
        ("申报.json", b'"paid_cny": "57654.33"', b'"paid_cny": "70000.00"', "申报上的 70,000.00 元"),
        ("申报.json", b'"paid_cny": "57654.33"', b'"paid_cny": "a lot"', "金额不能读取"),
    ):
        assert was in read_bytes(bundle, name), name
        told = bundle_check(forged(bundle, name, lambda b, was=was, to=becomes: b.replace(was, to)))[1]
        assert sentence in "".join(told)


def test_a_forged_batch_shows_as_well(batch_bundle):
    with zipfile.ZipFile(batch_bundle) as file:
        names = file.namelist()
    for name, change, sentence in (
        ("支付.json", lambda b: b.replace(b'"70000.00"', b'"69999.99"'), "各笔支付合计 69,999.99 元"),
        ("拨付明细.json", lambda b: b.replace(b'"70000.00"', b'"69999.99"'), "拨付明细合计 69,999.99 元"),
        ("资金拨付表", lambda b: b + b" ", "与批次锁定时的校验值不符"),
        ("银行回执/", lambda b: b + b"\n", "与导入时的校验值不符"),
    ):
        (full,) = [each for each in names if each.startswith(name)]
        assert sentence in "".join(bundle_check(forged(batch_bundle, full, change))[1])


def read_bytes(path, name):
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def test_a_bundle_made_before_these_members_existed_is_still_found_right(bundle):
    with zipfile.ZipFile(bundle) as file:
        kept = {each: file.read(each) for each in file.namelist() if each != "拨付.json"}
    old = bundle.with_name("old.zip")
    manifest = json.loads(kept.pop("manifest.json")) | {"format": "核查包 1"}
    kept.pop("SHA256SUMS")
    manifest["members"] = [each for each in manifest["members"] if each["name"] in kept]
    kept["manifest.json"] = json.dumps(manifest).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {each}\n" for each, content in kept.items())
    with zipfile.ZipFile(old, "w") as file:
        for each, content in {**kept, "SHA256SUMS": sums.encode()}.items():
            file.writestr(each, content)
    assert bundle_check(old)[1] == []


def test_the_same_money_makes_the_same_bytes_and_asks_nothing_of_the_database_to_be_checked(paid, tmp_path):
    first, again = (packed(claim_pack, paid, tmp_path / name) for name in ("a.zip", "b.zip"))
    assert first.read_bytes() == again.read_bytes()
    with CaptureQueriesContext(connection) as asked:
        assert bundle_check(first)[1] == []
    assert len(asked) == 0
    found = json.loads(read_bytes(first, "申报.json"))
    assert {name: Decimal(found[name]) for name in balances(paid.pk)} == balances(paid.pk)
