"""Small makers of people, firms, periods and claims. What a service can do, the service does."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F

from accounts.models import Post, User
from applications.claims import Declared, claim_submit, draft_open
from applications.evidence import SUPPORT_DOCUMENT
from applications.flags.moves import moves_mark
from applications.models import (
    BankAccount,
    ClaimEvidence,
    Enterprise,
    EnterpriseYear,
    EvidenceFile,
    FilingPeriod,
    Membership,
    MonthlyTrade,
    TradeFigures,
)
from applications.settlement.mark import subjects_mark
from applications.settlement.run import years_settle
from review.budget import measures_of
from review.models import Appropriation

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A Monday in an open filing period of 2025.
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
#: What a rejection of any item needs besides its reason.
UNMET = {"grounds": [{"code": "not_met", "clause": "figures"}]}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code(number):
    """A code with a right check digit (GB 32100) in the district 239900, which does not exist."""
    body = f"91239900MA{number:07d}"
    total = sum(weight * _ALPHABET.index(letter) for weight, letter in zip(_WEIGHTS, body, strict=True))
    return body + _ALPHABET[-total % 31]


def make_user(username, *, role=None, city="", department="", name=""):
    """A person with the password "a-long-password"; with a role, an officer."""
    user = User.objects.create_user(username, password="a-long-password", name=name or f"示例人员{username}")
    if role:
        Post.objects.create(
            user=user, role=role, city=city, department=department, starts_on=date(2020, 1, 1)
        )
    return user


def make_firm(name="示例甲公司", *, city="2301", verified=True, owner=None, account=True):
    """A firm with an owner and a bank account in force; verified unless told otherwise."""
    number = Enterprise.objects.count() + 1
    owner = owner or make_user(f"owner{number}")
    firm = Enterprise.objects.create(
        credit_code=credit_code(number),
        name=name,
        city=city,
        contact_name="示例联系人",
        contact_phone=f"0451-{number:08d}",
        verification="verified" if verified else "pending",
        verified_at=NOW if verified else None,
        verified_by=owner if verified else None,
        created_at=NOW,
    )
    Membership.objects.create(user=owner, enterprise=firm, role=Membership.Role.OWNER, since=NOW)
    if account:
        make_account(firm, owner)
    return firm


def make_account(firm, user):
    """A bank account in force."""
    return BankAccount.objects.create(
        enterprise=firm,
        holder=firm.name,
        bank="示例银行哈尔滨分行",
        number=f"62000000000000{firm.pk:04d}",
        standing="in_force",
        created_at=NOW,
        created_by=user,
        in_force_from=NOW,
    )


def owner_of(firm):
    """The owner's user."""
    return firm.memberships.get(role=Membership.Role.OWNER, ended_at=None).user


def make_period(year=2025, *, city_first_check=False, **fields):
    """A published filing period for a year, open in the spring after it."""
    values = {
        "title": f"{year} 年度申报",
        "opens_on": date(year + 1, 1, 1),
        "deadline": date(year + 1, 12, 31),
        "window_from": date(year, 1, 1),
        "window_to": date(year, 12, 31),
        "published_at": NOW,
    }
    return FilingPeriod.objects.create(year=year, city_first_check=city_first_check, **{**values, **fields})


def make_figures(firm, year=2025, **figures):
    """Customs figures of a firm, given in yuan; missing ones stay missing."""
    return TradeFigures.objects.create(
        credit_code=firm.credit_code,
        name=firm.name,
        year=year,
        **{key: Decimal(v) for key, v in figures.items()},
    )


def make_month(code, month="2025-03", direction="export", *, cny="100.00", usd="14.00", **fields):
    """A stored row of monthly customs detail; by default an ordinary export of nothing in particular."""
    values = {"supervision_code": "0110", "hs_code": "8501", "name": "示例甲公司"}
    return MonthlyTrade.objects.create(
        credit_code=code,
        month=date.fromisoformat(f"{month}-01"),
        direction=direction,
        amount_cny=Decimal(cny),
        amount_usd=Decimal(usd),
        **{**values, **fields},
    )


def make_file(firm, name="示例材料.pdf"):
    """A file's row; its bytes matter to the tests of evidence alone."""
    [file] = make_files(firm, 1, name)
    return file


def make_files(firm, count, name="示例材料.pdf"):
    """Rows of so many files with contents of their own."""
    first, owner = EvidenceFile.objects.count(), owner_of(firm)
    return EvidenceFile.objects.bulk_create(
        EvidenceFile(
            enterprise=firm,
            sha256=hashlib.sha256(f"{firm.pk} {number}".encode()).hexdigest(),
            name=name,
            content_type="application/pdf",
            size=1000,
            uploaded_by=owner,
            uploaded_at=NOW,
        )
        for number in range(first, first + count)
    )


def give_evidence(claim, *, supported=False):
    """Every document that the draft needs with as many files as it needs; `supported`: the one on other support too."""
    facts, particulars = claim.draft.get("facts", {}), claim.draft.get("particulars", {})
    wanted = [each for each in claim.rule.evidence if each.is_needed(facts, particulars)]
    wanted += [SUPPORT_DOCUMENT] if supported else []
    codes = [document.code for document in wanted for _ in range(document.min_files)]
    files = make_files(claim.enterprise, len(codes))
    ClaimEvidence.objects.bulk_create(
        ClaimEvidence(claim=claim, document=code, file=file, added_by=file.uploaded_by, added_at=NOW)
        for code, file in zip(codes, files, strict=True)
    )


def declared(facts=None, particulars=None, other="0"):
    """What a clerk declares; `other` is the support from other policies in yuan."""
    return Declared(facts=facts or {}, particulars=particulars or {}, other_support_cny=Decimal(other))


def make_claim(
    firm, item, period, *, facts=None, particulars=None, other="0", submit=True, at=NOW, settle=True
):
    """A claim filed by the firm's owner through the real services, settled unless told otherwise."""
    what = declared(facts, particulars, other)
    claim, _ = draft_open(
        enterprise=firm,
        item=item,
        period=period,
        actor=owner_of(firm),
        draft={"facts": what.facts, "particulars": what.particulars},
        at=at,
    )
    give_evidence(claim, supported=what.other_support_cny > 0)
    if not submit:
        return claim
    claim = claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=what, at=at)
    return settle_all(claim) if settle else claim


def make_appropriation(
    measure=None,
    year=2025,
    payer="province",
    amount="1000000000.00",
    *,
    actor=None,
    document="示例指〔2026〕1号",
):
    """Money for one measure of a payer, or for every one that it bears; without an actor, entered by whoever came first."""
    actor = actor or User.objects.order_by("pk").first() or make_user("treasurer")
    measures = [measure] if measure else [each.number for each in measures_of(payer)]
    added = [
        Appropriation.objects.create(
            measure=each,
            year=year,
            payer=payer,
            amount_cny=Decimal(amount),
            document=document,
            document_on=date(2026, 1, 5),
            entered_by=actor,
            entered_at=NOW,
        )
        for each in measures
    ]
    return added[0] if measure else added


def exhibition(name="示例展会", day="2025-09-16"):
    """The particulars that make up the subject of 5.1 to 5.3."""
    return {"exhibition_name": name, "starts_on": day}


def settle_all(claim=None):
    """Settles every year that waits, until none does; returns the claim as it is then."""
    for _ in range(3):
        subjects_mark()
        moves_mark()
        waiting = EnterpriseYear.objects.filter(requested__gt=F("settled"))
        if not years_settle(list(waiting.values_list("pk", flat=True))):
            break
    if claim is not None:
        claim.refresh_from_db()
    return claim
