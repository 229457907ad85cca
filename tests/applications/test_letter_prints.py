"""How papers are set: long texts wrap, tables break over pages, and no character is lost."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from applications.letters import parts
from applications.letters.glyphs import LATIN, SONG, markup, printable
from applications.letters.pdf import letter_pdf, preview_pdf

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="长一二三，。“”（）Ab1 \n\t&<>", max_size=400),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=5), st.integers(1, 400)),
)


def paper(*content):
    return SimpleNamespace(
        number="2025-5.1-00001-S1",
        check_code="34679ACDEFGH",
        content={"title": "示例", "parts": content, "verify_at": "https://duixian.example/verify/"},
    )


def pages(content):
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_a_long_table_repeats_its_head_and_each_page_has_its_number():
    rows = [[str(number), f"示例发票{number}", "1,234.50"] for number in range(1, 151)]
    long = parts.table(
        "发票", ["序号", "发票号码", "金额"], rows, right=[2], total=["合计", "", "185,175.00"]
    )
    found = pages(letter_pdf(paper(long)))
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert f"第{number}页共{len(found)}页" in text
        assert "校验码3467-9ACD-EFGH" in text
    assert all("发票号码" in text for text in found[:-1])
    whole = "".join(found)
    assert all(f"示例发票{number}" in whole for number in range(1, 151))
    assert "185,175.00" in whole


def test_amounts_stand_to_the_right():
    rows = [["甲", "1.00"], ["乙", "1,234,567.89"]]
    places = {}

    def see(text, _matrix, place, _font, _size):
        if text.strip():
            places[text.strip()] = place[4]

    content = letter_pdf(paper(parts.table("", ["项目", "金额"], rows, right=[1])))
    PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=see)
    assert places["1.00"] > places["1,234,567.89"] > places["甲"]


def test_a_draft_says_so_on_every_page():
    content = paper(parts.text(*["示例"] * 120)).content
    found = pages(preview_pdf(content))
    assert len(found) > 1
    assert all("草稿，未提交" in text for text in found)
    assert not any("校验码" in text for text in found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("示例𠮷公司", [(SONG, "示例〔U+20BB7〕公司")]),
        ("Messe Köln·甲", [(LATIN, "Messe Köln·"), (SONG, "甲")]),
        ("Poznań", [(LATIN, "Pozna"), (SONG, "〔U+0144〕")]),
        ("䶮镕〇", [(SONG, "䶮镕〇")]),
        ("Выставка", [(SONG, "Выставка")]),
        ("a\u200bb\x07c", [(LATIN, "ab c")]),
        ("e\u0301", [(SONG, "é")]),
        ("😀", [(SONG, "〔U+1F600〕")]),
    ],
)
def test_what_the_fonts_do_not_have_is_written_as_its_code(text, shown):
    assert printable(text) == shown


def test_nothing_typed_is_read_as_markup():
    assert markup("<b>A&B</b>\n乙") == f'<font name="{LATIN}">&lt;b&gt;A&amp;B&lt;/b&gt;</font><br/>乙'


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=12)
def test_no_text_however_long_or_odd_stops_a_paper(first, second, third):
    odd = paper(
        parts.facts(first[:40], [[second[:20], third], [first[:20], second, "乙", third[:300]]]),
        parts.table(second[:40], [first[:20], "金额"], [[third, second], [first, ""]], right=[1], note=third),
        parts.text(first, second, title=third[:40], lead=True),
        parts.signature(first[:60]),
        parts.seals("企业（盖章）", "日期"),
    )
    once, again = letter_pdf(odd), letter_pdf(odd)
    assert once == again
    assert once.startswith(b"%PDF-")
