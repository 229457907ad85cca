"""Public notices: composed by finance from approved claims, read by every reviewer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Claim, Notice
from applications.official import year_settings
from review.console.access import READERS, office_page
from review.notices import claims_to_publish, notice_close_by_hand, notice_publish, payer_name, payers_of

FINANCE = (Role.FINANCE, Role.CITY_FINANCE)
ROWS = 20


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
    groups = {}
    for payer in sorted(payers_of(user)):
        for claim in claims_to_publish(payer):
            groups.setdefault((payer, claim.year), []).append(claim)
    return [
        {
            "payer": payer,
            "payer_name": payer_name(payer),
            "year": year,
            "claims": claims,
            "total": sum(claim.owed_cny for claim in claims),
        }
        for (payer, year), claims in groups.items()
    ]


def chosen_claims(request):
    """Ids of the claims that were ticked."""
    return {int(pk) for pk in request.POST.getlist("claim") if pk.isdecimal() and len(pk) < 19}


@office_page(*FINANCE)
def notice_new(request, payer, year):
    """Chooses the claims of a notice and publishes it; what was chosen stays chosen when something is refused."""
    if payer not in payers_of(request.user):
        raise Http404
    claims = [claim for claim in claims_to_publish(payer) if claim.year == year]
    chosen = chosen_claims(request)
    title = request.POST.get("title", f"{year} 年度外贸支持资金拟支持名单公示")[:120]
    refusal = None
    if request.method == "POST":
        try:
            if "reviewed" not in request.POST:
                raise Refused("请核对名单和金额，勾选“已核对”后再发布。")
            notice = notice_publish(
                payer=payer,
                year=year,
                claim_ids=sorted(chosen),
                title=title,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(
                request, f"公示已发布，末日是 {notice.last_day:%Y-%m-%d}。期满后自动转为待拨付。"
            )
            return redirect("review:notice", number=notice.number)
    if request.method != "POST":
        chosen = {claim.pk for claim in claims}
    context = {
        "payer_name": payer_name(payer),
        "year": year,
        "days": year_settings(year).notice_days,
        "claims": claims,
        "chosen": chosen,
        "chosen_total": sum(claim.owed_cny for claim in claims if claim.pk in chosen),
        "title": title,
        "refusal": refusal,
    }
    return render(request, "console/notice_new.html", context, status=409 if refusal else 200)


@require_safe
@office_page(*READERS)
def notice(request, number):
    """One notice with its lines as published."""
    found = get_object_or_404(notices_visible(request.user), number=number)
    lines = list(found.lines.select_related("claim"))
    standing = [line for line in lines if line.withdrawn_at is None]
    context = {
        "notice": found,
        "payer_name": payer_name(found.payer),
        "lines": lines,
        "total": sum(line.amount_cny for line in standing),
        "count": len(standing),
        "may_close": not found.certain
        and found.standing == "published"
        and found.payer in payers_of(request.user),
    }
    return render(request, "console/notice.html", context)


@require_POST
@office_page(*FINANCE)
def notice_end(request, number):
    """Ends a notice whose last day could only be estimated."""
    found = get_object_or_404(notices_visible(request.user), number=number, payer__in=payers_of(request.user))
    try:
        notice_close_by_hand(notice_id=found.pk, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        messages.success(request, "公示已结束，未撤出的申报转为待拨付。")
    except Refused as error:
        messages.error(request, error.message)
    return redirect("review:notice", number=number)
