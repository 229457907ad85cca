"""The list of operations: who finds what in it, what looks at papers leave in it, and the list as a file."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from applications.files import bytes_store
from applications.jobs import job_run
from applications.models import Event, Job, Letter, Message
from applications.readings import FILE_TAKEN, LETTER_TAKEN, OPENED
from applications.record import EVENT_TITLES, event_add
from applications.support import support_request_file
from review.audit.digest import digests_make
from review.audit.titles import GROUPS, title_of
from review.models import DayDigest
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    firm = make_firm()
    found = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition())
    file = found.evidence.first().file
    file.sha256, _ = bytes_store(io.BytesIO(b"%PDF-1.4"))
    file.save()
    return found


def page(client, **asked):
    response = client.get(reverse("review:audit"), asked)
    assert response.status_code == 200
    return response


def kinds(response):
    return {line.event.kind for line in response.context["lines"]}


def opened(client, claim):
    response = client.get(reverse("portal:file", args=[claim.evidence.first().file_id]))
    response.getvalue()
    return response.status_code


def test_a_request_is_named_by_its_number_and_leads_an_auditor_to_its_page(officers, sign_in):
    firm = make_firm()
    asked = [
        support_request_file(enterprise=firm, item="12.1", actor=owner_of(firm), facts={"subject": subject})
        for subject in ("示例诉求甲", "示例诉求乙")
    ]
    for each in asked:
        found = page(sign_in(officers.auditor), q=each.number)
        [line] = found.context["lines"]
        address = reverse("review:support_request", args=[each.number])
        assert (line.subject, line.detail, line.url) == (firm.name, each.number, address)
        assert sign_in(officers.auditor).get(address).status_code == 200


def test_an_officers_look_at_evidence_is_recorded_apart_from_the_claim(claim, officers, sign_in):
    before = Message.objects.count()
    assert opened(sign_in(officers.commerce), claim) == 200
    [event] = Event.objects.filter(kind=OPENED)
    assert (event.actor, event.source_ip, event.claim, event.enterprise) == (
        officers.commerce,
        "127.0.0.1",
        None,
        None,
    )
    assert event.data["sha256"] == claim.evidence.first().file.sha256
    assert Message.objects.count() == before
    found = page(sign_in(officers.auditor), q=claim.number, group="reading")
    assert kinds(found) == {OPENED}
    assert found.context["lines"][0].url == reverse("review:claim", args=[claim.number])


def test_what_a_firm_does_with_its_own_papers_is_not_recorded(claim, sign_in):
    assert opened(sign_in(owner_of(claim.enterprise)), claim) == 200
    assert not Event.objects.filter(kind=OPENED).exists()


def test_an_officer_who_may_not_see_a_file_leaves_no_look(claim, officers, sign_in):
    assert (
        sign_in(officers.heihe).get(reverse("portal:file", args=[claim.evidence.first().file_id])).status_code
        == 404
    )
    assert not Event.objects.filter(kind=OPENED).exists()


def test_taking_a_letter_is_recorded_for_officers_alone(claim, officers, sign_in):
    letter = Letter.objects.filter(claim=claim).first()
    address = reverse("portal:letter", args=[claim.number, letter.number])
    assert sign_in(owner_of(claim.enterprise)).get(address).status_code == 200
    assert not Event.objects.filter(kind=LETTER_TAKEN).exists()
    assert sign_in(officers.auditor).get(address).status_code == 200
    assert Event.objects.get(kind=LETTER_TAKEN).topic == f"reading:{claim.number}"


@pytest.mark.parametrize("words", ["示例甲公司", "number", "code"])
def test_a_claim_is_found_by_its_firm_its_number_and_the_credit_code(claim, officers, sign_in, words):
    make_claim(
        make_firm("示例乙公司"),
        "5.1",
        claim.period,
        facts={"booth_cny": "1000"},
        particulars=exhibition("乙"),
    )
    words = {"number": claim.number, "code": claim.enterprise.credit_code}.get(words, words)
    found = page(sign_in(officers.auditor), q=words).context["lines"]
    assert {line.event.claim_id for line in found} - {None} == {claim.pk}
    assert {line.event.enterprise_id for line in found} == {claim.enterprise_id}


def test_the_list_narrows_down_by_person_day_address_and_kind(officers, sign_in):
    client = sign_in(officers.auditor)
    event_add(kind="load.uploaded", topic="load:1", actor=officers.commerce, at=NOW, source_ip="10.0.0.1")
    event_add(kind="user.changed", topic="user:1", actor=officers.admin, at=NOW + timedelta(days=1))
    assert kinds(page(client, person="示例审核员甲")) == {"load.uploaded"}
    assert kinds(page(client, person="admin")) == {"user.changed"}
    assert kinds(page(client, address="10.0.0.1")) == {"load.uploaded"}
    assert kinds(page(client, group="user")) == {"user.changed"}
    assert kinds(page(client, since="2026-03-03")) == {"user.changed"}
    assert kinds(page(client, until="2026-03-02")) == {"load.uploaded"}
    assert kinds(page(client, since="2026-03-02", until="2026-03-02")) == {"load.uploaded"}


def test_a_filter_that_cannot_be_read_says_so_and_hides_nothing(officers, sign_in):
    event_add(kind="load.uploaded", topic="load:1", at=NOW)
    for asked in ({"since": "昨天"}, {"address": "10.0"}, {"since": "2026-03-03", "until": "2026-03-01"}):
        found = page(sign_in(officers.auditor), **asked)
        assert found.context["filter"].errors
    assert kinds(page(sign_in(officers.auditor), address="10.0")) == {"load.uploaded"}


def test_paging_shows_every_event_once_with_the_same_queries_on_each_page(officers, sign_in, claim):
    for number in range(120):
        event_add(kind="load.uploaded", topic=f"load:{number}", at=NOW, actor=officers.commerce)
    client, seen, before, counts = sign_in(officers.auditor), [], "", []
    page(client)
    while before is not None:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = page(client, **({"before": before} if before else {}))
        counts.append(len(queries))
        seen += [line.event.pk for line in found.context["lines"]]
        before = found.context["older"]
    assert sorted(seen) == sorted(Event.objects.values_list("pk", flat=True))
    assert len(seen) == len(set(seen))
    assert max(counts) <= 20
    assert max(counts) - min(counts) <= 3


def test_links_lead_only_where_the_reader_may_go(claim, officers, sign_in):
    event_add(kind="batch.made", topic="batch:B1", at=NOW)
    lines = page(sign_in(officers.admin)).context["lines"]
    assert {line.url for line in lines if line.event.claim} == {""}
    assert [line.url for line in lines if line.event.topic == "batch:B1"] == [""]
    lines = page(sign_in(officers.auditor)).context["lines"]
    assert [line.url for line in lines if line.event.topic == "batch:B1"] == [
        reverse("review:batch", args=["B1"])
    ]


def test_the_post_is_that_of_the_day_of_the_event(officers, sign_in):
    post = officers.commerce.posts.get()
    post.starts_on, post.ends_on = NOW.date(), NOW.date()
    post.save()
    for day in (0, 1):
        event_add(kind="load.uploaded", topic="load:1", actor=officers.commerce, at=NOW + timedelta(days=day))
    clerk = make_user("clerk")
    event_add(kind="load.uploaded", topic="load:1", actor=clerk, at=NOW + timedelta(days=2))
    last, later, then = page(sign_in(officers.auditor)).context["lines"]
    assert (then.office, later.office, last.office) == ("省商务厅", "当天没有岗位", "企业经办")


def test_the_list_is_taken_as_a_spreadsheet_and_that_is_recorded(claim, officers, sign_in):
    client = sign_in(officers.auditor)
    answer = client.post(reverse("review:audit_export"), {"q": claim.number})
    job = Job.objects.get(work="audit.export")
    assert answer["Location"] == reverse("review:audit_job", args=[job.pk])
    job_run(job.pk)
    assert "文件已经准备好" in client.get(answer["Location"]).content.decode()
    file = client.get(reverse("review:audit_file", args=[job.pk])).getvalue()
    rows = list(load_workbook(io.BytesIO(file), read_only=True).active.values)
    assert rows[0][:3] == ("序号", "时间", "经手人")
    assert len(rows) == 1 + Event.objects.filter(claim=claim).count()
    assert {row[8] for row in rows[1:]} == {claim.number}
    taken = Event.objects.filter(topic="audit").order_by("pk")
    assert [each.kind for each in taken] == ["audit.exported", FILE_TAKEN]
    other = sign_in(officers.admin).get(reverse("review:audit_file", args=[job.pk]))
    assert other.status_code == 404


def test_who_is_no_auditor_any_more_takes_no_bundle_and_keeps_the_list(claim, officers, sign_in):
    client = sign_in(officers.auditor)
    client.post(reverse("review:claim_bundle", args=[claim.number]))
    client.post(reverse("review:audit_export"), {"q": claim.number})
    bundle, listed = Job.objects.get(work="audit.bundle"), Job.objects.get(work="audit.export")
    job_run(bundle.pk)
    job_run(listed.pk)
    assert client.get(reverse("review:audit_file", args=[bundle.pk])).getvalue()
    officers.auditor.posts.update(role=Role.ADMINISTRATOR)
    client = sign_in(User.objects.get(pk=officers.auditor.pk))
    for page_of in ("review:audit_job", "review:audit_progress", "review:audit_file"):
        assert client.get(reverse(page_of, args=[bundle.pk])).status_code == 404
    assert client.get(reverse("review:audit_file", args=[listed.pk])).getvalue()
    officers.auditor.posts.all().delete()
    client = sign_in(User.objects.get(pk=officers.auditor.pk))
    assert client.get(reverse("review:audit_file", args=[listed.pk])).status_code == 403


def test_the_digests_are_shown_and_handed_out_as_text(officers, sign_in):
    client = sign_in(officers.auditor)
    assert "昨天的摘要还没有生成" in page(client).content.decode()
    digests_make(now=timezone.now())
    made = DayDigest.objects.get()
    shown = page(client).content.decode()
    assert made.digest in shown
    assert "昨天的摘要还没有生成" not in shown
    text = client.get(reverse("review:audit_digests")).content.decode()
    assert f"{made.day} {made.digest} 0 0" in text


def test_every_kind_of_event_has_a_title_and_a_group(officers):
    for kind in (
        *EVENT_TITLES,
        "batch.made",
        "notice.published",
        "user.added",
        "setting.published",
        "official.changed",
    ):
        if kind not in ("claim.demanded", "claim.released"):
            assert title_of(Event(kind=kind, data={})) != kind
    assert len(GROUPS) == 8


def test_a_name_shared_by_too_many_is_asked_to_be_said_in_full(officers, sign_in, monkeypatch):
    monkeypatch.setattr("review.audit.search.MOST", 2)
    for name in ("a", "b", "c"):
        make_user(name, name=f"同名{name}")
    found = page(sign_in(officers.auditor), person="同名")
    assert "请写得更完整" in found.content.decode()
    assert not found.context["lines"]
