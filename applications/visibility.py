"""What a person may see on the enterprise's side: every view, export and interface asks here and nowhere else."""

from collections import defaultdict

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from accounts.departments import ROLE_OF_DEPARTMENT, department_named
from accounts.roles import Role
from applications.matching.read import matches_of_cities
from applications.models import (
    Claim,
    DataLoad,
    Enterprise,
    EvidenceFile,
    Job,
    Letter,
    Match,
    Message,
    MessageRead,
    Notice,
    Objection,
    Question,
    SupportRequest,
)
from measures import registry


def firm_of(user):
    """The enterprise that the user acts for, or None. Asked once per request."""
    if not user.is_authenticated:
        return None
    if not hasattr(user, "_firm"):
        membership = user.memberships.filter(ended_at=None).select_related("enterprise").first()
        user._firm = membership.enterprise if membership else None
        user._since = membership.since if membership else None
    return user._firm


def messages_of_firm(user):
    """Messages to the enterprise that the user acts for, each with `unread`: not seen by this person, and written since
    the person came to the firm."""
    firm = firm_of(user)
    if firm is None:
        return Message.objects.none()
    seen = MessageRead.objects.filter(message=OuterRef("pk"), user=user)
    return Message.objects.filter(enterprise=firm).annotate(
        unread=ExpressionWrapper(Q(created_at__gte=user._since) & ~Exists(seen), BooleanField())
    )


def claims_of_firm(user):
    """Claims of the enterprise that the user acts for: all of them, drafts too; nothing for anybody else."""
    firm = firm_of(user)
    return Claim.objects.filter(enterprise=firm) if firm else Claim.objects.none()


def questions_of_firm(user):
    """Questions about claims of the enterprise that the user acts for, answered and withdrawn ones too."""
    return Question.objects.filter(claim__in=claims_of_firm(user).values("pk"))


def support_requests_of_firm(user):
    """Requests of the enterprise that the user acts for."""
    firm = firm_of(user)
    return SupportRequest.objects.filter(enterprise=firm) if firm else SupportRequest.objects.none()


def support_requests_for_office(user):
    """Requests that an officer may read: those routed to the departments the officer answers for; auditors all.

    省商务厅 and 省财政厅 are the posts of that name; 各市（地）政府 is the commerce office of the firm's city.
    """
    requests = SupportRequest.objects.all()
    if user.has_post(Role.AUDITOR):
        return requests
    readable = Q(pk__in=[])
    for post in user.posts_in_force():
        department = _DEPARTMENT_OF_ROLE.get(post.role, post.department)
        for name in _ROUTE_NAMES.get(department, ()):
            routed = Q(route__contains=[name])
            readable |= routed & Q(city=post.city) if post.city else routed
    return requests.filter(readable)


def _names_in_routes():
    """How the measures' routes write each department, as {Department: names}."""
    names = defaultdict(set)
    for item in registry.ITEMS.values():
        for name in registry.measure_of(item.code).departments if item.support else ():
            names[department_named(name)].add(name)
    return {department: sorted(written) for department, written in names.items()}


_ROUTE_NAMES = _names_in_routes()
_DEPARTMENT_OF_ROLE = {role: department for department, role in ROLE_OF_DEPARTMENT.items()}


def claims_for_office(user):
    """Claims that an officer may read: drafts never; the province and auditors all others, a city its own.

    City-run items belong to their city; the province reads them, because they count in the limit.
    """
    submitted = Claim.objects.exclude(first_submitted_at=None)
    if user.has_post(Role.COMMERCE, Role.FINANCE, Role.AUDITOR):
        return submitted
    cities = [post.city for post in user.posts_in_force() if post.role == Role.CITY_COMMERCE]
    paying = [post.city for post in user.posts_in_force() if post.role == Role.CITY_FINANCE]
    if not cities and not paying:
        return submitted.none()
    return submitted.filter(Q(city__in=cities) | Q(payer__in=paying))


def enterprises_for_office(user):
    """Enterprises that an officer may read: city commerce its own city's, the province and auditors all."""
    if user.has_post(Role.COMMERCE, Role.FINANCE, Role.AUDITOR, Role.DATA, Role.ADMINISTRATOR):
        return Enterprise.objects.all()
    cities = [
        post.city for post in user.posts_in_force() if post.role in (Role.CITY_COMMERCE, Role.CITY_FINANCE)
    ]
    return Enterprise.objects.filter(city__in=cities)


def matches_for_office(user):
    """What official data open for firms, as an officer may read it: city commerce of its own city's firms.

    Commerce, keepers of data and auditors read all.
    """
    if user.has_post(Role.COMMERCE, Role.DATA, Role.AUDITOR):
        return Match.objects.all()
    cities = [post.city for post in user.posts_in_force() if post.role == Role.CITY_COMMERCE]
    return Match.objects.filter(matches_of_cities(cities)) if cities else Match.objects.none()


def eligible_exports_of(user):
    """Long lists of 应享未享 that a person has asked for and may take: nobody else's, and none once the post is gone."""
    own = Job.objects.filter(work="eligible.export", created_by=user)
    return own if user.has_post(Role.COMMERCE, Role.CITY_COMMERCE, Role.DATA, Role.AUDITOR) else own.none()


def files_visible(user):
    """Files that a person may open: those of the own firm, and those of claims, answers and sign-ups that an officer may read."""
    if not user.is_authenticated:
        return EvidenceFile.objects.none()
    firm = firm_of(user)
    own = Q(enterprise=firm) if firm else Q(pk__in=[])
    if not user.is_officer:
        return EvidenceFile.objects.filter(own)
    claims = claims_for_office(user).values("pk")
    # What the firm has put ready for an answer is its own until it sends the answer.
    answered = Q(answers__claim__in=claims, answers__answered_at__isnull=False)
    of_claims = Q(uses__claim__in=claims) | answered | Q(payee_accounts__claim__in=claims)
    if not user.has_post(Role.COMMERCE, Role.CITY_COMMERCE, Role.AUDITOR):
        return EvidenceFile.objects.filter(own | of_claims).distinct()
    firms = enterprises_for_office(user)
    papers = Q(pk__in=firms.values("licence")) | Q(pk__in=firms.values("authorisation"))
    return EvidenceFile.objects.filter(own | of_claims | papers).distinct()


def letters_visible(user):
    """Papers that a person may take away: those of the own firm's claims, and of claims that an officer may read."""
    if not user.is_authenticated:
        return Letter.objects.none()
    readable = Q(claim__in=claims_of_firm(user).values("pk"))
    if user.is_officer:
        readable |= Q(claim__in=claims_for_office(user).values("pk"))
    return Letter.objects.filter(readable)


def letters_of_claim(claim):
    """The papers of a claim that the caller may show, the newest first, claim and event joined."""
    return Letter.objects.filter(claim=claim).select_related("claim", "event").order_by("-pk")


def notices_public():
    """Notices that anybody may read."""
    return Notice.objects.all()


def objections_for_office(user):
    """Objections with names and contacts: for the commerce office that decides, the province or for city-run items the city,
    and for auditors; nobody else, finance and the enterprise least of all, nor an officer who acts for it."""
    own = [each.enterprise_id for each in user.memberships.all() if each.ended_at is None]
    objections = Objection.objects.exclude(claim__enterprise__in=own)
    if user.has_post(Role.AUDITOR):
        return objections
    payers = {post.city for post in user.posts_in_force() if post.role == Role.CITY_COMMERCE}
    payers |= {Claim.PROVINCE} if user.has_post(Role.COMMERCE) else set()
    return objections.filter(claim__payer__in=sorted(payers))


def loads_for_office(user):
    """Loads of official data: all of them for who keeps the data and for auditors."""
    return DataLoad.objects.all() if user.has_post(Role.DATA, Role.AUDITOR) else DataLoad.objects.none()


def audit_files_of(user):
    """Lists of operations and bundles of proof that a person has asked for and may take: nobody else's.

    A bundle has money, accounts and documents in it: who is no auditor any more takes none, and an administrator never.
    """
    own = Job.objects.filter(work__startswith="audit.", created_by=user)
    if user.has_post(Role.AUDITOR):
        return own
    return own.filter(work="audit.export") if user.has_post(Role.ADMINISTRATOR) else own.none()


def exports_of(user):
    """Exports that a person has asked for and may take: nobody else's, and none once the post is gone."""
    own = Job.objects.filter(work="export.rows", created_by=user)
    return own if user.has_post(Role.DATA, Role.AUDITOR) else own.none()
