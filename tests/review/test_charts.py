"""Charts: what is drawn is in proportion, stays inside its frame, and says its numbers in a table too."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from review import charts

D = Decimal
sums = st.decimals(min_value=0, max_value="999999999.99", places=2)


def drawn(tag, **context):
    """What the tag draws, as text."""
    return Template("{% load charts %}{% " + tag + " %}").render(Context(context))


def svg(text):
    """The drawing, read as a browser does."""
    return ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + len("</svg>")])


def test_parts_lie_one_behind_the_other_in_the_scale_of_the_table():
    bar = charts.bar([(1, D(10)), (3, D(20)), (4, D(30))], scale=D(120), mark=D(90), label="x")
    assert [(part.fill, part.x, part.width) for part in bar.parts] == [
        (1, 0, D("8.33")),
        (3, D("8.33"), D("16.67")),
        (4, D("25.00"), D("25.00")),
    ]
    assert (bar.mark, bar.over) == (75, 0)


def test_what_passes_the_mark_is_hatched():
    bar = charts.bar([(1, D(50)), (4, D(70))], scale=D(120), mark=D(90))
    assert (bar.mark, bar.over) == (75, 25)
    text = drawn("chart_bar bar", bar=bar)
    assert 'x="75.00%" width="25.00%"' in text
    assert "url(#hatch)" in text
    assert 'aria-hidden="true"' in text


def test_without_a_mark_there_is_neither_line_nor_hatching():
    text = drawn("chart_bar bar", bar=charts.bar([(4, D(1))], scale=D(2), label="一半"))
    assert "line" not in text
    assert "hatch" not in text
    assert svg(text).attrib == {"class": "cell-bar", "role": "img", "aria-label": "一半"}


def test_a_mark_at_nothing_is_drawn_with_all_hatched():
    bar = charts.bar([(4, D(5))], scale=D(10), mark=D(0))
    text = drawn("chart_bar bar", bar=bar)
    assert (bar.mark, bar.over) == (0, 50)
    assert "limit-line" in text


@given(st.lists(sums, min_size=1, max_size=4), sums)
def test_a_bar_stays_inside_its_cell(amounts, mark):
    scale = charts.scale_of([[sum(amounts), mark]])
    bar = charts.bar(list(enumerate(amounts, 1)), scale=scale, mark=mark)
    assert all(part.x >= 0 and part.x + part.width <= 100 for part in bar.parts)
    assert 0 <= bar.mark + bar.over <= 100


def made(*amounts, **more):
    """A chart of one series with these amounts."""
    groups = [charts.Group(str(n), f"第 {n} 月", (D(amount),)) for n, amount in enumerate(amounts, 1)]
    return charts.columns([charts.Series("批准", 4)], groups, label="说明", **more)


def test_columns_are_in_proportion_and_stand_on_the_ground():
    chart = made("100", "50", "0")
    assert [column.height for column in chart.columns] == [258, 129]
    assert {column.y + column.height for column in chart.columns} == {chart.ground}


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        ("17607879.54", ["500 万", "1,000 万", "1,500 万", "2,000 万"]),
        ("100", ["25 元", "50 元", "75 元", "100 元"]),
        ("0.17", ["0.05 元", "0.1 元", "0.15 元", "0.2 元"]),
        ("999999999.99", ["2.5 亿", "5 亿", "7.5 亿", "10 亿"]),
        ("0", []),
    ],
)
def test_lines_across_are_at_round_amounts(most, lines):
    assert [label for label, _ in made(most).lines] == lines


def test_what_is_below_nothing_has_no_column_but_a_number():
    chart = made("100", "-20")
    assert len(chart.columns) == 1
    assert chart.totals == (80,)
    assert "−20.00" in drawn("chart_columns chart '月份'", chart=chart)


def test_the_table_leads_from_a_number_to_what_is_behind_it():
    group = charts.Group("3", "2026 年 3 月", (D("1.00"), D("0.00")), ("/a/", "/b/"))
    text = drawn(
        "chart_columns chart '月份'",
        chart=charts.columns([charts.Series("批准", 4), charts.Series("拨付", 1)], [group], label="x"),
    )
    assert '<a href="/a/">1.00</a>' in text
    assert "/b/" not in text


def test_many_groups_keep_labels_apart():
    ticks = made(*["1"] * 24).ticks
    assert len(ticks) <= charts.columns.__globals__["FIT_HALF"]
    assert sum(not tick.tight for tick in ticks) <= charts.columns.__globals__["FIT_PHONE"]


@given(st.lists(st.tuples(sums, sums), min_size=0, max_size=30))
def test_every_chart_is_well_formed_and_inside_its_frame(rows):
    groups = [charts.Group(str(n), str(n), pair) for n, pair in enumerate(rows)]
    chart = charts.columns([charts.Series("批准", 4), charts.Series("拨付", 1)], groups, label="“说明”")
    picture = svg(drawn("chart_columns chart '月份'", chart=chart))
    assert picture.attrib["role"] == "img"
    assert "style" not in picture.attrib
    for column in chart.columns:
        assert column.x >= 0
        assert column.x + column.width <= 100
        assert 0 <= column.y < chart.ground
