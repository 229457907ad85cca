"""The rules quote the policy word for word, and every number they use stands in the words they quote."""

import hashlib
from pathlib import Path

import pytest

from measures.item import Measure
from measures.readings import READINGS, readings_for
from measures.registry import CLAUSES, CLOSING_NOTE, ITEMS, MEASURES, POLICY_TITLE, measure_of

#: SHA-256, in UTF-8 and without white space, of the published title, twelve articles and closing note.
PUBLISHED = "a81ebd2c40e641e8ace1f1aeb4529c1187f5f530d613e5aa06232121970e3826"
CORE = Path(__file__).parents[2] / "measures"


def test_title_articles_and_closing_note_are_the_policy_word_for_word():
    quoted = POLICY_TITLE + "".join(measure.article for measure in MEASURES) + CLOSING_NOTE
    assert hashlib.sha256("".join(quoted.split()).encode()).hexdigest() == PUBLISHED


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.number)
def test_a_measure_names_its_departments_word_for_word(measure):
    named = measure.article.rpartition("〔")[2].removesuffix("按职责分工负责〕")
    assert named.replace("，", "、") == "、".join(measure.departments)


def test_a_measure_is_titled_as_its_article():
    for measure in MEASURES:
        assert measure.article.split("、", 1)[1].startswith(measure.title)


def test_items_are_numbered_after_their_measures():
    assert [measure.number for measure in MEASURES] == list(range(1, 13))
    for code in ITEMS:
        assert measure_of(code).number == int(code.split(".")[0])
        assert code in CLAUSES


def test_a_measure_refuses_a_clause_that_its_article_does_not_hold():
    measure = MEASURES[0]
    with pytest.raises(ValueError, match="sentence"):
        Measure(1, measure.title, measure.article, measure.departments, measure.items, {"1.1": "奖励600万元"})


@pytest.mark.parametrize("reading", READINGS.values(), ids=lambda reading: reading.id)
def test_a_reading_names_its_clause_and_items_and_stands_in_the_code(reading):
    assert reading.clause in CLAUSES
    assert reading.items
    assert set(reading.items) <= set(ITEMS)
    sources = [path.read_text(encoding="utf-8") for path in CORE.rglob("*.py") if path.name != "readings.py"]
    assert any(f"`{reading.id}`" in source for source in sources)


def test_readings_are_found_by_item():
    assert [reading.id for reading in readings_for("2.1")] == ["rounding", "new-designation", "who-is-cut"]
    assert readings_for("12.1") == ()
