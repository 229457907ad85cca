"""What may stand in a case, what refuses it and where, and the shapes in which cases come."""

import json
from io import BytesIO

import pytest

from applications.reference import packaged_reference
from measures.contract import ContractError, answer, answer_stream, answer_text, parse_case, parse_facts
from measures.jsontext import NotJson, dumps, loads, quick_loads
from measures.registry import item
from tests.measures.builders import case_of, claim

REFERENCE = packaged_reference()
LOAN = {"principal_cny": "1", "issued_on": "2022-05-05"}


def facts(code, **given):
    return case_of(claim(code, given))


def with_settings(**given):
    return case_of(settings=given)


def with_enterprise(**given):
    return case_of(enterprise=given)


def with_award(**award):
    return case_of(past_awards=[award])


REFUSED = [
    ("", []),
    ("", None),
    ("year", {"claims": []}),
    ("year", {"year": "2022", "claims": []}),
    ("year", {"year": True, "claims": []}),
    ("year", {"year": 2022.0, "claims": []}),
    ("year", {"year": 1999, "claims": []}),
    ("year", {"year": 2101, "claims": []}),
    ("claims", {"year": 2022}),
    ("claims", {"year": 2022, "claims": {}}),
    ("foo", case_of(foo=1)),
    ("case", case_of(case=1.5)),
    ("case", case_of(case=True)),
    ("case", case_of(case=[])),
    ("claims[0]", {"year": 2022, "claims": ["a"]}),
    ("claims[0].id", {"year": 2022, "claims": [{"item": "6.1"}]}),
    ("claims[0].id", {"year": 2022, "claims": [{"id": "", "item": "6.1"}]}),
    ("claims[0].id", {"year": 2022, "claims": [{"id": 1, "item": "6.1"}]}),
    ("claims[0].item", {"year": 2022, "claims": [{"id": "a"}]}),
    ("claims[0].item", {"year": 2022, "claims": [{"id": "a", "item": "13.1"}]}),
    ("claims[0].item", {"year": 2022, "claims": [{"id": "a", "item": 1.1}]}),
    ("claims[0].item", {"year": 2022, "claims": [{"id": "a", "item": ["6.1"]}]}),
    ("claims[1].id", {"year": 2022, "claims": [{"id": "a", "item": "6.1"}, {"id": "a", "item": "1.1"}]}),
    ("claims[0].facts", {"year": 2022, "claims": [{"id": "a", "item": "6.1", "facts": None}]}),
    ("claims[0].facts.foo", facts("6.1", foo=1)),
    ("claims[0].facts.platform", facts("2.1")),
    ("claims[0].facts.platform", facts("2.1", platform="")),
    ("claims[0].facts.warehouse", facts("3.4", warehouse=None)),
    ("claims[0].facts.site", facts("3.2", construction_cny="1")),
    ("claims[0].facts.served_smes", facts("3.5", served_smes="15")),
    ("claims[0].facts.served_smes", facts("3.5", served_smes=-1)),
    ("claims[0].facts.served_smes", facts("3.5", served_smes=15.0)),
    *[
        ("claims[0].facts.booth_cny", facts("5.1", booth_cny=wrong))
        for wrong in (
            *(1.0, True, None, [], {}, -1, 10**13, "10000000000000", "1" * 5000),
            *(
                "",
                " 1",
                "1 ",
                "+1",
                "-1",
                "1.",
                ".5",
                "1.005",
                "1,000",
                "1e3",
                "１２",
                "0x1",
                "NaN",
                "1\n",
                "1_0",
            ),
        )
    ],
    ("claims[0].other_support_cny", case_of(claim("6.1", other_support_cny=None))),
    ("claims[0].locked_cny", case_of(claim("6.1", locked_cny="1.234"))),
    ("claims[0].locked_cny", case_of(claim("8.1", locked_cny=-1))),
    ("claims[0].facts.loans", facts("4.2", loans={})),
    ("claims[0].facts.loans[1].issued_on", facts("4.2", loans=[LOAN, {"principal_cny": "1"}])),
    ("claims[0].facts.loans[0].rate", facts("4.2", loans=[{**LOAN, "rate": "1"}])),
    ("claims[0].facts.loans[0].repaid_on", facts("4.2", loans=[{**LOAN, "repaid_on": "2022-05-04"}])),
    *[
        ("claims[0].facts.loans[0].issued_on", facts("4.2", loans=[{"issued_on": wrong}]))
        for wrong in (
            None,
            20220505,
            "20220505",
            "2022-5-5",
            "2022-02-30",
            "2022-05-05T00:00",
            "２０２２-05-05",
            "0000-01-01",
        )
    ],
    ("claims[0].facts.premiums[0].market", facts("7.2", premiums=[{"premium_cny": "1"}])),
    ("claims[0].facts.premiums[0].market", facts("7.2", premiums=[{"market": "jp"}])),
    ("claims[0].facts.premiums[0].market", facts("7.2", premiums=[{"market": "JPN"}])),
    ("claims[0].facts.premiums[0].new_mode", facts("7.2", premiums=[{"market": "JP", "new_mode": 1}])),
    ("claims[0].facts.details", facts("8.1", details=5)),
    ("claims[0].facts.refunds[0].accepted_on", facts("11.1", refunds=[{"refunded_on": "2022-01-01"}])),
    (
        "claims[0].facts.refunds[0].refunded_on",
        facts("11.1", refunds=[{"accepted_on": "2022-01-02", "refunded_on": "2022-01-01"}]),
    ),
    ("settings.bank_cost_rate", with_settings(bank_cost_rate="0.500001")),
    ("settings.bank_cost_rate", with_settings(bank_cost_rate=None)),
    ("settings.bank_cost_rate", with_settings(bank_cost_rate=0)),
    ("settings.bank_cost_rate", with_settings(bank_cost_rate="0.1234567")),
    ("settings.city_rates.3.3", with_settings(city_rates={"3.3": "0.51"})),
    ("settings.city_rates.5.4", with_settings(city_rates={"5.4": "0.6"})),
    ("settings.city_rates.5.5", with_settings(city_rates={"5.5": "0.71"})),
    ("settings.city_rates.5.5", with_settings(city_rates={"5.5": None})),
    ("settings.city_rates.5.1", with_settings(city_rates={"5.1": "0.5"})),
    ("settings.key_markets[1]", with_settings(key_markets=["RU", "ru"])),
    ("settings.key_markets", with_settings(key_markets="RU")),
    ("enterprise.ftz", with_enterprise(ftz=0)),
    ("enterprise.introduced_year", with_enterprise(introduced_year="2022")),
    ("enterprise.trade_platforms[0].level", with_enterprise(trade_platforms=[{"id": "P"}])),
    ("enterprise.trade_platforms[0].level", with_enterprise(trade_platforms=[{"id": "P", "level": "city"}])),
    (
        "enterprise.trade_platforms[1].id",
        with_enterprise(
            trade_platforms=[{"id": "P", "level": level} for level in ("national", "provincial")]
        ),
    ),
    ("enterprise.overseas_warehouses[0]", with_enterprise(overseas_warehouses=[""])),
    ("enterprise.overseas_warehouses", with_enterprise(overseas_warehouses=None)),
    ("trade.22", case_of(trade={"22": {}})),
    ("trade.２０２２", case_of(trade={"２０２２": {}})),
    ("trade.2022", case_of(trade={"2022": None})),
    ("trade.1990.export_usd", case_of(trade={"1990": {"export_usd": "x"}})),
    ("trade.2022.foo", case_of(trade={"2022": {"foo": "1"}})),
    ("past_awards[0].item", with_award(item="1.1")),
    ("past_awards[0].item", with_award(subject="P")),
    ("past_awards[0].subject", with_award(item="2.1", level="national")),
    ("past_awards[0].level", with_award(item="2.1", subject="P")),
    ("past_awards[0].level", with_award(item="3.4", subject="W", level="national")),
    ("past_awards[0].subject", with_award(item="3.4")),
    ("past_awards[0].subject", with_award(item="6.1", subject="P")),
]


@pytest.mark.parametrize(("path", "case"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_faulty_case_is_refused_with_its_path(path, case):
    refused = answer(case, REFERENCE)
    assert refused["error"]["path"] == path
    assert refused["error"]["message"].endswith("。")


@pytest.mark.parametrize(
    "case",
    [
        {"year": 2000, "claims": []},
        {"year": 2100, "claims": []},
        case_of(case=""),
        case_of(case=10**30),
        case_of(trade={"0001": {"export_usd": None}, "2022": {"import_cny": 9999999999999}}),
        case_of(enterprise={"overseas_warehouses": ["W", "W"], "introduced_year": None}),
        facts("5.1", booth_cny="9999999999999.99"),
        facts("5.1", booth_cny="0" * 40 + "1.5"),
        facts("3.5", served_smes=10**20),
        facts("4.2", loans=[{**LOAN, "repaid_on": "2022-05-05"}, {**LOAN, "repaid_on": None}]),
        facts("8.1", subject="", details=""),
        with_settings(
            bank_cost_rate="0", city_rates={"5.5": "0.700000", "3.3": "00.5"}, key_markets=["CN", "CN"]
        ),
        with_award(item="6.1"),
        with_award(item="2.1", subject="P", level="provincial"),
    ],
)
def test_what_the_contract_allows_is_evaluated(case):
    assert "error" not in answer(case, REFERENCE)


def test_the_id_of_a_refused_case_is_echoed_where_it_is_valid():
    assert answer(case_of(case="x", foo=1), REFERENCE)["case"] == "x"
    assert answer(case_of(case=7, foo=1), REFERENCE)["case"] == 7
    assert answer(case_of(case=1.5), REFERENCE)["case"] is None


def test_facts_of_one_claim_are_read_with_a_path_of_the_callers():
    with pytest.raises(ContractError) as refused:
        parse_facts(item("4.2"), {"loans": [{}]}, path="form")
    assert refused.value.path == "form.loans[0].issued_on"
    assert parse_facts(item("5.3"), {}) == {"participation_cny": 0}


def text_of(case):
    return json.dumps(case).encode()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"year": 2022, "year": 2022, "claims": []}', "year"),
        ('{"year": 2022, "y\\u0065ar" : 2022, "claims": []}', "year"),
        (
            '{"year": 2022, "claims": [{"id": "a", "item": "6.1", "facts": {}, "facts": {}}]}',
            "claims[0].facts",
        ),
        ('{"year": 2022, "claims": [], "case": NaN}', ""),
        ('{"year": 2022, "claims": [], "case": Infinity}', ""),
        ('{"year": 2022, "claims": []', ""),
        ('{"year": 2022, "claims": [],}', ""),
        ("{'year': 2022}", ""),
        ("[" * 100_000, ""),
        ('{"case": ' + "[" * 600 + "]" * 600 + "}", "case"),
        ('{"case": ' + "9" * 5000 + ', "year": 2022, "claims": []}', "case"),
        ('{"year": 1e400, "claims": []}', "year"),
    ],
)
def test_a_faulty_text_is_refused(text, path):
    refused = answer_text(text.encode(), REFERENCE)
    assert (refused["case"], refused["error"]["path"]) == (None, path)


def test_an_endless_integer_is_out_of_range_like_any_amount_that_is_too_large():
    for digits in (14, 5000):
        text = '{"year": 2022, "claims": [{"id": "a", "item": "5.3", "facts": {"participation_cny": %s}}]}'
        error = answer_text((text % ("9" * digits)).encode(), REFERENCE)["error"]
        assert (error["path"], error["code"]) == ("claims[0].facts.participation_cny", "out_of_range")


def test_bytes_that_are_no_utf8_are_refused():
    assert answer_text(b'{"year": 2022, "claims": [], "case": "\xff"}', REFERENCE)["error"]["path"] == ""


def test_a_lone_surrogate_is_an_id_like_any_other():
    given = answer_text(b'{"case": "\\ud800", "year": 2022, "claims": []}', REFERENCE)
    assert json.loads(dumps(given))["case"] == "\ud800"


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 1}',
        b'{"a" :1, "a": 1}',
        b'{"a": "\\u0022:", "a": 1}',
        b'{"a": "x\\":", "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": NaN}',
        b"[" * 300 + b'{"a": 1, "a": 1}' + b"]" * 300,
    ],
)
def test_the_fast_reader_leaves_alone_what_it_cannot_tell(text):
    assert quick_loads(text) is None


@pytest.mark.parametrize(
    "text",
    [b'{"a" : 1, "b": [{"a": 2}, "x:y", ":"]}', b'{"a":"\xe5\xb9\xb3","b":{"a":null}}', b"[1,2,{}]"],
)
def test_the_fast_reader_reads_what_the_exact_one_reads(text):
    assert quick_loads(text) == loads(text)


def test_what_is_not_json_is_not_read():
    with pytest.raises(NotJson):
        loads(b"{")


def answered(text):
    """The answers to a stream, as text, and its tally."""
    chunks = []
    tally = answer_stream(BytesIO(text), chunks.append, REFERENCE)
    return b"".join(chunks).decode(), tally


GOOD = '{"case": "g", "year": 2022, "claims": []}'
BAD = '{"case": "b", "year": 2022}'


def test_an_array_is_answered_by_an_array():
    text, tally = answered(f" \n[{GOOD},\n {BAD}, 5]".encode())
    assert [one["case"] for one in json.loads(text)] == ["g", "b", None]
    assert (tally.shape, tally.cases, tally.refused) == ("array", 3, 2)
    assert json.loads(answered(b"[]")[0]) == []


def test_lines_are_answered_line_by_line_and_blank_ones_passed_over():
    text, tally = answered(f"\n{GOOD}\r\n\n  \nno json\n[1]\n{BAD}".encode())
    answers = [json.loads(line) for line in text.splitlines()]
    assert [one["case"] for one in answers] == ["g", None, None, "b"]
    assert [one.get("error", {}).get("path") for one in answers] == [None, "", "", "claims"]
    assert (tally.shape, tally.cases, tally.refused) == ("lines", 4, 3)


def test_an_object_over_several_lines_is_answered_by_one_object():
    text, tally = answered(json.dumps(json.loads(GOOD), indent=2).encode())
    assert json.loads(text)["total_cny"] == "0.00"
    assert (tally.cases, tally.refused) == (1, 0)


@pytest.mark.parametrize("text", [b"", b"\n \n", b"no json\n" + GOOD.encode(), b"[1", b"\xff"])
def test_what_is_none_of_the_three_shapes_is_answered_by_one_error(text):
    given = json.loads(answered(text)[0])
    [given] = given if isinstance(given, list) else [given]
    assert given["case"] is None
    assert given["error"]["path"] == ""


@pytest.mark.parametrize("text", [GOOD, f"[{GOOD}]", json.dumps(json.loads(GOOD), indent=1)])
def test_a_byte_order_mark_is_tolerated(text):
    assert answered(b"\xef\xbb\xbf" + text.encode())[1].refused == 0


def test_lines_are_read_one_at_a_time():
    read = []

    class Lines:
        def __iter__(self):
            for number in range(3):
                read.append(number)
                yield GOOD.encode() + b"\n"

    written = []
    answer_stream(Lines(), lambda chunk: written.append(len(read)), REFERENCE)
    assert written == [1, 2, 3]


def test_a_parsed_case_keeps_the_order_of_filing():
    case = parse_case(case_of(claim("6.1"), claim("1.1"), claim("5.3")))
    assert [one.item for one in case.claims] == ["6.1", "1.1", "5.3"]
