"""One load from its check to what it brought: previewed, confirmed once, stored or not at all, and told afterwards."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.imports.files import file_path
from applications.imports.loading import load_store
from applications.imports.loads import load_confirm
from applications.jobs import MOST_ATTEMPTS, job_run
from applications.models import (
    CityRate,
    DataLoad,
    Event,
    Job,
    MonthlyTrade,
    Platform,
    PlatformMember,
    TradeFigures,
)
from tests.factories import (
    credit_code,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    settle_all,
)
from tests.review.imports import (
    MIXED,
    act,
    book_of,
    checked,
    figures_csv,
    page,
    stored,
    uploaded,
    worked,
)
from tests.support.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    return make_user("keeper", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def client(sign_in, keeper):
    return sign_in(keeper)


@pytest.fixture
def colleague(sign_in):
    return sign_in(make_user("keeper2", role=Role.DATA, name="示例数据员乙"))


def address(name, load):
    return reverse(f"review:{name}", args=[load.pk])


def kinds_of_events(load):
    return list(Event.objects.filter(topic=f"load:{load.pk}").order_by("pk").values_list("kind", flat=True))


# --- While it is checked -------------------------------------------------------------------------


def test_while_a_file_is_checked_its_page_follows_the_work_and_can_do_without_scripts(client):
    load = uploaded(client)
    text = page(client, load)
    assert "正在检查文件" in text
    assert f'data-progress="{address("load_progress", load)}"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert client.get(address("load_progress", load)).json() == {
        "open": True,
        "percent": None,
        "words": "正在排队，很快开始",
    }
    worked(load)
    assert client.get(address("load_progress", load)).json()["open"] is False
    assert "data-progress" not in page(client, load)


def test_the_bar_says_how_far_the_work_is(client):
    load = uploaded(client)
    Job.objects.filter(pk=load.job_id).update(state="running", phase="正在读取", total=1000, done=457)
    shown = {"open": True, "percent": 45, "words": "正在读取"}
    assert client.get(address("load_progress", load)).json() == shown
    assert '<progress class="meter" max="100" value="45"' in page(client, load)


def test_a_check_can_be_cancelled_and_begun_again(client):
    load = uploaded(client)
    assert act(client, load, "cancel").status_code == 302
    load.refresh_from_db()
    assert load.stage == "cancelled"
    assert "没有改动任何数据" in page(client, load)
    act(client, load, "recheck")
    load.refresh_from_db()
    assert worked(load).stage == "checked"
    assert kinds_of_events(load) == [
        "load.uploaded", "load.cancel_asked", "load.cancelled", "load.rechecked", "load.checked",
    ]  # fmt: skip


def test_a_check_that_is_over_cannot_be_cancelled_any_more(client):
    load = checked(client)
    response = act(client, load, "cancel")
    assert response.status_code == 409
    assert "这项任务已经结束，不能取消。" in response.content.decode()


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(client):
    load = checked(client, b"%PDF-1.4 and more", name="统计.xlsx")
    assert load.stage == "unreadable"
    text = page(client, load)
    assert "这是 PDF 文件，不是表格" in text
    assert "改好后重新上传" in text
    assert "action-bar" not in text


def test_work_that_failed_changes_nothing_and_can_be_tried_again(client):
    load = uploaded(client)
    Job.objects.filter(pk=load.job_id).update(attempts=MOST_ATTEMPTS)
    load = worked(load)
    assert load.stage == "failed"
    assert "处理时出错，没有改动任何数据" in page(client, load)
    act(client, load, "recheck")
    load.refresh_from_db()
    assert worked(load).stage == "checked"


def test_a_file_that_is_gone_is_asked_for_again(client):
    load = uploaded(client)
    file_path(load.file_path).unlink()
    assert "上传的文件已经不在了，请重新上传。" in page(client, worked(load))


# --- The preview ---------------------------------------------------------------------------------


def test_the_preview_shows_counts_columns_and_first_rows_and_stores_nothing(client):
    make_figures_row(901, 2025, import_cny="100.00", export_cny="150")
    load = checked(client)
    assert (load.report["new"], load.report["changed"]) == (1, 1)
    text = page(client, load)
    for words in ("识别的列", "没有识别，不导入", "单位元", "示例企业901", "前 2 行", "全部导入 2 行"):
        assert words in text, words
    assert "文件里没有：出口额（美元）" in text
    assert TradeFigures.objects.count() == 1


def make_figures_row(number, year, **figures):
    return TradeFigures.objects.create(
        credit_code=credit_code(number), name=f"示例企业{number}", year=year, **figures
    )


def test_each_fault_is_shown_with_row_column_and_value(client):
    text = page(client, checked(client, MIXED))
    assert "1 行，2 处" in text
    assert "第 3 行" in text
    assert "1.2.3" in text
    assert "二零二五" in text
    assert "只导入通过的 1 行" in text
    assert "全部导入" not in text


def test_refused_rows_are_downloaded_and_whoever_took_them_is_recorded(client, keeper):
    load = checked(client, MIXED, name="年度统计.csv")
    response = client.get(address("load_refused", load))
    assert response["Cache-Control"] == "private, no-store"
    sheet = book_of(response).active
    assert [cell.value for cell in sheet[2]][:3] == [3, sheet["B2"].value, credit_code(902)]
    assert "“年度”" in sheet["B2"].value
    event = Event.objects.get(topic=f"load:{load.pk}", kind="load.refused_taken")
    assert event.actor == keeper


def test_the_file_itself_is_handed_out_as_it_came(client):
    load = checked(client, MIXED)
    assert b"".join(client.get(address("load_file", load)).streaming_content) == MIXED
    assert "load.file_taken" in kinds_of_events(load)


def test_many_faults_are_cut_on_the_page_and_complete_in_the_spreadsheet(client):
    load = checked(client, figures_csv(*((number, 2025, "x", "y") for number in range(150))))
    text = page(client, load)
    assert "150 行，300 处" in text
    assert "这里是前 200 处" in text
    assert book_of(client.get(address("load_refused", load))).active.max_row == 151


def test_without_refused_rows_there_is_no_spreadsheet_of_them(client):
    load = checked(client)
    assert client.get(address("load_refused", load)).status_code == 404
    assert "下载未通过的行" not in page(client, load)


def test_what_is_in_a_file_is_shown_as_text(client):
    rows = figures_csv((901, 2025, "<b>1</b>", "2"))
    text = page(client, checked(client, rows, name="<i>统计</i>.csv"))
    assert "&lt;b&gt;1&lt;/b&gt;" in text
    assert "<b>1</b>" not in text
    assert "<i>统计" not in text


# --- The decision --------------------------------------------------------------------------------


def test_a_good_file_is_stored_as_a_whole_and_each_step_is_recorded(client, keeper):
    load = stored(client)
    assert (load.stage, load.good_rows_only, load.report["stored"]) == ("stored", False, True)
    assert TradeFigures.objects.count() == 2
    assert kinds_of_events(load) == ["load.uploaded", "load.checked", "load.confirmed", "load.stored"]
    text = page(client, load)
    assert "已导入" in text
    assert "没有企业年度需要重新计算" in text


def test_with_refused_rows_all_of_a_file_cannot_be_stored(client):
    load = checked(client, MIXED)
    response = act(client, load, "confirm")
    assert response.status_code == 409
    assert "文件里有未通过的行，不能全部导入" in response.content.decode()
    assert not TradeFigures.objects.exists()


def test_good_rows_alone_are_stored_where_that_is_chosen(client):
    load = stored(client, MIXED, good_rows=True)
    assert load.good_rows_only
    assert [row.credit_code for row in TradeFigures.objects.all()] == [credit_code(901)]
    assert "没有导入" in page(client, load)
    assert book_of(client.get(address("load_refused", load))).active.max_row == 2


def test_a_second_click_stores_nothing_twice_and_says_what_happened(client, colleague):
    load = checked(client)
    assert act(client, load, "confirm").status_code == 302
    again = act(colleague, load, "confirm")
    assert again.status_code == 409
    assert "示例数据员甲在" in again.content.decode()
    assert "“确认导入”" in again.content.decode()
    assert Job.objects.filter(work="import.store").count() == 1
    load.refresh_from_db()
    assert worked(load).stage == "stored"
    assert act(client, load, "confirm").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_confirm_at_once_one_does(client, keeper):
    load = checked(client)
    other = make_user("keeper3", role=Role.DATA)

    def confirm(actor):
        return load_confirm(load_id=load.pk, token=str(load.job_id), good_rows=False, actor=actor)

    results = together(lambda: confirm(keeper), lambda: confirm(other))
    assert sorted(isinstance(result, DataLoad) for result in results) == [False, True]
    assert Job.objects.filter(work="import.store").count() == 1


def test_a_page_that_was_checked_again_meanwhile_decides_nothing(client, colleague):
    load = checked(client)
    act(colleague, load, "recheck")
    load.refresh_from_db()
    seen, load = load.job_id, worked(load)
    assert act(client, load, "confirm", token=seen - 1).status_code == 409
    assert act(client, load, "confirm").status_code == 302


def test_a_load_can_be_given_up(client):
    load = checked(client)
    response = act(client, load, "discard")
    assert response.status_code == 302
    assert "已放弃这次导入，没有改动任何数据。" in page(client, load)
    assert act(client, load, "confirm").status_code == 409
    assert not TradeFigures.objects.exists()


def test_storing_can_be_cancelled_until_it_has_begun_and_confirmed_again(client):
    load = checked(client)
    act(client, load, "confirm")
    load.refresh_from_db()
    act(client, load, "cancel")
    load.refresh_from_db()
    assert load.stage == "checked"
    assert "刚才的导入已经取消，没有改动任何数据" in page(client, load)
    assert not TradeFigures.objects.exists()
    act(client, load, "confirm")
    load.refresh_from_db()
    assert worked(load).stage == "stored"


def test_a_row_that_is_refused_only_after_the_confirmation_holds_the_whole_file(client):
    Platform.objects.create(
        number="PT001",
        name="示例平台",
        level="provincial",
        operator_code=credit_code(1),
        designated_on="2022-01-01",
    )
    load = checked(
        client, f"平台编号,统一社会信用代码\nPT001,{credit_code(2)}".encode(), kind="platform-members"
    )
    act(client, load, "confirm")
    Platform.objects.update(number="PT002")
    load.refresh_from_db()
    load = worked(load)
    assert load.stage == "checked"
    assert not PlatformMember.objects.exists()
    text = page(client, load)
    assert "确认之后又有行未通过检查" in text
    assert "PT001" in text
    assert kinds_of_events(load)[-1] == "load.held"


def test_a_worker_that_died_after_it_had_stored_does_not_store_or_count_again(client, keeper):
    load = checked(client)
    act(client, load, "confirm")
    load.refresh_from_db()
    load_store("figures", file_path(load.file_path), actor=keeper, load=load)
    load = worked(load)
    assert (load.stage, load.job.state) == ("stored", "done")
    assert (load.report["new"], load.report["unchanged"]) == (2, 0)
    assert Event.objects.filter(kind="official.changed").count() == 2
    assert kinds_of_events(load)[-1] == "load.stored"


def test_a_cancelled_job_whose_rows_are_stored_leaves_the_load_stored(client, keeper):
    load = checked(client)
    act(client, load, "confirm")
    load.refresh_from_db()
    load_store("figures", file_path(load.file_path), actor=keeper, load=load)
    Job.objects.filter(pk=load.job_id).update(state="running", cancel_requested_at=load.stored_at)
    assert job_run(load.job_id) == "cancelled"
    load.refresh_from_db()
    assert load.stage == "stored"
    assert kinds_of_events(load)[-1] == "load.stored"


# --- The same file again -------------------------------------------------------------------------


def test_the_same_file_again_is_told_and_has_nothing_to_store(client):
    first = stored(client, name="一月.csv")
    load = checked(client, name="另存.csv")
    text = page(client, load)
    assert "由示例数据员甲导入过" in text
    assert reverse("review:load", args=[first.pk]) in text
    assert "没有变化。" in text
    assert "全部导入" not in text
    response = act(client, load, "confirm")
    assert response.status_code == 409
    assert "没有需要导入的内容" in response.content.decode()


def test_the_same_file_is_worth_storing_once_more_after_a_change(client):
    stored(client)
    TradeFigures.objects.filter(credit_code=credit_code(901)).update(import_cny="1")
    text = page(client, checked(client))
    assert "只会补上后来变动的部分" in text
    assert "全部导入 2 行" in text


# --- What it brought -----------------------------------------------------------------------------


@pytest.fixture
def claim():
    """A claim of 1.1 that rests on figures of two years."""
    firm = make_firm()
    make_figures(firm, 2024, import_cny="0", export_cny="1000000000")
    make_figures(firm, 2025, import_cny="0", export_cny="1200000000")
    return make_claim(firm, "1.1", make_period())


def figures_of(claim, exports):
    return f"统一社会信用代码,年度,出口额\n{claim.enterprise.credit_code},2025,{exports}".encode()


def test_claims_whose_amounts_moved_are_listed_with_before_and_after(client, claim, sign_in):
    before = claim.payable_cny
    load = stored(client, figures_of(claim, 1150000000))
    text = page(client, load)
    assert "1 个企业年度重新计算" in text
    assert "已重新计算 0 件，共 1 件" in text
    assert 'hx-trigger="every 3s"' in text
    claim = settle_all(claim)
    assert claim.payable_cny < before
    text = page(client, load)
    assert "1 件申报已全部重新计算" in text
    assert 'hx-trigger="every 3s"' not in text
    for amount in (before, claim.payable_cny, before - claim.payable_cny):
        assert f"{amount:,.2f}" in text
    assert claim.number in text
    link = reverse("review:claim", args=[claim.number])
    assert link not in text, "the desk is not for who only keeps data"
    commerce = sign_in(make_user("auditor", role=Role.AUDITOR))
    assert link in page(commerce, load)


def test_a_load_that_moves_no_amount_says_so(client, claim):
    code = claim.enterprise.credit_code
    load = stored(client, f"统一社会信用代码,年度,出口额（美元）\n{code},2025,1".encode())
    assert "目前还没有金额变化的申报" in page(client, load)
    settle_all(claim)
    assert load.years_marked == 1
    assert "没有申报的金额改变" in page(client, load)


def test_rates_of_cities_are_said_to_be_drafts(client):
    load = stored(client, "市（地）,年度,事项,比例\n哈尔滨市,2025,3.3,50%".encode(), kind="city-rates")
    assert CityRate.objects.get().published_at is None
    text = page(client, load)
    assert "导入后是草稿" in text
    assert "两个人" in text


MONTH = "统一社会信用代码,年月,进出口,监管方式,商品编码,金额（元）,金额（美元）"


def test_a_month_that_is_replaced_tells_what_it_takes_away(client):
    first, second = (f"{credit_code(1)},2025-03,出口,0110,{hs_code},100,10" for hs_code in ("4407", "4408"))
    stored(client, f"{MONTH}\n{first}\n{second}".encode(), kind="monthly")
    load = checked(client, f"{MONTH}\n{first}".encode(), kind="monthly")
    text = page(client, load)
    assert "<dt>删除</dt><dd>1</dd>" in text
    assert "全部导入" in text, "taking away is a change, too"
    act(client, load, "confirm")
    load.refresh_from_db()
    worked(load)
    assert MonthlyTrade.objects.get().hs_code == "4407"
