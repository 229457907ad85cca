"""What `test_permissions.py` asks for: something behind every address, and one person for every post."""

import hashlib
import io
import time
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.roles import Role
from applications.files import bytes_store
from applications.imports.files import file_path
from applications.invitations import invitation_make
from applications.lifecycle import transition as step
from applications.models import (
    AgriculturalExporter,
    CityRate,
    DataLoad,
    DeadlineExtension,
    Demand,
    DiscreditedEnterprise,
    DualCirculationEntry,
    Flag,
    Holiday,
    Job,
    JobState,
    LprRate,
    Membership,
    Objection,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    Receipt,
    RegisteredEnterprise,
    TradeFigures,
    YearSettings,
)
from applications.notices import notices_close
from applications.portal.objections import receipt_of
from applications.questions import question_ask
from applications.support import support_request_file
from review.matters import matter_raise
from review.models import BankResult, Replay, ShortageDecision
from review.notices import notice_publish
from review.payouts import batch_lock, batch_make
from review.saved_filters import filter_save
from tests.factories import (
    NOW,
    credit_code,
    exhibition,
    make_appropriation,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

#: The content of the claim's one file that is stored.
EVIDENCE = b"%PDF-1.4"


def world_make():
    """A firm of Harbin with a claim in review, a request, a notice and a batch; registers; one person for every post.

    Returns {"people": {name: user, None for nobody}, "numbers": {word, or an address: what is in its place}}.
    """
    firm, stranger = make_firm(), make_firm("示例乙公司", city="2311")
    people = officers_make() | {"nobody": None, "owner": owner_of(firm), "stranger": owner_of(stranger)}
    period = make_period()
    numbers = (
        registers_make()
        | settings_made(firm, period, people)
        | claim_made(firm, period, people)
        | published_and_batched(firm, period, people)
        | data_loaded(people["data"])
        | ledger_checked_and_exported(people["finance"])
        | kept_by_the_firm(firm, people["owner"])
        | kept_by_officers(people)
    )
    return {"people": people, "numbers": numbers}


def surroundings_make():
    """What of the world stands in files and in the cache: both are emptied after every test."""
    cache.set(settings.BEAT_HEARTBEAT_KEY, time.time())
    for name in ("load", "load-refused", "export", "audit-1"):
        file_path(name).write_bytes(b"PK")
    bytes_store(io.BytesIO(EVIDENCE))


def officers_make():
    """One officer for every post, and a city's colleague elsewhere."""
    return {
        "city": make_user("city", role=Role.CITY_COMMERCE, city="2301"),
        "heihe": make_user("heihe", role=Role.CITY_COMMERCE, city="2311"),
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
        "cityfin": make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
        "data": make_user("data", role=Role.DATA),
        "customs": make_user("customs", role=Role.DEPARTMENT, department="customs"),
        "auditor": make_user("auditor", role=Role.AUDITOR),
        "admin": make_user("admin", role=Role.ADMINISTRATOR),
    }


def settings_made(firm, period, people):
    """Published settings of the year, replayed once, and a firm's longer time to file."""
    year_settings = YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    extension = DeadlineExtension.objects.create(
        period=period, enterprise=firm, until=date(2026, 12, 31), reason="示例", granted_by=people["commerce"],
        granted_at=NOW,
    )  # fmt: skip
    return {
        "console:applications_yearsettings": year_settings.pk,
        "console:applications_filingperiod": period.pk,
        "console:applications_deadlineextension": extension.pk,
        "review:replay": replay_make(year_settings, people).pk,
    }


def claim_made(firm, period, people):
    """A claim in review with a file, a flag and an open question."""
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition("甲"))
    flag = Flag.objects.create(
        claim=claim, kind="discredited", data={"year": 2025, "spans": [[None, None]]}, raised_at=NOW
    )
    use = claim.evidence.first()
    use.file.sha256 = hashlib.sha256(EVIDENCE).hexdigest()
    use.file.save()
    question = question_ask(claim_id=claim.pk, text="示例？", actor=people["commerce"], at=NOW)
    return {
        "claim": claim.number,
        "document": use.document,
        "file": use.file_id,
        "portal:file": use.file_id,
        "portal:evidence_remove": use.pk,
        "portal:message": firm.messages.first().pk,
        "review:dismiss": flag.pk,
        **dict.fromkeys(
            (f"portal:question{part}" for part in ("", "_file_give", "_choose", "_file_remove")), question.pk
        ),
    }


def kept_by_the_firm(firm, owner):
    """A request for support, an invitation, the owner's membership and other sign-in, the account, the firm itself."""
    request = support_request_file(enterprise=firm, item="11.1", actor=owner, facts={"refunds": []}, at=NOW)
    invited = invitation_make(enterprise_id=firm.pk, actor=owner, name="示例新人", email="new@firm.example")
    membership, account = Membership.objects.get(enterprise=firm), firm.bank_accounts.get()
    return {
        "support": request.number,
        "code": firm.credit_code,
        "portal:invitation_again": invited.pk,
        "portal:invitation_withdraw": invited.pk,
        "portal:member_remove": membership.pk,
        "portal:member_owner": membership.pk,
        **{f"portal:account_{answer}": account.pk for answer in ("confirm", "decline", "withdraw")},
        "accounts:session_end": sign_in_elsewhere(owner),
        **{f"review:{page}": firm.pk for page in ("enterprise", "firm", "extension")},
    }


def kept_by_officers(people):
    """A person's page, a matter of the joint conference, a filter that was kept, and a list exported by the auditor."""
    kept = filter_save(actor=people["commerce"], place="queue", name="示例", query="tab=office")
    return {
        **{
            f"console:accounts_user{page}": people["commerce"].pk
            for page in ("", "_second_factor", "_sign_ins")
        },
        "matter": matter_made(people["commerce"]).number,
        "review:filter_drop": kept.pk,
        "review:audit": list_exported(people["auditor"]).pk,
    }


def matter_made(user):
    """A matter of the joint conference for commerce and customs."""
    return matter_raise(
        title="示例事项", text="示例", owner="commerce", partners=["customs"], due_on=date(2026, 3, 31), actor=user, at=NOW
    )  # fmt: skip


def sign_in_elsewhere(user):
    """Somebody's sign-in in another browser."""
    client = Client()
    client.force_login(user)
    return user.sign_ins.get().pk


def demanded(claim, finance):
    """A demand on a locked claim, which its supplements would be about as well."""
    demand = Demand.objects.create(
        number="ZH2026-0001", claim=claim, raised_at=NOW, due_on=date(2026, 3, 30), due_certain=True
    )
    receipt = Receipt.objects.create(
        demand=demand, enterprise=claim.enterprise, amount_cny=1, received_on=NOW.date(), reference="示例凭证",
        voucher="示例凭证", recorded_by=finance, recorded_at=NOW,
    )  # fmt: skip
    return {"demand": demand.number, "supplement": claim.number, "review:demand_receipt": receipt.pk}


def objected(line):
    """An objection against a line of a notice, and its receipt."""
    objection = Objection.objects.create(
        number="YY2025-00001", line=line, claim=line.claim, name="示例", contact="0451-00000000", text="示例",
        filed_at=NOW,
    )  # fmt: skip
    return {"line": line.pk, "objection": objection.number, "receipt": receipt_of(objection)}


def published_and_batched(firm, period, people):
    """A second claim of the firm on its way through a notice into a locked batch."""
    paid = make_claim(firm, "5.3", period, facts={"participation_cny": "1000"}, particulars=exhibition("乙"))
    for action, who in (("approve", "commerce"), ("finance_approve", "finance")):
        step(claim_id=paid.pk, action=action, actor=people[who], at=NOW)
        settle_all(paid)
    notice = notice_publish(
        payer="province", year=2025, claim_ids=[paid.pk], title="示例公示", actor=people["finance"], at=NOW
    )
    notices_close(today=date(2026, 3, 20))
    make_appropriation(5, actor=people["finance"])
    batch = batch_make(payer="province", claim_ids=[paid.pk], title="示例", actor=people["finance"], at=NOW)
    batch_lock(batch_id=batch.pk, actor=make_user("finance2", role=Role.FINANCE), at=NOW)
    sheet = BankResult.objects.create(
        batch=batch, name="示例.csv", file=b"1", file_sha256="1" * 64, imported_by=people["finance"],
        imported_at=NOW,
    )  # fmt: skip
    return {
        "notice": notice.number,
        **objected(notice.lines.get()),
        "batch": batch.number,
        **demanded(paid, people["finance"]),
        "shortage": shortage_decided(people["finance"]),
        "review:batch_result_file": sheet.pk,
        "review:account_answer": batch.payments.get().pk,
    }


def shortage_decided(finance):
    """A decision how too little money was shared once."""
    decided = {"decided_by": finance, "decided_at": NOW, "reason": "示例专题会议纪要", "method": "in_order"}
    key = {"number": "FP2025-5-001", "measure": 5, "year": 2025, "payer": "province"}
    return ShortageDecision.objects.create(**key, **decided, available_cny=1, owed_cny=2).number


def data_loaded(officer):
    """A file of official data that was stored but for some rows, and an export that is ready to be taken."""
    done = {"state": JobState.DONE, "created_by": officer, "created_at": NOW, "finished_at": NOW}
    load = DataLoad.objects.create(
        kind="figures", stage="stored", file_name="示例.xlsx", file_path="load", refused_path="load-refused",
        uploaded_by=officer, uploaded_at=NOW, stored_at=NOW, job=Job.objects.create(work="import.store", **done),
    )  # fmt: skip
    result = {"file": "export", "rows": 1, "ending": "xlsx"}
    export = Job.objects.create(
        work="export.rows", params={"kind": "figures", "year": None}, result=result, **done
    )
    eligible = Job.objects.create(
        work="eligible.export", params={"asked": {"year": 2025}}, result={"file": "export", "rows": 1}, **done
    )
    return {"review:load": load.pk, "review:export": export.pk, "review:eligible": eligible.pk}


def ledger_checked_and_exported(finance):
    """A check of the ledger, and an extract that is ready to be taken by who asked for it."""
    done = {"state": JobState.DONE, "created_by": finance, "created_at": NOW, "finished_at": NOW}
    params = {"extract": "claims", "asked": {}, "words": ""}
    result = {"file": "export", "rows": 1, "ending": "xlsx", "payers": None}
    export = Job.objects.create(work="money.export", params=params, result=result, **done)
    check = Job.objects.create(work="ledger.check", result={"count": 0}, **done)
    return {"review:ledger_export": export.pk, "review:ledger_check": check.pk}


def replay_make(year_settings, people):
    """A replay of settings that has come to its end."""
    job = Job.objects.create(
        work="replay",
        state="done",
        created_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        created_by=people["data"],
    )
    sums = dict.fromkeys(("before", "after", "gain", "loss", "locked_cny"), "0.00")
    sums |= dict.fromkeys(("entitled_before", "entitled_after"), "0.00")
    sums |= dict.fromkeys(("enterprises", "gaining", "losing", "locked", "falling", "failed"), 0)
    return Replay.objects.create(
        model="yearsettings", draft=year_settings.pk, year=2025, version=1, job=job, asked_by=people["data"],
        asked_at=NOW, totals={**sums, "claims": 1, "items": [], "payers": []},
    )  # fmt: skip


def list_exported(auditor):
    """A list of operations that is ready to be taken."""
    result = {"file": "audit-1", "rows": 1, "total": 1, "ending": "xlsx"}
    done = {"state": JobState.DONE, "created_by": auditor, "created_at": NOW, "finished_at": NOW}
    return Job.objects.create(work="audit.export", params={"asked": {}}, result=result, **done)


def registers_make():
    """One row of every register, as {address without its last word: key}."""
    code = credit_code(77)
    rows = (
        TradeFigures(credit_code=code, year=2025),
        RegisteredEnterprise(credit_code=code, name="示例丙公司", city="2301"),
        Platform(
            number="P1", name="示例平台", level="national", operator_code=code, designated_on=date(2025, 1, 1)
        ),
        PlatformMember(platform_number="P1", credit_code=code),
        AgriculturalExporter(credit_code=code),
        DiscreditedEnterprise(credit_code=code),
        OverseasWarehouse(number="W1", name="示例海外仓", operator_code=code, designated_on=date(2025, 1, 1)),
        DualCirculationEntry(credit_code=code),
        PastAward(item="6.1", credit_code=code),
        LprRate(published_on=date(2025, 1, 20), one_year_percent="3.10"),
        Holiday(day=date(2026, 1, 1), kind="off"),
        CityRate(city="2301", year=2025, item="3.3", rate="0.5", published_at=NOW),
    )
    for row in rows:
        row.save()
    return {f"console:applications_{row._meta.model_name}": row.pk for row in rows}
