"""What the stateful tests of the life of a claim have in common: each example plays on a world that the test has made."""

from contextlib import ExitStack
from types import SimpleNamespace

from django.db import transaction
from django.db.models import F
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from applications.flags.moves import moves_mark
from applications.models import EnterpriseYear
from applications.settlement.mark import subjects_mark
from applications.settlement.run import years_settle
from tests.factories import NOW


class PlayedMachine(RuleBasedStateMachine):
    """Each example plays inside a savepoint of the test's transaction, and takes everything back at its end.

    `at` is the time of what happens next; subclasses move it on.
    """

    world: SimpleNamespace

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.at = NOW

    def teardown(self):
        transaction.set_rollback(True)
        self.stack.close()
        transaction.set_rollback(False)

    def quiet(self):
        """Settles until nothing waits."""
        settle_until_quiet(self.at)


def settle_until_quiet(at):
    """Settles every year that waits, and those that it touches, until none does."""
    for _ in range(6):
        subjects_mark()
        moves_mark()
        waiting = EnterpriseYear.objects.filter(requested__gt=F("settled"))
        if not years_settle(list(waiting.values_list("pk", flat=True)), at=at):
            return
    raise AssertionError("settling comes to no end")


def play(machine, world, **profile):
    """Lets a machine play on this world."""
    on_world = type(f"{machine.__name__}OnAWorld", (machine,), {"world": world})
    run_state_machine_as_test(on_world, settings=settings(deadline=None, **profile))
