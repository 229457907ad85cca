"""The year of a sample province, played day by day by the people of every office through the services of the product.

What happens follows from the seed alone: who files what, which claims are returned, which official figures change, whose
payment fails. Nothing is written past the services. What can take a lock away is done once to a firm before it is settled, so
that nothing hangs on how quick a worker is.
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from applications.claims import claim_submit, claim_withdraw
from applications.lifecycle import claim_token, transition
from applications.models import Claim, Flag, Notice, NoticeLine, Objection, State, TradeFigures
from applications.notices import notices_close
from applications.objections import objection_decide, objection_file
from applications.official_changes import official_save
from review.bulk import bulk_pass
from review.flags import flag_dismiss
from review.notices import claims_to_publish, notice_publish
from review.verification import value_verify
from tests.factories import NOW, UNMET, declared

from .filing import claims_file, items_of
from .money import Treasury, rounds
from .province import CITIES, YEAR

S = State
PAYERS = (Claim.PROVINCE, *CITIES)
#: What a reviewer makes of a claim, with how often.
FATES = {"plain": 70, "return": 12, "verify": 10, "reject": 4, "withdraw": 4}
#: Days between two looks at the desks, and how many looks there are before nothing new happens any more.
PACE, LOOKS = 4, 14
#: The hour at which a look begins.
OPENING = 9
FILING_LOOKS = 5


def decided(claims, action, officer, at):
    """Passes claims as the page for many does, without a web server between. Returns how many were passed."""
    rows = [(claim, action, claim_token(claim)) for claim in claims]
    return sum(not sentence for sentence in bulk_pass(rows, actor=officer, at=at).values())


class Play:
    """One year that begins at `start`. `settle(at)` settles whatever waits, or lets a real worker do so.

    `decide(claims, action, officer, at)` has an officer of commerce pass claims together, and returns how many were passed.
    """

    def __init__(self, world, rng, *, claims_each, settle, decide=decided, start=NOW):
        self.world, self.rng, self.settle, self.decide = world, rng, settle, decide
        self.at = start
        self.happened = Counter()
        self.fates, self.returned = {}, {}
        self.plan = [
            (rng.randrange(FILING_LOOKS), made, item)
            for made in world.firms
            for item in items_of(made, claims_each, rng)
        ]
        self.treasury = Treasury(self)

    def run(self, looked=None):
        """Plays until every claim has come to rest, and calls `looked()` after each look. Returns how often what happened."""
        for look in range(LOOKS * 4):
            if look >= LOOKS and not self.under_way().exists():
                return self.happened
            self.day(look)
            if looked:
                looked()
        raise AssertionError(f"claims never come to rest: {list(self.under_way()[:20])}")

    def day(self, look):
        """One look at every desk."""
        # However much happens, a look is over before midnight.
        self.at = localtime(self.at + timedelta(days=PACE)).replace(hour=OPENING, minute=0, second=0)
        filings = [(made, item) for day, made, item in self.plan if day == look]
        for claim in claims_file(self.world, filings, self.rng, tick=self.tick):
            self.fates[claim.number] = self.rng.choices(list(FATES), weights=FATES.values())[0]
            self.done("filed")
        self.quiet()
        if 3 <= look < LOOKS:
            self.figures_change()
        self.firms_act()
        self.commerce_looks()
        self.second_checks()
        self.finance_approves()
        self.notices(look)
        self.objections(look)
        self.treasury.day(look, closing=look >= LOOKS)
        self.quiet()

    # --- Means -----------------------------------------------------------------------------------

    def quiet(self):
        """Everything that waits is settled."""
        self.settle(self.at)

    def done(self, what, times=1):
        """Notes that something happened."""
        self.happened[what] += times

    def tick(self):
        """A second later."""
        self.at += timedelta(seconds=1)
        return self.at

    def claims(self, *states, **where):
        """The claims in these states, in the order of their numbers."""
        return list(
            Claim.objects.filter(state__in=states, **where).select_related("enterprise").order_by("number")
        )

    def under_way(self):
        """Claims that somebody still has to do something about."""
        resting = [S.PAID, S.REJECTED, S.WITHDRAWN, S.DRAFT]
        found = Claim.objects.exclude(state__in=resting).exclude(state=S.APPROVED, locked_cny=0)
        return found.order_by("number")

    def owner(self, claim):
        """Who acts for the firm of a claim."""
        return self.world.owners[claim.enterprise_id]

    def officer(self, claim, post, turn=0):
        """One of the officers of the payer's office who may act."""
        people = self.world.people
        office = people[post if claim.payer == Claim.PROVINCE else f"{post} {claim.payer}"]
        return office[turn % len(office)]

    # --- Firms -----------------------------------------------------------------------------------

    def firms_act(self):
        """Returned claims come back with other amounts; a few are withdrawn while that is possible."""
        returned = Claim.objects.filter(state=S.RETURNED).select_related("enterprise").order_by("number")
        for claims in rounds(returned, "enterprise"):
            for claim in claims:
                self.correct(claim)
            self.quiet()
        for claim in self.claims(S.COMMERCE_REVIEW):
            if self.fates[claim.number] == "withdraw":
                claim_withdraw(claim_id=claim.pk, actor=self.owner(claim), at=self.tick())
                self.done("withdrawn")
        self.quiet()

    def correct(self, claim):
        """A returned claim comes back with other amounts."""
        facts = {
            name: f"{Decimal(value) * 9 / 10:.2f}" if name.endswith("_cny") else value
            for name, value in claim.facts.items()
        }
        what = declared(facts, claim.particulars, str(claim.other_support_cny))
        claim_submit(claim_id=claim.pk, actor=self.owner(claim), declared=what, at=self.tick())
        self.done("corrected")

    # --- Commerce and finance ------------------------------------------------------

    def commerce_looks(self):
        """Each claim meets its fate once; what comes back afterwards is approved as the rules find it."""
        for claim in self.claims(S.COMMERCE_REVIEW):
            fate, self.fates[claim.number] = self.fates[claim.number], "plain"
            officer = self.officer(claim, "commerce")
            if fate == "reject" or claim.eligibility != "awarded":
                self.step(claim, "reject", officer, reason="按规则不符合条件。", data=UNMET)
            elif fate == "return":
                self.step(claim, "return", officer, reason="请核对金额。")
            elif fate == "verify":
                self.verify(claim, officer)
        self.quiet()
        self.flags_answered()
        self.pass_all(S.COMMERCE_REVIEW, "approve", "commerce", 0)

    def verify(self, claim, officer):
        """A reviewer finds a smaller amount in the papers."""
        name = next((name for name in claim.facts if name.endswith("_cny")), None)
        if name:
            value = f"{Decimal(claim.facts[name]) * 8 / 10:.2f}"
            value_verify(
                claim_id=claim.pk,
                path=name,
                value=value,
                reason="以合同为准。",
                actor=officer,
                at=self.tick(),
            )
            self.done("verified")

    def flags_answered(self):
        """Commerce answers every flag that would stop an approval."""
        flags = Flag.objects.filter(
            claim__state=S.COMMERCE_REVIEW, lifted_at=None, dismissed_at=None
        ).select_related("claim")
        for flag in flags.order_by("claim__number", "kind", "key"):
            officer = self.officer(flag.claim, "commerce")
            flag_dismiss(flag_id=flag.pk, reason="已核对原件。", actor=officer, at=self.tick())
            self.done("flag answered")

    def second_checks(self):
        """Another officer confirms what was drawn."""
        self.pass_all(S.SECOND_CHECK, "confirm", "commerce", 1)

    def finance_approves(self):
        """Finance of the payer locks the amounts."""
        self.pass_all(S.FINANCE_REVIEW, "finance_approve", "finance", 0)

    def pass_all(self, state, action, post, turn):
        """The same step for all claims of a state that are eligible: each payer's officer passes them together.

        An amount that one step moves is settled before the next looks at it, however quick a worker is.
        """
        groups = {}
        for claim in self.claims(state, eligibility="awarded"):
            groups.setdefault(claim.payer, []).append(claim)
        for _, claims in sorted(groups.items()):
            officer = self.officer(claims[0], post, turn)
            decide = self.decide if post == "commerce" else decided
            passed = decide(claims, action, officer, self.tick())
            self.done(action, passed)
            self.done(f"{action} refused", len(claims) - passed)
            self.quiet()

    def step(self, claim, action, actor, **more):
        """One transition."""
        transition(claim_id=claim.pk, action=action, actor=actor, at=self.tick(), **more)
        self.done(action)

    # --- Official data ---------------------------------------------------------------------------

    def figures_change(self):
        """Customs corrects the figures of a few firms, mostly downwards, whatever has been approved or paid meanwhile."""
        paid = set(Claim.objects.filter(paid_cny__gt=0).values_list("enterprise", flat=True))
        firms = self.rng.sample(self.world.firms, max(1, len(self.world.firms) // 40))
        firms += [made for made in self.world.firms if made.firm.pk in paid and self.rng.random() < 0.25]
        # What two changes do to a firm hangs on whether it was settled between them: each has one.
        for made in {made.firm.pk: made for made in firms}.values():
            row = TradeFigures.objects.get(credit_code=made.firm.credit_code, year=YEAR)
            factor = Decimal(self.rng.choice(["0.4", "0.6", "0.9", "1.3"]))
            for name in ("import_cny", "export_cny", "cross_border_cny", "local_product_export_cny"):
                setattr(row, name, (getattr(row, name) * factor).quantize(Decimal("0.01")))
            official_save(row, actor=self.world.people["commerce"][2], at=self.tick())
            self.done("figures corrected")
        self.quiet()

    # --- Notices ---------------------------------------------------------------------------------

    def notices(self, look):
        """A notice for each payer now and then, of everything that is approved; what is over closes by itself."""
        notices_close(today=self.at.date(), at=self.tick())
        if look % 3 == 2 or look >= LOOKS:
            for payer in PAYERS:
                claims = [claim.pk for claim in claims_to_publish(payer)]
                if claims:
                    officer = self.officer(Claim(payer=payer), "finance")
                    notice_publish(
                        payer=payer,
                        year=YEAR,
                        claim_ids=claims,
                        title="示例公示",
                        actor=officer,
                        at=self.tick(),
                    )
                    self.done("notice")
        self.quiet()

    def objections(self, look):
        """Somebody objects to a few lines of running notices; officers who had no part in the claims decide."""
        if look < LOOKS:
            lines = NoticeLine.objects.filter(
                notice__standing=Notice.Standing.PUBLISHED,
                withdrawn_at=None,
                claim__state=S.IN_NOTICE,
                notice__last_day__gte=self.at.date(),
            )
            for line in lines.order_by("claim__number"):
                if self.rng.random() < 0.03:
                    words = {"name": "示例单位", "contact": "0451-00000000", "text": "金额与实际不符。"}
                    objection_file(line_id=line.pk, **words, at=self.tick())
                    self.done("objection")
        waiting = Objection.objects.filter(standing=Objection.Standing.OPEN).select_related("claim")
        for objections in rounds(waiting.order_by("number"), "claim__enterprise"):
            for objection in objections:
                if look >= LOOKS or self.rng.random() < 0.5:
                    self.objection_decided(objection)
            self.quiet()

    def objection_decided(self, objection):
        """Whoever has decided about a claim decides no objection, nor a second one."""
        claim = objection.claim
        before = claim.objections.exclude(standing=Objection.Standing.OPEN).count()
        upheld = self.rng.random() < 0.4 and not (claim.paid_cny or claim.committed_cny)
        objection_decide(
            objection_id=objection.pk,
            upheld=upheld,
            reason="示例核查意见",
            token=claim_token(claim),
            actor=self.officer(claim, "commerce", 2 + before),
            at=self.tick(),
        )
        self.done("objection upheld" if upheld else "objection dismissed")
