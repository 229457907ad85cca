"""The queue's and the search's pages: what can be looked for, what is late, what is kept, and how one works through a list."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from itertools import combinations

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape

from applications.lifecycle import claim_token, transition
from applications.models import CityRate, Claim, Fingerprint, Flag
from applications.official import working_calendar
from applications.questions import question_ask
from applications.stage_days import LEAST_AGAIN
from review.assignments import claim_take
from review.keyset import rows_next
from review.models import SavedFilter
from review.queue import OFFICE, RETURNED, TAKEN, WAITING, pieces_in_tab
from review.waiting import late, waiting_days_add
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def city_run(period):
    """A claim for a city-run item, which never leaves its city."""
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例文件"
    )
    return make_claim(make_firm("示例市级公司"), "5.4", period, facts={"credit_report_cny": "10000"})


def booth(firm, period, cny="100000", *, at=NOW):
    return make_claim(firm, "5.1", period, facts={"booth_cny": cny}, particulars=exhibition(), at=at)


def in_tab(user, tab):
    return [claim.number for claim in rows_next(pieces_in_tab(user, tab), tab.orders[0], None, 50)]


def listed(client, **query):
    answer = client.get(reverse("review:queue"), query)
    assert answer.status_code == 200
    return [claim.number for claim in answer.context["page"]]


# --- What one can look for ------------------------------------------------------------------------


def test_filters_narrow_one_by_one_and_together(officers, sign_in, period):
    first = booth(make_firm("示例一公司"), period, "1000")
    second = booth(make_firm("示例二公司", city="2311"), period, "20000")
    third = make_claim(
        make_firm("示例三公司", city="2312"), "5.3", period, facts={"participation_cny": "9000"},
        particulars=exhibition(),
    )  # fmt: skip
    claim_take(claim_id=second.pk, actor=officers.commerce2)
    Flag.objects.create(claim=third, kind="discredited", hard=True, raised_at=NOW)
    Flag.objects.create(claim=second, kind="late", raised_at=NOW)
    client = sign_in(officers.commerce)
    everything = {first.number, second.number, third.number}

    def numbers(**query):
        return set(listed(client, tab="office", **query))

    narrow = {
        "item": ("5.3", {third}),
        "city": (["2311", "2312"], {second, third}),
        "flags": ("hard", {third}),
        "kind": ("late", {second}),
        "least": ("800", {second, third} if third.payable_cny >= 800 else {second}),
        "most": ("700.00", {first}),
        "waited": ("3", {first, second, third}),
        "holder": ("free", {first, third}),
        "period": ("2025 2025 年度申报", {first, second, third}),
        "q": ("二公司", {second}),
    }
    for name, (value, left) in narrow.items():
        assert numbers(**{name: value}) == {claim.number for claim in left}, name
    for one, other in combinations(narrow, 2):
        left = {claim.number for claim in narrow[one][1] & narrow[other][1]}
        assert numbers(**{one: narrow[one][0], other: narrow[other][0]}) == left, (one, other)
    assert numbers(flags="soft") == {second.number}
    assert numbers(flags="open") == {second.number, third.number}
    assert numbers(flags="none") == {first.number}
    assert numbers(item=["5.1", "5.3"]) == everything
    assert numbers(holder="taken") == numbers(holder=str(officers.commerce2.pk)) == {second.number}
    assert numbers(holder="mine") == set()
    # What cannot be read hides nothing.
    for name in narrow.keys() - {"q"}:
        assert numbers(**{name: "nothing of ours"}) == everything, name
    assert set(listed(client, tab="nothing of ours")) == everything - {second.number}


def test_a_colleagues_claim_is_not_mine_to_decide_but_my_offices(officers, sign_in, period):
    claim = booth(make_firm(), period)
    claim_take(claim_id=claim.pk, actor=officers.commerce2)
    assert in_tab(officers.commerce, WAITING) == []
    assert in_tab(officers.commerce2, WAITING) == [claim.number]
    assert in_tab(officers.commerce, OFFICE) == in_tab(officers.commerce2, OFFICE) == [claim.number]
    page = sign_in(officers.commerce).get(reverse("review:queue"), {"tab": "office"}).content.decode()
    assert "示例审核员乙领办" in page


def test_what_waits_for_an_answer_waits_for_the_enterprise(officers, sign_in, period):
    claim = booth(make_firm(), period)
    question_ask(claim_id=claim.pk, actor=officers.commerce, text="请说明展位面积。", days=5)
    assert in_tab(officers.commerce, WAITING) == []
    assert in_tab(officers.commerce, RETURNED) == in_tab(officers.commerce, OFFICE) == [claim.number]
    client = sign_in(officers.commerce)
    assert listed(client, tab="office", due="asked") == [claim.number]
    assert listed(client, tab="office", due="near") == []
    page = client.get(reverse("review:queue"), {"tab": "office"}).content.decode()
    assert "等待企业答复" in page
    assert "答复询问" in client.get(reverse("review:queue"), {"tab": "returned"}).content.decode()


def test_another_tab_keeps_what_is_looked_for_and_not_how_claims_stand_in_this_one(officers, sign_in, period):
    booth(make_firm("示例一公司"), period)
    wanted, other = booth(make_firm("示例二公司"), period), booth(make_firm("示例三公司"), period, "1000")
    for claim in (wanted, other):
        transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    looked_for = {
        "q": ["公司"],
        "flags": ["none"],
        "period": ["2025 2025 年度申报"],
        "item": ["5.1", "5.3"],
        "city": ["2301", "2311"],
        "least": ["800.00"],
        "most": ["90000.00"],
    }
    how_they_stand = {"due": "late", "waited": "3", "holder": "free", "sort": "amount"}
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:queue"), {"tab": "office", **looked_for, **how_they_stand})
    tabs = {tab.key: query for tab, _, query in page.context["tabs"]}
    for key, query in tabs.items():
        assert dict(QueryDict(query).lists()) == {"tab": [key], **looked_for}, key
        assert f'href="?{escape(query)}"' in page.content.decode()
    there = client.get(f"{reverse('review:queue')}?{tabs['returned']}")
    assert there.context["tab"] == RETURNED
    assert [claim.number for claim in there.context["page"]] == [wanted.number]


def test_each_way_to_sort_has_its_order(officers, sign_in, period):
    old = booth(make_firm("示例丙公司", city="2311"), period, "100", at=NOW - timedelta(days=9))
    large = booth(make_firm("示例乙公司", city="2312"), period, "90000", at=NOW)
    harbin = booth(make_firm("示例甲公司"), period, "5000", at=NOW + timedelta(days=1))
    client = sign_in(officers.commerce)
    orders = {
        "": [old, large, harbin],
        "amount": [large, harbin, old],
        "submitted": [old, large, harbin],
        "city": [harbin, old, large],
        "nothing of ours": [old, large, harbin],
    }
    for sort, claims in orders.items():
        assert listed(client, sort=sort) == [claim.number for claim in claims], sort
    assert set(listed(client, sort="firm")) == {old.number, large.number, harbin.number}


def test_the_next_page_stands_in_the_address_with_the_filters(officers, sign_in, period):
    for number in range(23):
        booth(make_firm(f"示例{number}号公司"), period, str(1000 + number))
    client = sign_in(officers.commerce)
    address = f"{reverse('review:queue')}?item=5.1&sort=amount"
    seen = []
    for _ in range(2):
        answer = client.get(address)
        seen += [claim.payable_cny for claim in answer.context["page"]]
        following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        address = reverse("review:queue") + unescape(following[1]) if following else ""
    assert not address
    assert len(seen) == 23
    assert seen == sorted(seen, reverse=True)
    page = answer.content.decode()
    assert "第 21—23 件，共 23 件" in page
    back = unescape(re.search(r'rel="prev" href="([^"]+)"', page)[1])
    assert len(listed_at(client, back)) == 20
    for wrong in ("after=x", "before=%00%ff", "after=" + "9" * 3000, "after=a&before=b", "page=99999"):
        assert len(listed_at(client, "?" + wrong)) == 20


def listed_at(client, query):
    answer = client.get(reverse("review:queue") + query)
    assert answer.status_code == 200
    return [claim.number for claim in answer.context["page"]]


def test_a_search_by_a_paper_finds_the_claim_and_says_by_what(officers, sign_in, period):
    found, other = booth(make_firm("示例甲公司"), period), booth(make_firm("示例乙公司"), period)
    for claim, kind, value in (
        (found, "invoice", "23440000000012345678"),
        (other, "policy", "SX2025A001"),
    ):
        Fingerprint.objects.create(claim=claim, kind=kind, value=value, place="x")
    Fingerprint.objects.create(claim=other, kind="file", value="ABCD1234", place="x")
    client = sign_in(officers.commerce)
    for words, claim, label in (
        ("2344 0000 0000 1234 5678", found, "发票号码相符"),
        ("２３４４００００００００１２３４５６７８", found, "发票号码相符"),
        ("sx-2025-a001", other, "保单号相符"),
    ):
        for name in ("review:search", "review:queue"):
            answer = client.get(reverse(name), {"q": words})
            assert [each.number for each in answer.context["page"]] == [claim.number]
            assert label in answer.content.decode()
    assert not client.get(reverse("review:search"), {"q": "ABCD1234"}).context["page"].rows
    # Nobody sees the claim of another city by the number of its invoice.
    heihe = sign_in(officers.heihe)
    assert not heihe.get(reverse("review:search"), {"q": "SX2025A001"}).context["page"].rows


def test_the_full_number_leads_straight_to_the_claim_and_a_part_finds_it(officers, sign_in, period):
    claim = booth(make_firm(), period)
    client = sign_in(officers.commerce)
    answer = client.get(reverse("review:search"), {"q": f" {claim.number} "})
    assert answer["Location"] == reverse("review:claim", args=[claim.number])
    for part in (claim.number[:-2], claim.number[-5:], claim.number[-5:].lstrip("0")):
        rows = client.get(reverse("review:search"), {"q": part}).context["page"].rows
        assert [each.number for each in rows] == [claim.number], part
    # A number that the person may not see, or that there is not, is looked for like anything else.
    for user, number in ((officers.heihe, claim.number), (officers.commerce, "2025-5.1-99999")):
        answer = sign_in(user).get(reverse("review:search"), {"q": number})
        assert answer.status_code == 200
        assert not answer.context["page"].rows


def test_a_name_that_hundreds_of_firms_share_is_found_all_the_same(officers, sign_in, period, monkeypatch):
    claims = [booth(make_firm(f"示例{n}号公司"), period) for n in range(3)]
    client = sign_in(officers.commerce)
    for most in (200, 2):
        monkeypatch.setattr("review.finding.MOST", most)
        rows = client.get(reverse("review:search"), {"q": "号公司"}).context["page"].rows
        assert {each.number for each in rows} == {claim.number for claim in claims}


# --- Late, and nearly -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "left", "is_late", "is_near"),
    [(8, 2, False, False), (9, 1, False, True), (10, 0, False, True), (11, -1, True, True)],
)
def test_a_claim_is_late_after_the_days_of_its_stage(officers, period, days, left, is_late, is_near):
    claim, calendar = booth(make_firm(), period, at=NOW), working_calendar()
    today, _ = calendar.add_working_days(NOW.date(), days)
    assert waiting_days_add([claim], today=today)[0].days_left == left
    assert Claim.objects.filter(late(today=today)).exists() == is_late
    assert Claim.objects.filter(late(nearly=True, today=today)).exists() == is_near


def test_a_corrected_claim_is_given_the_least_days_again(officers, period):
    claim, calendar = booth(make_firm(), period, at=NOW), working_calendar()
    back = NOW + timedelta(days=21)
    transition(
        claim_id=claim.pk,
        action="return",
        actor=officers.commerce,
        reason="请改。",
        at=NOW + timedelta(days=18),
    )
    transition(claim_id=claim.pk, action="resubmit", actor=owner_of(claim.enterprise), at=back)
    claim.refresh_from_db()
    for days, left in ((0, LEAST_AGAIN), (LEAST_AGAIN, 0), (LEAST_AGAIN + 1, -1)):
        today, _ = calendar.add_working_days(back.date(), days)
        assert waiting_days_add([claim], today=today)[0].days_left == left
        assert Claim.objects.filter(late(today=today)).exists() == (left < 0)


def test_what_waits_for_an_answer_is_not_late(officers, period):
    claim = booth(make_firm(), period, at=NOW)
    question_ask(
        claim_id=claim.pk, actor=officers.commerce, text="请说明。", days=5, at=NOW + timedelta(days=1)
    )
    claim.refresh_from_db()
    today = NOW.date() + timedelta(days=90)
    assert waiting_days_add([claim], today=today)[0].days_left is None
    assert claim.answer_awaited
    assert not Claim.objects.filter(late(nearly=True, today=today)).exists()


def test_the_head_of_the_queue_says_how_many_are_late(officers, sign_in, period):
    booth(make_firm(), period, at=NOW)
    page = sign_in(officers.commerce).get(reverse("review:queue")).content.decode()
    assert "1 件已超期" in page
    assert "已超期" in page.partition("<tbody>")[2]
    assert "快到期" not in page.partition("</h1>")[2].partition("</div>")[0]
    assert "件已超期" not in sign_in(officers.city).get(reverse("review:queue")).content.decode()


# --- Taking several, and keeping a view -----------------------------------------------------------


def test_several_claims_are_taken_together_but_none_from_a_colleague(officers, sign_in, period):
    claims = [booth(make_firm(f"示例{n}号公司"), period) for n in range(3)]
    claim_take(claim_id=claims[2].pk, actor=officers.commerce2)
    client = sign_in(officers.commerce)
    take = reverse("review:hands_together", args=["take"])
    posted = {"claim": [claim.number for claim in claims], "list": "tab=office&item=5.1"}
    answer = client.post(take, posted, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("review:queue") + "?tab=office&item=5.1"
    page = answer.content.decode()
    assert "已领办 2 件" in page
    assert "示例审核员乙已经领办" in page
    assert set(in_tab(officers.commerce, TAKEN)) == {claim.number for claim in claims[:2]}
    back = reverse("review:hands_together", args=["hand-back"])
    page = client.post(back, {**posted, "list": "tab=taken"}, follow=True).content.decode()
    assert "已交回 2 件" in page
    assert "1 件没有交回" in page
    assert in_tab(officers.commerce, TAKEN) == []
    assert in_tab(officers.commerce2, TAKEN) == [claims[2].number]
    page = client.post(take, {"list": "tab=office"}, follow=True).content.decode()
    assert "还没有选择申报" in page
    assert client.post(reverse("review:hands_together", args=["lose"])).status_code == 404


def test_a_city_takes_nothing_of_another(officers, sign_in, city_run):
    client = sign_in(officers.heihe)
    client.post(reverse("review:hands_together", args=["take"]), {"claim": city_run.number})
    city_run.refresh_from_db()
    assert city_run.assignee is None


def test_a_kept_filter_is_a_link_written_over_by_its_name_and_ones_own(officers, sign_in, period):
    client, colleague = sign_in(officers.commerce), sign_in(officers.commerce2)
    keep = reverse("review:filter_keep")

    def kept(name, query, place="queue"):
        return client.post(keep, {"name": name, "query": query, "place": place}, follow=True).content.decode()

    assert "已保存常用筛选“黑河”" in kept(" 黑河 ", "tab=office&city=2311&after=abc")
    row = SavedFilter.objects.get()
    assert (row.user, row.query) == (officers.commerce, "tab=office&city=2311")
    kept("黑河", "tab=office&city=2311&item=5.1")
    row = SavedFilter.objects.get()
    assert row.query == "tab=office&city=2311&item=5.1"
    assert (
        f'href="?{row.query.replace("&", "&amp;")}"' in client.get(reverse("review:queue")).content.decode()
    )
    assert "黑河</a>" not in client.get(reverse("review:search")).content.decode()
    assert "黑河</a>" not in colleague.get(reverse("review:queue")).content.decode()
    drop = reverse("review:filter_drop", args=[row.pk])
    assert colleague.post(drop).status_code == 404
    assert "已删除常用筛选“黑河”" in client.post(drop, {"query": "tab=office"}, follow=True).content.decode()
    assert client.post(drop).status_code == 404
    assert "请给这组筛选条件起一个名称" in kept("  ", "tab=office&city=2311")
    assert "名称最多 30 个字" in kept("长" * 31, "tab=office&city=2311")
    assert "筛选条件太多" in kept("多", "q=" + "x" * 600)
    assert client.post(keep, {"name": "a", "query": "q=1", "place": "elsewhere"}).status_code == 404
    for number in range(20):
        kept(f"第 {number} 个", "tab=office&city=2311")
    assert "最多保存 20 个" in kept("又一个", "tab=office&city=2311")
    assert "已保存" in kept("第 3 个", "tab=office&city=2302")
    assert "已保存" in kept("又一个", "city=2311", place="search")


# --- Working through a filtered list --------------------------------------------------------------


def test_the_filter_goes_along_to_the_desk_and_to_the_next_claim(officers, sign_in, period):
    heihe = [booth(make_firm(f"示例黑河{n}号公司", city="2311"), period) for n in range(3)]
    harbin = booth(make_firm(), period, at=NOW - timedelta(days=9))
    client = sign_in(officers.commerce)
    answer = client.get(reverse("review:queue"), {"city": "2311"})
    first, second, third = list(answer.context["page"])
    assert {first.pk, second.pk, third.pk} == {claim.pk for claim in heihe}
    page = client.get(second.desk_url)
    assert "第 2 件，共 3 件" in page.content.decode()
    assert page.context["previous_url"] == first.desk_url
    assert page.context["next_url"] == third.desk_url
    assert "city=2311" in page.context["queue_url"]
    # What the desk links and posts to does not name the list; the claim is still one of it.
    assert "第 2 件，共 3 件" in client.get(reverse("review:claim", args=[second.number])).content.decode()

    def approve(claim):
        token = claim_token(Claim.objects.get(pk=claim.pk))
        address = reverse("review:decide", args=[claim.number, "approve"])
        answer = client.post(address, {"token": token}, follow=True)
        return answer.redirect_chain[0][0], answer.content.decode()

    assert approve(second)[0] == third.desk_url
    assert "第 2 件，共 2 件" in client.get(third.desk_url).content.decode()
    assert approve(third)[0] == first.desk_url
    address, page = approve(first)
    assert address.startswith(reverse("review:claim", args=[harbin.number]))
    assert "这个筛选列表已经办完" in page


def test_two_lists_are_worked_through_side_by_side(officers, sign_in, period):
    heihe = booth(make_firm("示例黑河公司", city="2311"), period)
    harbin = booth(make_firm(), period)
    client = sign_in(officers.commerce)
    for city in ("2311", "2301"):
        client.get(client.get(reverse("review:queue"), {"city": city}).context["first"].desk_url)
    for claim in (heihe, harbin):
        page = client.get(reverse("review:claim", args=[claim.number]))
        assert "第 1 件，共 1 件" in page.content.decode()


@pytest.mark.parametrize(
    "wrong", ["", "%00", "tab=x&item=y&sort=z", "q=" + "x" * 900, "tab=office&after=zzz"]
)
def test_a_list_that_is_not_ours_is_no_error(officers, sign_in, period, wrong):
    claim = booth(make_firm(), period)
    for user in (officers.commerce, officers.auditor):
        page = sign_in(user).get(reverse("review:claim", args=[claim.number]), {"list": wrong})
        assert page.status_code == 200
