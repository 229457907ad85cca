"""Official data at the console: who may change what, the event of each change, and exactly the years it touches."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Post
from accounts.roles import Role
from applications.models import (
    AgriculturalExporter,
    DiscreditedEnterprise,
    DualCirculationEntry,
    EnterpriseYear,
    Event,
    Holiday,
    LprRate,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
)
from applications.official_changes import official_save
from applications.official_checks import figures_problems
from tests.factories import (
    credit_code,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
)

pytestmark = pytest.mark.django_db
YEARS = (2024, 2025, 2026)


@pytest.fixture
def keeper():
    """A holder of the post "data and rules"."""
    return make_user("data1", role=Role.DATA)


@pytest.fixture
def firms():
    """Two firms of two cities with three years each."""
    made = make_firm("示例甲公司", city="2301"), make_firm("示例乙公司", city="2311")
    for firm in made:
        for year in YEARS:
            EnterpriseYear.objects.create(enterprise=firm, year=year)
    return made


def marked():
    """{(name of the firm, year)} of what waits to be settled."""
    rows = EnterpriseYear.objects.filter(requested__gt=0).values_list("enterprise__name", "year")
    return {(name.removeprefix("示例").removesuffix("公司"), year) for name, year in rows}


def all_years(*names):
    return {(name, year) for name in names for year in YEARS}


def test_figures_touch_their_year_and_the_next_of_that_firm_alone(keeper, firms):
    official_save(TradeFigures(credit_code=firms[0].credit_code, year=2024, import_cny=1), actor=keeper)
    assert marked() == {("甲", 2024), ("甲", 2025)}


@pytest.mark.parametrize(
    "row",
    [
        lambda code: RegisteredEnterprise(credit_code=code, name="示例甲公司", city="2301"),
        lambda code: PlatformMember(credit_code=code, platform_number="P1"),
        lambda code: AgriculturalExporter(credit_code=code),
        lambda code: DualCirculationEntry(credit_code=code),
        lambda code: OverseasWarehouse(
            number="W1", name="示例仓", operator_code=code, designated_on=date(2025, 1, 1)
        ),
        lambda code: Platform(
            number="P1",
            name="示例平台",
            level="national",
            operator_code=code,
            designated_on=date(2025, 1, 1),
        ),
        lambda code: PastAward(item="6.1", credit_code=code),
    ],
)
def test_a_register_row_touches_all_years_of_its_firm(keeper, firms, row):
    official_save(row(firms[0].credit_code), actor=keeper)
    assert marked() == all_years("甲")


def test_a_platform_touches_its_members_as_well(keeper, firms):
    PlatformMember.objects.create(credit_code=firms[1].credit_code, platform_number="P1")
    row = Platform(
        number="P1",
        name="示例平台",
        level="national",
        operator_code=firms[0].credit_code,
        designated_on=date(2025, 1, 1),
    )
    official_save(row, actor=keeper)
    assert marked() == all_years("甲", "乙")


def test_a_corrected_code_touches_the_firm_before_and_the_firm_after(keeper, firms):
    row = AgriculturalExporter.objects.create(credit_code=firms[0].credit_code)
    row.credit_code = firms[1].credit_code
    official_save(row, actor=keeper)
    assert marked() == all_years("甲", "乙")


def test_an_award_paid_outside_touches_the_years_with_a_claim_for_the_subject(keeper, firms):
    OverseasWarehouse.objects.create(
        number="W1",
        name="示例仓",
        operator_code=firms[1].credit_code,
        designated_on=date(2025, 1, 1),
    )
    make_claim(firms[1], "3.4", make_period(), facts={"warehouse": "W1"})
    EnterpriseYear.objects.update(requested=0, settled=0)
    official_save(PastAward(item="3.4", subject="W1"), actor=keeper)
    assert marked() == {("乙", 2025)}


def test_the_discredited_list_changes_no_amount_but_what_is_noticed_about_the_firms_claims(keeper, firms):
    official_save(DiscreditedEnterprise(credit_code=firms[0].credit_code), actor=keeper)
    assert marked() == all_years("甲")
    assert Event.objects.filter(kind="official.changed").exists()


def test_what_all_amounts_rest_on_touches_every_year(keeper, firms):
    official_save(LprRate(published_on=date(2025, 3, 20), one_year_percent=Decimal("3.1")), actor=keeper)
    assert marked() == all_years("甲", "乙")


def test_a_holiday_touches_its_year(keeper, firms):
    official_save(Holiday(day=date(2026, 10, 1), kind="off"), actor=keeper)
    assert marked() == {("甲", 2026), ("乙", 2026)}


def test_a_change_leaves_one_event_with_old_and_new(keeper, firms):
    row = make_figures(firms[0], import_cny="100.00", export_cny="7.00")
    row.import_cny, row.export_cny = Decimal("250.50"), None
    official_save(row, actor=keeper, source_ip="10.0.0.1")
    event = Event.objects.get(topic=f"figures:{firms[0].credit_code}:2025")
    assert event.data["changes"] == {"import_cny": ["100", "250.5"], "export_cny": ["7", None]}
    assert (event.kind, event.actor, event.source_ip) == ("official.changed", keeper, "10.0.0.1")


def test_saving_a_row_as_it_is_leaves_no_trace(keeper, firms):
    row = make_figures(firms[0], import_cny="100.00")
    assert official_save(row, actor=keeper) == 0
    assert marked() == set()
    assert not Event.objects.filter(kind="official.changed").exists()


@pytest.mark.parametrize(
    ("figures", "wrong"),
    [
        ({"import_cny": 100, "resource_import_cny": 100}, set()),
        ({"import_cny": 100, "resource_import_cny": 101}, {"resource_import_cny"}),
        ({"resource_import_cny": 101}, set()),
        ({"export_cny": 5, "local_product_export_cny": 6}, {"local_product_export_cny"}),
        ({"import_cny": 5, "export_cny": 5, "cross_border_cny": 10}, set()),
        ({"import_cny": 5, "export_cny": 5, "cross_border_cny": 11}, {"cross_border_cny"}),
        ({"export_cny": 5, "cross_border_cny": 11}, set()),
        ({"import_cny": -1}, {"import_cny"}),
    ],
)
def test_a_part_is_not_larger_than_its_whole(figures, wrong):
    assert set(figures_problems({name: Decimal(value) for name, value in figures.items()})) == wrong


# --- Pages ---------------------------------------------------------------------------------------

FIGURES_ADD = "console:applications_tradefigures_add"
TYPED = {
    "credit_code": credit_code(1),
    "name": "示例甲公司",
    "year": "2025",
    "import_cny": "1,000.50",
    "source": "示例来源",
}


def test_a_keeper_enters_figures_and_reads_their_history(client, keeper, firms):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse(FIGURES_ADD), TYPED, follow=True)
    row = TradeFigures.objects.get()
    assert (row.import_cny, row.export_cny) == (Decimal("1000.50"), None)
    assert "涉及 2 个企业年度，正在重新计算。" in answer.content.decode()
    history = client.get(reverse("console:applications_tradefigures_history", args=[row.pk]))
    assert "1,000.50" in history.content.decode()


def test_a_wrong_check_digit_is_questioned_and_let_through(client, keeper):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    wrong = credit_code(1)[:-1] + "0"
    answer = client.post(reverse(FIGURES_ADD), {**TYPED, "credit_code": wrong.lower()}, follow=True)
    assert TradeFigures.objects.get().credit_code == wrong
    assert "第 18 位与前 17 位对不上" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"credit_code": "123"}, "信用代码应是 18 位"),
        ({"import_cny": "2.61 万"}, "请只填数字。2.61 万元请填 26100。"),
        ({"import_cny": "-1"}, "金额不能是负数"),
        ({"resource_import_cny": "2000"}, "资源类产品进口额大于进口额"),
        ({"source": ""}, "请填写这一项。"),
    ],
)
def test_bad_input_is_answered_at_its_place_and_stores_nothing(client, keeper, typed, words):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse(FIGURES_ADD), {**TYPED, **typed})
    assert words in answer.content.decode()
    assert not TradeFigures.objects.exists()


def test_a_wrong_row_is_struck_out_with_a_reason_and_never_deleted(client, keeper, firms):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    row = AgriculturalExporter.objects.create(credit_code=firms[0].credit_code, source="示例来源")
    url = reverse("console:applications_agriculturalexporter_change", args=[row.pk])
    typed = {"credit_code": row.credit_code, "struck_reason": "登记错误", "source": "示例来源"}
    assert client.post(url, typed).status_code == 302
    row.refresh_from_db()
    assert row.struck_reason == "登记错误"
    assert marked() == all_years("甲")
    delete = reverse("console:applications_agriculturalexporter_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert AgriculturalExporter.objects.exists()


def test_an_award_asks_for_what_its_item_is_about(client, keeper):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("console:applications_pastaward_add")
    answer = client.post(url, {"item": "2.1", "subject": "P1", "source": "示例来源"})
    assert "这个事项要填这一项。" in answer.content.decode()
    answer = client.post(url, {"item": "6.1", "source": "示例来源"})
    assert "这个事项按企业发放，请填信用代码。" in answer.content.decode()
    client.post(url, {"item": "3.4", "subject": "W1", "source": "示例来源"})
    assert PastAward.objects.get().subject == "W1"


@pytest.mark.parametrize("page", ["tradefigures", "registeredenterprise", "platform", "holiday", "lprrate"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(
    client, keeper, page, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    make_rows(page, range(1))
    url = reverse(f"console:applications_{page}_changelist")
    client.get(url)
    with django_assert_max_num_queries(12) as one:
        client.get(url)
    make_rows(page, range(1, 50))
    with django_assert_num_queries(len(one)):
        assert len(client.get(url).context["cl"].result_list) == 50


def make_rows(page, numbers):
    rows = {
        "tradefigures": lambda n: TradeFigures(credit_code=credit_code(n), year=2025, import_cny=n),
        "registeredenterprise": lambda n: RegisteredEnterprise(credit_code=credit_code(n), city="2301"),
        "platform": lambda n: Platform(
            number=f"P{n}", level="national", operator_code=credit_code(n), designated_on=date(2025, 1, 1)
        ),
        "holiday": lambda n: Holiday(day=date.fromordinal(740000 + n), kind="off"),
        "lprrate": lambda n: LprRate(published_on=date.fromordinal(740000 + n), one_year_percent=3),
    }
    made = [rows[page](n) for n in numbers]
    type(made[0]).objects.bulk_create(made)


def test_lists_are_found_by_code_and_name_and_filtered_by_year(client, keeper, firms):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    make_figures(firms[0], 2024, import_cny="1")
    make_figures(firms[0], 2025, import_cny="1")
    make_figures(firms[1], 2025, import_cny="1")
    url = reverse("console:applications_tradefigures_changelist")

    def found(**asked):
        return {(row.name, row.year) for row in client.get(url, asked).context["cl"].result_list}

    assert found(q=firms[0].credit_code) == {("示例甲公司", 2024), ("示例甲公司", 2025)}
    assert found(q="乙公司") == {("示例乙公司", 2025)}
    assert found(year="2024") == {("示例甲公司", 2024)}
    assert found(year="abc") == set()


def test_a_post_that_has_ended_opens_nothing(client, keeper):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    Post.objects.update(ends_on=date(2021, 1, 1))
    assert client.get(reverse(FIGURES_ADD), follow=True).status_code == 403
