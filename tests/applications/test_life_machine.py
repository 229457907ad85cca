"""Random people do random things to a few claims, and after every step the promises of the product hold.

The machine knows nothing of how the services work: it calls them as pages do, and looks at what the database says.
"""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from types import SimpleNamespace

import pytest
from django.db.models import F, Sum
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from accounts.roles import Role
from applications.claims import claim_submit, draft_open
from applications.errors import Refused
from applications.ledger import balances
from applications.lifecycle import TRANSITIONS, Who, bulk_transition, claim_token
from applications.lifecycle import transition as step
from applications.lifecycle.people import acts_for
from applications.models import (
    CityRate,
    Claim,
    EnterpriseYear,
    Event,
    Holiday,
    LedgerEntry,
    Notice,
    NoticeLine,
    Platform,
    State,
    TradeFigures,
    YearSettings,
)
from applications.models.states import COUNTED_STATES, LIVE_STATES, LOCKED_STATES
from applications.notices import notice_close
from applications.official_changes import official_save
from applications.settlement.mark import years_mark
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.reports import payment_report
from review.models import PaymentLine, PayoutBatch
from review.notices import claims_to_publish, notice_publish
from review.payouts import batch_lock, batch_make, batch_withdraw, claims_to_pay, line_drop
from review.verification import value_verify
from tests.factories import (
    NOW,
    declared,
    exhibition,
    give_evidence,
    make_appropriation,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
)
from tests.support.machine import PlayedMachine, play

ZERO = Decimal("0.00")
AMOUNTS = ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
STEPS = AMOUNTS[:3]
PAYERS = ("province", "2301")

#: What can be filed: firm, item, year, and the fact that an amount is filled into ("" where official data say all).
SLOTS = (
    ("a", "5.1", 2025, "booth_cny"),
    ("a", "5.2", 2025, "freight_cny"),
    ("a", "5.3", 2025, "participation_cny"),
    ("a", "7.1", 2025, "premium_cny"),
    ("a", "5.5", 2025, "brand_cny"),
    ("a", "1.1", 2025, ""),
    ("a", "2.1", 2025, ""),
    ("a", "2.1", 2024, ""),
    ("b", "5.1", 2025, "booth_cny"),
    ("b", "2.1", 2025, ""),
)
slots = st.sampled_from(SLOTS)
amounts = st.sampled_from(["1000", "99999.99", "150000.01", "400000", "900000", "6000000"])
others = st.sampled_from(["0", "0", "0", "5000.5", "70000", "1000000"])
imports = st.sampled_from(["0", "90000000", "150000000", "300000000", "2000000000"])
picks = st.integers(0, 11)
#: How many steps a claim is brought on at once: 4 to a lock, 6 to a payable amount, 8 to money paid.
stages = st.sampled_from([0, 2, 4, 4, 6, 8, 8])
actors = st.sampled_from(
    [
        *("owner_a", "owner_b", "commerce1", "commerce2", "finance1", "finance2"),
        *("city1", "city2", "cityfin1", "cityfin2", None),
    ]
)

#: The two people of each office, by who has a claim: the first acts where four eyes allow it, else the second.
PROVINCE = {"commerce": ("commerce1", "commerce2"), "finance": ("finance1", "finance2")}
CITY = {"commerce": ("city1", "city2"), "finance": ("cityfin1", "cityfin2")}
#: The step that brings a claim on, and the office that takes it.
NEXT = {
    State.CITY_REVIEW: ("city_pass", "city"),
    State.COMMERCE_REVIEW: ("approve", "commerce"),
    State.SECOND_CHECK: ("confirm", "commerce"),
    State.FINANCE_REVIEW: ("finance_approve", "finance"),
}


@pytest.fixture
def world(db):
    """Two firms, the offices, and what is official about 2024 and 2025."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW)
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=50, published_at=NOW)
    a, b = make_firm("示例甲公司"), make_firm("示例乙公司", city="2311")
    people = {
        "owner_a": owner_of(a),
        "owner_b": owner_of(b),
        **{name: make_user(name, role=Role.COMMERCE) for name in PROVINCE["commerce"]},
        **{name: make_user(name, role=Role.FINANCE) for name in PROVINCE["finance"]},
        **{name: make_user(name, role=Role.CITY_COMMERCE, city="2301") for name in CITY["commerce"]},
        **{name: make_user(name, role=Role.CITY_FINANCE, city="2301") for name in CITY["finance"]},
        "heihe": make_user("heihe", role=Role.CITY_COMMERCE, city="2311"),
        None: None,
    }
    for year in (2024, 2025):
        for payer in ("province", "2301", "2311"):
            make_appropriation(year=year, payer=payer, actor=people[PROVINCE["finance"][0]])
    make_figures(a, 2024, import_cny="0", export_cny="0", export_usd="0")
    make_figures(a, 2025, import_cny="300000000", export_cny="0", export_usd="9000000")
    platform = Platform.objects.create(
        number="P1",
        name="示例平台",
        level="provincial",
        operator_code=a.credit_code,
        designated_on=date(2023, 5, 1),
    )
    periods = {
        2024: make_period(2024, deadline=date(2027, 12, 31)),
        2025: make_period(2025, city_first_check=True, deadline=date(2027, 12, 31)),
    }
    return SimpleNamespace(firms={"a": a, "b": b}, people=people, periods=periods, platform=platform)


class LifeMachine(PlayedMachine):
    """Everybody around a few claims."""

    def __init__(self):
        super().__init__()
        self.shown = {}

    # --- Means -----------------------------------------------------------------------------------

    def attempt(self, call, *args, **fields):
        """Calls a service an hour later than the last. A refusal must have changed nothing; returns whether it was done."""
        self.at += timedelta(hours=1)
        before = everything()
        try:
            call(*args, **fields, at=self.at)
        except Refused:
            assert everything() == before, "a refused action changes nothing"
            return False
        return True

    def claim(self, pick, **where):
        """One of the claims that there are, or None."""
        claims = list(Claim.objects.filter(**where).order_by("pk"))
        return claims[pick % len(claims)] if claims else None

    def waits(self, claim):
        """Whether the claim's year waits to be settled."""
        return EnterpriseYear.objects.get(enterprise=claim.enterprise_id, year=claim.year).is_computing

    def owner(self, claim):
        return self.world.people["owner_a" if claim.enterprise_id == self.world.firms["a"].pk else "owner_b"]

    def office(self, claim, kind):
        """The two people who could take a step on the claim."""
        if kind == "city":
            names = CITY["commerce"] if claim.city == "2301" else ("heihe", "heihe")
        else:
            names = (CITY if claim.is_city_run else PROVINCE)[kind]
        return [self.world.people[name] for name in names]

    def what(self, slot, amount, other):
        _, item, _, fact = slot
        facts = {fact: amount} if fact else ({"platform": "P1"} if item == "2.1" else {})
        return declared(facts, exhibition(f"示例展会{item}") if item in ("5.1", "5.2", "5.3") else {}, other)

    # --- What the enterprise does ----------------------------------------------------------------

    @initialize(first=slots, second=slots, amount=amounts, far=stages)
    def something_is_under_way(self, first, second, amount, far):
        for slot in (first, second):
            self.files(slot, amount, "0", submit=True)
        self.goes_far(0, far, second=False)

    @rule(slot=slots, amount=amounts, other=others, submit=st.sampled_from([True, True, True, False]))
    def files(self, slot, amount, other, submit):
        what = self.what(slot, amount, other)
        firm = self.world.firms[slot[0]]
        owner = self.world.people[f"owner_{slot[0]}"]
        draft = {"facts": what.facts, "particulars": what.particulars}
        claim, created = draft_open(
            enterprise=firm,
            item=slot[1],
            period=self.world.periods[slot[2]],
            actor=owner,
            draft=draft,
            at=self.at,
        )
        if created:
            give_evidence(claim, supported=True)
        if submit:
            done = self.attempt(claim_submit, claim_id=claim.pk, actor=owner, declared=what)
            assert done == (created or claim.state in (State.DRAFT, State.RETURNED))

    @precondition(lambda self: Claim.objects.filter(state=State.RETURNED).exists())
    @rule(pick=picks, amount=amounts, other=others)
    def corrects(self, pick, amount, other):
        claim = self.claim(pick, state=State.RETURNED)
        slot = next(each for each in SLOTS if each[1:3] == (claim.item, claim.year))
        assert self.attempt(
            claim_submit,
            claim_id=claim.pk,
            actor=self.owner(claim),
            declared=self.what(slot, amount, other),
            token=claim_token(claim),
        )

    @rule(pick=picks, action=st.sampled_from(["withdraw", "reconsider"]))
    def takes_back_or_asks_again(self, pick, action):
        sources = TRANSITIONS[action].sources
        claim = self.claim(pick, state__in=sources)
        if claim:
            self.attempt(step, claim_id=claim.pk, action=action, actor=self.owner(claim), reason="示例理由。")

    # --- What offices do -------------------------------------------------------------------------

    @rule(pick=picks, second=st.booleans(), settle=st.sampled_from([True, True, False]))
    def brings_on(self, pick, second, settle):
        claim = self.claim(pick, state__in=list(NEXT))
        if claim:
            self.brings_on_one(claim, second=second, settle=settle)

    def brings_on_one(self, claim, *, second, settle):
        if settle:
            self.quiet()
            claim.refresh_from_db()
        if claim.state in NEXT:
            action, kind = NEXT[State(claim.state)]
            actor, token = self.office(claim, kind)[second], claim_token(claim)
            if self.attempt(step, claim_id=claim.pk, action=action, actor=actor, token=token):
                self.decided(claim, action)

    @rule(pick=picks, far=stages, second=st.booleans())
    def goes_far(self, pick, far, second):
        """Everybody does their part, so that money is often in sight."""
        claim = self.claim(pick, state__in=[*NEXT, State.APPROVED, State.IN_NOTICE, State.PAYABLE])
        for _ in range(far if claim else 0):
            claim.refresh_from_db()
            if claim.state in NEXT:
                checks = claim.state == State.SECOND_CHECK
                self.brings_on_one(claim, second=second != checks, settle=True)
            elif claim.state == State.APPROVED:
                self.publishes(claim.payer, settle=True)
            elif claim.state == State.IN_NOTICE:
                self.closes_notices(settle=True)
            elif claim.state == State.PAYABLE:
                self.makes_a_batch(claim.payer, lock=True)
            elif claim.state == State.COMMITTED:
                self.the_bank_reports(pick, "paid")

    @rule(settle=st.booleans(), second=st.booleans())
    def finance_approves_all_of_firm_a(self, settle, second):
        if settle:
            self.quiet()
        claims = list(
            Claim.objects.filter(
                state=State.FINANCE_REVIEW, enterprise=self.world.firms["a"], year=2025, payer="province"
            )
        )
        self.at += timedelta(hours=1)
        outcome = bulk_transition(
            enterprise_id=self.world.firms["a"].pk,
            year=2025,
            steps=[(claim.pk, claim_token(claim)) for claim in claims],
            action="finance_approve",
            actor=self.world.people[PROVINCE["finance"][second]],
            at=self.at,
        )
        for claim in claims:
            if outcome[claim.pk] == "":
                self.decided(claim, "finance_approve")

    def decided(self, claim, action):
        """What is approved is what was shown: finance locks what commerce approved, cut at most by the limit."""
        if action != "finance_approve":
            return
        shown = Event.objects.filter(claim=claim, kind="claim.commerce_approved").order_by("pk").last()
        assert {name: str(getattr(claim, name)) for name in STEPS} == {
            name: shown.data[name] for name in STEPS
        }
        locked = Claim.objects.get(pk=claim.pk)
        assert locked.locked_cny == claim.payable_cny <= claim.after_overlap_cny

    @rule(
        pick=picks,
        action=st.sampled_from(["return", "reject", "send_back", "recall", "re_examine"]),
        second=st.booleans(),
    )
    def decides_against_it(self, pick, action, second):
        claim = self.claim(pick, state__in=TRANSITIONS[action].sources)
        if claim is None:
            return
        kinds = {State.CITY_REVIEW: "city", State.COMMERCE_REVIEW: "commerce", State.SECOND_CHECK: "commerce"}
        kind = kinds.get(claim.state, "commerce" if claim.state == State.RETURNED else "finance")
        actor = self.office(claim, kind)[second]
        if action == "recall":
            last = Event.objects.filter(claim=claim, actor__isnull=False).order_by("pk").last()
            actor = last.actor
        if action == "reject" and claim.state == State.RETURNED and second:
            self.at += timedelta(days=20)
        self.attempt(step, claim_id=claim.pk, action=action, actor=actor, reason="示例理由。")

    @rule(pick=picks, action=st.sampled_from(list(TRANSITIONS)), name=actors, stale=st.booleans())
    def tries_anything(self, pick, action, name, stale):
        """A step that needs more than a reason comes from its service; the others may come from anybody."""
        claim = self.claim(pick)
        row = TRANSITIONS[action]
        needs_more = action in ("submit", "resubmit", "publish", "commit", "pay", "release", "supplement")
        if claim is None or needs_more or row.who is Who.SYSTEM or action in ("bank_return", "part_return"):
            return
        self.attempt(
            step,
            claim_id=claim.pk,
            action=action,
            actor=self.world.people[name],
            reason="示例理由。",
            token="0" * 16 if stale else claim_token(claim),
        )

    @rule(pick=picks, amount=amounts, back=st.booleans())
    def verifies(self, pick, amount, back):
        claim = self.claim(pick, state__in=[State.CITY_REVIEW, State.COMMERCE_REVIEW, *LOCKED_STATES])
        fact = claim and next((each[3] for each in SLOTS if each[1] == claim.item), "")
        if fact:
            kind = "city" if claim.state == State.CITY_REVIEW else "commerce"
            self.attempt(
                value_verify,
                claim_id=claim.pk,
                path=fact,
                value=None if back else amount,
                reason="示例理由。",
                actor=self.office(claim, kind)[0],
            )

    # --- Money -----------------------------------------------------------------------------------

    @rule(payer=st.sampled_from(PAYERS), settle=st.booleans())
    def publishes(self, payer, settle):
        if settle:
            self.quiet()
        claims = list(claims_to_publish(payer).filter(year=2025))
        name = "finance1" if payer == "province" else "cityfin1"
        if claims:
            self.attempt(
                notice_publish,
                payer=payer,
                year=2025,
                claim_ids=[claim.pk for claim in claims],
                title="示例公示",
                actor=self.world.people[name],
            )

    @rule(settle=st.booleans())
    def closes_notices(self, settle):
        if settle:
            self.quiet()
        for key in Notice.objects.filter(standing="published").values_list("pk", flat=True):
            self.attempt(notice_close, notice_id=key)

    @rule(payer=st.sampled_from(PAYERS), lock=st.booleans())
    def makes_a_batch(self, payer, lock):
        claims = list(claims_to_pay(payer))
        name = "finance1" if payer == "province" else "cityfin1"
        if claims:
            fields = {"payer": payer, "claim_ids": [claim.pk for claim in claims], "title": ""}
            assert self.attempt(batch_make, **fields, actor=self.world.people[name])
            if lock:
                self.locks_a_batch(0, second=True)

    @rule(pick=picks, second=st.sampled_from([True, True, False]))
    def locks_a_batch(self, pick, second):
        drafts = list(PayoutBatch.objects.filter(standing="draft").order_by("pk"))
        if drafts:
            self.quiet()
            batch = drafts[pick % len(drafts)]
            pair = PROVINCE["finance"] if batch.payer == "province" else CITY["finance"]
            self.attempt(batch_lock, batch_id=batch.pk, actor=self.world.people[pair[second]])

    @rule(pick=picks, result=st.sampled_from(["paid", "paid", "failed"]))
    def the_bank_reports(self, pick, result):
        lines = list(PaymentLine.objects.filter(live=True, batch__standing="locked").order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            pair = PROVINCE["finance"] if line.batch.payer == "province" else CITY["finance"]
            assert self.attempt(
                payment_report,
                payment_id=line.payment_id,
                result=result,
                note="示例说明",
                actor=self.world.people[pair[0]],
            )

    @rule(pick=picks)
    def an_account_is_looked_at(self, pick):
        waiting = accounts_waiting(None)
        if waiting:
            row = waiting[pick % len(waiting)]
            pair = PROVINCE["finance"] if row.payment.batch.payer == "province" else CITY["finance"]
            actor = self.world.people[pair[0]]
            asked = {"payment_id": row.payment.pk, "mark": row.mark, "note": "示例说明"}
            assert self.attempt(account_confirm, **asked, actor=actor) == bool(row.new[2])

    @rule(pick=picks)
    def takes_a_line_out(self, pick):
        lines = list(PaymentLine.objects.filter(live=True).order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            self.attempt(line_drop, line_id=line.pk, actor=self.world.people["finance1"])

    @rule(pick=picks)
    def withdraws_a_batch(self, pick):
        batches = list(PayoutBatch.objects.exclude(standing="withdrawn").order_by("pk"))
        if batches:
            batch = batches[pick % len(batches)]
            pair = PROVINCE["finance"] if batch.payer == "province" else CITY["finance"]
            self.attempt(
                batch_withdraw, batch_id=batch.pk, reason="示例理由。", actor=self.world.people[pair[0]]
            )

    @rule(pick=picks, share=st.sampled_from(["1", "0.5", "2"]))
    def the_bank_gives_back(self, pick, share):
        claim = self.claim(pick, state=State.PAID)
        if claim:
            amount = (claim.paid_cny * Decimal(share)).quantize(ZERO)
            done = self.attempt(
                step,
                claim_id=claim.pk,
                action="bank_return",
                actor=self.office(claim, "finance")[0],
                reason="账号已注销。",
                data={"amount": amount, "topic": "return:示例"},
            )
            assert done == (amount <= claim.paid_cny)

    # --- What changes around the claims ----------------------------------------------------------

    @rule(value=imports)
    def figures_change(self, value):
        row = TradeFigures.objects.get(credit_code=self.world.firms["a"].credit_code, year=2025)
        row.import_cny = Decimal(value)
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule(level=st.sampled_from(["provincial", "national"]), firm=st.sampled_from("ab"), struck=st.booleans())
    def the_platform_changes(self, level, firm, struck):
        row = Platform.objects.get(pk=self.world.platform.pk)
        row.level, row.operator_code = level, self.world.firms[firm].credit_code
        row.struck_reason = "示例原因" if struck and firm == "b" else ""
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule(rate=st.sampled_from(["0.5", "0.3", "0.7"]), percent=st.sampled_from([0, 100]))
    def settings_change(self, rate, percent):
        version = CityRate.objects.count() + 1
        row = CityRate(
            city="2301", year=2025, item="5.5", version=version, rate=Decimal(rate), published_at=NOW
        )
        official_save(row, actor=self.world.people["commerce1"], at=self.at)
        version = YearSettings.objects.filter(year=2025).count() + 1
        row = YearSettings(year=2025, version=version, second_check_percent=percent, published_at=NOW)
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule()
    def years_are_settled(self):
        self.quiet()

    @rule()
    def everything_is_settled_again_and_nothing_changes(self):
        """Whatever can change an amount has marked its year, and settling twice does what settling once does."""
        self.quiet()
        before, tokens = everything(), {claim.pk: claim_token(claim) for claim in Claim.objects.all()}
        years_mark(EnterpriseYear.objects.all())
        self.quiet()
        assert everything() == before
        assert {claim.pk: claim_token(claim) for claim in Claim.objects.all()} == tokens

    # --- What always holds -----------------------------------------------------------------------

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

    @invariant()
    def money_is_committed_by_live_lines_of_locked_batches_alone(self):
        lines = PaymentLine.objects.filter(live=True, batch__standing="locked").values_list("claim")
        committed = dict(lines.annotate(sum=Sum("amount_cny")))
        columns = Claim.objects.filter(committed_cny__gt=0).values_list("pk", "committed_cny")
        assert dict(columns) == committed

    @invariant()
    def claims_in_a_notice_stand_in_one_line_of_a_published_notice(self):
        lines = NoticeLine.objects.filter(withdrawn_at=None, notice__standing="published")
        in_notice = Claim.objects.filter(state=State.IN_NOTICE).order_by("pk")
        assert sorted(lines.values_list("claim", flat=True)) == list(in_notice.values_list("pk", flat=True))

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


def everything():
    """What a refused action and a second settlement must leave as it is."""
    return (
        list(Claim.objects.order_by("pk").values_list("state", "last_event", "locked_cny", *AMOUNTS)),
        list(Claim.objects.order_by("pk").values_list("committed_cny", "paid_cny", "facts", "eligibility")),
        Event.objects.exclude(topic__startswith="figures").count(),
        LedgerEntry.objects.count(),
        list(PaymentLine.objects.order_by("pk").values_list("live", "result")),
        list(Notice.objects.order_by("pk").values_list("standing")),
    )


def test_whatever_people_do_the_promises_hold(world):
    play(LifeMachine, world, games=7, steps=36)


@pytest.mark.slow
def test_whatever_people_do_for_long_the_promises_hold(world):
    play(LifeMachine, world, games=50, steps=80, shrinking=True)
