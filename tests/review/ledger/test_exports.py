"""Extracts of money as work for a worker: what is in the file, who gets it, and what happens on the way."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.worksheet._writer import ALL_TEMP_FILES

from accounts.roles import Role
from applications.imports.files import file_path
from applications.jobs import Progress, job_cancel, job_run
from applications.models import Enterprise, Event, Job, LedgerEntry, LedgerKind
from applications.readings import FILE_TAKEN
from review.ledger import exports
from review.ledger.exports import EXPORTED
from review.sheets.ledger import EXTRACTS, declared_words
from tests.factories import NOW

pytestmark = pytest.mark.django_db

PAGE = "/console/ledger/exports/"
FIRST = 5


def ask(client, extract, **asked):
    """Asks for an extract; the job, or the refusing response."""
    response = client.post(PAGE, {"extract": extract, **asked})
    return Job.objects.latest("pk") if response.status_code == 302 else response


def taken(client, job):
    """The sheet of a job's file, as whoever asked for it gets it."""
    response = client.get(reverse("review:ledger_export_file", args=[job.pk]))
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.getvalue())).worksheets[0]


def table(sheet, extract):
    """The rows of a sheet as {heading: value}, and the one that adds them up; whoever signs stands below it."""
    titles = [column.title for column in EXTRACTS[extract].columns]
    assert [cell.value for cell in sheet[FIRST - 1]] == titles
    rows = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=FIRST, values_only=True)]
    *rows, total, signed = rows
    assert [word for word in signed.values() if word][:3] == ["制表：", "复核：", "负责人："]
    return rows, total


def test_the_ledger_s_extract_is_the_ledger_and_adds_up(year, sign_in):
    client = sign_in(year.people.finance)
    job = ask(client, "entries")
    assert job_run(job.pk) == "done"
    sheet = taken(client, job)
    rows, total = table(sheet, "entries")
    entries = list(LedgerEntry.objects.select_related("claim__enterprise").order_by("pk"))
    assert [int(row["编号"]) for row in rows] == [entry.pk for entry in entries]
    paid = next(
        row for row in rows if row["种类"] == "拨付" and row["申报编号"] == year.claims["paid"].number
    )
    assert paid["金额（元）"] == 63000.35
    assert paid["依据"] == "拨付批次 BF2026-0001"
    assert (paid["支付方"], paid["市（地）"], paid["年度"], paid["状态"]) == (
        "省财政厅",
        "哈尔滨市",
        "2025",
        "已拨付",
    )
    whole = sum(entry.amount_cny for entry in entries)
    assert Decimal(str(total["金额（元）"])) == whole
    job.refresh_from_db()
    assert job.result["rows"] == len(entries)
    assert job.result["sums"] == {"金额（元）": str(whole)}
    assert sheet["A2"].value == "范围：全部"


def test_the_list_of_claims_has_the_four_steps_and_what_became_of_the_money(year, sign_in):
    client = sign_in(year.people.commerce)
    job = ask(client, "claims", year="2025", q=year.claims["paid"].number)
    job_run(job.pk)
    [row], total = table(taken(client, job), "claims")
    assert row["申报的金额"] == "展位费 90,000.50 元"
    assert [
        row[f"{name}（元）"] for name in ("按规则计算", "限额后", "扣除其他支持后", "应付", "锁定", "已拨付")
    ] == [63000.35] * 6
    assert row["已列入批次（元）"] == 0
    assert row["首次提交"].date() == date(2026, 3, 2)
    assert total["应付（元）"] == 63000.35
    assert len(EXTRACTS["claims"].columns) >= 14
    assert job.params["words"] == f"企业、信用代码或申报编号：{year.claims['paid'].number}；年度：2025 年度"


def test_payments_say_account_and_result_and_a_draft_has_none(year, sign_in):
    client = sign_in(year.people.auditor)
    job = ask(client, "payments")
    job_run(job.pk)
    rows, total = table(taken(client, job), "payments")
    by_claim = {row["申报编号"]: row for row in rows}
    assert {number: row["结果"] for number, row in by_claim.items()} == {
        year.claims["paid"].number: "已拨付",
        year.claims["failed"].number: "拨付未成功",
        year.claims["committed"].number: "待拨付",
        year.claims["draft"].number: "待拨付",
        year.claims["city"].number: "已拨付",
    }
    paid = by_claim[year.claims["paid"].number]
    assert paid["账号"] == year.claims["paid"].enterprise.bank_accounts.get().number
    assert isinstance(paid["账号"], str)
    assert by_claim[year.claims["draft"].number]["账号"] in (None, "")
    assert Decimal(str(total["金额（元）"])) == sum(Decimal(str(row["金额（元）"])) for row in rows)


def test_what_begins_like_a_formula_stays_text_and_control_characters_go(year, sign_in):
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=2", "示例\x07公司"]
    claims = [claim for name, claim in year.claims.items() if name != "city"]
    for claim, name in zip(claims, names, strict=False):
        Enterprise.objects.filter(pk=claim.enterprise_id).update(name=name)
    client = sign_in(year.people.finance)
    for extract in ("entries", "claims"):
        job = ask(client, extract)
        job_run(job.pk)
        sheet = taken(client, job)
        cells = [cell for row in sheet.iter_rows(min_row=FIRST) for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        shown = {cell.value for cell in cells}
        assert {"=1+1", "+1", "-1", "@SUM(A1)", "示例公司"} <= shown


def test_a_city_s_finance_takes_its_own_payer_s_rows_alone(year, sign_in):
    client, number = sign_in(year.people.cityfin), year.claims["city"].number
    for extract in EXTRACTS:
        job = ask(client, extract, payer="province")
        job_run(job.pk)
        rows, _ = table(taken(client, job), extract)
        assert {row["申报编号"] for row in rows} == {number}
    assert "payer" not in job.params["asked"], "there is nothing to choose"


def test_commerce_has_no_business_with_accounts(year, sign_in):
    client = sign_in(year.people.commerce)
    assert client.post(PAGE, {"extract": "payments"}).status_code == 404
    assert "拨付明细" not in client.get(PAGE).content.decode()


def test_the_file_is_handed_out_to_who_asked_and_that_it_was_taken_is_recorded(year, sign_in):
    client = sign_in(year.people.finance)
    job = ask(client, "claims", kind="payment")
    assert Event.objects.get(kind=EXPORTED).data == {
        "extract": "claims",
        "asked": {"kind": "payment"},
        "rows": 2,
    }
    job_run(job.pk)
    file = reverse("review:ledger_export_file", args=[job.pk])
    for other in (year.people.finance2, year.people.auditor, year.people.cityfin):
        assert sign_in(other).get(file).status_code == 404
    taken(client, job)
    event = Event.objects.get(kind=FILE_TAKEN)
    assert (event.actor, event.topic) == (year.people.finance, "ledger")
    assert event.data["file"].startswith("申报明细-")
    assert "申报明细" in client.get(PAGE).content.decode()


def test_whose_post_has_narrowed_since_does_not_get_the_file(year, sign_in):
    officer, client = year.people.finance, sign_in(year.people.finance)
    job = ask(client, "entries")
    job_run(job.pk)
    file = reverse("review:ledger_export_file", args=[job.pk])
    officer.posts.update(role=Role.CITY_FINANCE, city="2301")
    assert client.get(file).status_code == 403
    assert not Event.objects.filter(kind=FILE_TAKEN).exists()
    officer.posts.update(role=Role.AUDITOR, city="")
    taken(client, job)
    officer.posts.all().delete()
    assert client.get(file).status_code == 403


def test_the_worker_writes_what_the_person_may_see_when_it_writes(year, sign_in):
    officer = year.people.finance
    job = ask(sign_in(officer), "entries")
    officer.posts.update(role=Role.CITY_FINANCE, city="2301")
    assert job_run(job.pk) == "done"
    job.refresh_from_db()
    assert job.result["payers"] == ["2301"]
    assert job.result["rows"] == LedgerEntry.objects.filter(claim__payer="2301").count()
    again = ask(sign_in(officer), "entries")
    officer.posts.all().delete()
    assert job_run(again.pk) == "failed"
    again.refresh_from_db()
    assert again.message == "您的岗位已有变化，不能再导出。"


def test_nothing_to_export_and_too_much_of_it_are_refused_with_a_sentence(year, sign_in, monkeypatch):
    client = sign_in(year.people.finance)
    none = ask(client, "entries", kind="offset")
    assert none.status_code == 409
    assert "没有符合条件的总额账明细" in none.content.decode()
    monkeypatch.setattr(exports, "MOST_ROWS", 4)
    much = ask(client, "payments")
    assert "符合条件的有 5 笔，一张表最多 4 行" in much.content.decode()
    assert not Job.objects.exists()


def test_an_export_that_nobody_waits_for_any_more_ends_and_leaves_no_file(year, sign_in):
    client = sign_in(year.people.finance)
    job = ask(client, "entries")
    assert client.get(reverse("review:ledger_export_progress", args=[job.pk])).json()["open"] is True
    client.post(reverse("review:ledger_export_cancel", args=[job.pk]))
    assert job_run(job.pk) is None
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "导出已取消" in client.get(reverse("review:ledger_export", args=[job.pk])).content.decode()
    assert client.get(reverse("review:ledger_export_file", args=[job.pk])).status_code == 404


def test_a_cancel_while_it_is_written_is_heard(year, sign_in, monkeypatch):
    job = ask(sign_in(year.people.finance), "entries")
    step = Progress.step

    def cancelled_on_the_way(progress, done):
        job_cancel(job)
        progress._noted = 0
        step(progress, done)

    monkeypatch.setattr(Progress, "step", cancelled_on_the_way)
    assert job_run(job.pk) == "cancelled"
    assert not file_path(f"money-{job.pk}").exists()
    assert not list(file_path("").glob("*.part"))
    assert not [path for path in ALL_TEMP_FILES if Path(path).exists()]


def test_rows_are_read_by_one_query_however_many_there_are(year):
    finance = year.people.finance

    def queries():
        with CaptureQueriesContext(connection) as found:
            for extract in EXTRACTS.values():
                assert list(extract.rows(finance, {}))
        return len(found)

    few, claim = queries(), year.claims["filed"]
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            enterprise_id=claim.enterprise_id,
            year=2025,
            claim=claim,
            kind=LedgerKind.AWARD,
            amount_cny=1,
            at=NOW,
        )
        for _ in range(50)
    )
    assert queries() == few


def test_declared_sums_of_rows_are_added_up_by_their_names():
    facts = {
        "loans": [{"interest_paid_cny": "1.10"}, {"interest_paid_cny": "2.20"}, {"interest_paid_cny": ""}]
    }
    assert declared_words("4.1", facts).endswith(" 3.30 元")
    assert declared_words("1.1", {}) == ""
