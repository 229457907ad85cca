"""Answer, decision and second question at the same moment."""

from functools import partial

import pytest

from accounts.roles import Role
from applications.errors import Refused
from applications.lifecycle import claim_token, transition
from applications.models import YearSettings
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.threads import together

from .steps import answer, ask


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Two people at once."""

    @pytest.fixture
    def people(self):
        YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
        firm = make_firm()
        clerk = make_user("clerk")
        firm.memberships.create(user=clerk, role="clerk", since=NOW)
        commerce = [make_user(f"commerce{number}", role=Role.COMMERCE) for number in (1, 2)]
        claim = make_claim(
            firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
        )
        return claim, owner_of(firm), clerk, commerce

    def test_of_two_clerks_who_answer_at_once_one_is_told_of_the_other(self, people):
        claim, owner, clerk, (commerce, _) = people
        question = ask(claim, commerce)
        results = together(*(partial(answer, question, person) for person in (owner, clerk)))
        assert sum(isinstance(result, Refused) for result in results) == 1
        assert claim.events.filter(kind="claim.question_answered").count() == 1

    def test_of_two_officers_who_ask_at_once_one_asks(self, people):
        claim, _, _, officers = people
        results = together(*(partial(ask, claim, officer) for officer in officers))
        assert sum(isinstance(result, Refused) for result in results) == 1
        assert claim.questions.count() == 1

    def test_an_answer_and_a_decision_at_once_leave_one_of_them(self, people):
        claim, owner, _, (commerce, _) = people
        question = ask(claim, commerce)
        token = claim_token(claim)
        results = together(
            partial(answer, question, owner),
            partial(transition, claim_id=claim.pk, action="approve", actor=commerce, token=token, at=NOW),
        )
        assert sum(isinstance(result, Refused) for result in results) == 1
        question.refresh_from_db()
        assert (question.answered_at is None) != (question.withdrawn_at is None)
