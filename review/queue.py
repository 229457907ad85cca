"""The work that waits for an officer: which claims, in which order, and where one of them stands among them."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from accounts.models import User
from accounts.roles import Role
from applications.flags.standing import open_kinds
from applications.lifecycle import TRANSITIONS
from applications.lifecycle.possible import OFFICE_STEPS
from applications.models import Claim, EnterpriseYear, Event, Question, State
from applications.official import working_calendar
from applications.visibility import claims_for_office
from review import keyset
from review.waiting import late

S = State
_OFFICE_EVENTS = tuple(step.event for step in OFFICE_STEPS)
_DECISIONS = tuple(step.event for step in TRANSITIONS.values() if step.stage in ("city", "commerce"))
_ASKED = {"clock_stopped_on__isnull": False}
_IN_REVIEW = (S.CITY_REVIEW, S.COMMERCE_REVIEW, S.SECOND_CHECK, S.FINANCE_REVIEW)


@dataclass(frozen=True)
class Tab:
    """One view of the queue; `counted` ones show their number. The first of `orders` is the usual one."""

    key: str
    label: str
    empty: str
    counted: bool = True
    orders: tuple = (keyset.WAITING, keyset.AMOUNT, keyset.SUBMITTED, keyset.CITY, keyset.FIRM)

    @property
    def in_review(self):
        """Whether its claims wait for an office, so that they can be taken, passed and be late."""
        return self not in (RETURNED, HANDLED)


WAITING = Tab("waiting", "待我审核", "没有等待您审核的申报。您不需要做什么。")
TAKEN = Tab("taken", "已领办", "您还没有领办申报。在“待我审核”中勾选，再点“领办所选”即可。")
OFFICE = Tab("office", "本单位全部", "您的单位现在没有在办的申报。您不需要做什么。")
CHECK = Tab("check", "抽查复核", "没有等待复核的申报。您不需要做什么。")
RETURNED = Tab("returned", "等待企业", "没有等待企业补正或答复的申报。您不需要做什么。")
SENT_BACK = Tab("sent_back", "财政退回", "没有被财政退回的申报。您不需要做什么。")
HANDLED = Tab(
    "handled",
    "我处理过的",
    "您还没有处理过申报。处理以后会列在这里。",
    counted=False,
    orders=(keyset.CHANGED, keyset.AMOUNT, keyset.SUBMITTED, keyset.CITY, keyset.FIRM),
)
TABS = (WAITING, TAKEN, OFFICE, CHECK, RETURNED, SENT_BACK, HANDLED)
#: Tabs that only offices of commerce have: nobody checks, corrects or sends back after finance.
_COMMERCE_TABS = frozenset({CHECK, RETURNED, SENT_BACK})


def tabs_of(user):
    """The tabs that the person's posts have work in; none without a post that decides."""
    commerce = user.has_post(Role.COMMERCE, Role.CITY_COMMERCE)
    if not commerce and not user.has_post(Role.FINANCE, Role.CITY_FINANCE):
        return ()
    return tuple(tab for tab in TABS if commerce or tab not in _COMMERCE_TABS)


def pieces_in_tab(user, tab):
    """The claims of a tab as querysets that share no row, one for each state and payer: the order in which they wait is
    that of an index then. None of them is sorted yet."""
    if tab is HANDLED:
        by_them = Event.objects.filter(claim=OuterRef("pk"), actor=user, kind__in=_OFFICE_EVENTS)
        return [claims_for_office(user).filter(Exists(by_them))]
    if tab is RETURNED:
        returned = [Claim.objects.filter(state=S.RETURNED, **part) for part in _returned(user)]
        return returned + [Claim.objects.filter(**_ASKED, **part) for part in _office(user)]
    parts = [part for part in _office(user) if part["state"] in _STATES_OF_TAB.get(tab, _IN_REVIEW)]
    return [Claim.objects.filter(_NARROWED.get(tab, _all)(user), **part) for part in parts]


_STATES_OF_TAB = {
    WAITING: frozenset(_IN_REVIEW) - {S.SECOND_CHECK},
    CHECK: frozenset({S.SECOND_CHECK}),
    SENT_BACK: frozenset({S.COMMERCE_REVIEW}),
}


def _all(_user):
    return Q()


def _theirs_to_decide(user):
    """No colleague has it in hand, and the enterprise owes no answer."""
    return (Q(assignee=None) | Q(assignee=user)) & ~Q(**_ASKED)


def _sent_back_by_finance(_user):
    """The step that brought the claim where it is was taken by finance; steps and states carry the same time.

    Whatever finance has seen has been drawn for a second check or not: that alone leaves few, and an index for them. Asked
    as a value, not as EXISTS, so that the record is looked at for those few and not searched for all such steps.
    """
    brought = Event.objects.filter(claim=OuterRef("pk"), at=OuterRef("state_since"))
    by_finance = Q(kind=TRANSITIONS["re_examine"].event) | Q(
        kind=TRANSITIONS["send_back"].event, data__from=S.FINANCE_REVIEW
    )
    step = Subquery(brought.filter(by_finance).values("pk")[:1])
    return Q(drawn__isnull=False) & Q(IsNull(step, False))


def _not_decided_by(user):
    """Claims about which the person has decided nothing yet: whoever passed one does not check it as well."""
    return ~Q(Exists(Event.objects.filter(claim=OuterRef("pk"), actor=user, kind__in=_DECISIONS)))


_NARROWED = {
    CHECK: _not_decided_by,
    WAITING: _theirs_to_decide,
    TAKEN: lambda user: Q(assignee=user),
    SENT_BACK: _sent_back_by_finance,
}


def tab_counts(user):
    """{tab: Counted} of the counted tabs that the person has, in one query."""
    return keyset.counted({tab: pieces_in_tab(user, tab) for tab in tabs_of(user) if tab.counted})


def late_counts(user):
    """(late, nearly late): how many claims of the person's offices have waited longer than is expected, and how many
    soon will have; two queries, one for the calendar."""
    parts, calendar = _office(user), working_calendar()
    named = {
        nearly: [
            Claim.objects.filter(late([part["state"]], nearly=nearly, calendar=calendar), **part)
            for part in parts
        ]
        for nearly in (False, True)
    }
    counts = keyset.counted(named)
    return counts[False], keyset.Counted(counts[True].number - counts[False].number)


def _office(user):
    """What an office of the person decides about: conditions, each with one state and one payer, that share no claim."""
    parts = []
    for post in user.posts_in_force():
        if post.role == Role.CITY_COMMERCE:
            # City-run items have no first check: what is checked is paid by the province.
            parts.append({"state": S.CITY_REVIEW, "payer": Claim.PROVINCE, "city": post.city})
            parts += [{"state": state, "payer": post.city} for state in (S.COMMERCE_REVIEW, S.SECOND_CHECK)]
        elif post.role == Role.COMMERCE:
            parts += [
                {"state": state, "payer": Claim.PROVINCE} for state in (S.COMMERCE_REVIEW, S.SECOND_CHECK)
            ]
        elif post.role == Role.CITY_FINANCE:
            parts.append({"state": S.FINANCE_REVIEW, "payer": post.city})
        elif post.role == Role.FINANCE:
            parts.append({"state": S.FINANCE_REVIEW, "payer": Claim.PROVINCE})
    return _each_once(parts)


def _returned(user):
    """What an office of the person returned and the enterprise has not corrected yet, likewise."""
    parts = []
    for post in user.posts_in_force():
        if post.role == Role.CITY_COMMERCE:
            parts.append(
                {"payer": Claim.PROVINCE, "city": post.city, "returned_from": S.CITY_REVIEW},
            )
            parts.append({"payer": post.city, "returned_from": S.COMMERCE_REVIEW})
        elif post.role == Role.COMMERCE:
            parts.append({"payer": Claim.PROVINCE, "returned_from": S.COMMERCE_REVIEW})
    return _each_once(parts)


def _each_once(parts):
    """A deputy may hold a post twice."""
    return list({tuple(part.items()): part for part in parts}.values())


def colleagues(user):
    """The officers of the person's offices, by name, the person not among them."""
    offices = Q(pk__in=[])
    for post in user.posts_in_force():
        if post.role in (Role.COMMERCE, Role.CITY_COMMERCE, Role.FINANCE, Role.CITY_FINANCE):
            offices |= Q(posts__role=post.role, posts__city=post.city)
    return User.objects.filter(offices, is_active=True).exclude(pk=user.pk).distinct().order_by("name", "pk")


def claims_listed(claims):
    """What a list needs beside each claim, joined or annotated, so that a row costs no query.

    `computing`; `flag_kinds`: what is noticed about it and not dealt with; `answer_due`: by when the enterprise should
    answer an open question; `answered`: it has answered one at this stage.
    """
    asked = Question.objects.filter(claim=OuterRef("pk"), answered_at=None, withdrawn_at=None)
    waiting = EnterpriseYear.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), requested__gt=F("settled")
    )
    answered = Question.objects.filter(
        claim=OuterRef("pk"), asked_at__gte=OuterRef("state_since"), answered_at__isnull=False
    )
    return claims.select_related("enterprise", "assignee").annotate(
        computing=Exists(waiting),
        flag_kinds=open_kinds(),
        answer_due=Subquery(asked.values("due_on")[:1]),
        answered=Exists(answered),
    )


@dataclass(frozen=True)
class Place:
    """Where a claim stands in a list (from 1), of how many, and the numbers beside it ("" for none).

    `position` is 0 where the claim is not in the list; `next` is then the list's first.
    """

    position: int
    total: keyset.Counted
    previous: str
    next: str

    @property
    def words(self):
        """第 3 件，共 48 件."""
        if self.position > keyset.COUNTED:
            return f"第 {keyset.COUNTED + 1} 件以后，共 {self.total} 件"
        return f"第 {self.position} 件，共 {self.total} 件"


def place_in_queue(user, claim):
    """The claim's Place among what waits for the person."""
    tab = CHECK if claim.state == S.SECOND_CHECK else WAITING
    return place_among(pieces_in_tab(user, tab) if tab in tabs_of(user) else [], tab.orders[0], claim)


def place_among(pieces, order, claim):
    """The claim's Place in the list that the pieces make in an order. The number of queries is fixed, and nothing is
    loaded but the neighbours."""
    place = order.place(claim)
    counts = keyset.counted(
        {
            "total": pieces,
            "here": [piece.filter(pk=claim.pk) for piece in pieces],
            "before": keyset.pieces_beyond(pieces, order, place, backwards=True),
        }
    )
    if not counts["here"]:
        return Place(0, counts["total"], "", number_of(keyset.rows_next(pieces, order, None, 1)))
    return Place(
        position=counts["before"].number + 1,
        total=counts["total"],
        previous=number_of(keyset.rows_next(pieces, order, place, 1, backwards=True)),
        next=number_of(keyset.rows_next(pieces, order, place, 1)),
    )


def number_of(claims):
    """The number of the first of a few claims; "" for none."""
    found = list(claims.values_list("number", flat=True))
    return found[0] if found else ""
