"""Composing public notices from approved claims."""

import hashlib

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.cities import City
from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claims_lock, perform_together
from applications.lifecycle.people import deputy_of_payer
from applications.models import Claim, Notice, NoticeLine, State
from applications.notices import notice_close, notice_days
from applications.numbers import number_next
from applications.official import year_settings
from applications.record import event_add

#: No notice is shorter, whatever the settings of a year say, and none longer, in working days.
LEAST_DAYS, MOST_DAYS = 5, 60


def payers_of(user):
    """The payers that a finance officer acts for: "province", or codes of cities."""
    payers = {post.city for post in user.posts_in_force() if post.role == Role.CITY_FINANCE}
    return payers | ({Claim.PROVINCE} if user.has_post(Role.FINANCE) else set())


def payer_name(payer):
    """What the public calls a payer: 省财政厅, 哈尔滨市财政局."""
    return "省财政厅" if payer == Claim.PROVINCE else f"{City(payer).label}财政局"


def payer_check(user, payer):
    """Raises NotAllowed unless the user is a finance officer of the payer."""
    if payer not in payers_of(user):
        raise NotAllowed(f"这一步由{payer_name(payer)}办理，您的岗位不能执行。")


def claims_to_publish(payer):
    """Approved claims of a payer with money owed; those locked at 0 rest outside notices."""
    owed = F("committed_cny") + F("paid_cny")
    approved = Claim.objects.filter(state=State.APPROVED, payer=payer, locked_cny__gt=owed)
    return approved.select_related("enterprise").order_by("year", "item", "first_submitted_at", "pk")


def days_least(year):
    """The fewest working days that a notice of a year may run."""
    return max(LEAST_DAYS, year_settings(year).notice_days)


def list_digest(amounts):
    """Sixteen hex digits over [(claim id, yuan)]: what somebody has seen is what is published, or nothing is."""
    parts = [f"{pk}:{amount}" for pk, amount in sorted(amounts)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def notice_publish(*, payer, year, claim_ids, title, actor, days=None, seen=None, at=None, source_ip=None):
    """Publishes approved claims of one payer and year in a notice. All or nothing: raises Refused with what is wrong.

    `days` are the working days of its period (those of the year's settings if not given); `seen` is the `list_digest` of
    the preview. A number of queries that does not grow with the claims.
    """
    at = at or timezone.now()
    title, days = title.strip(), _days_checked(year, days)
    payer_check(actor, payer)
    if not title:
        raise Refused("请填写公示标题。", field="title")
    with transaction.atomic():
        locked = claims_lock(claim_ids)
        _list_check(locked, payer, year, seen)
        first, last, certain = notice_days(published_at=at, days=days)
        notice = Notice.objects.create(
            number=number_next(_series(payer, year), width=3),
            title=title,
            year=year,
            payer=payer,
            published_at=at,
            published_by=actor,
            days=days,
            first_day=first,
            last_day=last,
            certain=certain,
        )
        data = {"notice": notice.number, "until": last.isoformat(), "certain": certain}
        perform_together(locked, "publish", actor=actor, data=data, at=at, source_ip=source_ip)
        NoticeLine.objects.bulk_create(notice_lines(notice, [claim for claim, _ in locked]), batch_size=1000)
        event_add(
            kind="notice.published",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=f"notice:{notice.number}",
            data={
                "claims": [claim.number for claim, _ in locked],
                **deputy_of_payer(actor, notice.payer, at),
            },
        )
    return notice


def _days_checked(year, days):
    least = days_least(year)
    days = least if days is None else days
    if not least <= days <= MOST_DAYS:
        raise Refused(f"公示期不能少于 {least} 个工作日，也不能超过 {MOST_DAYS} 个工作日。", field="days")
    return days


def _list_check(locked, payer, year, seen):
    if not locked:
        raise Refused("请至少选择一件申报。")
    for claim, _ in locked:
        if (claim.payer, claim.year) != (payer, year):
            raise Refused(f"{claim.number} 不属于这次公示的支付方和年度。")
    now = list_digest((claim.pk, claim.owed_cny) for claim, _ in locked)
    if seen is not None and seen != now:
        raise Stale("预览以后名单或者金额有变化，公示没有发布。下面是现在的名单，请再核对一遍。")


def notice_lines(notice, claims):
    """The lines of a notice as the public reads them, not stored yet: what one firm gets stands together."""
    ordered = sorted(claims, key=lambda claim: (claim.city, claim.enterprise.name, claim.item, claim.pk))
    return [
        NoticeLine(
            notice=notice,
            claim=claim,
            enterprise_name=claim.enterprise.name,
            credit_code=claim.enterprise.credit_code,
            city=claim.city,
            item=claim.item,
            amount_cny=claim.owed_cny,
        )
        for claim in ordered
    ]


def notice_close_by_hand(*, notice_id, actor, at=None, source_ip=None):
    """Finance ends a notice whose last day is only 预计, once that day has passed; others end by themselves."""
    notice = Notice.objects.get(pk=notice_id)
    payer_check(actor, notice.payer)
    today = timezone.localtime(at or timezone.now()).date()
    if notice.certain:
        raise Refused("公示期满后由系统自动结束，不需要手工办理。")
    if today <= notice.last_day:
        raise Refused(f"公示到 {notice.last_day:%Y-%m-%d} 才满期限，现在不能结束。")
    if not notice_close(notice_id=notice_id, actor=actor, at=at, source_ip=source_ip):
        raise Stale("这个公示已经结束，刚才的操作没有执行。")


def _series(payer, year):
    """公示 of the province: GS2025; of a city: GS2025-2301."""
    return f"GS{year}" if payer == Claim.PROVINCE else f"GS{year}-{payer}"
