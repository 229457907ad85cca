"""Cities: each sees its own alone at every address of the console, and decides and pays its own items to the end."""

import io
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from applications.files import bytes_store
from applications.lifecycle import claim_token, transition
from applications.models import (
    CityRate,
    FilingPeriod,
    Flag,
    Holiday,
    Job,
    JobState,
    LedgerEntry,
    LedgerKind,
    State,
)
from applications.notices import notices_close
from applications.support import support_request_file
from review.matters import matter_raise
from review.models import PayoutBatch, Replay
from review.notices import list_digest, notice_publish
from review.payouts import batch_lock, batch_make
from tests.factories import (
    NOW,
    make_appropriation,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.permissions_world import objected
from tests.test_permissions import addresses, outcome

pytestmark = pytest.mark.django_db

#: Addresses that take a name of something which is everybody's: the province's settings, kinds of data, years, payers.
COMMON = {
    "review:figures_year", "review:figures_year_close", "review:figures_year_reopen", "review:figures_year_differences",
    "review:import_kind", "review:import_template", "review:import_export", "review:hands_together",
}  # fmt: skip


@pytest.fixture
def harbin(officers):
    """A firm of Harbin with claims of a city-run item on every step, its files, notice, batch, request and matter."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    people = SimpleNamespace(
        **vars(officers),
        cityfin2=make_user("cityfin2", role=Role.CITY_FINANCE, city="2301"),
        heihefin=make_user("heihefin", role=Role.CITY_FINANCE, city="2311"),
    )
    rate = CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例"
    )
    firm, period = make_firm("示例哈尔滨公司"), make_period()
    claim = make_claim(firm, "5.4", period, facts={"credit_report_cny": "10000"})
    other = make_claim(make_firm("示例哈尔滨乙公司"), "5.4", period, facts={"credit_report_cny": "20000"})
    way(other, people.city, people.cityfin)
    notice = notice_publish(
        payer="2301", year=2025, claim_ids=[other.pk], title="示例", actor=people.cityfin, at=NOW
    )
    notices_close(today=date(2026, 3, 20))
    make_appropriation(payer="2301", actor=people.cityfin)
    batch = batch_make(payer="2301", claim_ids=[other.pk], title="示例", actor=people.cityfin, at=NOW)
    batch_lock(batch_id=batch.pk, actor=people.cityfin2, at=NOW)
    flag = Flag.objects.create(
        claim=claim, kind="discredited", data={"year": 2025, "spans": [[None, None]]}, raised_at=NOW
    )
    use = claim.evidence.first()
    use.file.sha256, _ = bytes_store(io.BytesIO(b"%PDF-1.4"))
    use.file.save()
    asked = support_request_file(
        enterprise=firm,
        item="12.1",
        actor=owner_of(firm),
        facts={"subject": "示例", "details": "示例"},
        at=NOW,
    )
    matter = matter_raise(
        title="示例", text="示例", owner="commerce", partners=["city"], due_on=date(2026, 3, 31),
        actor=people.commerce, request_id=asked.pk, at=NOW,
    )  # fmt: skip
    people.numbers = {
        "claim": claim.number, "document": use.document, "file": use.file_id, "flag": flag.pk, "firm": firm.pk,
        "support": asked.number, "matter": matter.number, "notice": notice.number, "batch": batch.number,
        **objected(notice.lines.get()), "rate": rate.pk, "replay": replay_of(rate, people).pk, "eligible": list_of(people.city).pk,
        "letter": claim.letters.first().number,
    }  # fmt: skip
    return people


def way(claim, commerce, finance):
    """Through the reviews of the city, at the settled amounts."""
    for action, who in (("approve", commerce), ("finance_approve", finance)):
        transition(claim_id=claim.pk, action=action, actor=who, at=NOW)
        settle_all(claim)


def replay_of(rate, people):
    """A replay of the city's rate that has come to its end."""
    done = {
        "state": JobState.DONE,
        "created_by": people.city,
        "created_at": NOW,
        "started_at": NOW,
        "finished_at": NOW,
    }
    sums = dict.fromkeys(
        ("before", "after", "gain", "loss", "locked_cny", "entitled_before", "entitled_after"), "0.00"
    )
    sums |= dict.fromkeys(("enterprises", "gaining", "losing", "locked", "falling", "failed"), 0)
    return Replay.objects.create(
        model="cityrate", draft=rate.pk, year=2025, version=1, job=Job.objects.create(work="replay", **done),
        asked_by=people.city, asked_at=NOW, totals={**sums, "claims": 1, "items": [], "payers": []},
    )  # fmt: skip


def list_of(officer):
    """A list of 应享未享 that an officer of the city has asked for."""
    done = {"state": JobState.DONE, "created_by": officer, "created_at": NOW, "finished_at": NOW}
    return Job.objects.create(
        work="eligible.export", params={"asked": {"year": 2025}}, result={"file": "x", "rows": 1}, **done
    )


#: Things with numbers of their own; of those that Harbin has none of there is nothing to open.
NUMBERED = (
    "support", "notice", "batch", "matter", "objection", "shortage", "demand", "supplement",
)  # fmt: skip


def arguments(name, keys, numbers):
    """What makes the address one about something of Harbin; None where it is about nothing of a city."""
    about = next((word for word in NUMBERED if word in name), "claim")
    pk = {
        "review:dismiss": "flag", "review:enterprise": "firm", "review:replay": "replay", "portal:file": "file",
        "console:applications_cityrate": "rate", "review:eligible": "eligible",
    }  # fmt: skip
    key = next((pk[start] for start in pk if name.startswith(start)), None)
    values = {
        "number": numbers.get(about), "action": ACTIONS.get(name, "return"), "payer": "2301", "year": 2025,
        "document": numbers["document"], "letter": numbers["letter"], "pk": numbers.get(key), "object_id": numbers.get(key),
    }  # fmt: skip
    found = {key: values.get(key) for key in keys}
    return None if None in found.values() else found


ACTIONS = {"review:batch_act": "withdraw", "review:matter_act": "note", "review:replay_act": "cancel"}


def walked(harbin):
    """(name, address) of every address of the office's side that takes something of Harbin."""
    for name, pattern in addresses():
        keys = list(pattern.pattern.converters or pattern.pattern.regex.groupindex)
        of_office = name.startswith(
            ("review:", "console:applications_cityrate", "portal:file", "portal:letter")
        )
        if of_office and keys and name not in COMMON:
            found = arguments(name, keys, harbin.numbers)
            if found:
                yield name, reverse(name, kwargs=found)


def outcomes(person, harbin):
    """{name: letters} of what a person gets by reading and by sending; nothing of it stays."""
    client, found = Client(), {}
    client.force_login(person)
    for name, address in walked(harbin):
        for method in ("GET", "POST"):
            with transaction.atomic():
                found[name, method] = outcome(client, method, address)
                transaction.set_rollback(True)
    return found


def test_no_address_opens_anything_of_another_city(harbin):
    own = [outcomes(person, harbin) for person in (harbin.city, harbin.cityfin)]
    for stranger in (harbin.heihe, harbin.heihefin):
        theirs = outcomes(stranger, harbin)
        opened = {key: letter for key, letter in theirs.items() if letter not in ("n", "f", "405")}
        assert opened == {}, stranger
        # Where the post is right the thing does not exist: a refusal would tell that it is there.
        mine = own[stranger is harbin.heihefin]
        told = {key for key, letter in theirs.items() if letter == "f" and mine[key] not in ("f", "405")}
        assert told == set(), stranger
    reached = {name for each in own for (name, _), letter in each.items() if letter in ("o", "x")}
    assert {"review:claim", "review:batch_file", "review:notice_end", "review:support_request", "review:matter",
            "portal:file", "portal:letter", "review:replay_sheet", "review:enterprise", "review:decide",
            "console:applications_cityrate_publish", "review:notice_new", "review:batch_new"} <= reached  # fmt: skip


def test_no_list_of_another_city_names_the_firm(harbin):
    for person in (harbin.heihe, harbin.heihefin):
        client = Client()
        client.force_login(person)
        for name in (
            "queue",
            "search",
            "enterprises",
            "eligible",
            "notices",
            "batches",
            "support",
            "matters",
            "report",
        ):
            answer = client.get(reverse(f"review:{name}"), {"q": "哈尔滨", "week": "2026-W10"})
            assert answer.status_code in (200, 403), name
            text = answer.content.decode()
            assert "示例哈尔滨" not in text, (person, name)
            assert harbin.numbers["claim"] not in text
            assert harbin.numbers["batch"] not in text


def test_a_city_decides_publishes_and_pays_its_own_item_to_the_end(harbin, sign_in):
    claim = make_claim(
        make_firm("示例到底公司"), "5.4", FilingPeriod.objects.get(), facts={"credit_report_cny": "50000"}
    )
    way_by_page(sign_in, harbin.city, claim, "approve")
    way_by_page(sign_in, harbin.cityfin, claim, "finance_approve")
    assert (claim.state, claim.payer, claim.locked_cny) == (State.APPROVED, "2301", Decimal("20000.00"))
    finance, checker = sign_in(harbin.cityfin), sign_in(harbin.cityfin2)
    claim = refreshed(claim)
    sent = {"action": "publish", "chosen": claim.pk, "title": "示例公示", "days": 5, "reviewed": "on"}
    sent["seen"] = list_digest([(claim.pk, claim.owed_cny)])
    finance.post(reverse("review:notice_new", args=["2301", 2025]), sent)
    assert refreshed(claim).state == State.IN_NOTICE
    assert sign_in(harbin.finance).get(reverse("review:notice_new", args=["2301", 2025])).status_code == 404
    notices_close(today=timezone.localdate() + timedelta(days=30))
    assert refreshed(claim).state == State.PAYABLE
    answer = finance.post(
        reverse("review:batch_new", args=["2301"]), {"claim": claim.pk, "title": "示例批次"}
    )
    batch = PayoutBatch.objects.get(title="示例批次")
    assert answer["Location"] == reverse("review:batch", args=[batch.number])
    act = reverse("review:batch_act", args=[batch.number, "lock"])
    assert finance.post(act).status_code in (403, 409, 422)
    assert checker.post(act).status_code == 302
    assert refreshed(claim).state == State.COMMITTED
    book = load_workbook(io.BytesIO(checker.get(reverse("review:batch_file", args=[batch.number])).content))
    assert "哈尔滨市财政局" in book.worksheets[0]["A2"].value
    assert sign_in(harbin.finance).get(reverse("review:batch", args=[batch.number])).status_code == 404
    today = timezone.localdate().isoformat()
    paid = {"result": "paid", "note": "", "reference": "SLYH1", "on": today}
    finance.post(reverse("review:batch_payment", args=[batch.number, 1]), paid)
    assert (refreshed(claim).state, claim.paid_cny) == (State.PAID, Decimal("20000.00"))
    assert LedgerEntry.objects.get(claim=claim, kind=LedgerKind.PAYMENT).amount_cny == Decimal("20000.00")


def way_by_page(sign_in, officer, claim, action):
    """Takes a step on the desk, with what its page carries."""
    answer = sign_in(officer).post(
        reverse("review:decide", args=[claim.number, action]), {"token": claim_token(refreshed(claim))}
    )
    assert answer.status_code == 302, answer.content.decode()
    settle_all(claim)


def refreshed(claim):
    claim.refresh_from_db()
    return claim


def test_the_rate_of_a_city_stands_on_the_page_that_its_firm_fills_in(harbin, client):
    firm = make_firm("示例填报公司")
    draft = make_claim(firm, "5.4", FilingPeriod.objects.get(), submit=False)
    client.force_login(owner_of(firm))
    assert "40%" in client.get(reverse("portal:claim_edit", args=[draft.number])).content.decode()
