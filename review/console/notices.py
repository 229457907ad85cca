"""Public notices: composed by finance from approved claims, read by every reviewer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Claim, Notice, State
from applications.notice_list import lines_searched, sums_of
from review.console.access import READERS, office_page
from review.notices import claims_to_publish, notice_close_by_hand, payer_name, payers_of

FINANCE = (Role.FINANCE, Role.CITY_FINANCE)
ROWS, LINES = 20, 100


def notices_visible(user):
    """The province's offices and auditors see all notices, a city's offices their own city's and the province's."""
    if user.has_post(Role.COMMERCE, Role.FINANCE, Role.AUDITOR):
        return Notice.objects.all()
    cities = {post.city for post in user.posts_in_force() if post.city}
    return Notice.objects.filter(payer__in={Claim.PROVINCE, *cities})


@require_safe
@office_page(*READERS)
def notices(request):
    """Notices, newest first; for finance also what can be published now, by payer and year."""
    listed = (
        notices_visible(request.user)
        .annotate(
            claims=Count("lines", filter=Q(lines__withdrawn_at=None)),
            amount=Sum("lines__amount_cny", filter=Q(lines__withdrawn_at=None)),
        )
        .order_by("-published_at", "-pk")
    )
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    for notice in page.object_list:
        notice.payer_name = payer_name(notice.payer)
    return render(request, "console/notices.html", {"page": page, "groups": _groups(request.user)})


def _groups(user):
    """What waits to be published: one group per payer and year, since a notice is about one of each."""
    owed = F("locked_cny") - F("committed_cny") - F("paid_cny")
    return [
        {"payer": payer, "payer_name": payer_name(payer), "year": year, "count": count, "total": total}
        for payer in sorted(payers_of(user))
        for year, count, total in claims_to_publish(payer)
        .order_by("year")
        .values_list("year")
        .annotate(count=Count("pk"), total=Sum(owed))
    ]


def chosen_claims(request):
    """Ids of the claims that were ticked."""
    return {int(pk) for pk in request.POST.getlist("claim") if pk.isdecimal() and len(pk) < 19}


@require_safe
@office_page(*READERS)
def notice(request, number):
    """One notice with its lines as published."""
    found = get_object_or_404(notices_visible(request.user), number=number)
    words = request.GET.get("q", "").strip()[:120]
    lines = lines_searched(found.lines.select_related("claim"), q=words).order_by("pk")
    context = {
        "notice": found,
        "payer_name": payer_name(found.payer),
        "page": Paginator(lines, LINES).get_page(request.GET.get("page")),
        "q": words,
        "sums": sums_of(found.lines),
        "waiting": found.lines.filter(withdrawn_at=None, claim__state=State.IN_NOTICE).count(),
        "objected": found.lines.filter(withdrawn_at=None, claim__objected=True).count(),
        "may_close": not found.certain
        and found.standing == "published"
        and found.payer in payers_of(request.user),
        "is_over": timezone.localdate() > found.last_day,
    }
    return render(request, "console/notice.html", context)


@require_POST
@office_page(*FINANCE)
def notice_end(request, number):
    """Ends a notice whose last day could only be estimated."""
    found = get_object_or_404(notices_visible(request.user), number=number, payer__in=payers_of(request.user))
    try:
        notice_close_by_hand(notice_id=found.pk, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        messages.success(request, "公示已结束。没有撤出、也没有未处理异议的申报转为待拨付。")
    except Refused as error:
        messages.error(request, error.message)
    return redirect("review:notice", number=number)
