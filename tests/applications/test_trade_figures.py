"""Yearly figures added up from monthly detail: what they come to, whose lists say so, and which figure counts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from applications.errors import Refused
from applications.models import (
    DerivedFigures,
    EnterpriseYear,
    FiguresYear,
    MonthlyTrade,
    TradeFigures,
    YearSettings,
)
from applications.trade_figures import (
    ADDED_UP,
    LOADED,
    figures_derive,
    figures_derive_year,
    figures_of,
    figures_provisional,
    figures_touched,
    figures_with,
    years_provisional,
)
from tests.factories import NOW, credit_code, make_figures, make_firm, make_month

ONE, OTHER = credit_code(1), credit_code(2)


class TestAgainstPlainPython(TestCase):
    rows = st.lists(
        st.tuples(
            st.sampled_from([ONE, OTHER]),
            st.sampled_from(["2024-12", "2025-01", "2025-12", "2026-01"]),
            st.sampled_from(["import", "export"]),
            st.sampled_from(["0110", "9610", "1210", "9710"]),
            st.sampled_from(["2701", "27011210", "2706", "0102", "10", "4403", "8501"]),
            st.sampled_from(["", "23019", "32010", "黑龙江其他", "哈尔滨", "江苏黑龙江路"]),
            st.integers(0, 10**13 - 1),
        ),
        max_size=12,
        unique_by=lambda each: each[:6],
    )

    @given(rows)
    def test_every_figure_is_the_sum_of_the_rows_that_its_list_names(self, rows):
        for code, month, direction, supervision, hs, origin, fen in rows:
            make_month(
                code, month, direction, cny=Decimal(fen) / 100, usd=Decimal(fen // 7) / 100,
                supervision_code=supervision, hs_code=hs, origin=origin,
            )  # fmt: skip
        changed = figures_derive({(code, 2025) for code in (ONE, OTHER)})

        of_year = [each for each in rows if each[1].startswith("2025")]
        stored = {each.credit_code: each for each in DerivedFigures.objects.filter(year=2025)}
        assert set(stored) == {each[0] for each in of_year}
        assert changed == {(code, 2025) for code in stored}
        for code, figures in stored.items():
            own = [each for each in of_year if each[0] == code]
            months = {each[1] for each in own}
            assert figures.months == len(months)
            assert figures.month_bits == sum(2 ** (int(month[5:]) - 1) for month in months)
            assert figures.last_month == date.fromisoformat(max(months) + "-01")
            exports = [each for each in own if each[2] == "export"]
            imports = [each for each in own if each[2] == "import"]
            assert figures.export_cny == cny(exports)
            assert figures.import_cny == cny(imports)
            assert figures.export_usd == sum((Decimal(each[6] // 7) / 100 for each in exports), Decimal(0))
            assert figures.cross_border_cny == cny(each for each in own if each[3] != "0110")
            assert figures.resource_import_cny == cny(
                each for each in imports if each[4][:4] in ("2701", "4403")
            )
            assert figures.local_product_export_cny == cny(
                each for each in exports if each[5] in ("23019", "黑龙江其他", "哈尔滨")
            )
            assert figures.agricultural_export_cny == cny(
                each for each in exports if each[4] in ("0102", "10")
            )


def cny(rows):
    """The sum of the rows in yuan."""
    return sum((Decimal(each[6]) / 100 for each in rows), Decimal(0))


pytestmark = pytest.mark.django_db


def derived(code=ONE, year=2025):
    """The stored sums of a firm-year."""
    return DerivedFigures.objects.get(credit_code=code, year=year)


def test_adding_up_again_changes_nothing_and_says_so():
    make_month(ONE)
    assert figures_derive({(ONE, 2025)}) == {(ONE, 2025)}
    assert figures_derive({(ONE, 2025), (OTHER, 2025)}) == set()


def test_a_firm_year_without_rows_any_more_loses_its_figures_and_others_keep_theirs():
    make_month(ONE), make_month(OTHER), make_month(ONE, "2024-05")
    figures_derive({(ONE, 2025), (ONE, 2024), (OTHER, 2025)})
    MonthlyTrade.objects.filter(month__year=2025).delete()
    assert figures_derive({(ONE, 2025), (ONE, 2024)}) == {(ONE, 2025)}
    assert set(DerivedFigures.objects.values_list("credit_code", "year")) == {(ONE, 2024), (OTHER, 2025)}


def test_the_newest_name_of_a_firm_is_kept():
    make_month(ONE, "2025-01", name="示例旧名公司")
    make_month(ONE, "2025-04", name="示例新名公司")
    make_month(ONE, "2025-09", name="")
    figures_derive({(ONE, 2025)})
    assert derived().name == "示例新名公司"


def test_the_published_lists_of_the_year_count_and_a_draft_does_not():
    make_month(ONE, direction="import", cny="300", hs_code="2709")
    YearSettings.objects.create(year=2025, version=1, published_at=NOW, resource_codes=["27"])
    YearSettings.objects.create(year=2025, version=2, resource_codes=[])
    YearSettings.objects.create(year=2024, version=1, published_at=NOW, resource_codes=[])
    figures_derive({(ONE, 2025)})
    assert derived().resource_import_cny == 300


def test_a_changed_list_changes_the_figures_of_every_firm_that_it_names():
    make_month(ONE, direction="import", cny="300", hs_code="2709")
    make_month(OTHER, direction="import", cny="50", hs_code="8501")
    figures_derive({(ONE, 2025), (OTHER, 2025)})
    assert derived().resource_import_cny == 0
    YearSettings.objects.create(year=2025, published_at=NOW, resource_codes=["2709"])
    assert figures_derive_year(2025) == {(ONE, 2025)}
    assert (derived().resource_import_cny, derived(OTHER).resource_import_cny) == (300, 0)


def test_a_year_can_be_added_up_by_lists_that_nobody_has_stored():
    make_month(ONE, direction="import", cny="300", hs_code="2709", supervision_code="9999")
    make_month(OTHER, direction="import", cny="50", hs_code="8501")
    figures_derive({(ONE, 2025), (OTHER, 2025)})
    draft = YearSettings(year=2025, resource_codes=["2709", ""], cross_border_codes=["9999"])
    found = figures_with({ONE, credit_code(3)}, 2025, draft)
    assert set(found) == {ONE}
    assert (found[ONE].resource_import_cny, found[ONE].cross_border_cny) == (300, 300)
    assert derived().resource_import_cny == 0, "nothing of it is stored"


def test_a_sum_that_is_too_large_to_be_true_is_refused_with_the_firm_and_changes_nothing():
    make_month(OTHER)
    for month in ("2025-01", "2025-02"):
        make_month(ONE, month, cny="9999999999999.99")
    with pytest.raises(Refused, match=ONE):
        figures_derive({(ONE, 2025), (OTHER, 2025)})
    assert not DerivedFigures.objects.exists()


def close(year=2025):
    """The year's figures are final."""
    FiguresYear.objects.create(year=year, closed_at=NOW)


def test_added_up_figures_count_only_once_the_year_is_closed():
    make_month(ONE, cny="500", usd="70")
    figures_derive({(ONE, 2025)})
    before = figures_of([ONE], [2025])[ONE, 2025]
    assert before.export_cny is None
    assert figures_provisional(ONE, 2025).values["export_cny"] == 500
    close()
    after = figures_of([ONE], [2025])[ONE, 2025]
    assert (after.export_cny, after.export_usd, after.import_cny) == (500, 70, 0)
    assert after.source_of("export_cny") == ADDED_UP
    assert figures_provisional(ONE, 2025) is None


def test_a_loaded_figure_beats_the_added_up_one_figure_by_figure():
    firm = make_firm()
    make_figures(firm, 2025, import_cny="0", export_cny="900")
    make_month(firm.credit_code, cny="500", usd="70")
    make_month(firm.credit_code, direction="import", cny="40")
    figures_derive({(firm.credit_code, 2025)})
    close()
    figures = figures_of([firm.credit_code], [2025])[firm.credit_code, 2025]
    assert (figures.export_cny, figures.import_cny) == (900, 0), "a loaded 0 is a figure"
    assert (figures.export_usd, figures.cross_border_cny) == (70, 0), "a loaded null is none"
    assert [figures.source_of(name) for name in ("export_cny", "import_cny", "export_usd")] == [
        LOADED,
        LOADED,
        ADDED_UP,
    ]


def test_only_figures_that_were_not_loaded_are_provisional():
    firm = make_firm()
    make_figures(firm, 2025, import_cny="0", export_cny="900")
    make_month(firm.credit_code, "2025-02", cny="500", usd="70", supervision_code="9610")
    make_month(firm.credit_code, "2025-03", direction="import", cny="40")
    figures_derive({(firm.credit_code, 2025)})
    provisional = figures_provisional(firm.credit_code, 2025)
    assert provisional.values == {
        "export_usd": 70,
        "cross_border_cny": 500,
        "resource_import_cny": 0,
        "local_product_export_cny": 0,
    }
    assert provisional.months == [2, 3]
    assert provisional.lines[0] == ("出口额（美元）", 70, "美元")
    assert years_provisional(firm.credit_code) == {2025}
    TradeFigures.objects.update(**dict.fromkeys(TradeFigures.FIGURES, 0))
    assert figures_provisional(firm.credit_code, 2025) is None
    assert figures_provisional(firm.credit_code, 2024) is None
    close()
    assert years_provisional(firm.credit_code) == set()


def test_a_firm_without_detail_has_no_figure_in_a_closed_year():
    firm = make_firm()
    make_figures(firm, 2025, export_cny="900")
    close()
    figures = figures_of([firm.credit_code, OTHER], [2025])
    assert figures[firm.credit_code, 2025].import_cny is None
    assert (OTHER, 2025) not in figures


def test_what_counts_under_a_draft_of_the_lists_is_found_without_storing_it():
    make_month(ONE, direction="import", cny="300", hs_code="2709")
    figures_derive({(ONE, 2025)})
    draft = YearSettings(year=2025, resource_codes=["2709"])
    assert figures_of([ONE], [2025], drafts={2025: draft})[ONE, 2025].resource_import_cny is None
    close()
    assert figures_of([ONE], [2025], drafts={2025: draft})[ONE, 2025].resource_import_cny == 300
    assert figures_of([ONE], [2025])[ONE, 2025].resource_import_cny == 0


def test_the_number_of_queries_does_not_grow_with_the_firms():
    codes = [credit_code(number) for number in range(1, 30)]
    for code in codes:
        make_month(code)

    def queries(count):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            figures_derive({(code, 2025) for code in codes[:count]})
            figures_of(codes[:count], [2024, 2025])
        return len(captured)

    assert queries(2) == queries(29)


def test_figures_reach_the_years_of_their_firms_and_the_ones_after_them():
    firm, other = make_firm(), make_firm("示例乙公司")
    rows = {
        (one, year): EnterpriseYear.objects.create(enterprise=one, year=year)
        for one in (firm, other)
        for year in (2024, 2025, 2026, 2027)
    }
    touched = figures_touched({(firm.credit_code, 2025), (other.credit_code, 2026), ("X", 2024)})
    assert set(touched.enterprise_years()) == {
        rows[key] for key in ((firm, 2025), (firm, 2026), (other, 2026), (other, 2027))
    }
