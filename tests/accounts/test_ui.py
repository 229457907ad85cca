"""The tags, tables and parts that pages are written with."""

import datetime
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.templatetags import ui as tags
from accounts.ui import (
    ICONS,
    MARKS,
    STATES,
    SUPPORT_STATES,
    MoneyInput,
    badges,
    error_links,
    limit_bar_layout,
    percent,
    typed_sum,
)
from applications.models.states import State
from applications.models.support import SupportState
from config.addresses import PROJECT_DIR
from tests.accounts.ui_kit import Exhibition, Loans, rendered

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
BADGES = {**STATES, **MARKS, **SUPPORT_STATES}


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


# --- Sums ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "value", "read"),
    [
        ("money", Decimal("1113838.88"), "1,113,838.88"),
        ("money", Decimal("0"), "0.00"),
        ("money", 0, "0.00"),
        ("money", Decimal("-1412600"), "−1,412,600.00"),
        ("yuan", Decimal("140000"), "140,000.00 元"),
        ("wan", Decimal("96000.00"), "9.6 万元"),
        ("wan", Decimal("414600000"), "4.146 亿元"),
        ("wan", Decimal("-19500000"), "−1,950 万元"),
        ("in_words", Decimal("0"), "零元整"),
        ("in_words", Decimal("3770102.60"), "叁佰柒拾柒万零壹佰零贰元陆角"),
        ("cut", Decimal("64000"), "−64,000.00"),
        ("cut", Decimal("0.00"), "0.00"),
    ],
)
def test_sums_are_written_as_people_read_them(write, value, read) -> None:
    assert render("{{ value|" + write + " }}", value=value) == read


@pytest.mark.parametrize("write", ["money", "yuan", "wan", "in_words", "cut", "day", "moment", "iso"])
def test_nothing_is_a_dash(write) -> None:
    assert render("{{ value|" + write + " }}", value=None) == "—"


def test_an_amount_that_stands_out_has_a_small_unit_and_none_where_there_is_no_amount() -> None:
    assert (
        render("{% amount v %}", v=Decimal("195000"))
        == '<span class="amount">195,000.00<small>元</small></span>'
    )
    assert render("{% amount v %}", v=None) == '<span class="amount">—</span>'


# --- Days ----------------------------------------------------------------------------------------


@pytest.fixture
def in_2026(time_machine) -> None:
    time_machine.move_to(datetime.datetime(2026, 4, 1, 9, 0, tzinfo=SHANGHAI), tick=False)


@pytest.mark.parametrize(
    ("write", "value", "read"),
    [
        ("day", datetime.date(2026, 4, 14), "4 月 14 日"),
        ("day", datetime.date(2025, 4, 14), "2025 年 4 月 14 日"),
        # 17:30 in London's winter is already the next day in Shanghai, and the next year.
        ("day", datetime.datetime(2025, 12, 31, 17, 30, tzinfo=datetime.UTC), "1 月 1 日"),
        ("moment", datetime.datetime(2026, 4, 13, 6, 32, tzinfo=datetime.UTC), "4 月 13 日 14:32"),
        ("moment", datetime.datetime(2025, 12, 31, 15, 59, tzinfo=datetime.UTC), "2025 年 12 月 31 日 23:59"),
        ("days_left", 3, "还有 3 天"),
        ("days_left", 0, "今天是最后一天"),
        ("iso", datetime.date(2025, 9, 6), "2025-09-06"),
        ("iso", datetime.datetime(2025, 12, 31, 17, 30, tzinfo=datetime.UTC), "2026-01-01"),
        ("when", datetime.date(2026, 4, 14), "4 月 14 日"),
        ("when", "预计 4 月 15 日起", "预计 4 月 15 日起"),
    ],
)
def test_days_and_times_are_those_of_shanghai(in_2026, write, value, read) -> None:
    assert render("{{ value|" + write + " }}", value=value) == read


# --- Icons and states ----------------------------------------------------------------------------


def test_the_sprite_holds_exactly_the_icons_that_templates_may_name() -> None:
    sprite = (PROJECT_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    assert sorted(re.findall(r'<symbol id="(\w+)"', sprite)) == sorted(ICONS)


def test_an_icon_is_decoration_and_an_unknown_one_is_an_error() -> None:
    html = render('{% icon "check" %}')
    assert 'aria-hidden="true"' in html
    assert "/static/icons.svg#check" in html
    with pytest.raises(ValueError, match="no icon named 'chek'"):
        tags.icon("chek")


def test_every_state_of_a_claim_and_of_a_support_request_has_a_badge_with_its_word() -> None:
    assert {state: badge.word for state, badge in STATES.items()} == dict(State.choices)
    assert set(SUPPORT_STATES) == set(SupportState.values)


def test_every_badge_has_an_icon_of_the_sprite_and_a_style_of_the_stylesheet() -> None:
    css = (PROJECT_DIR / "static" / "css" / "components.css").read_text(encoding="utf-8")
    assert {badge.icon for badge in BADGES.values()} <= ICONS
    assert all(f".state--{badge.style}" in css for badge in BADGES.values() if badge.style)


def test_a_badge_is_icon_and_word_and_the_administration_reads_its_own_word() -> None:
    firm = render('{% state_badge "returned" %}')
    assert words(firm) == "待您补正"
    assert "#back" in firm
    assert "state--returned" in firm
    assert words(render('{% state_badge "returned" console=True %}')) == "等待企业"


def test_a_telling_mark_replaces_the_state_and_others_stand_beside_it() -> None:
    assert [badge.word for badge in badges("payable", "payout_failed")] == ["拨付未成功"]
    assert [badge.word for badge in badges("in_notice", ["objection"])] == ["公示中", "异议处理中"]
    assert [badge.word for badge in badges("payable", ["late", "payout_failed"])] == [
        "拨付未成功",
        "逾期提交",
    ]
    assert [badge.word for badge in badges("approved", ["", "late"])] == ["已批准", "逾期提交"]
    assert words(render('{% state_badge "draft" marks %}', marks=None)) == "草稿"


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(KeyError):
        badges("lost")


# --- Bars ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [("1", "3", "33.33"), ("5", "4", "100.00"), ("0", "4", "0"), ("1", "0", "0"), ("-1", "4", "0")],
)
def test_a_share_lies_between_nothing_and_all(part, whole, share) -> None:
    assert percent(Decimal(part), Decimal(whole)) == Decimal(share)


def test_the_parts_of_the_limit_bar_fill_it_without_gaps_and_the_cut_lies_behind_the_limit() -> None:
    rows = [("4.1", Decimal("1500000"), Decimal(0)), ("6.1", Decimal("500000"), Decimal("500000"))]
    bar = limit_bar_layout(rows, Decimal("2000000"))
    assert [(part.x, part.width) for part in bar.parts] == [(0, 60), (60, 20)]
    assert (bar.limit_x, bar.cut_x, bar.cut_width) == (80, 80, 20)
    assert bar.total == Decimal("2500000")


def test_below_the_limit_the_bar_is_as_long_as_the_limit() -> None:
    bar = limit_bar_layout([("3.1", Decimal("500000"), Decimal(0))], Decimal("1000000"))
    assert (bar.parts[0].width, bar.limit_x, bar.cut_width) == (50, 100, 0)


def test_an_empty_limit_bar_is_still_a_bar() -> None:
    html = render("{% limit_bar parts limit %}", parts=[], limit=Decimal("0.00"))
    assert "合计 0.00 元，年度总额度 0.00 元，未超出" in html


def test_the_limit_bar_says_what_it_shows_and_takes_objects_as_well() -> None:
    class Part:
        label, payable, cut = "6.1", Decimal("87281.12"), Decimal("112718.88")

    html = render("{% limit_bar parts limit %}", parts=[Part()], limit=Decimal("100000"))
    assert "其中 112,718.88 元超出总额度" in html
    assert 'fill="url(#hatch)"' in html
    assert "style=" not in html


def test_a_what_if_is_an_outline_in_the_limit_bar_and_takes_no_colour_from_what_is_filed() -> None:
    rows = [(item, Decimal("100"), Decimal(0)) for item in ("2.1", "3.1", "6.1")]
    bar = limit_bar_layout(rows, Decimal("300"), {1})
    assert [(part.fill, part.what_if) for part in bar.parts] == [(1, False), (1, True), (2, False)]
    assert bar.what_if == 100

    class Part:
        label, payable, cut, what_if = "6.1", Decimal("200000"), Decimal(0), True

    html = render("{% limit_bar parts limit %}", parts=[Part()], limit=Decimal("200000"))
    assert 'class="f-open part"' in html
    assert "其中还没有申报的占 200,000.00 元" in html
    assert "f-open" in render('{% key "open" "还没有申报" %}')


def test_a_cell_bar_never_runs_over_its_end() -> None:
    html = render("{% cell_bar v t c %}", v=Decimal("90"), t=Decimal("100"), c=Decimal("50"))
    assert 'x="90.00%" width="10.00%"' in html
    assert 'aria-hidden="true"' in html
    assert 'aria-label="用去 90%"' in render(
        '{% cell_bar v t label="用去 90%" %}', v=Decimal(9), t=Decimal(10)
    )


def test_colour_keys_beyond_the_fifth_are_as_pale_as_the_fifth() -> None:
    assert 'class="f-5"' in render("{% key 9 %}")
    assert "url(#hatch)" in render('{% key "cut" "超出总额度" %}')


# --- Escaping ------------------------------------------------------------------------------------

NASTY = '<b onclick="x">甲 & 乙'
SAFE = "&lt;b onclick=&quot;x&quot;&gt;甲 &amp; 乙"


@pytest.mark.parametrize(
    "source",
    [
        '{% badge nasty "pen" %}',
        "{% key 1 nasty %}",
        '{{ nasty|marked:"丙" }}',
        "{% cell_bar 1 2 label=nasty %}",
        '{% include "ui/callout.html" with text=nasty kind="act" %}',
        '{% include "ui/given.html" with label="企业" value=nasty source=nasty %}',
        '{% include "ui/empty.html" with title=nasty text=nasty %}',
        "{% error_summary extra=lines %}",
    ],
)
def test_what_people_wrote_is_escaped(source) -> None:
    html = render(source, nasty=NASTY, lines=[("x", NASTY, NASTY)])
    assert SAFE in html
    assert NASTY not in html


def test_a_phrase_of_a_clause_stands_out_and_both_are_escaped() -> None:
    assert render("{{ text|marked:phrase }}", text="a<b 最高30万元。", phrase="最高30万元") == (
        "a&lt;b <mark>最高30万元</mark>。"
    )
    assert render('{{ text|marked:"" }}', text="a<b") == "a&lt;b"


# --- Forms ---------------------------------------------------------------------------------------


class Cost(forms.Form):
    booth_cny = forms.DecimalField(
        label="展位费", help_text="不含押金。", widget=MoneyInput, error_messages={"invalid": "请只填数字。"}
    )
    mode = forms.ChoiceField(label="类型", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)

    def clean(self):
        if self.cleaned_data.get("mode") == "b":
            raise forms.ValidationError("乙类型要先说明原因。")


def field(form: forms.Form, name: str, **more: object) -> str:
    return render('{% include "ui/field.html" %}', field=form[name], **more)


def test_a_sum_is_echoed_by_the_server_first() -> None:
    html = field(Cost(initial={"booth_cny": Decimal("96000.00")}), "booth_cny")
    assert '<output class="echo" for="id_booth_cny"><b>9.6 万元</b><span>玖万陆仟元整</span></output>' in html
    assert 'inputmode="decimal"' in html
    assert 'class="form-control"' in html


def test_an_error_stands_at_its_field_and_the_field_points_to_it_and_to_its_help() -> None:
    html = field(Cost({"booth_cny": "2.61万", "mode": "a"}), "booth_cny")
    assert 'value="2.61万"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_booth_cny_helptext id_booth_cny_error"' in html
    assert 'id="id_booth_cny_error"' in html
    assert 'id="id_booth_cny_helptext"' in html
    assert "请只填数字。" in html
    # Empty, for the sum that is typed next.
    assert '<output class="echo" for="id_booth_cny"></output>' in html


def test_choices_are_a_group_with_a_name_and_small_controls_are_for_the_console() -> None:
    html = field(Cost(), "mode", optional=True)
    assert 'role="group" aria-labelledby="id_mode_label"' in html
    assert html.count('<label class="form-check">') == 2
    assert "选填" in html
    assert "form-control-sm" in field(Cost(), "booth_cny", small=True)


def test_the_error_summary_links_each_field_once_and_keeps_what_belongs_to_no_field() -> None:
    links = error_links(Cost({"booth_cny": "x", "mode": ""}), Cost({"booth_cny": "1", "mode": "b"}))
    assert [(link.target, link.label) for link in links] == [
        ("id_booth_cny", "展位费"),
        ("id_mode_0", "类型"),
        ("", ""),
    ]
    assert links[0].text == "请只填数字。"
    assert links[2].text == "乙类型要先说明原因。"


def test_a_label_that_is_a_sentence_leaves_its_full_stop_out_of_the_summary() -> None:
    class Statement(forms.Form):
        statement = forms.BooleanField(label="以上内容真实。")

    (link,) = error_links(Statement({}))
    assert link.label == "以上内容真实"


def test_errors_of_rows_say_which_row() -> None:
    data = {"loans-TOTAL_FORMS": "2", "loans-INITIAL_FORMS": "0", "loans-1-interest_cny": "x"}
    (link,) = error_links(Loans(data, prefix="loans"))
    assert (link.target, link.label) == ("id_loans-1-interest_cny", "第 2 行，利息")


def test_without_errors_there_is_no_summary() -> None:
    assert render("{% error_summary form %}", form=Cost()).strip() == ""
    html = render("{% error_summary form %}", form=Exhibition({}))
    assert 'role="alert" tabindex="-1"' in html
    assert "处需要处理" in html


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("96000", "96000"),
        (" 1,113,838.88 ", "1113838.88"),
        ("1，000", "1000"),
        ("0.5", "0.5"),
        ("2.61万", None),
        ("-3", None),
        ("1.234", None),
        ("１２", None),
        ("", None),
        (None, None),
        (Decimal("7.10"), "7.10"),
    ],
)
def test_a_typed_sum_is_read_with_spaces_and_commas_forgiven(text, read) -> None:
    assert typed_sum(text) == (read and Decimal(read))


# --- Lists and pages -----------------------------------------------------------------------------


def test_the_pager_keeps_the_filters_and_counts_what_is_shown() -> None:
    request = RequestFactory().get("/", {"city": "黑河市", "page": "2"})
    html = render("{% pager page %}", page=Paginator(range(48), 10).page(2), request=request)
    assert "第 11—20 件，共 48 件" in html
    assert "page=1" in html
    assert "page=3" in html
    assert html.count("city=%E9%BB%91%E6%B2%B3%E5%B8%82") == 2


def test_an_empty_list_has_no_range_and_no_neighbours() -> None:
    html = render(
        "{% pager page unit='家' %}", page=Paginator([], 10).page(1), request=RequestFactory().get("/")
    )
    assert words(html).strip() == "共 0 家"
    assert "href" not in html


@pytest.mark.urls("tests.accounts.ui_kit")
@pytest.mark.parametrize("name", ["portal", "form", "console"])
def test_the_kit_renders_with_long_names_and_nothing_undefined(name) -> None:
    html = rendered(name)
    assert '<html lang="zh-Hans">' in html
    assert html.count("<h1") == 1
    assert html.count('aria-current="page"') >= 1
    assert "龙江外贸政策兑现平台</title>" in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.urls("tests.accounts.ui_kit")
def test_who_has_not_signed_in_is_offered_to_and_sees_nothing_of_a_firm() -> None:
    html = render_to_string("portal_base.html", {"user": AnonymousUser()})
    assert "登录" in html
    assert "注册" in html
    assert "我的年度" not in html
    assert "退出" not in html


@pytest.mark.urls("tests.accounts.ui_kit")
def test_signing_out_is_a_form_because_it_changes_something() -> None:
    html = rendered("portal")
    (form,) = re.findall(r'<form method="post" action="/accounts/sign_out/">.*?</form>', html, re.DOTALL)
    assert "csrfmiddlewaretoken" in form


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_an_error_page_needs_nothing_and_says_what_to_do(code) -> None:
    html = render_to_string(f"{code}.html")
    assert "回到首页" in html
    assert not re.search(r"[！!]", words(html.split("<main")[1]))


def test_scripts_and_styles_never_set_inline_styles() -> None:
    scripts = list(Path(PROJECT_DIR / "static" / "js").glob("*.js"))
    assert scripts
    wrong = [
        path.name
        for path in scripts
        if re.search(r"\.style\b|\beval\(|setAttribute\(.style", path.read_text())
    ]
    assert wrong == []
