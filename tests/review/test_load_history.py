"""What loads changed, as the history of a row in the console tells it."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.roles import Role
from applications.imports.loading import load_store
from applications.models import CityRate, LprRate, TradeFigures
from tests.factories import NOW, credit_code, make_user
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db

CODE = credit_code(1)


@pytest.fixture
def keeper():
    return make_user("data1", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def store(tmp_path, keeper):
    def run(kind, fields, *rows, name="示例.csv"):
        path = csv_file(tmp_path, [headings(kind, *fields.split()), *rows], name)
        return load_store(kind, path, actor=keeper, at=NOW)

    return run


@pytest.fixture
def history(client, keeper):
    """The text of a row's history."""

    def read(row):
        client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(reverse(f"console:applications_{row._meta.model_name}_history", args=[row.pk]))
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", strip_tags(answer.content.decode().replace(">", "> ")))

    return read


def test_a_changed_figure_tells_who_which_file_old_and_new(store, history):
    fields = "credit_code year import_cny"
    store("figures", fields, (CODE, 2022, "1000.50"), name="一月.csv")
    store("figures", fields, (CODE, 2022, "2000"), name="二月.csv")
    text = history(TradeFigures.objects.get())
    assert "新增 文件：一月.csv" in text
    sources = "一月.csv（2026-03-02 导入） 二月.csv（2026-03-02 导入）"
    assert f"修改 文件：二月.csv 来源 {sources} 进口额（元） 1,000.50 2,000.00" in text
    assert "示例数据员甲" in text


def test_changes_of_the_monthly_detail_stand_in_the_history_of_their_year(store, history):
    fields = "credit_code month direction supervision_code hs_code amount_cny amount_usd country"
    one = (CODE, "2022-03", "进口", "0110", "27011210", "100", "15", "俄罗斯")
    store("figures", "credit_code year import_cny", (CODE, 2022, 5))
    store("monthly", fields, one, (CODE, "2022-03", "出口", "0110", "0101", "7", "1", ""))
    store("monthly", fields, (*one[:5], "250", "15", "俄罗斯"))
    text = history(TradeFigures.objects.get())
    assert "月度明细修改：2022-03 进口 0110 27011210 俄罗斯" in text
    assert "金额（元） 100.00 250.00" in text
    assert "月度明细删去：2022-03 出口 0110 0101" in text
    assert "进出口 出口" in text


def test_a_row_without_a_source_of_its_own_names_the_file_as_well(store, history):
    store("lpr", "published_on one_year_percent", ("2022-01-20", "3.70%"), name="报价.csv")
    assert "新增 文件：报价.csv" in history(LprRate.objects.get())


def test_a_loaded_rate_of_a_city_is_a_draft_in_its_history(store, history):
    fields = "city year item rate"
    store("city-rates", fields, ("哈尔滨", 2022, "3.3", "50%"))
    store("city-rates", fields, ("哈尔滨", 2022, "3.3", "40%"), name="比例.csv")
    text = history(CityRate.objects.get(version=2))
    assert "起草 文件：比例.csv 比例 50% 40%" in text
