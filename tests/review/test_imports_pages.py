"""Bringing official data: kinds, templates, exports, and what becomes of an upload before anything is checked."""

import stat
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, transaction
from django.test import RequestFactory
from django.urls import resolve, reverse

from accounts.roles import Role
from applications.imports.files import file_path
from applications.imports.kinds import KINDS
from applications.imports.loading import load_store
from applications.imports.loads import load_upload
from applications.jobs import job_run
from applications.models import DataLoad, Event, Job, TradeFigures
from review.console import imports
from tests.factories import NOW, credit_code, make_user
from tests.review.imports import GOOD, book_of, checked, figures_csv, page, stored, upload, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    return make_user("keeper", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def client(sign_in, keeper):
    return sign_in(keeper)


@pytest.fixture
def auditor(sign_in):
    return sign_in(make_user("auditor", role=Role.AUDITOR, name="示例审计员"))


def address(name, *args):
    return reverse(f"review:{name}", args=args)


# --- Uploading -----------------------------------------------------------------------------------


def test_an_uploaded_file_is_kept_by_itself_and_waits_to_be_checked(client, keeper):
    load = uploaded(client, name="2025年统计.csv")
    assert (load.kind, load.file_name, load.size) == ("figures", "2025年统计.csv", len(GOOD))
    assert (load.stage, load.uploaded_by) == ("checking", keeper)
    path = file_path(load.file_path)
    assert path.read_bytes() == GOOD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "统计" not in path.name
    assert (load.job.work, load.job.params) == ("import.check", {"load": load.pk})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "请选择要导入的文件。"), (b"", "文件是空的，请重新选择。")],
    ids=["no file", "an empty file"],
)
def test_without_a_file_the_field_says_so(client, content, sentence):
    response = upload(client, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DataLoad.objects.exists()


def test_a_file_that_is_too_large_is_refused_at_the_field_with_its_size(client, settings):
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    response = upload(client, bytes(3 * 1024 * 1024))
    assert response.status_code == 422
    assert "文件 3 MB，超过 1 MB。请分成几个文件，分次导入。" in response.content.decode()
    assert not DataLoad.objects.exists()


def test_a_file_may_be_larger_than_evidence_and_comes_in_whole(client, settings):
    settings.EVIDENCE_MAX_BYTES = 1000
    content = figures_csv(*((number, 2025, "1", "2") for number in range(100)))
    assert len(content) > 4000
    load = uploaded(client, content)
    assert file_path(load.file_path).read_bytes() == content


@pytest.mark.parametrize("who", ["nobody", "an officer with another post"])
def test_nobody_else_can_fill_the_disk_through_this_address(who, settings):
    settings.EVIDENCE_MAX_BYTES = 1000
    user = AnonymousUser() if who == "nobody" else make_user("commerce", role=Role.COMMERCE)
    where = address("import_kind", "figures")
    request = RequestFactory().post(where, {"file": SimpleUploadedFile("大.csv", bytes(5000))})
    request.user, request.resolver_match = user, resolve(where)
    with request.FILES["file"].file as received:
        assert len(received.read()) == 1001


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\统计.csv", "统计.csv"),
        ("a/b/统计\n表.xlsx", "统计表.xlsx"),
        ("长" * 300 + ".xlsx", "长" * 195 + ".xlsx"),
        ("没有后缀" * 60, ("没有后缀" * 60)[:200]),
    ],
)
def test_names_of_files_are_shown_without_folders_and_not_too_long(keeper, given, kept):
    file = SimpleNamespace(name=given, size=4, file=SimpleUploadedFile("x", b"1234"))
    assert load_upload(kind=KINDS["figures"], upload=file, actor=keeper).file_name == kept


def test_a_file_is_not_kept_where_its_load_is_not(keeper, settings):
    file = SimpleNamespace(name="统计.csv", size=4, file=SimpleUploadedFile("x", b"1234"))
    with pytest.raises(DataError), transaction.atomic():
        load_upload(kind=KINDS["figures"], upload=file, actor=keeper, source_ip="no address")
    assert list(settings.IMPORT_ROOT.iterdir()) == []


def test_a_kind_that_does_not_exist_has_no_page(client):
    for name in ("import_kind", "import_template"):
        assert client.get(address(name, "wishes")).status_code == 404


# --- Pages ---------------------------------------------------------------------------------------


def test_every_kind_is_listed_with_its_purpose_and_last_load(client):
    stored(client)
    text = client.get(address("imports")).content.decode()
    for kind in KINDS.values():
        assert kind.title in text
        assert address("import_template", kind.name) in text
    assert "奖补按这里的数计算" in text
    assert "示例数据员甲" in text
    assert text.count("还没有导入过") == len(KINDS) - 1


def test_loads_are_listed_with_state_and_counts_and_filtered_by_kind(client):
    load = checked(client, name="年度.csv")
    uploaded(client, b"x", name="节日.csv", kind="holidays")
    text = client.get(address("imports")).content.decode()
    assert "待确认" in text
    assert "检查中" in text
    only = client.get(address("imports"), {"kind": "figures"}).content.decode()
    assert (load.file_name in only, "节日.csv" in only) == (True, False)
    none = client.get(address("imports"), {"kind": "lpr"}).content.decode()
    assert "没有符合这些条件的导入" in none
    nonsense = client.get(address("imports"), {"kind": "wishes", "page": "x"}).content.decode()
    assert load.file_name in nonsense


def test_the_list_costs_the_same_for_one_load_and_for_many(
    client, keeper, django_assert_num_queries, django_assert_max_num_queries
):
    def add(number):
        DataLoad.objects.create(
            kind="figures", stage="stored", file_name=f"{number}.csv", uploaded_by=keeper, uploaded_at=NOW,
            stored_at=NOW, report={"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "refused_rows": 0},
        )  # fmt: skip

    add(0)
    with django_assert_max_num_queries(12) as one:
        client.get(address("imports"))
    for number in range(1, 20):
        add(number)
    with django_assert_num_queries(len(one)):
        client.get(address("imports"))


def test_an_auditor_sees_everything_and_can_change_nothing(client, auditor):
    load = checked(client)
    assert "上传并检查" not in auditor.get(address("import_kind", "figures")).content.decode()
    text = page(auditor, load)
    assert "识别的列" in text
    assert "全部导入 2 行" not in text
    assert upload(auditor).status_code == 403


def test_a_load_from_the_command_line_is_shown_like_any_other(client, tmp_path):
    path = tmp_path / "夜间.csv"
    path.write_bytes(GOOD)
    load = load_store("figures", path).load
    text = page(client, load)
    assert "夜间.csv" in text
    assert "下载原文件" not in text
    assert client.get(address("load_file", load.pk)).status_code == 404
    assert client.post(address("load_act", load.pk, "cancel")).status_code == 409


# --- Files that go out ---------------------------------------------------------------------------


def test_a_template_is_downloaded_under_its_kinds_name(client):
    response = client.get(address("import_template", "platform-members"))
    assert "%E5%B9%B3%E5%8F%B0%E5%86%85%E4%BC%81%E4%B8%9A" in response["Content-Disposition"]
    sheet = book_of(response).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["平台编号", "统一社会信用代码", "起", "止"]


def export(client, **data):
    return client.post(address("import_export", "figures"), data)


def make_years(*years):
    for year in years:
        TradeFigures.objects.create(credit_code=credit_code(1), year=year)


def test_few_rows_are_exported_at_once_and_who_took_them_is_recorded(client, keeper):
    make_years(2024, 2025)
    sheet = book_of(export(client)).active
    assert [row[2].value for row in sheet.iter_rows(min_row=2)] == [2024, 2025]
    sheet = book_of(export(client, year="2025")).active
    assert [row[2].value for row in sheet.iter_rows(min_row=2)] == [2025]
    events = Event.objects.filter(kind="official.exported", topic="export:figures", actor=keeper).order_by(
        "pk"
    )
    assert [event.data for event in events] == [{"year": None, "rows": 2}, {"year": 2025, "rows": 1}]


def test_there_is_nothing_to_export_where_nothing_is_stored(client):
    assert "还没有数据" in client.get(address("import_kind", "figures")).content.decode()
    response = client.post(address("import_export", "figures"), follow=True)
    assert "还没有可以导出的数据。" in response.content.decode()


@pytest.fixture
def long_export(client, monkeypatch):
    """An export of more rows than one waits for."""
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    make_years(2024, 2025)
    response = export(client)
    job = Job.objects.get()
    assert response["Location"] == address("export", job.pk)
    return job


def test_many_rows_are_exported_by_a_worker_and_taken_when_they_are_ready(client, long_export):
    job = long_export
    assert "data-progress" in client.get(address("export", job.pk)).content.decode()
    assert client.get(address("export_progress", job.pk)).json()["open"] is True
    assert client.get(address("export_file", job.pk)).status_code == 404
    job_run(job.pk)
    assert client.get(address("export_progress", job.pk)).json()["open"] is False
    assert "共 2 行" in client.get(address("export", job.pk)).content.decode()
    assert book_of(client.get(address("export_file", job.pk))).active.max_row == 3


def test_an_export_is_for_whoever_asked_for_it(auditor, long_export):
    for name in ("export", "export_progress", "export_file"):
        assert auditor.get(address(name, long_export.pk)).status_code == 404


def test_an_export_can_be_cancelled(client, long_export):
    client.post(address("export_cancel", long_export.pk))
    assert job_run(long_export.pk) is None
    assert "导出已取消" in client.get(address("export", long_export.pk)).content.decode()
    again = client.post(address("export_cancel", long_export.pk), follow=True)
    assert "这项任务已经结束，不能取消。" in again.content.decode()


def test_an_export_whose_file_is_gone_says_so(client, long_export):
    job_run(long_export.pk)
    file_path(f"export-{long_export.pk}").unlink()
    response = client.get(address("export_file", long_export.pk), follow=True)
    assert "文件只保留一天" in response.content.decode()
