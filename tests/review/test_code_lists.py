"""Code lists of a year's settings: read with their meaning, checked line by line, compared, and added up by at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.roles import Role
from applications import code_lists
from applications.errors import Refused
from applications.models import DerivedFigures, EnterpriseYear, MonthlyTrade, YearSettings
from applications.trade_figures import figures_derive
from review.console.settings_forms import CodesField
from review.publishing import version_add, version_change, version_draft, version_publish
from tests.factories import make_firm, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter():
    return make_user("data1", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def publisher():
    return make_user("data2", role=Role.DATA, name="示例数据员乙")


@pytest.fixture
def draft(drafter):
    return version_add(YearSettings(year=2025), actor=drafter)


@pytest.fixture
def page(client, drafter, draft):
    """The draft's page, as its drafter posts it: everything as the form shows it, with changes."""
    client.force_login(drafter, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("console:applications_yearsettings_change", args=[draft.pk])

    def post(**changes):
        form = client.get(url).context["adminform"].form
        typed = {name: form[name].value() for name in form.fields} | changes
        return client.post(
            url, {name: "" if value is None else value for name, value in typed.items()}, follow=True
        )

    return post


@pytest.mark.parametrize("name", code_lists.NAMES)
def test_a_list_is_shown_with_what_each_code_means_and_saves_as_it_was(page, draft, name):
    before = getattr(draft, name)
    shown = page().context["adminform"].form[name].value()
    for code in before:
        assert code_lists.label_of(name, code) in shown
    draft.refresh_from_db()
    assert getattr(draft, name) == before


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("9610 跨境贸易电子商务\n1210", ["9610", "1210"]),
        ("9610、1210；1239", ["9610", "1210", "1239"]),
        ("9610 1210\n\n 9610 ", ["9610", "1210"]),
        ("９６１０　跨境", ["9610"]),
    ],
)
def test_codes_are_read_from_lines_whatever_stands_behind_them(typed, codes):
    assert CodesField("cross_border_codes").clean(typed) == codes


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("cross_border_codes", "9610\n961", "第 2 行“961”：监管方式代码是四位数字。"),
        ("cross_border_codes", "跨境电商", "第 1 行“跨境电商”：监管方式代码是四位数字。"),
        ("resource_codes", "2", "第 1 行“2”：商品编码的前几位是 2 到 10 位数字。"),
        ("resource_codes", "27010000001", "第 1 行“27010000001”：商品编码的前几位是 2 到 10 位数字。"),
        ("agricultural_codes", "01\n0x", "第 2 行“0x”：商品编码的前几位是 2 到 10 位数字。"),
        ("local_origins", "黑", "第 1 行“黑”：货源地是 2 到 6 位数字的代码，或者至少两个汉字的地名。"),
        ("local_origins", "", "请填写这一项。"),
        ("rcep_members", "日本、火星", "没有找到“火星”。请填写国家或地区的中文名称"),
        ("rcep_members", "日本、中国", "“中国”：清单里不写中国。"),
    ],
)
def test_a_wrong_entry_is_named_at_its_field_and_nothing_typed_is_lost(page, draft, name, typed, words):
    answer = page(**{name: typed})
    form = answer.context["adminform"].form
    assert words in "".join(form.errors[name])
    assert form[name].value() == typed
    draft.refresh_from_db()
    assert getattr(draft, name) == getattr(YearSettings(year=2025), name)


def test_a_pasted_list_of_nonsense_is_answered_in_a_few_lines():
    with pytest.raises(ValidationError) as refused:
        CodesField("resource_codes").clean("\n".join(f"x{number}" for number in range(40)))
    assert len(refused.value.messages) == 6
    assert refused.value.messages[-1] == "还有 35 处这样的问题。"


@pytest.mark.parametrize(
    ("name", "codes", "words"),
    [
        ("rcep_members", ["CN"], "不写中国"),
        ("resource_codes", ["27a"], "2 到 10 位"),
        ("local_origins", [], "至少要有一个"),
    ],
)
def test_no_other_way_leads_a_wrong_code_into_a_list(draft, drafter, name, codes, words):
    setattr(draft, name, codes)
    with pytest.raises(Refused, match=words):
        version_change(draft, actor=drafter)


def test_a_draft_says_what_it_adds_to_a_list_and_what_it_takes_away(page):
    answer = page(cross_border_codes="1239 保税A\n9610\n9710\n9810\n9999", basis="示例文件〔2026〕1号")
    differences = {line.label: (line.old, line.new) for line in answer.context["version"]["differences"]}
    assert differences["跨境电商监管方式"] == ("1210 保税跨境贸易电子商务", "9999")
    assert differences["依据"] == ("—", "示例文件〔2026〕1号")
    assert len(differences) == 2


def test_a_draft_like_the_version_in_force_says_so(page):
    assert "与默认设置没有不同。" in page().content.decode()


def test_the_form_stands_in_parts_with_headings(page):
    text = page().content.decode()
    for heading in ("金融机构费用（4.1、4.2）", "重点市场（7.2）", "海关月度明细怎样汇总", "办理期限与抽查"):
        assert heading in text


# --- What follows from a published list ----------------------------------------------------------


@pytest.fixture
def coal():
    """A firm that imported coal (2701) for 100 yuan and peat ash (2621) for 7."""
    firm = make_firm()
    EnterpriseYear.objects.create(enterprise=firm, year=2025)
    for number, (hs_code, amount) in enumerate((("27011210", "100"), ("26211000", "7")), start=1):
        MonthlyTrade.objects.create(
            credit_code=firm.credit_code, month=date(2025, number, 1), direction="import", supervision_code="0110",
            hs_code=hs_code, amount_cny=Decimal(amount), amount_usd=Decimal(1),
        )  # fmt: skip
    figures_derive({(firm.credit_code, 2025)})
    return firm


def resources(firm):
    return DerivedFigures.objects.get(credit_code=firm.credit_code, year=2025).resource_import_cny


def test_publishing_another_list_adds_up_the_year_again_and_marks_it(coal, drafter, publisher):
    assert resources(coal) == Decimal(100)
    draft = version_add(YearSettings(year=2025), actor=drafter)
    draft.resource_codes = [*draft.resource_codes, "2621"]
    version_change(draft, actor=drafter)
    assert resources(coal) == Decimal(100)
    assert version_publish(draft, actor=publisher) == 1
    assert resources(coal) == Decimal(107)


def test_publishing_other_settings_leaves_the_figures_of_the_year_alone(coal, drafter, publisher):
    DerivedFigures.objects.update(resource_import_cny=1)
    draft = version_add(YearSettings(year=2025, day_count=365), actor=drafter)
    version_publish(draft, actor=publisher)
    newer = version_draft(draft, actor=drafter)
    newer.resource_codes = list(reversed(newer.resource_codes))
    version_change(newer, actor=drafter)
    version_publish(newer, actor=publisher)
    assert resources(coal) == Decimal(1)
