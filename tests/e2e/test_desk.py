"""An officer's morning in a real browser: queue, desk, verification, return, approval, many at once."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from accounts.roles import Role
from applications.files import file_store
from applications.models import YearSettings
from tests.e2e.steps import COMPUTED, desk_do
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import comes_true, follow
from tests.support.files import PDF, PNG

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def officer(live_worker):
    """A commerce officer; nobody is drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def claims(officer):
    """Three claims that wait, the oldest first; each with a picture and a PDF."""
    period = make_period()
    found = []
    for number, (name, booth) in enumerate(
        (
            ("示例林海木业有限公司", "100000"),
            ("示例冰雪装备有限公司", "54642.86"),
            ("示例大豆产业有限公司", "2000"),
        )
    ):
        claim = make_claim(
            make_firm(name),
            "5.1",
            period,
            facts={"booth_cny": booth, "freight_cny": "0"},
            particulars=exhibition(),
            at=NOW + timedelta(days=number),
        )
        give_files(claim, {"展位合同.png": PNG, "发票.pdf": PDF})
        found.append(claim)
    return found


def give_files(claim, files):
    """Real files in place of the rows that the factory made."""
    claim.evidence.all().delete()
    owner, document = owner_of(claim.enterprise), claim.rule.evidence[0].code
    for name, content in files.items():
        upload = SimpleUploadedFile(name, content)
        file = file_store(upload=upload, enterprise=claim.enterprise, user=owner, at=NOW)
        claim.evidence.create(document=document, file=file, added_by=owner, added_at=NOW)


@pytest.fixture
def signed_in(live_server):
    """A page with the session of a person."""

    def sign_in(page, user):
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return sign_in


def test_an_officer_works_through_the_queue(page_desktop, officer, claims, signed_in):
    page = signed_in(page_desktop, officer)
    page.goto("/console/")
    expect(page).to_have_url(re.compile("/console/queue/$"))
    expect(page.locator("tbody tr")).to_have_count(3)

    follow(page.get_by_role("link", name="示例林海木业有限公司"))
    expect(page.get_by_text("第 1 件，共 3 件")).to_be_visible()
    expect(page.locator(".viewer img")).to_have_js_property("complete", True)
    assert page.locator(".viewer img").evaluate("image => image.naturalWidth") > 0
    page.get_by_role("link", name=re.compile("发票.pdf")).click()
    expect(page.locator(".viewer iframe")).to_be_visible()

    # A reason is asked for as soon as there is a value; the amount follows by itself.
    reason = page.get_by_label("核定理由：展位费")
    expect(reason).to_be_hidden()
    page.get_by_label("核定：展位费").fill("90000")
    reason.fill("发票合计 9 万元。")
    desk_do(page.get_by_role("button", name="保存核定数"), "核定数已保存")
    expect(page.locator(".action-bar .amount")).to_have_text("63,000.00元", timeout=COMPUTED)
    expect(page.get_by_text("核减 10,000.00")).to_be_visible()
    expect(reason).to_have_value("发票合计 9 万元。")

    follow(page.get_by_role("button", name="退回补正"))
    page.get_by_label("需要补正什么").fill("请补发票原件。")
    desk_do(page.get_by_role("button", name="退回补正"), "已办理“退回补正”")
    expect(page.get_by_role("heading", level=1)).to_contain_text("示例冰雪装备有限公司")
    follow(page.get_by_role("button", name="按此金额通过"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("示例大豆产业有限公司")
    for claim in claims:
        claim.refresh_from_db()
    assert [claim.state for claim in claims] == ["returned", "finance_review", "commerce_review"]


def test_what_is_typed_and_not_saved_is_neither_passed_over_nor_lost(
    page_desktop, officer, claims, signed_in
):
    page = signed_in(page_desktop, officer)
    page.goto(f"/console/claims/{claims[0].number}/")
    page.get_by_label("核定：展位费").fill("90000")
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
    page.get_by_role("link", name="下一件").click(no_wait_after=True)
    assert comes_true(page, lambda: asked == ["beforeunload"]), asked
    expect(page.get_by_label("核定：展位费")).to_have_value("90000")
    follow(page.get_by_role("button", name="按此金额通过"))
    expect(page.get_by_role("alert").first).to_contain_text("核定数有改动，还没有保存，所以没有办理。")
    expect(page.get_by_label("核定：展位费")).to_have_value("90000")
    assert asked == ["beforeunload"], "what is sent along needs no question"
    page.get_by_label("核定：展位费").fill("")
    follow(page.get_by_role("button", name="按此金额通过"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("示例冰雪装备有限公司")
    page.get_by_label("核定：展位费").fill("90000")
    follow(page.get_by_role("button", name="退回补正"))
    expect(page.get_by_text("核定数有改动，还没有保存，办理后不会保留。")).to_be_visible()
    expect(page.get_by_label("核定：展位费")).to_have_value("90000")
    assert asked == ["beforeunload"], "nor does the form of a decision, which opens beside it"


def test_many_claims_are_chosen_summed_up_and_passed(page_desktop, officer, claims, signed_in):
    page = signed_in(page_desktop, officer)
    page.goto("/console/queue/")
    for claim in claims[:2]:
        page.get_by_label(f"选择 {claim.number}").check()
    expect(page.locator("[data-bulk-sum]")).to_have_text("已选 2 件，合计 108,250.00 元")
    follow(page.get_by_role("button", name="预览批量通过"))
    expect(page.get_by_text("还没有办理")).to_be_visible()
    follow(page.get_by_role("button", name="通过这 2 件"))
    expect(page.get_by_text("通过 2 件，共 2 件")).to_be_visible()
    follow(page.get_by_role("link", name="回到队列"))
    expect(page.locator("tbody tr")).to_have_count(1)


def test_two_officers_on_one_claim_decide_it_once(new_page, officer, claims, signed_in):
    colleague = make_user("commerce2", role=Role.COMMERCE, name="示例审核员乙")
    first, second = signed_in(new_page(), officer), signed_in(new_page(), colleague)
    address = f"/console/claims/{claims[1].number}/"
    first.goto(address)
    second.goto(address)
    desk_do(first.get_by_role("button", name="按此金额通过"), "已办理“按此金额通过”")
    follow(second.get_by_role("button", name="按此金额通过"))
    expect(second.get_by_role("alert")).to_contain_text("示例审核员甲")
    expect(second.get_by_role("alert")).to_contain_text("刚才的操作没有执行")
    assert claims[1].events.filter(kind="claim.commerce_approved").count() == 1


def test_the_desk_fits_a_phone(page_phone, officer, claims, signed_in):
    page = signed_in(page_phone, officer)
    for address in ("/console/queue/", f"/console/claims/{claims[0].number}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
