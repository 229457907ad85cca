"""The same paper in two claims: within a firm, across firms, items and years; raised on both sides and lifted on both."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.claims import claim_submit
from applications.errors import Refused
from applications.flags.kinds import flag_sentence
from applications.flags.moves import moves_mark
from applications.flags.reuse import MOST_NAMED, SAME
from applications.flags.traces import holders_of
from applications.lifecycle import bulk_transition, claim_token, transition
from applications.models import (
    BankAccount,
    Enterprise,
    EnterpriseYear,
    EvidenceFile,
    Fingerprint,
    Flag,
    TraceMove,
    YearSettings,
)
from applications.questions import question_answer, question_ask, question_file_upload
from applications.settlement.run import years_settle
from review.flags import flag_dismiss
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.files import PDF

pytestmark = pytest.mark.django_db

INVOICE = "01123456"
BOOTH = {"booth_cny": "100"}


@pytest.fixture
def commerce():
    """An officer; nobody is drawn for a second check."""
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE)


@pytest.fixture
def other_firm():
    return make_firm("示例乙公司", city="2306")


def last_year():
    """A period for the year before that is still open."""
    return make_period(2024, deadline=date(2026, 12, 31))


def rows(*numbers):
    """Invoices of 5.1 with these numbers."""
    return {
        "invoices": [
            {"invoice_number": number, "cost": "booth_cny", "amount_cny": "100", "paid_on": "2025-06-16"}
            for number in numbers
        ]
    }


def expo(firm, period, *numbers, name="示例展会", item="5.1", settle=True):
    """A claim for an exhibition with invoices of these numbers."""
    return make_claim(
        firm, item, period, facts=BOOTH, particulars=exhibition(name) | rows(*numbers), settle=settle
    )


def with_file(firm, period, document, *, item="5.1", facts=BOOTH, particulars=None, sha256="a" * 64):
    """A claim that gives one and the same content for a document."""
    particulars = exhibition() if particulars is None else particulars
    claim = make_claim(firm, item, period, facts=facts, particulars=particulars, submit=False)
    uses = claim.evidence.filter(document=document)
    EvidenceFile.objects.filter(pk=uses.first().file_id).update(sha256=sha256)
    claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=declared(facts, particulars), at=NOW)
    return settle_all(claim)


def standing(claim):
    """{kind: key} of the flags that stand at a claim."""
    return dict(claim.flags.filter(lifted_at=None).values_list("kind", "key"))


def sentence(claim):
    """The sentence of the claim's one flag."""
    flag = claim.flags.get(lifted_at=None)
    return flag_sentence(flag.kind, flag.data, claim.rule)


# --- Across firms ----------------------------------------------------------------------------------


def test_an_invoice_of_two_firms_is_a_hard_flag_on_both_claims_however_it_is_typed(firm, period, other_firm):
    first = expo(firm, period, "0112 3456")
    assert standing(first) == {}
    second = expo(other_firm, period, "０１１２-３４５６", item="5.2")
    assert standing(first) == {"same_invoice": second.number}
    assert standing(second) == {"same_invoice": first.number}
    assert all(flag.hard for flag in Flag.objects.all())
    assert sentence(first) == (
        f"发票号码 01123456，也用在大庆市另一家企业的申报 {second.number}（2025 年度 5.2 委托第三方参展补贴）。"
    )
    assert sentence(second) == (
        f"发票号码 01123456，也用在哈尔滨市另一家企业的申报 {first.number}（2025 年度 5.1 线下境外展会补贴）。"
    )
    assert other_firm.name not in sentence(first)


def test_it_is_noticed_across_years_as_well(firm, period, other_firm):
    former = expo(firm, last_year(), INVOICE)
    assert standing(expo(other_firm, period, INVOICE)) == {"same_invoice": former.number}
    assert "same_invoice" in standing(former)


def test_numbers_of_two_kinds_of_paper_do_not_meet(firm, period, other_firm):
    expo(firm, period, INVOICE)
    policy = make_claim(
        other_firm, "7.3", period, facts={"premium_cny": "1"}, particulars={"policy_number": INVOICE}
    )
    assert standing(policy) == {}


@pytest.mark.parametrize(
    ("kind", "item", "particulars"),
    [
        ("policy", "7.2", {"premiums": [{"policy_number": "P0001"}]}),
        ("loan", "4.2", {"loans": [{"loan_number": "借字2025-1"}]}),
        ("declaration", "4.2", {"declarations": [{"declaration_number": "190220250000000001"}]}),
        ("invoice", "4.2", {"fee_receipts": [{"receipt_number": "SLHD0001"}]}),
    ],
)
def test_every_kind_of_number_is_compared(firm, period, other_firm, kind, item, particulars):
    loan = {"principal_cny": "1", "issued_on": "2025-02-10", "repaid_on": None, "interest_paid_cny": "1"}
    facts = {
        "7.2": {"premiums": [{"premium_cny": "1", "market": "JP"}]},
        "4.2": {"bank_fees_cny": "1", "loans": [loan]},
    }[item]
    claims = [
        make_claim(one, item, period, facts=facts, particulars=particulars) for one in (firm, other_firm)
    ]
    for claim, other in (claims, claims[::-1]):
        assert standing(claim) == {f"same_{kind}": other.number}


def test_the_same_file_is_noticed_by_its_content_and_named_as_the_firm_named_it(firm, period, other_firm):
    first = with_file(firm, period, "booth_contract")
    EvidenceFile.objects.filter(uses__claim=first, uses__document="booth_contract").update(
        name="我的合同.pdf"
    )
    second = with_file(other_firm, period, "photos")
    EnterpriseYear.objects.update(requested=9)
    settle_all()
    assert standing(second) == {"same_file": first.number}
    assert sentence(first) == (
        "“我的合同.pdf”（参展合同与展位确认书），与大庆市另一家企业的申报 "
        f"{second.number}（2025 年度 5.1 线下境外展会补贴）中的文件内容完全相同。"
    )


def test_a_paper_that_one_firm_may_use_again_is_not_another_firms(firm, period, other_firm):
    shop = {"shop_platform": "示例平台", "shop_name": "示例店铺"}
    facts = {"entry_fee_cny": "1"}
    first = with_file(firm, period, "shop", item="3.3", facts=facts, particulars=shop)
    second = with_file(other_firm, period, "shop", item="3.3", facts=facts, particulars=shop)
    assert standing(second) == {"same_file": first.number}


def answered(claim, officer, name="说明.pdf"):
    """The claim after a question about it was answered with one and the same file, whatever its name."""
    question = question_ask(claim_id=claim.pk, text="请说明。", actor=officer)
    owner = owner_of(claim.enterprise)
    question_file_upload(question_id=question.pk, upload=SimpleUploadedFile(name, PDF), actor=owner)
    question_answer(question_id=question.pk, text="见附件。", actor=owner)
    claim.refresh_from_db()
    return claim


def test_a_file_that_two_firms_answer_with_is_noticed_as_well(commerce, firm, period, other_firm):
    first = answered(expo(firm, period), commerce)
    second = answered(expo(other_firm, period), commerce, "情况说明.pdf")
    settle_all()
    assert standing(first) == {"same_file": second.number}
    assert standing(second) == {"same_file": first.number}
    assert "“情况说明.pdf”（答复询问所附文件），与" in sentence(second)


def test_an_answer_without_files_leaves_the_year_as_it_was_computed(commerce, firm, period):
    claim = expo(firm, period)
    question = question_ask(claim_id=claim.pk, text="请说明。", actor=commerce)
    before, moves = EnterpriseYear.objects.get().requested, TraceMove.objects.count()
    question_answer(question_id=question.pk, text="没有变化。", actor=owner_of(firm))
    assert (EnterpriseYear.objects.get().requested, TraceMove.objects.count()) == (before, moves)


def test_a_firm_may_answer_two_questions_with_the_same_file(commerce, firm, period):
    claims = [answered(expo(firm, period, name=name), commerce) for name in ("示例展会", "示例展会二")]
    settle_all()
    assert [standing(claim) for claim in claims] == [{}, {}]


def test_what_two_claims_have_in_common_is_one_flag_for_each_kind_of_paper(firm, period, other_firm):
    numbers = [f"0112345{digit}" for digit in range(7)]
    first = expo(firm, period, *numbers)
    expo(other_firm, period, *numbers)
    assert sentence(first).startswith("发票号码 01123450、发票号码 01123451、")
    assert "发票号码 01123454等 7 个号码，也用在" in sentence(first)


def test_a_paper_that_many_claims_give_is_told_of_the_first_of_them(firm, period):
    claims = [expo(firm, period, INVOICE, settle=False)]
    claims += [
        expo(make_firm(f"示例{n}号公司"), period, INVOICE, settle=False) for n in range(MOST_NAMED + 2)
    ]
    settle_all()
    flags = list(claims[0].flags.order_by("key"))
    assert [flag.key for flag in flags] == [claim.number for claim in claims[1 : MOST_NAMED + 1]]
    assert [flag.data.get("more", False) for flag in flags] == [False] * (MOST_NAMED - 1) + [True]
    assert "相同的申报还有更多" in flag_sentence(flags[-1].kind, flags[-1].data, claims[0].rule)


# --- Within a firm -----------------------------------------------------------------------------------


def test_an_invoice_in_two_claims_of_one_firm_is_a_soft_flag_on_both(firm, period):
    first = expo(firm, period, INVOICE)
    second = expo(firm, period, INVOICE, name="另一展会")
    assert standing(first) == {"same_invoice_own": second.number}
    assert standing(second) == {"same_invoice_own": first.number}
    assert not Flag.objects.filter(hard=True).exists()
    assert "也用在本企业另一件申报 " + second.number in sentence(first)


def test_a_number_that_stands_in_one_claim_twice_is_nothing(firm, period):
    premiums = [{"premium_cny": "1", "market": "JP"}, {"premium_cny": "2", "market": "KR"}]
    claim = make_claim(
        firm, "7.2", period, facts={"premiums": premiums},
        particulars={"premiums": [{"policy_number": "P0001"}, {"policy_number": "P0001"}]},
    )  # fmt: skip
    assert standing(claim) == {}


def test_a_paper_that_ordinarily_serves_several_claims_is_nothing_within_a_firm(firm, period):
    shop = {"shop_platform": "示例平台", "shop_name": "示例店铺"}
    for year in (2024, 2025):
        one = period if year == 2025 else last_year()
        with_file(firm, one, "shop", item="3.3", facts={"entry_fee_cny": "1"}, particulars=shop)
    assert not Flag.objects.exists()


def test_any_other_file_that_a_firm_gives_twice_is_a_soft_flag(firm, period):
    first = with_file(firm, period, "booth_contract")
    second = with_file(firm, period, "booth_contract", particulars=exhibition("另一展会"))
    assert standing(first) == {"same_file_own": second.number}


def lent(firm, period, number, item="4.2"):
    loan = {"principal_cny": "1", "issued_on": "2024-02-10", "repaid_on": None, "interest_paid_cny": "1"}
    return make_claim(
        firm, item, period, facts={"bank_fees_cny": "1", "loans": [loan]},
        particulars={"loans": [{"loan_number": number}]},
    )  # fmt: skip


def test_a_loan_comes_back_in_the_next_year_but_not_in_two_items_of_one_year(firm, period, other_firm):
    lent(firm, last_year(), "借字2024-1")
    claim = lent(firm, period, "借字2024-1")
    assert not Flag.objects.exists()
    twice = lent(firm, period, "借字2024-1", item="4.1")
    assert standing(claim) == {"same_loan_own": twice.number}
    strange = lent(other_firm, period, "借字2024-1")
    assert standing(strange).keys() == {"same_loan"}


# --- What counts, and what follows -------------------------------------------------------------------


def test_a_claim_that_is_withdrawn_counts_no_more_and_one_that_is_filed_anew_does(firm, period, other_firm):
    first, second = expo(firm, period, INVOICE), expo(other_firm, period, INVOICE)
    transition(claim_id=second.pk, action="withdraw", actor=owner_of(other_firm))
    settle_all()
    assert standing(first) == {}
    again = expo(other_firm, period, INVOICE)
    assert standing(first) == {"same_invoice": again.number}


def test_a_claim_that_is_rejected_counts_no_more_until_it_is_reconsidered(commerce, firm, period, other_firm):
    first, second = expo(firm, period, INVOICE), expo(other_firm, period, INVOICE)
    transition(claim_id=second.pk, action="reject", actor=commerce, reason="不符合条件。", data=UNMET)
    settle_all()
    assert standing(first) == {}
    transition(claim_id=second.pk, action="reconsider", actor=owner_of(other_firm), reason="请再审。")
    settle_all()
    assert standing(first) == {"same_invoice": second.number}


def test_a_correction_of_the_number_lifts_the_flags_of_both(commerce, firm, period, other_firm):
    first, second = expo(firm, period, INVOICE), expo(other_firm, period, INVOICE)
    transition(claim_id=second.pk, action="return", actor=commerce, reason="请核对发票号码。")
    assert standing(first) == {"same_invoice": second.number}
    given = declared(BOOTH, exhibition() | rows("01129999"))
    claim_submit(claim_id=second.pk, actor=owner_of(other_firm), declared=given)
    settle_all()
    assert (standing(first), standing(second)) == ({}, {})


def test_an_answered_flag_stays_answered_until_there_is_more_in_common(commerce, firm, period, other_firm):
    first, second = expo(firm, period, INVOICE, "01127777"), expo(other_firm, period, INVOICE)
    flag_dismiss(flag_id=first.flags.get().pk, reason="发票由两家共同承担，已核对。", actor=commerce, at=NOW)
    EnterpriseYear.objects.update(requested=9)
    settle_all()
    assert first.flags.get().dismissed_at
    third = expo(make_firm("示例丙公司"), period, INVOICE)
    assert first.flags.get(key=second.number).dismissed_at, "the other claim is another matter"
    assert first.flags.get(key=third.number).dismissed_at is None
    transition(claim_id=second.pk, action="return", actor=commerce, reason="请核对。")
    given = declared(BOOTH, exhibition() | rows(INVOICE, "01127777"))
    claim_submit(claim_id=second.pk, actor=owner_of(other_firm), declared=given)
    settle_all()
    back = first.flags.get(key=second.number, lifted_at=None)
    assert (back.dismissed_at, back.data["count"]) == (None, 2)


def test_nobody_passes_the_claim_before_the_flag_is_answered(commerce, firm, period, other_firm):
    claim, _ = expo(firm, period, INVOICE), expo(other_firm, period, INVOICE)
    claim.refresh_from_db()
    with pytest.raises(Refused, match="提示"):
        transition(claim_id=claim.pk, action="approve", actor=commerce)
    steps = [(claim.pk, claim_token(claim))]
    outcome = bulk_transition(enterprise_id=firm.pk, year=2025, steps=steps, action="approve", actor=commerce)
    assert "不能批量通过" in outcome[claim.pk]
    flag_dismiss(flag_id=claim.flags.get().pk, reason="已核对原件。", actor=commerce, at=NOW)
    checked = transition(
        claim_id=claim.pk, action="approve", actor=make_user("commerce2", role=Role.COMMERCE)
    )
    assert checked.state == "second_check"


# --- In the background -------------------------------------------------------------------------------


def waiting():
    return list(EnterpriseYear.objects.filter(requested__gt=F("settled")).order_by("pk"))


def test_only_the_years_that_have_the_same_are_marked(firm, period, other_firm):
    expo(firm, period, INVOICE)
    expo(make_firm("示例丙公司"), period, "01129999")
    expo(firm, last_year(), "01128888")
    assert waiting() == []
    expo(other_firm, period, INVOICE, settle=False)
    years_settle([row.pk for row in waiting()])
    assert moves_mark() == 1
    assert [(row.enterprise, row.year) for row in waiting()] == [(firm, 2025)]
    assert not TraceMove.objects.exists()


def test_what_is_noticed_of_many_firms_costs_as_many_queries_as_of_two(firm, period):
    def queries():
        keys = list(EnterpriseYear.objects.values_list("pk", flat=True))
        EnterpriseYear.objects.update(requested=9, settled=0)
        with CaptureQueriesContext(connection) as captured:
            years_settle(keys)
        return len(captured)

    def pair(number):
        for name in "甲乙":
            one = make_firm(f"示例{number}{name}公司")
            with_file(one, period, "photos", sha256=f"{number:064d}")

    pair(1)
    of_two = queries()
    for number in range(2, 5):
        pair(number)
    assert queries() == of_two
    assert Flag.objects.filter(kind="same_file").count() == 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "index"),
    [
        ("phone", "enterprise_by_phone"),
        ("address", "enterprise_by_address"),
        ("email", "enterprise_by_email"),
        ("account", "applications_bankaccount"),
    ],
)
def test_firms_are_found_by_an_index(firm, kind, index):
    # In an empty table any index is as good as another.
    same = {"city": "2301", "contact_name": "示例联系人", "created_at": NOW}
    firms = Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=f"{number:018d}",
            name=f"示例第{number}公司",
            contact_phone=f"0452-{number:08d}",
            contact_email=f"{number}@example.invalid",
            address=f"示例路 {number} 号",
            verification="verified",
            verified_at=NOW,
            verified_by=owner_of(firm),
            **same,
        )
        for number in range(2000)
    )
    BankAccount.objects.bulk_create(
        BankAccount(
            enterprise=each,
            holder=each.name,
            bank="示例银行",
            number=f"63{number:016d}",
            standing="in_force",
            created_at=NOW,
            created_by=owner_of(firm),
            in_force_from=NOW,
        )
        for number, each in enumerate(firms)
    )
    with connection.cursor() as cursor:
        for model in (Enterprise, BankAccount):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    assert index in holders_of(kind, {"45100000001"}).explain()


def test_claims_are_found_by_the_index_of_fingerprints(firm, period):
    claim = expo(firm, period, INVOICE)
    with connection.cursor() as cursor:
        # On an empty table any index is as good as another.
        Fingerprint.objects.bulk_create(
            Fingerprint(claim=claim, kind="invoice", value=f"X{number}", place="x") for number in range(3000)
        )
        cursor.execute(f"ANALYZE {Fingerprint._meta.db_table}")
        cursor.execute(f"EXPLAIN {SAME}", [["approved"], [claim.pk]])
        assert "fingerprint_of_others" in str(cursor.fetchall())
