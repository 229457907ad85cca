"""What holds after every step, whoever took it."""

from itertools import combinations

from django.db.models import F, Sum
from hypothesis.stateful import invariant

from applications.ledger import balances
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle.people import acts_for
from applications.models import Claim, EnterpriseYear, Event, NoticeLine, State
from applications.models.states import COUNTED_STATES, LIVE_STATES, LOCKED_STATES
from review.models import PaymentLine
from tests.applications.life.means import AMOUNTS, ZERO, Means


class Promises(Means):
    """Read from the database alone."""

    def __init__(self):
        super().__init__()
        #: What was decisive about each claim when it was last looked at, and its token then.
        self.shown = {}

    @invariant()
    def the_ledger_says_what_the_columns_say(self):
        for claim in Claim.objects.all():
            columns = {name: getattr(claim, name) or ZERO for name in balances(claim.pk)}
            assert balances(claim.pk) == columns

    @invariant()
    def no_claim_gets_more_than_its_lock(self):
        for claim in Claim.objects.all():
            drawn = claim.committed_cny + claim.paid_cny
            assert drawn == ZERO if claim.locked_cny is None else drawn <= claim.locked_cny
            assert claim.locked_cny is not None or claim.state not in LOCKED_STATES
            assert claim.locked_cny is None or claim.state in LOCKED_STATES
            assert (claim.state == State.COMMITTED) == (claim.committed_cny > 0)
            if claim.state == State.PAID:
                assert claim.paid_cny == claim.locked_cny
            if claim.state == State.PAYABLE and not self.waits(claim):
                assert claim.owed_cny > 0, "what is paid in full is not payable"
            if claim.demanded_cny > claim.paid_cny:
                assert self.waits(claim), "only what was paid is demanded back"

    @invariant()
    def money_is_committed_by_live_lines_of_locked_batches_alone(self):
        lines = PaymentLine.objects.filter(live=True, batch__standing="locked").values_list("claim")
        committed = dict(lines.annotate(sum=Sum("amount_cny")))
        columns = Claim.objects.filter(committed_cny__gt=0).values_list("pk", "committed_cny")
        assert dict(columns) == committed

    @invariant()
    def claims_in_a_notice_stand_in_one_line_of_it(self):
        """What is being settled when its notice ends stays in it until the next pass."""
        lines = NoticeLine.objects.filter(withdrawn_at=None, notice__standing="published")
        running = sorted(lines.values_list("claim", flat=True))
        in_notice = Claim.objects.filter(state=State.IN_NOTICE).order_by("pk")
        assert len(set(running)) == len(running)
        assert set(running) <= set(in_notice.values_list("pk", flat=True))
        for claim in in_notice:
            assert claim.notice_lines.order_by("pk").last().withdrawn_at is None

    @invariant()
    def a_settled_year_keeps_within_its_limit(self):
        for year in EnterpriseYear.objects.filter(requested=F("settled")):
            claims = list(
                Claim.objects.filter(enterprise=year.enterprise, year=year.year, state__in=COUNTED_STATES)
            )
            limit = year.limit_cny or ZERO
            locks = sum((claim.locked_cny for claim in claims if claim.locked_cny is not None), ZERO)
            free = sum((claim.payable_cny for claim in claims if claim.locked_cny is None), ZERO)
            assert free <= max(ZERO, limit - locks)
            assert sum((claim.paid_cny - claim.demanded_cny for claim in claims), ZERO) <= limit
            assert year.total_cny in (locks + free, None)
            assert all(
                claim.payable_cny == claim.locked_cny for claim in claims if claim.locked_cny is not None
            )

    @invariant()
    def one_live_claim_has_a_subject(self):
        live = Claim.objects.filter(state__in=LIVE_STATES)
        keys = list(live.values_list("enterprise", "item", "year", "subject"))
        assert len(set(keys)) == len(keys)
        locks = Claim.objects.filter(locked_cny__gt=0, lifetime_key__gt="").values_list(
            "lifetime_key", flat=True
        )
        assert len(set(locks)) == len(locks), "paid once for ever"

    @invariant()
    def four_eyes_have_decided(self):
        stages = {row.event: row.stage for row in TRANSITIONS.values() if row.stage}
        for claim in Claim.objects.all():
            by_stage = {}
            for event in Event.objects.filter(claim=claim, kind__in=list(stages)).select_related("actor"):
                by_stage.setdefault(stages[event.kind], set()).add(event.actor_id)
                assert not acts_for(event.actor, claim.enterprise_id)
            for one, other in combinations(by_stage.values(), 2):
                assert not one & other

    @invariant()
    def a_token_changes_exactly_when_something_decisive_does(self):
        """Decisive are state, amounts and lock, and whatever anybody recorded."""
        for claim in Claim.objects.all():
            recorded = Event.objects.filter(claim=claim).order_by("pk").last().pk
            assert claim.last_event == recorded
            decisive = (
                claim.state,
                claim.locked_cny,
                recorded,
                *(getattr(claim, name) for name in AMOUNTS),
            )
            token = claim_token(claim)
            before = self.shown.get(claim.pk)
            assert before is None or (before[0] == decisive) == (before[1] == token)
            self.shown[claim.pk] = (decisive, token)
