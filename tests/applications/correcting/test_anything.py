"""Whatever is posted to the page of a correction, the page shows what was kept."""

import pytest
from django.db import transaction
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_claim, make_figures

from .steps import BANK, BANK_PARTICULARS, EXHIBITION, back, page_of, read

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(
    [
        "booth_cny", "travellers", "starts_on", "ends_on", "country", "organiser", "other_support",
        "other_support_cny", "bank_fees_cny", "loans-TOTAL_FORMS", "loans-INITIAL_FORMS", "invoices-TOTAL_FORMS",
        "invoices-INITIAL_FORMS", "invoices-0-amount_cny", "invoices-0-cost", "loans-0-issued_on",
        "loans-0-principal_cny", "loans-1-repaid_on", "add_row", "remove_row", "action", "version", "page",
        "take_over", "token", "explanation", "statement",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "submit", "leave", "send", "back", "yes", "no", "on", "-1", "2.61万", "1e999", "NaN", "９９", "2025-02-30",
         "loans", "loans-0", "invoices", "invoices-0", "999999999999999", "JP", "\x00", "0001-01-01"]
    ),
)  # fmt: skip
POSTED = st.dictionaries(NAMES, VALUES, max_size=12)


@pytest.fixture
def open_claims(firm, period, commerce):
    """A draft, a claim of which a table is open, and one that is open as a whole."""
    make_figures(firm, local_product_export_cny="90000000.00")
    lent = make_claim(firm, "4.2", period, facts=BANK, particulars=BANK_PARTICULARS)
    shown = make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    return [
        make_claim(firm, "5.1", period, submit=False),
        back(lent, commerce, {"loans": "请核对。", "bank_fees_cny": "请核对。"}),
        back(shown, commerce),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
@given(posted=POSTED, which=st.sampled_from([0, 1, 2]))
def test_whatever_is_posted_is_answered_with_a_page_that_shows_what_was_kept(
    as_owner, open_claims, posted, which
):
    claim = open_claims[which]
    with transaction.atomic():
        for name in ("claim_edit", "claim_autosave", "claim_estimate", "claim_check"):
            answer = as_owner.post(page_of(claim, name), posted)
            assert answer.status_code in (200, 302, 409, 422), (name, answer.status_code)
        text = read(as_owner, claim)
        claim.refresh_from_db()
        kept = claim.draft.get("facts", {}).get("booth_cny", "")
        assert escape(kept) in text
        transaction.set_rollback(True)
