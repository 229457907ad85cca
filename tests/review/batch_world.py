"""Payable claims in any number, and the people who pay them: rows written at once where their way there does not matter."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from accounts.roles import Role
from applications.models import (
    BankAccount,
    Claim,
    Enterprise,
    EnterpriseYear,
    Holiday,
    Membership,
    Notice,
    NoticeLine,
    State,
)
from review.payouts import batch_lock, batch_make
from tests.factories import NOW, credit_code, make_appropriation, make_period, make_user

CITIES = ("2301", "2302", "2311")
ITEMS = ("5.1", "7.2", "4.1")


def finance_world(*, money="1000000000.00"):
    """Three finance officers of the province, a city's, a period, and an appropriation (None for none)."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    world = SimpleNamespace(
        maker=make_user("maker", role=Role.FINANCE, name="示例财政员甲"),
        checker=make_user("checker", role=Role.FINANCE, name="示例财政员乙"),
        third=make_user("third", role=Role.FINANCE, name="示例财政员丙"),
        cityfin=make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
        period=make_period(),
    )
    if money:
        make_appropriation(amount=money, actor=world.maker)
    return world


def payable_claims(world, count, *, amount="70000.00", each=None, limit="100000000.00"):
    """`count` payable claims of as many firms after a notice that is over, with accounts; `each(number)` gives fields."""
    first = Enterprise.objects.count() + 1
    firms = Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=credit_code(first + n),
            name=f"示例第{first + n}贸易有限公司",
            city=CITIES[n % len(CITIES)],
            contact_name="示例联系人",
            contact_phone=f"0451-{first + n:08d}",
            verification="verified",
            verified_at=NOW,
            verified_by=world.maker,
            created_at=NOW,
        )
        for n in range(count)
    )
    BankAccount.objects.bulk_create(
        BankAccount(
            enterprise=firm,
            holder=firm.name,
            bank="示例银行哈尔滨分行",
            number=f"6200{firm.pk:012d}",
            standing="in_force",
            created_at=NOW,
            created_by=world.maker,
            in_force_from=NOW,
        )
        for firm in firms
    )
    EnterpriseYear.objects.bulk_create(
        EnterpriseYear(enterprise=firm, year=2025, limit_cny=Decimal(limit), settled_at=NOW) for firm in firms
    )
    claims = Claim.objects.bulk_create(
        _claim(world, firm, n, first + n, amount, (each(n) if each else {})) for n, firm in enumerate(firms)
    )
    noticed(world, claims)
    return claims


def _claim(world, firm, number, serial, amount, fields):
    values = {
        "item": ITEMS[number % len(ITEMS)],
        "city": firm.city,
        "payer": Claim.PROVINCE,
        "payable_cny": Decimal(amount),
        "locked_cny": Decimal(amount),
        **fields,
    }
    return Claim(
        number=f"2025-{values['item']}-{serial:05d}",
        enterprise=firm,
        year=2025,
        subject="",
        period=world.period,
        created_by=world.maker,
        created_at=NOW,
        state=State.PAYABLE,
        state_since=NOW,
        waiting_on=NOW.date(),
        first_submitted_at=NOW,
        submitted_at=NOW,
        eligibility="awarded",
        locked_at=NOW,
        settled_at=NOW,
        **values,
    )


def noticed(world, claims, *, standing="closed", number="GS2025-0001"):
    """A notice with these claims; over unless told otherwise."""
    notice, _ = Notice.objects.get_or_create(
        number=number,
        defaults={
            "title": "示例公示",
            "year": 2025,
            "payer": Claim.PROVINCE,
            "standing": standing,
            "published_at": NOW,
            "published_by": world.maker,
            "days": 5,
            "first_day": NOW.date(),
            "last_day": NOW.date(),
            "closed_at": NOW if standing == "closed" else None,
        },
    )
    NoticeLine.objects.bulk_create(
        NoticeLine(
            notice=notice,
            claim=claim,
            enterprise_name=claim.enterprise.name,
            credit_code=claim.enterprise.credit_code,
            city=claim.city,
            item=claim.item,
            amount_cny=claim.locked_cny,
        )
        for claim in claims
    )
    return notice


def members_of(claims):
    """A clerk for every firm, who is told by messages."""
    Membership.objects.bulk_create(
        Membership(
            user=make_user(f"clerk{claim.pk}"),
            enterprise=claim.enterprise,
            role=Membership.Role.OWNER,
            since=NOW,
        )
        for claim in claims
    )


def made(world, claims, **fields):
    """A draft with the claims."""
    values = {"title": "示例第一批", "document": "示例财指〔2026〕1号", **fields}
    return batch_make(
        payer=Claim.PROVINCE,
        claim_ids=[claim.pk for claim in claims],
        actor=world.maker,
        at=NOW,
        **values,
    )


def locked(world, claims, **fields):
    """A batch with the claims, locked by the second officer."""
    return batch_lock(batch_id=made(world, claims, **fields).pk, actor=world.checker, at=NOW)


#: 7.1 whose premium the insurer has advanced.
INSURER = {
    "payee_name": "示例保险公司",
    "payee_bank": "示例银行北京分行",
    "payee_account": "1234567890123456",
}
