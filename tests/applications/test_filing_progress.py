"""How far a form has come, and which sums it asks about."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.drafts import draft_of
from applications.evidence import evidence_upload
from applications.forms.claim_form import NO, YES
from applications.portal.filing_page import FilingPage
from tests.factories import exhibition, make_claim, make_figures, make_firm, make_period, owner_of
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def draft(firm):
    claim = make_claim(firm, "5.1", make_period(), submit=False)
    claim.evidence.all().delete()
    claim.draft = {}
    claim.save(update_fields=["draft"])
    return claim


def page_of(claim, **typed):
    return FilingPage(claim, {**draft_of(claim), **typed})


def gaps(page):
    return {section.key: len(section.gaps) for section in page.progress.sections}


def test_an_empty_form_counts_what_a_submission_asks_for(draft):
    page = page_of(draft)
    # Six particulars, and the invoices that the item asks for; the question on support; five files of four documents.
    assert gaps(page) == {"firm": 0, "content": 7, "support": 1, "papers": 4, "check": 0}
    assert page.progress.first.target == "id_exhibition_name"
    assert [section.number for section in page.progress.sections] == [1, 2, 3, 4, 5]


def test_support_from_elsewhere_asks_for_its_amount_and_its_document(draft):
    without = page_of(draft, other_support={"answer": NO, "amount": ""})
    with_support = page_of(draft, other_support={"answer": YES, "amount": ""})
    assert (gaps(without)["support"], gaps(without)["papers"]) == (0, 4)
    assert (gaps(with_support)["support"], gaps(with_support)["papers"]) == (1, 5)


def test_a_file_fills_its_gap(draft):
    upload = SimpleUploadedFile("合同.pdf", PDF)
    evidence_upload(
        claim=draft, document=draft.rule.evidence[0], upload=upload, actor=owner_of(draft.enterprise)
    )
    assert gaps(page_of(draft))["papers"] == 3


def test_a_wrong_sum_is_a_gap_though_sums_may_be_left_out(draft):
    facts = {"booth_cny": "3.2万"}
    gap = next(gap for gap in page_of(draft, facts=facts).progress.gaps if gap.target == "id_booth_cny")
    assert gap.text == "请只填数字，单位是元。3.2 万元请填 32000。"


def test_the_answer_to_the_live_estimate_brings_how_far_the_form_has_come(client, firm, draft):
    client.force_login(owner_of(firm))
    address = reverse("portal:claim_estimate", args=[draft.number])
    text = client.post(address, {"exhibition_name": "示例展会", "other_support": NO}).content.decode()
    assert '<template data-for="filing-parts">' in text
    assert "还差 10 处" in text


def test_a_form_without_anything_to_fill_in_has_no_section_for_it(firm):
    claim = make_claim(firm, "6.1", make_period(), submit=False)
    assert "content" not in gaps(page_of(claim))


# --- Sums that are far off -----------------------------------------------------------------------


def usual(page, name):
    page.context()
    return getattr(page.form[name], "usual", None)


@pytest.mark.parametrize(
    ("typed", "asked"), [("96000", True), ("95999.99", False), ("960", True), ("960.01", False), ("", False)]
)
def test_a_sum_ten_times_that_of_the_last_claim_or_a_tenth_of_it_is_asked_about(firm, draft, typed, asked):
    make_claim(firm, "5.1", draft.period, facts={"booth_cny": "9600.00"}, particulars=exhibition("另一展会"))
    found = usual(page_of(draft, facts={"booth_cny": typed}), "booth_cny")
    assert found.asked is asked
    assert "9,600.00 元" in found.words
    assert usual(page_of(draft), "freight_cny") is None


def test_a_sum_that_is_part_of_an_official_one_is_compared_with_it(firm):
    period = make_period()
    make_figures(firm, period.year, resource_import_cny="120000000.00")
    claim = make_claim(firm, "4.1", period, submit=False)
    found = usual(page_of(claim, facts={"landed_cny": "1200000000"}), "landed_cny")
    assert found.asked
    assert f"海关 {period.year} 年的统计 120,000,000.00 元" in found.words


def test_a_firm_that_is_not_verified_is_told_no_official_sum_by_a_question(firm):
    period = make_period()
    make_figures(firm, period.year, resource_import_cny="120000000.00")
    claim = make_claim(firm, "4.1", period, submit=False)
    claim.enterprise.verification = "pending"
    assert usual(page_of(claim, facts={"landed_cny": "1200000000"}), "landed_cny") is None
