"""A ledger in which nothing has been entered yet."""

import pytest

from review.ledger.check import ledger_check

from .test_pages import LEDGER, text_of

pytestmark = pytest.mark.django_db


def test_an_empty_database_agrees(db):
    outcome = ledger_check()
    assert (outcome.problems, outcome.entries, outcome.claims) == ([], 0, 0)


def test_an_empty_ledger_says_what_will_be_there(officers, sign_in):
    shown = text_of(sign_in(officers.finance).get(LEDGER))
    assert "总额账还没有记录" in shown
    assert "还没有核对过" in shown
