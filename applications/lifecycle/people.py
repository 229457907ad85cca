"""Who may act on a claim: posts, cities, membership and four eyes."""

from django.utils import timezone

from accounts.cities import City
from accounts.roles import Role
from applications.errors import NotAllowed
from applications.models.record import Event
from applications.models.states import State

from .table import TRANSITIONS, Who

_STAGE_OF_EVENT = {row.event: row.stage for row in TRANSITIONS.values() if row.stage}
#: Posts that decide about claims.
_DECIDING = frozenset({Role.CITY_COMMERCE, Role.COMMERCE, Role.CITY_FINANCE, Role.FINANCE})
#: What is done for the enterprise: whoever has done it decides nothing about the claim, not even after leaving the firm.
_FILING_EVENTS = {"claim.created", "claim.question_answered"} | {
    row.event for row in TRANSITIONS.values() if row.who is Who.ENTERPRISE
}
#: Steps of offices that decide something; a return decides nothing.
_DECISIONS = frozenset(
    row.event
    for row in TRANSITIONS.values()
    if row.who not in (Who.ENTERPRISE, Who.SYSTEM) and row.action != "return"
) | {"claim.supplement_consented"}


def role_for(claim, state):
    """The (role, city) that has a claim in the state; city "" for the province. City-run items stay in their city."""
    city = claim.city if claim.is_city_run else ""
    if state == State.CITY_REVIEW:
        return Role.CITY_COMMERCE, claim.city
    if state in (State.COMMERCE_REVIEW, State.SECOND_CHECK, State.REJECTED):
        return (Role.CITY_COMMERCE if city else Role.COMMERCE), city
    if state == State.RETURNED:
        return role_for(claim, State(claim.returned_from))
    return (Role.CITY_FINANCE if city else Role.FINANCE), city


def holds(user, role, city):
    """Whether the user holds the role, in the city where one is given."""
    return user.has_post(role, city=city or None)


def office_name(role, city):
    """What the public calls the office behind a post: 省商务厅, 哈尔滨市商务局."""
    if not city:
        return Role(role).label
    place = City(city).label
    return f"{place}{'商务局' if role == Role.CITY_COMMERCE else '财政局'}"


def _state_of_authority(step, claim):
    """The state whose post decides about the step."""
    return {
        Who.CITY: State.CITY_REVIEW,
        Who.COMMERCE: State.COMMERCE_REVIEW,
        Who.SECOND_CHECKER: State.SECOND_CHECK,
        Who.FINANCE: State.FINANCE_REVIEW,
    }.get(step.who, State(claim.state))


def authority(step, claim):
    """The (role, city) whose post decides about a step on this claim; see `role_for`."""
    return role_for(claim, _state_of_authority(step, claim))


def acts_for(user, enterprise_id):
    """Whether the user is a member of the enterprise today. A page that asks often fetches `memberships` beforehand."""
    members = user.memberships.all()
    return any(each.enterprise_id == enterprise_id and each.ended_at is None for each in members)


def has_filed(user, claim):
    """Whether the user has ever done something about the claim for the enterprise."""
    return Event.objects.filter(claim=claim, actor=user, kind__in=_FILING_EVENTS).exists()


def _check_enterprise(user, claim):
    if not acts_for(user, claim.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以这样做。")


def _check_four_eyes(user, claim, step):
    """One person decides at one stage only, and nothing about a claim that they filed themselves; whoever rejected a
    claim does not decide its reconsideration; whoever decided anything about it does not decide about objections."""
    reject = TRANSITIONS["reject"]
    decides_again = claim.reconsidered and (step.stage == "commerce" or step is reject)
    if not (step.stage or decides_again or step.impartial):
        return
    for event in Event.objects.filter(claim=claim, actor=user).only("kind"):
        if event.kind in _FILING_EVENTS:
            raise NotAllowed("这件申报由您代企业办理过，您不能再审核它，要由另一位同事办理。")
        if step.impartial and event.kind in _DECISIONS:
            raise NotAllowed("您对这件申报作出过决定，异议要由没有参与过的另一位同事处理。")
        if step.stage and _STAGE_OF_EVENT.get(event.kind, step.stage) != step.stage:
            raise NotAllowed("您已经在另一个环节决定过这件申报，这一步要由另一位同事办理。")
        if decides_again and event.kind == reject.event:
            raise NotAllowed("这件申报由您作出过不予支持的决定，复议要由另一位同事办理。")


def check_office(claim, user):
    """Raises NotAllowed unless the user's post has the claim in its present state, and is none of the enterprise's."""
    role, city = role_for(claim, State(claim.state))
    if not holds(user, role, city):
        raise NotAllowed(f"这件申报现在由{office_name(role, city)}办理，您的岗位不能执行这一步。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能办理它的申报。")


def deputy_note(claim, user, at):
    """What the record keeps of a deputy who acts for the office that has the claim: for whom. Nothing for anybody else."""
    return deputy_of_post(user, *role_for(claim, State(claim.state)), at)


def deputy_of_step(step, claim, user, at):
    """`deputy_note` of a step: the post is that which decides about it."""
    if user is None or step.who in (Who.ENTERPRISE, Who.SYSTEM):
        return {}
    if step.who is Who.DECIDER:
        posts = user.posts_in_force(timezone.localdate(at))
        return _note_of([post for post in posts if post.role in _DECIDING])
    return deputy_of_post(user, *authority(step, claim), at)


def deputy_of_post(user, role, city, at):
    """`deputy_note` where the post that acts is known."""
    held = user.posts_in_force(timezone.localdate(at))
    return _note_of([post for post in held if post.role == role and city in ("", post.city)])


def deputy_of_payer(user, payer, at):
    """`deputy_note` where finance of a payer acts: "province", or the code of a city."""
    if user is None:
        return {}
    role, city = (Role.CITY_FINANCE, payer) if payer in City.values else (Role.FINANCE, "")
    return deputy_of_post(user, role, city, at)


def _note_of(posts):
    """Whoever also holds the post in the own right acts in the own right."""
    if not posts or any(post.deputy_for_id is None for post in posts):
        return {}
    return {"deputy_for": posts[0].deputy_for.name}


def check_who(step, claim, user):
    """Raises NotAllowed with a sentence unless the user may take the step on the claim (state aside)."""
    if step.who is Who.SYSTEM:
        if user is not None:
            raise NotAllowed("这一步由系统办理。")
        return
    if user is None:
        raise NotAllowed("请先登录。")
    if step.who is Who.ENTERPRISE:
        _check_enterprise(user, claim)
        return
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能审核它的申报。")
    if step.who is Who.DECIDER:
        # Whoever decided (effects.recall asks for the same person) must still hold a post.
        if not user.is_officer:
            raise NotAllowed("您现在没有审核岗位，不能收回决定。")
        return
    role, city = authority(step, claim)
    if not holds(user, role, city):
        raise NotAllowed(f"这件申报现在由{office_name(role, city)}办理，您的岗位不能执行这一步。")
    _check_four_eyes(user, claim, step)
