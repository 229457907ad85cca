"""An officer brings a file of customs figures in a real browser, with a real worker behind it."""

import re

import pytest
from django.test import Client
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import DataLoad, Job, TradeFigures
from review.console import imports
from tests.applications.imports.messy.books import book
from tests.e2e.steps import COMPUTED, sign_in
from tests.factories import credit_code, make_claim, make_figures, make_firm, make_period, make_user
from tests.review.imports import GOOD, MIXED, act, checked, stored, uploaded, worked
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = pytest.mark.xdist_group("browser")

HEADINGS = ["社会信用代码", "单位名称", "年份", "进口额", "出口额", "排名"]


@pytest.fixture
def officer(live_worker):
    """Keeps data, and reviews claims as well."""
    user = make_user("keeper", role=Role.DATA, name="示例数据员甲")
    user.posts.create(role=Role.COMMERCE, starts_on="2020-01-01")
    return user


@pytest.fixture
def claim(officer):
    """A claim of 1.1: the firm's trade grew by 200 million."""
    firm = make_firm("示例远东贸易有限公司")
    make_figures(firm, 2024, import_cny="0", export_cny="1000000000")
    make_figures(firm, 2025, import_cny="0", export_cny="1200000000")
    return make_claim(firm, "1.1", make_period())


@pytest.fixture
def workbook(claim, tmp_path):
    """A file with a correction for the firm, a new firm and a row that cannot be read."""
    code = claim.enterprise.credit_code
    path = tmp_path / "2025年海关统计.xlsx"
    path.write_bytes(
        book(
            [
                ["全省 2025 年进出口统计"],
                ["单位：万元"],
                HEADINGS,
                [code, "示例远东贸易有限公司", 2025, 0, "115,000", 1],
                [credit_code(900), "示例新企业", "2025年", 100, 200, 2],
                [credit_code(901), "示例写错企业", 2025, "1.2.3", 200, 3],
                ["合计", None, None, 100, 115400, None],
            ]
        )
    )
    return path


def choose(page, path, kind="figures"):
    page.goto(f"/console/imports/{kind}/")
    page.get_by_label("文件", exact=True).set_input_files(path)
    follow(page.get_by_role("button", name="上传并检查"))
    expect(page.get_by_role("heading", level=1)).to_have_text(path.name)


def figure(page, label):
    return page.locator(".figures > div").filter(has=page.locator("dt", has_text=label)).locator("dd").first


def test_a_file_is_checked_stored_but_for_bad_rows_and_tells_which_claims_moved(
    page_desktop, officer, claim, workbook, tmp_path
):
    page = sign_in(page_desktop, officer)
    page.goto("/console/imports/")
    follow(page.get_by_role("link", name="导入海关年度统计"))
    choose(page, workbook)
    expect(page.get_by_role("heading", name="识别的列")).to_be_visible(timeout=COMPUTED)
    expect(figure(page, "数据行")).to_contain_text("3")
    expect(figure(page, "新增")).to_have_text("1")
    expect(figure(page, "改变")).to_have_text("1")
    expect(figure(page, "未通过")).to_have_text("1")
    expect(
        page.get_by_text("作为“出口额”，单位万元").or_(page.get_by_text("已识别，单位万元")).first
    ).to_be_visible()
    expect(page.get_by_text("没有识别，不导入")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("第 6 行"))
    expect(row).to_contain_text("1.2.3")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载未通过的行").first.click()
    assert download.value.suggested_filename == "2025年海关统计-未通过的行.xlsx"
    download.value.save_as(tmp_path / "未通过.xlsx")
    head, refused = load_workbook(tmp_path / "未通过.xlsx").active.iter_rows()
    bad = {head[cell.column - 1].value for cell in refused if cell.fill.fill_type == "solid"}
    assert (refused[0].value, bad) == (6, {"进口额（万元）"})

    assert TradeFigures.objects.count() == 2
    follow(page.get_by_role("button", name="只导入通过的 2 行"))
    expect(page.get_by_text("1 件申报已全部重新计算")).to_be_visible(timeout=COMPUTED)
    moved = page.get_by_role("row", name=re.compile("示例远东贸易有限公司"))
    before, after = f"{claim.payable_cny:,.2f}", f"{now(claim).payable_cny:,.2f}"
    assert before != after
    expect(moved.locator('td[data-l="原金额"]')).to_have_text(before)
    expect(moved.locator('td[data-l="新金额"]')).to_have_text(after)
    follow(moved.get_by_role("link"))
    expect(page).to_have_url(re.compile(f"/console/claims/{claim.number}/"))

    choose(page, workbook)
    expect(page.get_by_text("没有变化。")).to_be_visible(timeout=COMPUTED)
    expect(page.get_by_text("由示例数据员甲导入过")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("导入"))).to_have_count(0)


def now(claim):
    claim.refresh_from_db()
    return claim


def test_a_check_that_is_under_way_can_be_cancelled(page_desktop, officer, tmp_path):
    path = tmp_path / "大文件.csv"
    codes = [credit_code(number) for number in range(4000)]
    rows = (f"{code},示例企业,{year},1,2" for code in codes for year in range(2000, 2100))
    path.write_text("统一社会信用代码,企业名称,年度,进口额,出口额\n" + "\n".join(rows), encoding="utf-8")
    page = sign_in(page_desktop, officer)
    choose(page, path)
    expect(page.locator("[data-progress-words]")).to_contain_text(
        re.compile(r"正在读取，\d+%"), timeout=COMPUTED
    )
    expect(page.locator("progress")).to_have_attribute("value", re.compile(r"\d"))
    follow(page.get_by_role("button", name="取消"))
    expect(page.get_by_text("没有改动任何数据").first).to_be_visible(timeout=COMPUTED)
    assert DataLoad.objects.get().stage == "cancelled"
    assert not TradeFigures.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page_desktop, officer, settings, tmp_path):
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    path = tmp_path / "太大.csv"
    path.write_bytes(bytes(1024 * 1024 + 200_000))
    page = sign_in(page_desktop, officer)
    page.goto("/console/imports/figures/")
    page.get_by_label("文件", exact=True).set_input_files(path)
    expect(page.get_by_role("alert")).to_have_text("文件 1.2 MB，超过 1 MB。请分成几个文件，分次导入。")


SCREENS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture
def keeper(transactional_db):
    return make_user("keeper", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def addresses(keeper, monkeypatch):
    """Pages of imports, and one load at each stage; no worker takes part."""
    client = Client()
    client.force_login(keeper)
    long_name = "关于报送全省外贸企业进出口数据（第二批，更正）的附件" * 4 + ".csv"
    waiting, cancelled = uploaded(client), uploaded(client)
    act(client, cancelled, "cancel")
    failed = uploaded(client)
    Job.objects.filter(pk=failed.job_id).update(attempts=3)
    loads = [
        waiting, cancelled, worked(failed), checked(client, b"%PDF-"), checked(client, MIXED, name=long_name),
        stored(client, MIXED, good_rows=True), checked(client, GOOD, name="一" * 190), stored(client), checked(client),
    ]  # fmt: skip
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    client.post("/console/imports/figures/export/")
    export = Job.objects.latest("pk")
    return [
        "/console/imports/",
        *(f"/console/imports/{kind}/" for kind in ("figures", "monthly", "city-rates")),
        *(f"/console/imports/loads/{load.pk}/" for load in loads),
        f"/console/imports/exports/{export.pk}/",
    ]


@pytest.mark.slow
def test_import_pages_are_in_order_at_every_stage_on_every_screen(page_desktop, keeper, addresses):
    page, found = sign_in(page_desktop, keeper), {}
    for address in addresses:
        assert page.goto(address).status == 200
        for screen in SCREENS:
            page.set_viewport_size(screen)
            found[address, screen["width"]] = page_faults(page)
    assert {place: faults for place, faults in found.items() if faults} == {}
