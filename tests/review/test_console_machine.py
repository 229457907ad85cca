"""Random people in random posts do random things on the reviewers' side, and after every step its promises hold.

Who has which post changes while they play: posts are given, taken away and deputised, officers join firms. What a step
needs is written here once more, apart from the product's own tables, and so is how long a claim has waited.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from accounts.models import Post, User
from accounts.roles import CITY_ROLES, Role
from applications.claims import claim_submit
from applications.errors import Refused
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle import transition as step
from applications.lifecycle.clock import clock_days
from applications.models import (
    CityRate,
    Claim,
    DiscreditedEnterprise,
    EnterpriseYear,
    Event,
    Flag,
    Holiday,
    Membership,
    Question,
    State,
    YearSettings,
)
from applications.official import working_calendar
from applications.official_changes import official_save
from applications.questions import question_answer, question_ask, question_withdraw
from applications.visibility import claims_for_office
from review.assignments import claim_hand_back, claim_take, due_extend
from review.document_checks import document_check
from review.flags import flag_dismiss
from review.models import ClaimNote, DocumentCheck
from review.notes import note_add
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
)
from tests.support.machine import PlayedMachine, play

REASON = "示例理由。"
CITIES = ("2301", "2311")
#: Everybody starts with one post, or none; the clerks' side is two owners.
STARTING = {
    "commerce1": (Role.COMMERCE, ""),
    "commerce2": (Role.COMMERCE, ""),
    "commerce3": (Role.COMMERCE, ""),
    "finance1": (Role.FINANCE, ""),
    "harbin1": (Role.CITY_COMMERCE, "2301"),
    "harbin2": (Role.CITY_COMMERCE, "2301"),
    "harbinfin": (Role.CITY_FINANCE, "2301"),
    "heihe": (Role.CITY_COMMERCE, "2311"),
    "auditor": (Role.AUDITOR, ""),
    "newcomer": None,
}
POSTS = (
    *((role, "") for role in (Role.COMMERCE, Role.FINANCE)),
    *((role, city) for role in (Role.CITY_COMMERCE, Role.CITY_FINANCE) for city in CITIES),
)
CITY_RUN = frozenset({"3.3", "5.4", "5.5"})
CLOCKED = frozenset({State.CITY_REVIEW, State.COMMERCE_REVIEW, State.SECOND_CHECK, State.FINANCE_REVIEW})
#: Steps that one office takes on a claim as it lies there, and that need nothing but a reason.
OFFICE_STEPS = (
    "city_pass",
    "approve",
    "confirm",
    "finance_approve",
    "return",
    "reject",
    "send_back",
    "re_examine",
)
#: Words among reviewers stand in nobody's way.
QUIET = ("claim.noted", "claim.document_checked")
PASSING = frozenset({"approve", "confirm", "finance_approve"})

officers = st.sampled_from(list(STARTING))
picks = st.integers(0, 5)


def office_of(claim):
    """The post that has a claim, as product.md's table says it."""
    state = claim.returned_from if claim.state == State.RETURNED else claim.state
    of_city = claim.item in CITY_RUN
    if state == State.CITY_REVIEW:
        return Role.CITY_COMMERCE, claim.city
    if state in (State.COMMERCE_REVIEW, State.SECOND_CHECK, State.REJECTED):
        return (Role.CITY_COMMERCE, claim.city) if of_city else (Role.COMMERCE, "")
    return (Role.CITY_FINANCE, claim.city) if of_city else (Role.FINANCE, "")


def everything():
    """What a refused action must leave as it is."""
    claims = Claim.objects.order_by("pk")
    return (
        list(
            claims.values_list("state", "last_event", "assignee", "waiting_on", "clock_stopped_on", "drawn")
        ),
        list(claims.values_list("payable_cny", "locked_cny", "return_due_on", "reconsidered")),
        list(Question.objects.order_by("pk").values_list("answered_at", "withdrawn_at")),
        list(Flag.objects.order_by("pk").values_list("lifted_at", "dismissed_at")),
        [model.objects.count() for model in (Event, DocumentCheck, ClaimNote)],
    )


@pytest.fixture
def world(db):
    """Two firms in two cities with a claim for the province and one for the city each, and people in posts."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    YearSettings.objects.create(year=2025, second_check_percent=50, published_at=NOW)
    for city in CITIES:
        CityRate.objects.create(city=city, year=2025, item="5.5", rate="0.5", published_at=NOW)
    period = make_period(city_first_check=True, deadline=date(2027, 12, 31))
    firms = [make_firm(f"示例{name}公司", city=city) for name, city in zip("甲乙", CITIES, strict=True)]
    for firm in firms:
        make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
        make_claim(firm, "5.5", period, facts={"brand_cny": "80000"})
    for name, post in STARTING.items():
        role, city = post or (None, "")
        make_user(name, role=role, city=city)
    return SimpleNamespace(firms=firms)


class ConsoleMachine(PlayedMachine):
    """Everybody around a few claims."""

    def __init__(self):
        super().__init__()
        self.held = {name: {post} if post else set() for name, post in STARTING.items()}
        self.firms_of = {name: set() for name in STARTING}
        self.drawn = set()

    # --- Means -----------------------------------------------------------------------------------

    def person(self, name):
        """A fresh object: a person keeps what posts they had when they were read."""
        return User.objects.get(username=name)

    def claim(self, pick, **where):
        claims = list(Claim.objects.filter(**where).order_by("pk"))
        return claims[pick % len(claims)] if claims else None

    def attempt(self, call, **fields):
        """Calls a service half a day later than the last. A refusal must have changed nothing; returns whether it was done."""
        self.at += timedelta(hours=12)
        before = everything()
        try:
            call(**fields, at=self.at)
        except Refused:
            assert everything() == before, "a refused action changes nothing"
            return False
        return True

    def may(self, name, claim):
        """Whether the person holds the post that has the claim, and acts for another firm at most."""
        return office_of(claim) in self.held[name] and claim.enterprise_id not in self.firms_of[name]

    def suited(self, claim, pick):
        """Somebody in the right post, where there is one, so that claims come on."""
        names = [name for name in STARTING if self.may(name, claim)]
        # Four eyes: rather somebody who has done nothing about it.
        known = set(claim.events.values_list("actor__username", flat=True))
        names = [name for name in names if name not in known] or names
        return names[pick % len(names)] if names else "newcomer"

    # --- Decisions -------------------------------------------------------------------------------

    @initialize(
        on=st.lists(picks, min_size=2, max_size=6),
        drawn=st.booleans(),
        listed=st.booleans(),
        back=st.booleans(),
    )
    def some_have_come_on(self, on, drawn, listed, back):
        YearSettings.objects.update(second_check_percent=100 if drawn else 0)
        for pick in on:
            self.brings_on(pick, pick)
        if listed:
            self.a_firm_is_listed_as_discredited(0, listed=True)
            self.quiet()
        if back and (claim := self.claim(0, state__in=TRANSITIONS["return"].sources)):
            self.decides(claim, "return", self.suited(claim, 0))

    @rule(pick=picks, who=picks)
    def brings_on(self, pick, who):
        claim = self.claim(pick, state__in=CLOCKED)
        if claim is None:
            return
        self.quiet()
        claim.refresh_from_db()
        if claim.state not in CLOCKED:
            return
        action = {
            State.CITY_REVIEW: "city_pass",
            State.COMMERCE_REVIEW: "approve",
            State.SECOND_CHECK: "confirm",
            State.FINANCE_REVIEW: "finance_approve",
        }[State(claim.state)]
        self.decides(claim, action, self.suited(claim, who))

    @rule(
        pick=picks,
        action=st.sampled_from(OFFICE_STEPS),
        name=officers,
        right=st.booleans(),
        stale=st.booleans(),
    )
    def somebody_decides(self, pick, action, name, right, stale):
        claim = self.claim(pick)
        self.decides(claim, action, self.suited(claim, pick) if right else name, stale=stale and not right)

    def decides(self, claim, action, name, *, stale=False):
        """Where it was done, the person had the right, saw the claim as it was, and nothing stood in the way."""
        hard = Flag.objects.filter(claim=claim, hard=True, lifted_at=None, dismissed_at=None).exists()
        year = EnterpriseYear.objects.get(enterprise=claim.enterprise_id, year=claim.year)
        done = self.attempt(
            step,
            claim_id=claim.pk,
            action=action,
            actor=self.person(name),
            reason=REASON,
            data=UNMET if action == "reject" else None,
            token="0" * 16 if stale else claim_token(claim),
        )
        if not done:
            return
        assert not stale
        assert self.may(name, claim)
        assert claim.state in TRANSITIONS[action].sources
        if action in PASSING:
            assert not hard, "a hard flag is dealt with before anybody passes the claim"
            assert not year.is_computing
            assert claim.eligibility == "awarded"
        self.deputised(claim, name)

    def deputised(self, claim, name):
        """The record says for whom a deputy decided, and only then."""
        event = claim.events.order_by("pk").last()
        role, city = office_of(claim)
        posts = Post.objects.filter(user__username=name, role=role, city=city)
        own = posts.filter(deputy_for=None).exists()
        assert ("deputy_for" in event.data) == (not own)

    @rule(pick=picks, name=officers, right=st.booleans())
    def takes_a_decision_back(self, pick, name, right):
        claim = self.claim(pick)
        last = claim.events.filter(actor__isnull=False).exclude(kind__in=QUIET).order_by("pk").last()
        actor = last.actor.username if right else name
        if actor not in STARTING:
            return
        if self.attempt(
            step, claim_id=claim.pk, action="recall", actor=self.person(actor), token=claim_token(claim)
        ):
            decisions = {row.event for row in TRANSITIONS.values() if row.stage or row.action in OFFICE_STEPS}
            assert last.actor.username == actor
            assert last.kind in decisions

    @rule(pick=picks, action=st.sampled_from(["reconsider", "withdraw"]))
    def the_firm_acts(self, pick, action):
        claim = self.claim(pick, state__in=TRANSITIONS[action].sources)
        # Most withdraw nothing: there would soon be nothing left to play with.
        if claim is None or (action == "withdraw" and pick):
            return
        before = claim.reconsidered
        fields = {
            "claim_id": claim.pk,
            "action": action,
            "actor": owner_of(claim.enterprise),
            "reason": REASON,
        }
        if self.attempt(step, **fields) and action == "reconsider":
            assert not before, "once"

    @precondition(lambda self: Claim.objects.filter(state=State.RETURNED).exists())
    @rule(pick=picks, cny=st.sampled_from(["100000", "60000"]))
    def the_firm_corrects(self, pick, cny):
        claim = self.claim(pick, state=State.RETURNED)
        booth = claim.item == "5.1"
        what = declared({"booth_cny" if booth else "brand_cny": cny}, exhibition() if booth else {})
        assert self.attempt(
            claim_submit,
            claim_id=claim.pk,
            actor=owner_of(claim.enterprise),
            declared=what,
            token=claim_token(claim),
        )

    # --- What decides nothing --------------------------------------------------------------------

    @rule(pick=picks, name=officers, way=st.sampled_from([claim_take, claim_hand_back]))
    def takes_or_hands_back(self, pick, name, way):
        claim = self.claim(pick)
        if self.attempt(way, claim_id=claim.pk, actor=self.person(name)) and way is claim_take:
            assert self.may(name, claim)

    @rule(pick=picks, name=officers, right=st.booleans())
    def asks(self, pick, name, right):
        claim = self.claim(pick)
        name = self.suited(claim, pick) if right else name
        if self.attempt(question_ask, claim_id=claim.pk, text="请说明。", actor=self.person(name)):
            assert self.may(name, claim)
            assert claim.state in CLOCKED

    @rule(pick=picks, other=st.booleans())
    def answers(self, pick, other):
        open_ones = list(Question.objects.filter(answered_at=None, withdrawn_at=None).order_by("pk"))
        if open_ones:
            question = open_ones[pick % len(open_ones)]
            own = question.claim.enterprise
            firm = next(each for each in self.world.firms if each != own) if other else own
            done = self.attempt(
                question_answer, question_id=question.pk, text="已说明。", actor=owner_of(firm)
            )
            assert done != other

    @rule(pick=picks, name=officers, right=st.booleans())
    def needs_no_answer_any_more(self, pick, name, right):
        claim = self.claim(pick, clock_stopped_on__isnull=False)
        if claim:
            name = self.suited(claim, pick) if right else name
            if self.attempt(question_withdraw, claim_id=claim.pk, actor=self.person(name)):
                assert self.may(name, claim)

    @rule(
        pick=picks, name=officers, right=st.booleans(), verdict=st.sampled_from(["seen", "seen", "problem"])
    )
    def checks_a_document(self, pick, name, right, verdict):
        claim = self.claim(pick)
        name = self.suited(claim, pick) if right else name
        fields = {"document": claim.rule.evidence[0].code, "verdict": verdict, "note": REASON}
        if self.attempt(document_check, claim_id=claim.pk, **fields, actor=self.person(name)):
            assert self.may(name, claim)

    @rule(pick=picks, name=officers)
    def writes_a_note(self, pick, name):
        claim = self.claim(pick)
        if self.attempt(note_add, claim_id=claim.pk, text="示例备注。", actor=self.person(name)):
            assert claim.enterprise_id not in self.firms_of[name]
            assert self.held[name] - {(Role.AUDITOR, "")}

    @rule(pick=picks, name=officers, right=st.booleans())
    def dismisses_a_flag(self, pick, name, right):
        flag = Flag.objects.filter(lifted_at=None, dismissed_at=None).order_by("pk").first()
        if flag:
            name = self.suited(flag.claim, pick) if right else name
            if self.attempt(flag_dismiss, flag_id=flag.pk, reason=REASON, actor=self.person(name)):
                assert self.may(name, flag.claim)

    @rule(pick=picks, name=officers, right=st.booleans())
    def gives_more_time(self, pick, name, right):
        claim = self.claim(pick, state=State.RETURNED)
        if claim:
            name = self.suited(claim, pick) if right else name
            until = max(claim.return_due_on, self.at.date()) + timedelta(days=7)
            fields = {"until": until, "reason": REASON, "actor": self.person(name)}
            if self.attempt(due_extend, claim_id=claim.pk, **fields):
                assert self.may(name, claim)

    # --- What changes around them ----------------------------------------------------------------

    @rule(days=st.integers(1, 20))
    def time_passes(self, days):
        self.at += timedelta(days=days)

    @rule(name=officers, post=st.sampled_from(POSTS), instead_of=st.none() | officers)
    def a_post_is_given(self, name, post, instead_of):
        role, city = post
        deputy_for = self.person(instead_of) if instead_of and instead_of != name else None
        if post not in self.held[name]:
            fields = {"role": role, "city": city, "deputy_for": deputy_for, "starts_on": date(2020, 1, 1)}
            Post.objects.create(user=self.person(name), **fields)
            self.held[name].add(post)

    @rule(name=officers, pick=picks)
    def a_post_is_taken_away(self, name, pick):
        posts = sorted(self.held[name])
        # Some are always left who can play.
        if len(posts) > 1:
            role, city = post = posts[pick % len(posts)]
            Post.objects.filter(user__username=name, role=role, city=city).delete()
            self.held[name].discard(post)

    @rule(name=officers, firm=st.integers(0, 1), joins=st.booleans())
    def somebody_joins_or_leaves_a_firm(self, name, firm, joins):
        enterprise = self.world.firms[firm]
        # Nobody acts for two firms at a time.
        if joins and not self.firms_of[name]:
            Membership.objects.create(
                user=self.person(name), enterprise=enterprise, role=Membership.Role.CLERK, since=self.at
            )
            self.firms_of[name].add(enterprise.pk)
        elif not joins and enterprise.pk in self.firms_of[name]:
            members = Membership.objects.filter(user__username=name, enterprise=enterprise, ended_at=None)
            members.update(ended_at=self.at)
            self.firms_of[name].discard(enterprise.pk)

    @rule(firm=st.integers(0, 1), listed=st.booleans())
    def a_firm_is_listed_as_discredited(self, firm, listed):
        code = self.world.firms[firm].credit_code
        row = DiscreditedEnterprise.objects.filter(credit_code=code).first()
        row = row or DiscreditedEnterprise(credit_code=code, since=date(2025, 6, 1))
        row.struck_reason = "" if listed else "示例原因"
        official_save(row, actor=self.person("commerce1"), at=self.at)

    @rule()
    def years_are_settled(self):
        self.quiet()

    # --- Promises --------------------------------------------------------------------------------

    @invariant()
    def waiting_is_what_the_record_adds_up_to(self):
        calendar, today = working_calendar(), timezone.localdate(self.at)
        for claim in Claim.objects.all():
            assert clock_days(claim, today, calendar) == _waited(claim, today, calendar)

    @invariant()
    def a_question_is_open_exactly_while_the_clock_stands_still(self):
        for claim in Claim.objects.all():
            open_ones = claim.questions.filter(answered_at=None, withdrawn_at=None)
            assert open_ones.count() == (claim.clock_stopped_on is not None)
            assert not open_ones or open_ones[0].stage == claim.state

    @invariant()
    def one_person_decides_at_one_stage_and_never_for_a_firm_that_they_filed_for(self):
        stages = {row.event: row.stage for row in TRANSITIONS.values() if row.stage}
        for claim in Claim.objects.all():
            stage_of = {}
            for kind, actor in claim.events.filter(kind__in=stages).values_list("kind", "actor"):
                assert stage_of.setdefault(actor, stages[kind]) == stages[kind]
            assert not set(stage_of) & set(
                claim.events.filter(kind__in=["claim.created", "claim.submitted"]).values_list(
                    "actor", flat=True
                )
            )

    @invariant()
    def who_rejected_does_not_decide_again(self):
        for claim in Claim.objects.filter(reconsidered=True):
            again = claim.events.get(kind="claim.reconsidered").pk
            rejecters = set(
                claim.events.filter(pk__lt=again, kind="claim.rejected").values_list("actor", flat=True)
            )
            deciders = claim.events.filter(
                pk__gt=again, kind__in=["claim.commerce_approved", "claim.rejected"]
            )
            assert not rejecters & set(deciders.values_list("actor", flat=True))

    @invariant()
    def a_claim_once_drawn_stays_drawn_and_finance_sees_it_after_the_second_check(self):
        for claim in Claim.objects.all():
            if claim.pk in self.drawn:
                assert claim.drawn
            if not claim.drawn:
                continue
            self.drawn.add(claim.pk)
            if claim.state == State.FINANCE_REVIEW:
                last = claim.events.filter(
                    kind__in=["claim.commerce_approved", "claim.second_checked"]
                ).order_by("pk")
                assert last.last().kind == "claim.second_checked"

    @invariant()
    def offices_see_their_own_alone(self):
        for name, posts in self.held.items():
            seen = set(claims_for_office(self.person(name)).values_list("city", flat=True))
            everywhere = any(role not in CITY_ROLES for role, _ in posts)
            own = {city for _, city in posts}
            assert everywhere or seen <= own


def _waited(claim, today, calendar):
    """Working days at the present stage, all stays there together, without those in which a question was open."""
    if claim.state not in CLOCKED:
        return None
    days, state, since = 0, None, None

    def stop(day):
        nonlocal days, since
        if state == claim.state and since is not None:
            days += calendar.count_working_days(since, day)
        since = None

    for event in claim.events.order_by("pk"):
        day = timezone.localdate(event.at)
        if event.kind == "claim.asked":
            stop(day)
        elif event.kind in ("claim.question_answered", "claim.question_withdrawn"):
            since = day
        elif "to" in event.data:
            stop(day)
            state, since = event.data["to"], day
    stop(today)
    return days


def test_whoever_sits_where_the_promises_of_the_console_hold(world):
    play(ConsoleMachine, world, games=5, steps=32)


@pytest.mark.slow
def test_whoever_sits_where_for_long_the_promises_of_the_console_hold(world):
    play(ConsoleMachine, world, games=25, steps=60, shrinking=True)
