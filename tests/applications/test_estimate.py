"""The live amount beside the form: a what-if over the whole year that stores nothing."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.claims import claim_submit
from applications.estimate import estimate, official_data
from applications.models import DualCirculationEntry
from tests.factories import (
    NOW,
    declared,
    exhibition,
    give_evidence,
    make_claim,
    make_figures,
    make_firm,
    owner_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(firm, period):
    return make_claim(firm, "5.1", period, submit=False)


def estimate_of(client, claim, **typed):
    """The answer to what is typed; an exhibition that cost 100,000 unless told otherwise."""
    address = reverse("portal:claim_estimate", args=[claim.number])
    return client.post(address, {"booth_cny": "100,000", "other_support": "no", **typed}).content.decode()


def test_the_estimate_follows_the_form_and_stores_nothing(as_owner, draft):
    text = estimate_of(as_owner, draft)
    assert "70,000.00" in text
    assert "柒万元整" in text
    draft.refresh_from_db()
    assert draft.draft == {"facts": {}, "particulars": {}}
    assert draft.computed_cny is None


def test_the_estimate_says_what_it_leaves_out(as_owner, draft):
    text = estimate_of(as_owner, draft, freight_cny="约两万")
    assert "展品运输费还没有填对或填全，暂未计入。" in text
    assert "70,000.00" in text


def test_the_estimate_tells_what_filing_does_to_other_claims(as_owner, firm, period):
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    make_claim(firm, "6.1", period)
    claim = make_claim(firm, "5.1", period, submit=False)
    text = estimate_of(as_owner, claim, booth_cny="400000")
    assert (
        "申报本项后，6.1 双循环奖励的应付由 200,000.00 元减为 20,000.00 元。全年合计多得 100,000.00 元。"
        in text
    )


def test_a_draft_that_was_submitted_meanwhile_is_not_counted_twice(firm, draft):
    """Between reading the draft and computing, another screen may have submitted it."""
    source = official_data(firm, draft.year)
    give_evidence(draft)
    what = declared({"booth_cny": "100000"}, exhibition())
    claim_submit(claim_id=draft.pk, actor=owner_of(firm), declared=what, at=NOW)
    found = estimate(claim=draft, facts={"booth_cny": "200000"}, other_support="0", source=source)
    assert found.claim.payable == Decimal("140000.00")


def test_an_untouched_form_is_asked_for_and_not_refused(as_owner, firm, period):
    make_figures(firm, resource_import_cny="120000000")
    claim = make_claim(firm, "4.1", period, submit=False)
    text = as_owner.get(reverse("portal:claim_edit", args=[claim.number])).content.decode()
    assert "这里会显示预计金额和计算过程" in text
    assert "暂不符合支持条件" not in text


def test_what_the_rule_refuses_is_said_with_its_numbers(as_owner, firm, period):
    make_figures(firm, resource_import_cny="120000000")
    claim = make_claim(firm, "4.1", period, submit=False)
    text = estimate_of(as_owner, claim, landed_cny="60000000")
    assert "暂不符合支持条件" in text
    assert "60,000,000.00" in text or "6,000 万元" in text


def test_figures_and_amounts_that_rest_on_them_are_hidden_before_verification(client, period):
    firm = make_firm("示例待核验公司", verified=False)
    make_figures(firm, cross_border_cny="35000000")
    claim = make_claim(firm, "3.1", period, submit=False)
    client.force_login(owner_of(firm))
    text = client.get(reverse("portal:claim_edit", args=[claim.number])).content.decode()
    assert "35,000,000.00" not in text
    assert "350,000.00" not in text
    assert "企业核验通过后，这里会显示官方数据和预计金额。" in text


def test_a_verified_firm_sees_its_figures_and_the_prepared_amount(as_owner, firm, period):
    make_figures(firm, cross_border_cny="35000000")
    claim = make_claim(firm, "3.1", period, submit=False)
    text = as_owner.get(reverse("portal:claim_edit", args=[claim.number])).content.decode()
    assert "35,000,000.00 元" in text
    assert "350,000.00" in text
    assert "检查并提交" in text
