"""Composing and publishing notices: choosing, preview, bounded queries, two officers, and lists without personal data."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from applications.errors import Refused, Stale
from applications.models import Claim, EnterpriseYear, Event, Notice, NoticeLine, State, YearSettings
from applications.notices import notice_close, notices_close
from review.notice_choice import ids_read, ids_write
from review.notices import list_digest, notice_publish
from tests.factories import NOW, make_firm, owner_of
from tests.review.notice_world import after, approved, holidays_known, line_of, object_to, publish

pytestmark = pytest.mark.django_db
PAGE = ("review:notice_new", ["province", 2025])


@pytest.fixture(autouse=True)
def known():
    holidays_known()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def many(claim, count):
    """More approved claims just like one, of firms of their own, written at once."""
    firms = [make_firm(f"示例批量{number}公司", account=False) for number in range(count)]
    year = EnterpriseYear.objects.get(enterprise=claim.enterprise, year=2025)
    EnterpriseYear.objects.bulk_create(
        EnterpriseYear(enterprise=firm, year=2025, requested=year.requested, settled=year.settled)
        for firm in firms
    )
    rows = []
    for firm in firms:
        row = fresh(claim)
        row.pk, row.enterprise, row.number = None, firm, f"2025-5.1-9{firm.pk:05d}"
        rows.append(row)
    return Claim.objects.bulk_create(rows)


# --- Publishing ----------------------------------------------------------------------------------


def test_publishing_and_closing_cost_the_same_queries_for_few_claims_and_many(officers):
    publish(officers, approved(officers))
    costs = []
    for count in (2, 20):
        claim = approved(officers, name=f"示例展会{count}")
        claims = [claim, *many(claim, count)]
        with CaptureQueriesContext(connection) as publishing:
            notice = publish(officers, *claims)
        with CaptureQueriesContext(connection) as closing:
            assert notice_close(notice_id=notice.pk)
        assert {fresh(each).state for each in claims} == {State.PAYABLE}
        assert Event.objects.filter(kind="claim.published", claim__in=claims).count() == count + 1
        costs.append((len(publishing), len(closing)))
    assert costs[0] == costs[1], costs


def test_each_claim_gets_its_event_its_line_and_its_message_as_if_published_alone(officers):
    claim, other = approved(officers), approved(officers, name="别的展会")
    notice = publish(officers, claim, other)
    for each in (claim, other):
        event = Event.objects.get(claim=each, kind="claim.published")
        assert event.data == {
            "from": "approved",
            "to": "in_notice",
            "notice": notice.number,
            "until": notice.last_day.isoformat(),
            "certain": True,
        }
        assert (event.actor, fresh(each).last_event) == (officers.finance, event.pk)
        assert line_of(each).amount_cny == Decimal("70000.00")


def test_all_or_nothing_is_published(officers):
    claim, gone = approved(officers), approved(officers, name="别的展会")
    publish(officers, gone)
    with pytest.raises(Stale, match="公示中"):
        publish(officers, claim, fresh(gone))
    assert fresh(claim).state == State.APPROVED
    assert Notice.objects.count() == 1


def test_a_notice_never_runs_shorter_than_five_working_days_nor_than_the_settings_say(officers):
    claim = approved(officers)
    for days in (4, 0, -1, 61):
        with pytest.raises(Refused, match="不能少于 5 个工作日"):
            publish(officers, claim, days=days)
    YearSettings.objects.filter(year=2025).update(notice_days=7)
    with pytest.raises(Refused, match="不能少于 7 个工作日"):
        publish(officers, claim, days=6)
    notice = publish(officers, claim, days=10, at=NOW)
    assert (notice.first_day, notice.last_day) == (date(2026, 3, 3), date(2026, 3, 16))


def test_what_was_not_previewed_is_not_published(officers):
    claim = approved(officers)
    seen = list_digest([(claim.pk, claim.owed_cny)])
    Claim.objects.filter(pk=claim.pk).update(locked_cny=Decimal("60000.00"))
    with pytest.raises(Stale, match="有变化"):
        publish(officers, claim, seen=seen)
    assert not Notice.objects.exists()


# --- Choosing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [set(), {5}, {1, 2, 3, 7, 9, 10}, {1, 3, 5}])
def test_ticks_travel_as_one_short_text(ids):
    assert ids_read(ids_write(ids), range(1, 20)) == ids


@pytest.mark.parametrize("text", ["x", "1-", "1;2", "9" * 30, "1,,2", "-3"])
def test_what_is_no_such_text_ticks_nothing(text):
    assert ids_read(text, range(1, 20)) == set()


def hidden(answer, name):
    """The value of a hidden field of a page."""
    return answer.content.decode().split(f'name="{name}" value="')[1].split('"')[0]


def test_a_filter_and_the_other_page_lose_no_tick(officers, sign_in):
    claims = [approved(officers, name=f"示例展会{number}") for number in range(3)]
    client, page = sign_in(officers.finance), reverse(PAGE[0], args=PAGE[1])
    first = client.get(page)
    assert hidden(first, "chosen") == ids_write({claim.pk for claim in claims})
    sent = {"chosen": hidden(first, "chosen"), "shown": hidden(first, "shown"), "claim": [claims[0].pk]}
    sent |= {"title": "示例", "days": 5}
    elsewhere = client.post(
        page, {**sent, "action": "filter", "city": "", "measure": 5, "approved_from": "2030-01-01"}
    )
    assert "没有符合筛选条件的申报" in elsewhere.content.decode()
    assert hidden(elsewhere, "chosen") == str(claims[0].pk)
    preview = client.post(
        page, {**sent, "chosen": hidden(elsewhere, "chosen"), "shown": "", "claim": [], "action": "preview"}
    )
    text = preview.content.decode()
    assert claims[0].enterprise.name in text
    assert claims[1].enterprise.name not in text


def test_all_and_none_are_about_what_the_filter_shows(officers, sign_in):
    here = approved(officers, name="这里的展会")
    there = approved(officers, make_firm("示例黑河公司", city="2311"), name="那里的展会")
    client, page = sign_in(officers.finance), reverse(PAGE[0], args=PAGE[1])
    both = ids_write({here.pk, there.pk})
    sent = {"chosen": both, "shown": "", "title": "示例", "days": 5, "city": "2311"}
    left = client.post(page, {**sent, "action": "none"})
    assert hidden(left, "chosen") == str(here.pk)
    again = client.post(page, {**sent, "chosen": hidden(left, "chosen"), "action": "all"})
    assert hidden(again, "chosen") == both


def test_the_preview_shows_what_the_public_will_read_and_then_publishes_exactly_that(
    officers, sign_in, client
):
    claim = approved(officers)
    finance, page = sign_in(officers.finance), reverse(PAGE[0], args=PAGE[1])
    sent = {"chosen": str(claim.pk), "shown": "", "title": "示例公示标题", "days": 6}
    preview = finance.post(page, {**sent, "action": "preview"})
    for words in (
        "示例公示标题",
        claim.enterprise.name,
        claim.enterprise.credit_code,
        "70,000.00",
        "柒万元整",
    ):
        assert words in preview.content.decode()
    sent["seen"] = hidden(preview, "seen")
    refused = finance.post(page, {**sent, "action": "publish"})
    assert refused.status_code == 409
    assert "勾选" in refused.content.decode()
    done = finance.post(page, {**sent, "action": "publish", "reviewed": "on"})
    notice = Notice.objects.get()
    assert done.url == reverse("review:notice", args=[notice.number])
    assert (notice.title, notice.days) == ("示例公示标题", 6)
    again = finance.post(page, {**sent, "action": "publish", "reviewed": "on"}, follow=True)
    assert "已经列入公示" in again.content.decode()
    assert Notice.objects.count() == 1


def test_what_is_missing_is_said_at_the_field_and_nothing_is_lost(officers, sign_in):
    claim = approved(officers)
    client, page = sign_in(officers.finance), reverse(PAGE[0], args=PAGE[1])
    sent = {"chosen": str(claim.pk), "shown": "", "title": "写好的标题", "action": "preview"}
    for days in ("4", "x", "", "1.5"):
        answer = client.post(page, {**sent, "days": days})
        assert answer.status_code == 422
        assert "请填 5 到 60 之间的整数" in answer.content.decode()
        assert "写好的标题" in answer.content.decode()
    nothing = client.post(page, {**sent, "chosen": "", "days": 5})
    assert "请至少选择一件申报" in nothing.content.decode()
    unread = client.post(page, {**sent, "days": 5, "approved_from": "昨天", "action": "filter"})
    assert claim.number in unread.content.decode()


def test_the_page_of_choosing_costs_the_same_for_few_claims_and_many(officers, sign_in):
    claim = approved(officers)
    client, page, counts = sign_in(officers.finance), reverse(PAGE[0], args=PAGE[1]), []
    for count in (1, 120):
        if count > 1:
            many(claim, count)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- What the public reads -----------------------------------------------------------------------


def test_the_sheet_has_every_line_adds_up_and_names_no_account_telephone_or_person(officers, client):
    claim, gone = approved(officers), approved(officers, name="别的展会")
    notice = publish(officers, claim, gone)
    object_to(claim)
    NoticeLine.objects.filter(claim=gone).update(withdrawn_at=timezone.now())
    book = load_workbook(
        io.BytesIO(client.get(reverse("portal:notice_list", args=[notice.number, "xlsx"])).content)
    )
    cells = [
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    everything = "\n".join(cells)
    for words in (claim.enterprise.name, claim.enterprise.credit_code, "已撤出公示，原 70,000.00 元"):
        assert words in everything
    amounts = [cell.value for cell in book["公示表"]["F"] if isinstance(cell.value, int | float)]
    assert amounts == [70000, 70000], "one line that counts, and the total"
    firm = claim.enterprise
    for private in (
        firm.bank_accounts.get().number,
        firm.contact_phone,
        firm.contact_name,
        owner_of(firm).name,
        "异议",
    ):
        assert private not in everything
    assert not any(cell.startswith("=") for cell in cells)


def test_files_are_kept_while_nothing_changes_and_made_anew_when_a_line_is_withdrawn(officers, client):
    claim = approved(officers)
    notice = publish(officers, claim)
    for kind in ("xlsx", "pdf"):
        address = reverse("portal:notice_list", args=[notice.number, kind])
        first = client.get(address)
        assert first.status_code == 200
        assert "public" in first["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
        assert client.get(address).content == first.content
        NoticeLine.objects.update(withdrawn_at=timezone.now())
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
        NoticeLine.objects.update(withdrawn_at=None)


def test_notices_that_run_stand_before_those_that_are_over_and_are_found_by_firm_and_item(officers, client):
    old = publish(officers, approved(officers), title="早先的公示", at=NOW)
    notices_close(today=after(old))
    new = publish(officers, approved(officers, name="别的展会"), title="现在的公示")
    text = client.get("/notices/").content.decode()
    assert text.index("正在公示") < text.index(new.title) < text.index("已经结束") < text.index(old.title)
    found = client.get("/notices/", {"q": "别的展会公司"}).content.decode()
    assert (new.title in found, old.title in found) == (True, False)
    assert new.title in client.get("/notices/", {"item": "5"}).content.decode()
    assert "没有找到这样的公示" in client.get("/notices/", {"item": "5.2"}).content.decode()


def test_a_page_for_everybody_may_be_kept_for_a_moment_and_one_for_a_person_may_not(
    officers, client, sign_in
):
    notice = publish(officers, approved(officers))
    address = reverse("portal:notice", args=[notice.number])
    anybody = client.get(address)
    assert "public" in anybody["Cache-Control"]
    assert "Cookie" in anybody["Vary"]
    assert "no-store" in sign_in(officers.finance).get(address)["Cache-Control"]


def test_a_long_list_is_read_in_pages_without_scripts_and_adds_up_as_a_whole(officers, client):
    claim = approved(officers)
    notice = publish(officers, claim, *many(claim, 120))
    first = client.get(reverse("portal:notice", args=[notice.number])).content.decode()
    assert "page=2" in first
    assert "8,470,000.00" in first
    second = client.get(reverse("portal:notice", args=[notice.number]), {"page": 2}).content.decode()
    assert "8,470,000.00" in second
    assert '<td class="num seq">121</td>' in second


def test_anybody_objects_by_a_form_without_signing_in_and_reads_later_what_became_of_it(officers, client):
    claim = approved(officers)
    notice = publish(officers, claim)
    line = line_of(claim)
    page = reverse("portal:objection_new", args=[notice.number, line.pk])
    assert page in client.get(reverse("portal:notice", args=[notice.number])).content.decode()
    answer = client.post(page, {"name": "示例来信人", "contact": "找我", "text": "太短"})
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("示例来信人", "找我", "看不出是电话还是电子邮箱", "写得具体一些"):
        assert words in text
    sent = {
        "name": "示例来信人",
        "contact": "someone@example.org",
        "text": "展位发票与实际参展不符，请核查。",
    }
    receipt = client.post(page, sent)
    assert receipt.status_code == 302
    shown = client.get(receipt.url).content.decode()
    assert "YY2025-00001" in shown
    assert not any(words in shown for words in sent.values())
    assert client.get(receipt.url[:-2] + "x/").status_code == 404
    listed = client.get(reverse("portal:notice", args=[notice.number])).content.decode()
    assert "异议处理中" in listed
    assert not any(words in listed for words in sent.values())


def test_one_address_files_only_so_many_objections_in_an_hour_and_loses_nothing(officers, client, settings):
    settings.OBJECTION_TRIES = 1
    claim = approved(officers)
    notice = publish(officers, claim)
    page = reverse("portal:objection_new", args=[notice.number, line_of(claim).pk])
    sent = {"name": "示例来信人", "contact": "13000000000", "text": "展位发票与实际参展不符，请核查。"}
    assert client.post(page, sent).status_code == 302
    refused = client.post(page, {**sent, "text": "另外还有一件事情也请一起核查。"})
    assert refused.status_code == 429
    assert "另外还有一件事情" in refused.content.decode()


def test_after_the_period_the_form_says_so_and_keeps_what_was_written(officers, client):
    claim = approved(officers)
    notice = publish(officers, claim)
    page = reverse("portal:objection_new", args=[notice.number, line_of(claim).pk])
    notices_close(today=after(notice) + timedelta(days=1))
    answer = client.post(
        page, {"name": "示例", "contact": "13000000000", "text": "已经写好的一大段意见和依据。"}
    )
    assert answer.status_code == 409
    assert "已经结束" in answer.content.decode()
    assert "已经写好的一大段意见和依据。" in answer.content.decode()
    assert "提出异议</a>" not in client.get(reverse("portal:notice", args=[notice.number])).content.decode()


def test_the_firm_reads_that_somebody_objected_and_not_who(officers, client):
    claim = approved(officers)
    publish(officers, claim)
    object_to(claim)
    client.force_login(owner_of(claim.enterprise))
    text = client.get(reverse("portal:claim", args=[claim.number])).content.decode()
    assert "异议处理中" in text
    assert "核查完以前暂停拨付" in text


def test_a_notice_is_published_by_finance_of_its_payer_alone(officers):
    claim = approved(officers)
    for stranger in (officers.commerce, officers.cityfin, officers.auditor):
        with pytest.raises(Refused, match="省财政厅"):
            notice_publish(payer="province", year=2025, claim_ids=[claim.pk], title="示例", actor=stranger)
