"""The sample: loaded once for all tests of this module, then looked at from many sides."""

import os
import stat
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Sum
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from applications.credit_code import has_right_check_digit
from applications.drafts import draft_of
from applications.evidence import evidence_missing
from applications.files import path_of
from applications.forms.claim_form import draft_form
from applications.ledger import balances
from applications.letters.pdf import letter_pdf
from applications.letters.standing import letters_standing
from applications.matching.read import firms_add, matches_unclaimed
from applications.models import (
    Claim,
    Demand,
    Enterprise,
    EnterpriseYear,
    Event,
    EvidenceFile,
    FilingPeriod,
    Flag,
    Letter,
    Match,
    MatchYear,
    Notice,
    State,
    Supplement,
    SupportRequest,
    SupportState,
    VerifiedValue,
)
from applications.official import year_settings
from applications.sniff import sniff
from config.addresses import Layout
from measures import registry
from review.ledger.check import ledger_check
from review.models import PayoutBatch
from review.sample.people import password_make

# One process loads the sample for all of them.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sample")]

PASSWORD = "only-for-this-sample"
ACCOUNTS = (
    *("firm1", "firm1b", "firm2", "city-harbin", "city2-harbin", "cityfin1-harbin", "cityfin2-harbin"),
    *("city-heihe", "commerce1", "commerce2", "commerce3", "finance1", "finance2", "customs1", "auditor1"),
    "admin1",
)


class Sample:
    """What loading the sample said, and where it wrote."""

    def __init__(self, layout, said):
        self.layout, self.said = layout, said


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker, tmp_path_factory):
    """The sample in the test database, taken out again after the module's last test."""
    layout = Layout(tmp_path_factory.mktemp("sample"))
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("SAMPLE_PASSWORD", PASSWORD)
        with override_settings(LAYOUT=layout, EVIDENCE_ROOT=layout.data_dir / "evidence"):
            call_command("load_sample", stdout=said)
        yield Sample(layout, said.getvalue())
        transaction.set_rollback(True)


@pytest.fixture
def signed_in(sample):
    """Signs somebody in with the password of the sample."""

    def sign_in(username):
        client = Client()
        answer = client.post(reverse("accounts:sign_in"), {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, username
        return client

    return sign_in


def claims_of(username, **where):
    return Claim.objects.filter(enterprise__memberships__user__username=username, **where).order_by("pk")


def test_the_check_of_the_ledger_finds_nothing_wrong_in_the_sample(sample):
    assert [problem.text for problem in ledger_check().problems] == []


# --- People ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_account_signs_in_with_the_one_password(signed_in, username):
    home = "portal:my_year" if username.startswith("firm") else "review:start"
    assert signed_in(username).get(reverse(home), follow=True).status_code == 200


def test_the_accounts_are_said_and_written_for_their_owner_alone(sample):
    path = sample.layout.sample_accounts
    assert path.read_text(encoding="utf-8") == sample.said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD in sample.said
    for username in ACCOUNTS:
        assert f"  {username} " in sample.said


def test_a_second_load_is_declined_and_changes_nothing(sample):
    before, said = Event.objects.count(), StringIO()
    with override_settings(LAYOUT=sample.layout):
        call_command("load_sample", stdout=said)
    assert "已经载入过" in said.getvalue()
    assert Event.objects.count() == before


def test_a_password_that_nobody_gave_is_made_up_and_good_enough():
    made = {password_make() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password)


def test_firms_are_samples_with_codes_of_a_district_that_does_not_exist(sample):
    firms = Enterprise.objects.all()
    assert firms.count() == 12
    assert firms.values("city").distinct().count() >= 5
    for firm in firms:
        assert firm.name.startswith("示例")
        assert firm.credit_code[2:8] == "239900"
        assert has_right_check_digit(firm.credit_code)
    assert {firm.verification for firm in firms} == {"verified", "pending", "refused"}
    waiting = firms.get(verification="pending")
    assert waiting.licence
    assert waiting.authorisation
    assert max(len(firm.name) for firm in firms) > 35


# --- Claims ----------------------------------------------------------------------------------------


def test_there_are_claims_in_every_state_and_of_every_item(sample):
    assert set(Claim.objects.values_list("state", flat=True)) == set(State.values)
    money_items = {code for code, item in registry.ITEMS.items() if not item.support}
    assert set(Claim.objects.values_list("item", flat=True)) == money_items


def test_every_mark_of_a_claim_is_shown_somewhere(sample):
    claims = Claim.objects.all()
    assert claims.filter(state=State.APPROVED, locked_cny=0).exists()
    assert claims.filter(state=State.PAYABLE, payer="province").count() >= 3
    assert claims.filter(state=State.PAYABLE, payer="2301").exists()
    assert claims.filter(state=State.PAYABLE, payout_failed=True).exists()
    assert claims.filter(state=State.COMMERCE_REVIEW, reconsidered=True).exists()
    assert claims.filter(state=State.COMMERCE_REVIEW, late=True).exists()
    assert claims.filter(state=State.PAID, demanded_cny__gt=0).exists()
    assert claims.filter(clock_stopped_on__isnull=False).exists()
    assert claims.filter(state=State.COMMERCE_REVIEW, questions__answered_at__isnull=False).exists()
    assert claims.filter(after_overlap_cny__lt=F("capped_cny")).exists()
    assert claims.filter(capped_cny__lt=F("computed_cny")).exists()
    assert claims.filter(drawn=True, state=State.SECOND_CHECK).exists()
    assert claims.filter(assignee__isnull=False).exists()
    assert [claim.rule.prepared for claim in claims.filter(state=State.DRAFT)].count(True) >= 2
    assert VerifiedValue.objects.filter(lapsed_at=None).exists()


def test_the_limit_of_one_firm_cuts_one_claim_in_part_and_one_to_nothing(sample):
    row = EnterpriseYear.objects.get(
        enterprise__name__startswith="示例黑土", year=FilingPeriod.objects.first().year
    )
    claims = Claim.objects.filter(
        enterprise=row.enterprise, year=row.year, payable_cny__lt=F("after_overlap_cny")
    )
    assert row.total_cny == row.limit_cny
    assert claims.filter(payable_cny__gt=0).exists()
    assert claims.filter(payable_cny=0).exists()


def test_one_invoice_of_two_firms_is_flagged_on_both_and_nothing_else_waits_to_be_dealt_with(sample):
    hard = Flag.objects.filter(hard=True, lifted_at=None)
    found = {
        (flag.claim.enterprise.name, flag.kind, flag.key) for flag in hard.select_related("claim__enterprise")
    }
    one, other = (
        Claim.objects.filter(fingerprints__value="SL00880001").select_related("enterprise").order_by("pk")
    )
    assert found == {
        (one.enterprise.name, "same_invoice", other.number),
        (other.enterprise.name, "same_invoice", one.number),
    }
    assert one.city != other.city


def test_the_ledger_gives_every_amount_of_every_claim(sample):
    for claim in Claim.objects.all():
        columns = {name: getattr(claim, name) or Decimal(0) for name in balances(claim.pk)}
        assert balances(claim.pk) == columns, claim.number


def test_every_filed_claim_has_its_form_and_every_decision_its_letter_and_they_can_be_printed(sample):
    filed = Claim.objects.exclude(first_submitted_at=None)
    letters = Letter.objects.select_related("claim", "event").order_by("pk")
    assert {each.claim_id for each in letters if each.kind == "application"} == {each.pk for each in filed}
    for standing in letters_standing(letters):
        claim, letter = standing.letter.claim, standing.letter
        assert letter_pdf(letter).startswith(b"%PDF-"), letter
        if letter.kind == "decision" and standing.counts and claim.state != State.REJECTED:
            assert claim.locked_cny is not None, letter
    counting = {
        each.letter.claim_id for each in letters_standing(letters.filter(kind="decision")) if each.counts
    }
    assert counting == {
        each.pk for each in filed if each.locked_cny is not None or each.state == State.REJECTED
    }


def test_no_year_waits_to_be_settled(sample):
    assert not EnterpriseYear.objects.filter(requested__gt=F("settled")).exists()


def test_one_demand_has_been_paid_back_in_part_and_one_supplement_waits_for_finance(sample):
    demand = Demand.objects.get(closed_at=None)
    assert demand.receipts.get().amount_cny == Decimal("30000.00")
    assert demand.claim.demanded_cny == Decimal("60000.00")
    assert demand.claim.letters.filter(kind="demand").count() == 1
    assert Supplement.objects.get().amount_cny == Decimal("14000.00")


def test_what_is_paid_and_not_demanded_back_stays_within_every_limit(sample):
    for row in EnterpriseYear.objects.exclude(limit_cny=None):
        sums = Claim.objects.filter(enterprise=row.enterprise, year=row.year).aggregate(
            paid=Sum("paid_cny"), demanded=Sum("demanded_cny")
        )
        assert sums["paid"] - sums["demanded"] <= row.limit_cny, row


def test_what_has_been_filed_would_pass_the_form_again(sample):
    for claim in Claim.objects.exclude(first_submitted_at=None).select_related("enterprise"):
        registers = {
            "trade_platforms": [("PT-001", "PT-001"), ("PT-002", "PT-002")],
            "overseas_warehouses": [("HWC-001", "HWC-001")],
        }
        form = draft_form(claim.rule, draft_of(claim), registers=registers, strict=True)
        assert form.is_valid(), (claim.number, form.errors, [rows.errors for rows in form.all_rows])
        assert form.declared().facts == claim.facts, claim.number
        supported = bool(claim.other_support_cny)
        what = {"facts": claim.facts, "particulars": claim.particulars, "supported": supported}
        assert evidence_missing(claim, **what) == []


def test_notices_batches_and_requests_stand_in_each_of_their_states(sample):
    assert set(Notice.objects.values_list("standing", flat=True)) == {"published", "closed"}
    assert set(PayoutBatch.objects.values_list("standing", flat=True)) == {"draft", "locked", "settled"}
    assert set(SupportRequest.objects.values_list("state", flat=True)) == set(SupportState.values)
    assert {"8.1", "11.1", "12.1"} <= set(SupportRequest.objects.values_list("item", flat=True))


def test_filing_is_open_now_and_the_draw_is_as_usual(sample):
    current, former = FilingPeriod.objects.order_by("-year")
    assert current.opens_on < timezone.localdate() < current.deadline
    assert current.city_first_check
    assert former.deadline < timezone.localdate()
    assert year_settings(current.year).second_check_percent == 5
    assert not FilingPeriod.objects.filter(created_at__gt=F("published_at")).exists()


def test_the_record_runs_in_the_order_of_time(sample):
    times = list(Event.objects.filter(actor__isnull=False).order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)
    assert timezone.localdate(times[-1]) < timezone.localdate()


def test_what_official_data_open_is_found_for_firms_that_have_signed_up_and_for_others(sample):
    assert not MatchYear.objects.filter(requested__gt=F("settled")).exists()
    year = FilingPeriod.objects.order_by("year").last().year
    listed = firms_add(list(matches_unclaimed(Match.objects.filter(match_year__year=year))))
    assert {match.firm is None for match in listed if match.certain} == {True, False}
    assert any(match.phone for match in listed if not match.firm)
    assert any(match.missing for match in listed)
    assert len({match.city for match in listed}) >= 4


# --- Files -----------------------------------------------------------------------------------------


def test_every_file_is_there_and_is_what_it_says(sample, settings):
    settings.EVIDENCE_ROOT = sample.layout.data_dir / "evidence"
    kinds = set()
    for file in EvidenceFile.objects.all():
        with path_of(file.sha256).open("rb") as handle:
            assert sniff(handle).content_type == file.content_type
            kinds.add(file.content_type)
        assert os.path.getsize(path_of(file.sha256)) == file.size
    assert kinds == {"application/pdf", "image/png"}


# --- Pages -----------------------------------------------------------------------------------------

PORTAL = ("home", "measures", "calculator", "notices", "support", "my_year", "enterprise")
CONSOLE = {
    "commerce1": ("start", "rules", "queue", "search", "enterprises", "support", "notices", "eligible"),
    "city-harbin": ("start", "rules", "queue", "search", "enterprises", "support", "notices", "eligible"),
    "finance1": ("start", "rules", "queue", "search", "notices", "batches"),
    "cityfin1-harbin": ("start", "rules", "queue", "search", "notices", "batches"),
    "auditor1": ("start", "rules", "search", "enterprises", "support", "notices", "batches", "eligible"),
    "customs1": ("start", "rules", "support"),
    "admin1": ("start", "rules"),
}


@pytest.mark.parametrize("username", ["firm1", "firm1b", "firm2", "firm10", "firm11", "firm12"])
def test_every_page_of_the_portal_opens_for_a_clerk(signed_in, username):
    client = signed_in(username)
    pages = [reverse(f"portal:{name}") for name in PORTAL]
    for claim in claims_of(username):
        name = "claim_edit" if claim.is_editable else "claim"
        pages += [reverse(f"portal:{name}", args=[claim.number])]
    pages += [reverse("portal:notice", args=[notice.number]) for notice in Notice.objects.all()]
    for request in SupportRequest.objects.filter(enterprise__memberships__user__username=username):
        pages.append(reverse("portal:support_request", args=[request.number]))
    for page in pages:
        assert client.get(page, follow=True).status_code == 200, page


@pytest.mark.parametrize("username", CONSOLE)
def test_every_list_of_the_console_opens_for_an_officer(signed_in, username):
    client = signed_in(username)
    for name in CONSOLE[username]:
        assert client.get(reverse(f"review:{name}"), follow=True).status_code == 200, name


def test_every_claim_opens_for_the_auditor(signed_in):
    client = signed_in("auditor1")
    for claim in Claim.objects.exclude(first_submitted_at=None):
        assert client.get(reverse("review:claim", args=[claim.number])).status_code == 200, claim.number


def test_every_single_page_of_the_console_opens(signed_in):
    commerce, finance = signed_in("commerce1"), signed_in("finance1")
    for firm in Enterprise.objects.all():
        assert commerce.get(reverse("review:enterprise", args=[firm.pk])).status_code == 200
    for request in SupportRequest.objects.filter(route__contains=["省商务厅"]):
        assert commerce.get(reverse("review:support_request", args=[request.number])).status_code == 200
    for notice in Notice.objects.filter(payer="province"):
        assert finance.get(reverse("review:notice", args=[notice.number])).status_code == 200
    for batch in PayoutBatch.objects.all():
        assert finance.get(reverse("review:batch", args=[batch.number])).status_code == 200


def test_every_register_of_the_console_opens_for_its_keeper(signed_in):
    client = signed_in("commerce1")
    index = client.get(reverse("console:data"))
    links = [entry["url"] for entries in index.context["groups"].values() for entry in entries]
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link
