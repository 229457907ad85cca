"""What the stateful tests of the life of a claim have in common: each example plays on a world that the test has made."""

from contextlib import ExitStack
from types import SimpleNamespace
from unittest.mock import patch

from django.db import transaction
from django.db.models import F
from hypothesis import Phase, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from applications.flags.moves import moves_mark
from applications.models import EnterpriseYear
from applications.settlement.mark import subjects_mark
from applications.settlement.run import years_settle
from tests.factories import NOW
from tests.support.search import TIMES

#: For how many seconds a shorter way to a failure is looked for.
SHRINKING = 90


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


def play(machine, world, *, games, steps, shrinking=False):
    """Lets a machine play on this world: the same games every time, or others with ``--hypothesis-seed``.

    With `shrinking`, what led to a failure is told as briefly as can be found in a minute and a half.
    """
    on_world = type(f"{machine.__name__}OnAWorld", (machine,), {"world": world})
    profile = settings(
        deadline=None,
        max_examples=games * TIMES,
        stateful_step_count=steps,
        phases=[Phase.generate, *([Phase.shrink] if shrinking else [])],
        report_multiple_bugs=False,
    )
    with patch.object(engine, "MAX_SHRINKING_SECONDS", SHRINKING):
        run_state_machine_as_test(on_world, settings=profile)
