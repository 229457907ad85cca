"""Two people at once."""

import pytest

from applications.models import Job
from review.ledger.check import check_start
from tests.factories import make_user
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_start_a_check_at_once_get_the_same():
    first, second = make_user("first"), make_user("second")
    started = together(lambda: check_start(actor=first), lambda: check_start(actor=second))
    assert started[0] == started[1]
    assert Job.objects.count() == 1
