"""总额账 on screen: sums that are sums of entries, who sees whose money, pages of entries, and a firm's year."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.ledger import balances
from applications.models import LedgerEntry, LedgerKind
from review.ledger.search import entries_found, lines_found, money_claims_found
from review.ledger.sums import WAYS, firm_year_ledger, groups, totals
from review.models import LedgerCheck
from tests.factories import NOW, make_claim, make_firm, make_user

pytestmark = pytest.mark.django_db

LEDGER = "/console/ledger/"


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def test_every_group_adds_up_to_the_same_totals_and_these_to_the_claims(year):
    found = entries_found(year.people.finance, {})
    whole = totals(found).balances
    for way in WAYS.values():
        rows, more = groups(found, way)
        assert not more
        for name, sum_of_all in whole.items():
            assert sum(row.balances[name] for row in rows) == sum_of_all, (way.label, name)
    for name in whole:
        assert whole[name] == sum(getattr(claim, name) or 0 for claim in year.claims.values()), name
    assert whole["committed_cny"] == Decimal("56000.00")
    assert whole["paid_cny"] == Decimal("67000.35")


def test_a_firm_s_year_shows_each_claim_s_balances_as_its_entries_have_them(year):
    claim = year.claims["paid"]
    found = firm_year_ledger(year.people.auditor, claim.enterprise.credit_code, 2025)
    assert [each.sums for each in found.claims] == [balances(claim.pk)]
    assert found.sums == balances(claim.pk)
    assert firm_year_ledger(year.people.auditor, claim.enterprise.credit_code, 2024) is None


#: What is asked for, and the claims that have such entries.
ASKED = (
    ({"year": 2024}, set()),
    ({"payer": "2301"}, {"city"}),
    ({"item": "5.4"}, {"city"}),
    ({"item": "4"}, set()),
    ({"city": "2311"}, set()),
    ({"kind": "commitment", "topic": "BF2026-0002"}, {"committed"}),
    ({"kind": "payment"}, {"paid", "city"}),
    ({"topic": "BF2026-0001"}, {"paid", "failed"}),
    ({"topic": "GS2025-002"}, {"in_notice"}),
    ({"q": "示例failed公司"}, {"failed"}),
    ({"since": "2000-01-01", "until": "2000-12-31"}, set()),
    ({"until": "2000-12-31"}, set()),
)


def test_each_filter_finds_the_entries_that_it_names_and_the_claims_behind_them(year):
    finance, numbers = year.people.finance, {claim.number: name for name, claim in year.claims.items()}
    for asked, names in ASKED:
        found = entries_found(finance, asked).values_list("claim__number", flat=True)
        assert {numbers[number] for number in found} == names, asked
        claims = money_claims_found(finance, asked).values_list("number", flat=True)
        assert {numbers[number] for number in claims} == names, asked


def test_a_day_belongs_to_the_period_from_its_first_to_its_last_moment(year):
    day = {"since": "2026-03-02", "until": "2026-03-02"}
    assert entries_found(year.people.finance, day).filter(kind="lock").count() == 8
    assert not entries_found(year.people.finance, {"until": "2026-03-01"}).filter(kind="lock").exists()
    assert not entries_found(year.people.finance, {"since": "2026-03-03"}).filter(kind="lock").exists()
    assert lines_found(year.people.finance, day).count() == 4, "the draft has not been locked on any day"


def test_a_city_s_finance_sees_its_own_city_s_money_alone(year, sign_in):
    client, city = sign_in(year.people.cityfin), year.claims["city"]
    shown = text_of(client.get(LEDGER))
    assert city.number in shown
    assert "示例paid公司" not in shown
    assert "支付方" not in shown
    for name in ("paid", "committed"):
        other = year.claims[name]
        assert (
            client.get(reverse("review:ledger_firm", args=[other.enterprise.credit_code, 2025])).status_code
            == 404
        )
        assert client.get(LEDGER, {"q": other.number}).context["totals"].count == 0
    assert (
        client.get(reverse("review:ledger_firm", args=[city.enterprise.credit_code, 2025])).status_code == 200
    )
    elsewhere = make_user("heihefin", role="city_finance", city="2311")
    assert sign_in(elsewhere).get(LEDGER).context["totals"].count == 0


def test_another_payer_s_claims_of_the_same_firm_are_only_counted(year, sign_in):
    city = year.claims["city"]
    make_claim(city.enterprise, "5.3", city.period, facts={"participation_cny": "1000"}, particulars={
        "exhibition_name": "示例展会", "starts_on": "2025-09-16",
    })  # fmt: skip
    address = reverse("review:ledger_firm", args=[city.enterprise.credit_code, 2025])
    of_city = text_of(sign_in(year.people.cityfin).get(address))
    assert "另有1件申报由其他单位拨付" in of_city
    assert "2025-5.3-" not in of_city
    of_province = text_of(sign_in(year.people.finance).get(address))
    assert "另有" not in of_province
    assert "2025-5.3-" in of_province


def test_an_entry_leads_to_what_it_rests_on_where_the_person_may_go(year, sign_in):
    address = reverse("review:batch", args=[year.batch.number])
    asked = {"q": year.claims["committed"].number}
    for name, opens in (("finance", True), ("auditor", True), ("commerce", False)):
        shown = sign_in(getattr(year.people, name)).get(LEDGER, asked).content.decode()
        assert (f'href="{address}"' in shown) is opens, name
        assert year.batch.number in shown
    claim = reverse("review:claim", args=[year.claims["committed"].number])
    assert f'<a href="{claim}">财政批准</a>' in shown


def test_the_list_goes_on_from_the_last_entry_and_back(year, sign_in):
    claim = year.claims["filed"]
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            enterprise_id=claim.enterprise_id,
            year=2025,
            claim=claim,
            kind=LedgerKind.SHORTAGE,
            amount_cny=-1,
            at=NOW,
        )
        for _ in range(120)
    )
    client, asked = sign_in(year.people.finance), {"kind": "shortage"}
    seen, page = [], client.get(LEDGER, asked).context["page"]
    while True:
        seen += [entry.pk for entry in page]
        if not page.next:
            break
        page = client.get(LEDGER, {**asked, "after": page.next}).context["page"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120
    assert (page.start, page.end) == (101, 120)
    back = client.get(LEDGER, {**asked, "before": page.previous}).context["page"]
    assert [entry.pk for entry in back] == seen[50:100]


def test_a_list_costs_as_many_queries_for_one_entry_as_for_fifty(year, sign_in):
    client = sign_in(year.people.finance)
    client.get(LEDGER)

    def queries(address, **asked):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address, asked).status_code == 200
        return len(found)

    few = queries(LEDGER, kind="commitment", q=year.claims["committed"].number)
    assert queries(LEDGER, kind="lock") <= few
    assert queries(LEDGER, by="firm") <= few + 1
    firm = reverse("review:ledger_firm", args=[year.claims["paid"].enterprise.credit_code, 2025])
    assert queries(firm) <= few


def test_what_cannot_be_read_hides_nothing_and_says_so(year, sign_in):
    client = sign_in(year.people.finance)
    whole = client.get(LEDGER).context["totals"].count
    response = client.get(
        LEDGER, {"year": "x", "item": "99", "since": "gestern", "after": "nonsense", "by": "nothing"}
    )
    assert response.status_code == 200
    assert response.context["totals"].count == whole
    assert set(response.context["filter"].errors) == {"year", "item", "since"}
    late = client.get(LEDGER, {"since": "2026-05-01", "until": "2026-04-01"})
    assert "不能早于开始的日期。" in late.content.decode()


def test_sums_of_a_kind_are_called_what_moved(year, sign_in):
    client = sign_in(year.people.finance)
    assert "不是余额" not in text_of(client.get(LEDGER, {"year": 2025}))
    assert "不是余额" in text_of(client.get(LEDGER, {"kind": "payment"}))


def test_a_name_that_looks_like_markup_stays_a_name(year, sign_in):
    firm = make_firm("<b>示例</b>=1+1公司")
    make_claim(firm, "5.1", year.claims["paid"].period, facts={"booth_cny": "1000"}, particulars={
        "exhibition_name": "示例展会", "starts_on": "2025-09-16",
    })  # fmt: skip
    shown = sign_in(year.people.auditor).get(LEDGER).content.decode()
    assert "<b>示例</b>" not in shown
    assert "&lt;b&gt;示例&lt;/b&gt;=1+1公司" in shown


def test_the_desk_leads_to_the_firm_s_year_whoever_may_see_its_money(year, sign_in):
    claim = year.claims["paid"]
    link = reverse("review:ledger_firm", args=[claim.enterprise.credit_code, 2025])
    desk = reverse("review:claim", args=[claim.number])
    assert link in sign_in(year.people.finance).get(desk).content.decode()
    assert link not in sign_in(year.people.city).get(desk).content.decode()


# --- The check ------------------------------------------------------------------------------------


def found(*claims):
    """A stored check with a problem for each claim and one that is nobody's."""
    problems = [
        {"rule": "x", "text": f"申报 {claim.number} 不符。", "claim": claim.number} for claim in claims
    ]
    return LedgerCheck.objects.create(
        at=NOW, entries=9, claims=3, count=len(claims) + 1,
        problems=[*problems, {"rule": "y", "text": "批次 BF9 不符。", "claim": ""}],
    )  # fmt: skip


def test_problems_stand_on_top_of_the_ledger(year, sign_in):
    found(year.claims["paid"], year.claims["city"])
    shown = text_of(sign_in(year.people.finance).get(LEDGER))
    assert "核对发现3处不符" in shown
    assert "批次BF9不符。" in shown


def test_a_city_reads_what_was_found_about_its_own_claims(year, sign_in):
    found(year.claims["paid"], year.claims["city"])
    client = sign_in(year.people.cityfin)
    shown = text_of(client.get(LEDGER))
    assert "核对发现1处不符" in shown
    assert year.claims["paid"].number not in shown
    assert client.get("/console/ledger/check/").status_code == 403


def test_finance_and_auditors_start_a_check_and_commerce_reads_it(year, sign_in):
    from applications.jobs import job_run
    from applications.models import Job

    page, now = "/console/ledger/check/", reverse("review:ledger_check_now")
    assert "还没有核对过" in text_of(sign_in(year.people.commerce).get(page))
    assert sign_in(year.people.commerce).post(now).status_code == 403
    auditor = sign_in(year.people.auditor)
    assert auditor.post(now).status_code == 302
    assert sign_in(year.people.finance).post(now).status_code == 302
    job = Job.objects.get(work="ledger.check")
    assert "正在核对" in text_of(auditor.get(page))
    assert auditor.get(reverse("review:ledger_check_progress", args=[job.pk])).json()["open"] is True
    job_run(job.pk)
    shown = text_of(sign_in(year.people.commerce).get(page))
    assert "全部相符" in shown
    assert "现在核对" not in shown
    assert "现在核对" in text_of(auditor.get(page))


def test_an_earlier_check_can_be_read_again(year, sign_in):
    first = found(year.claims["paid"])
    LedgerCheck.objects.create(at=NOW, entries=9, claims=3)
    client = sign_in(year.people.auditor)
    assert "2处不符" not in text_of(client.get("/console/ledger/check/")).split("最近的核对")[0]
    assert "2处不符" in text_of(client.get(f"/console/ledger/check/?check={first.pk}")).split("最近的核对")[0]
    assert client.get("/console/ledger/check/?check=999999").status_code == 404
