"""What of a returned claim is open for correction."""

import pytest

from applications.correction import PASSES_NO_MORE, STILL_MISSING, WITH_DAY, WITH_SUPPORT, opened_of
from applications.places import places_of
from measures import registry
from tests.factories import make_claim

from .steps import EXHIBITION, back

pytestmark = pytest.mark.django_db

MONEY_ITEMS = [item for item in registry.ITEMS.values() if not item.support]


def test_a_draft_is_open_as_a_whole(firm, period):
    assert opened_of(make_claim(firm, "5.1", period, submit=False)).is_whole


def test_only_what_the_reviewer_named_is_open(exhibited):
    opened = opened_of(exhibited)
    assert opened.places == {"booth_cny", "ev-photos"}
    assert opened.document("photos")
    assert not opened.document("invoices")
    assert not opened.table("invoices")


def test_words_alone_open_everything_but_what_the_claim_is_about(firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    opened = opened_of(back(claim, commerce))
    assert opened.everything
    assert opened.at("organiser")
    assert opened.document("photos")
    assert not opened.at("exhibition_name")
    assert not opened.at("starts_on")


def test_what_the_claim_is_about_is_open_where_the_reviewer_named_it(firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    opened = opened_of(back(claim, commerce, {"exhibition_name": "名称与合同不符。"}))
    assert opened.at("exhibition_name")
    assert not opened.at("starts_on")


def test_days_that_are_compared_open_together_and_say_why(firm, period, commerce, lent):
    opened = opened_of(back(lent, commerce, {"loans[1].repaid_on": "与凭证不符。"}))
    assert opened.along == {"loans[1].issued_on": WITH_DAY}
    assert not opened.cell("loans", 0, "issued_on")


def test_other_support_opens_with_its_answer_amount_and_document(exhibited, commerce, firm, period):
    claim = make_claim(firm, "1.1", period)
    opened = opened_of(back(claim, commerce, {"other_support_cny": "请上传批复。"}))
    assert opened.along == {"ev-other_support": WITH_SUPPORT}
    assert opened.document("other_support")


def test_what_a_submission_would_find_missing_is_open_too(firm, period, commerce):
    sparse = {key: value for key, value in EXHIBITION.items() if key != "organiser"}
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=sparse)
    claim.evidence.filter(document="travel_records").delete()
    opened = opened_of(back(claim, commerce, {"booth_cny": "请核对。"}))
    assert opened.along["organiser"] == STILL_MISSING
    assert opened.document("travel_records")


def test_what_the_form_takes_no_more_is_open_too_so_that_nothing_is_a_dead_end(lent, exhibited, commerce):
    returned = back(lent, commerce, {"bank_fees_cny": "请核对。"})
    returned.facts["loans"][1]["issued_on"] = "前年"
    opened = opened_of(returned)
    assert opened.along["loans[1].issued_on"] == PASSES_NO_MORE
    assert not opened.cell("loans", 0, "issued_on")
    exhibited.particulars |= {"country": "ZZ", "organiser": "会" * 121}
    exhibited.particulars["invoices"][1]["amount_cny"] = "-1"
    opened = opened_of(exhibited)
    assert {place for place, why in opened.along.items() if why == PASSES_NO_MORE} == {
        "country",
        "organiser",
        "invoices",
    }


@pytest.mark.parametrize("place", ["*", "ev-*", "loans", "invoices"])
def test_the_office_can_open_a_whole_table_every_document_and_everything(lent, commerce, place):
    if place not in places_of(lent):
        assert place == "invoices"
        place = "declarations"
    opened = opened_of(back(lent, commerce, {place: "请全部核对。"}))
    assert {
        "*": opened.everything,
        "ev-*": all(opened.document(each.code) for each in lent.rule.evidence),
        "loans": opened.table("loans") and not opened.table("declarations"),
        "declarations": opened.table("declarations") and not opened.table("loans"),
    }[place]


@pytest.mark.parametrize("item", MONEY_ITEMS, ids=lambda item: item.code)
def test_nothing_but_the_named_fields_says_what_a_claim_is_about(item):
    def some(fields, word):
        return {each.name: f"{word} {each.name}" for each in fields}

    facts, particulars = some(item.facts, "甲"), some(item.particulars, "甲")
    before = item.subject(facts, particulars)
    for each in (*item.facts, *item.particulars):
        changed = (facts | {each.name: "乙"}) if each in item.facts else facts
        beside = (particulars | {each.name: "乙"}) if each in item.particulars else particulars
        assert (item.subject(changed, beside) != before) == (each.name in item.subject_fields)
