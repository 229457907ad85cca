"""What the items ask for, and what their claims are about."""

import pytest

from measures.case import Enterprise, Platform
from measures.declaration import PICTURES, Amount, Day, Evidence, Rows, Text
from measures.official import Official
from measures.registry import ITEMS

FIELDS = [
    pytest.param(field, id=f"{code} {field.name}")
    for code, item in ITEMS.items()
    for group in (item.facts, item.particulars)
    for outer in group
    for field in (outer, *getattr(outer, "fields", ()), *getattr(outer, "particulars", ()))
]


def fields_of(group):
    """Every field of a group, the columns of its rows included."""
    for field in group:
        yield field
        yield from getattr(field, "fields", ())
        yield from getattr(field, "particulars", ())


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_labelled_in_chinese(field):
    assert not field.label.isascii()
    assert not field.help or field.help.endswith("。")


def test_prepared_items_need_nothing_but_official_data():
    prepared = [code for code, item in ITEMS.items() if item.prepared]
    assert prepared == ["1.1", "2.1", "3.1", "3.4", "6.1"]
    for code in prepared:
        assert not ITEMS[code].particulars
        assert not ITEMS[code].evidence
        assert ITEMS[code].official


def test_every_other_money_item_asks_for_evidence():
    for item in ITEMS.values():
        if not item.support and not item.prepared:
            assert any(one.required for one in item.evidence)


DOCUMENTS = [
    pytest.param(document, id=f"{code} {document.code}")
    for code, item in ITEMS.items()
    if not item.support
    for document in item.evidence
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_says_what_it_is_for_and_what_a_good_one_shows(document):
    for words in (document.reason, document.sample):
        assert words.endswith("。")
        assert not words.isascii()
    assert document.picture in PICTURES


def test_a_document_cannot_name_a_drawing_that_is_not_there():
    with pytest.raises(ValueError, match="no drawing"):
        Evidence("photos", "参展照片", picture="painting")


def test_every_item_of_costs_asks_for_dates_and_numbers_that_can_be_compared():
    for code in ("3.2", "3.3", "4.1", "4.2", "5.1", "5.2", "5.3", "5.4", "5.5", "7.1", "7.2", "7.3"):
        asked = list(fields_of((*ITEMS[code].facts, *ITEMS[code].particulars)))
        assert any(field.date_role == "expense" for field in asked)
        assert any(field.fingerprint for field in asked)


def test_bank_items_ask_for_each_loans_number_and_lender_apart_from_the_facts():
    for code in ("4.1", "4.2"):
        [loans] = [fact for fact in ITEMS[code].facts if isinstance(fact, Rows)]
        assert [field.name for field in loans.particulars][:2] == ["loan_number", "lender"]
        assert loans.particulars[0].fingerprint == "loan"


def test_only_city_run_items_are_paid_by_cities_and_none_pays_a_request():
    assert [code for code, item in ITEMS.items() if item.payer == "city"] == ["3.3", "5.4", "5.5"]
    assert all((item.payer is None) == item.support for item in ITEMS.values())


@pytest.mark.parametrize(
    ("code", "facts", "particulars", "subject"),
    [
        ("1.1", {}, {}, ""),
        ("2.1", {"platform": "P1"}, {}, "P1"),
        ("2.1", {}, {}, ""),
        ("3.2", {"site": "shop.example"}, {}, "shop.example"),
        ("3.4", {"warehouse": "W1"}, {}, "W1"),
        ("5.1", {}, {"exhibition_name": " 展会 ", "starts_on": "2022-05-01"}, "展会|2022-05-01"),
        ("5.3", {}, {}, ""),
        ("7.2", {"premiums": []}, {"exhibition_name": "x"}, ""),
    ],
)
def test_a_claim_has_a_subject(code, facts, particulars, subject):
    assert ITEMS[code].subject(facts, particulars) == subject


def test_what_is_paid_once_for_ever_has_a_subject_over_all_years():
    firm = Enterprise(trade_platforms=(Platform("P1", "national"),))
    assert ITEMS["2.1"].lifetime_subject({"platform": "P1"}, firm) == "P1|national"
    assert ITEMS["2.1"].lifetime_subject({"platform": "P2"}, firm) is None
    assert ITEMS["3.4"].lifetime_subject({"warehouse": "W1"}, firm) == "W1"
    assert ITEMS["6.1"].lifetime_subject({}, firm) == ""
    assert ITEMS["3.2"].lifetime_subject({"site": "s"}, firm) is None


def test_official_data_say_what_they_are_called():
    labels = [official.label for official in ITEMS["1.1"].official]
    assert labels == ["进口额", "出口额", "进口额", "出口额", "引进年度"]
    assert ITEMS["7.3"].official[0].years_back == 1
    assert ITEMS["7.3"].official[0].unit == "美元"
    with pytest.raises(ValueError, match="unknown"):
        Official("figure", "weight")


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Amount(name="1st", label="金额"),
        lambda: Amount(name="amount", label=""),
        lambda: Text(name="number", label="号码", fingerprint="passport"),
        lambda: Day(name="day", label="日期", date_role="birthday"),
    ],
)
def test_a_faulty_declaration_does_not_come_into_being(broken):
    with pytest.raises(ValueError, match=r"field|fingerprint|role"):
        broken()


def names_of(item):
    """What a claim for the item can declare: fields, lists, and the columns of lists."""
    for field in (*item.facts, *item.particulars):
        yield field.name
        if isinstance(field, Rows):
            yield from (f"{field.name}.{part.name}" for part in (*field.fields, *field.particulars))


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.code)
def test_what_makes_a_document_needed_is_declared_by_its_item(item):
    names = set(names_of(item))
    for document in item.evidence:
        assert set(document.needed_with) <= names
        assert document.required or document.needed_with, document.code
    assert set(item.payee_fields) <= names


@pytest.mark.parametrize(
    ("facts", "particulars", "needed"),
    [
        ({}, {}, False),
        ({"fees_cny": "0.00"}, {}, False),
        ({"fees_cny": "0.01"}, {}, True),
        ({"loans": []}, {}, False),
        ({"loans": [{}]}, {}, True),
        ({}, {"payee": ""}, False),
        ({}, {"payee": "示例保险公司"}, True),
        ({"premiums": [{"new_mode": False}, {}]}, {}, False),
        ({"premiums": [{"new_mode": False}, {"new_mode": True}]}, {}, True),
        ({"premiums": None}, {}, False),
    ],
)
def test_a_document_is_needed_where_something_is_declared_under_its_names(facts, particulars, needed):
    names = ("fees_cny", "loans", "payee", "premiums.new_mode")
    document = Evidence("letter", "示例文件", required=False, needed_with=names)
    assert document.is_needed(facts, particulars) is needed
    assert Evidence("letter", "示例文件").is_needed(facts, particulars)
