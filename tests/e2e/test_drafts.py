"""What is typed survives what happens to browsers: no network, an ended session, a closed page, a second window."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from applications.models import Claim, State
from tests.e2e.steps import PASSWORD, give_evidence, sign_in
from tests.factories import make_claim, make_firm, make_period, owner_of
from tests.support.browser import comes_true, follow
from tests.support.files import PDF, PNG

pytestmark = pytest.mark.usefixtures("transactional_db")

SAVED = re.compile(r"^\d\d:\d\d 已保存$")


@pytest.fixture
def draft():
    claim = make_claim(make_firm(), "5.4", make_period(2025), submit=False)
    claim.evidence.all().delete()
    return claim


def opened(page, draft):
    page.goto(f"/claims/{draft.number}/edit/")
    return page


def typed(draft):
    draft.refresh_from_db()
    return draft.draft.get("facts", {})


def note(page):
    return page.locator("[data-saved]")


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('unsaved:'))")


def rest(page):
    """Nothing is typed for the two seconds after which a form saves itself: on the page's clock they are over at once."""
    page.clock.fast_forward(2000)


def kept_no_more(page):
    """Waits until the browser has no copy any more."""
    assert comes_true(page, lambda: not kept(page)), f"copies are left: {kept(page)}"


def kept_with(page, name):
    """Waits until the browser's copy, which is written after a short rest, holds the field."""
    copies = "JSON.stringify(Object.values(localStorage))"
    assert comes_true(page, lambda: name in page.evaluate(copies)), f"the browser's copy never got {name}"


def test_what_is_typed_without_a_network_is_told_of_at_once_and_saved_when_it_is_back(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    page.context.set_offline(True)
    # The page's clock stands still, so that its rest before a save never ends.
    page.clock.install()
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    page.locator("[name=credit_report_cny]").fill("8000")
    expect(note(page)).to_contain_text("网络断了，您填的内容暂存在这台设备上。")
    assert len(kept(page)) == 1
    page.clock.resume()
    page.context.set_offline(False)
    expect(note(page)).to_have_text(SAVED)
    assert typed(draft)["credit_report_cny"] == "8000"
    assert kept(page) == []


def test_what_a_closed_page_could_not_save_is_offered_with_what_differs_and_its_rows(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    page.context.set_offline(True)
    page.locator("[name=credit_report_cny]").fill("8000")
    page.locator("[data-rows=invoices] [data-row-add]").click()
    page.locator("[name=invoices-1-invoice_number]").fill("INV-2")
    page.get_by_label("没有", exact=True).check()
    expect(note(page)).to_contain_text("网络断了")
    kept_with(page, page.get_by_label("没有", exact=True).get_attribute("name"))
    context = page.context
    page.close(run_before_unload=False)
    context.set_offline(False)

    page = opened(context.new_page(), draft)
    offer = page.get_by_role("region", name="没有保存成功的内容")
    expect(offer).to_contain_text("海外资信调查费8000　现在是 （空）")
    expect(offer).to_contain_text("没有　现在是 （空）")
    expect(page.locator("[name=credit_report_cny]")).to_have_value("")
    offer.get_by_role("button", name="恢复这些内容").click()
    expect(page.locator("[name=credit_report_cny]")).to_have_value("8000")
    expect(page.locator("[name=invoices-1-invoice_number]")).to_have_value("INV-2")
    expect(note(page)).to_have_text(SAVED)
    assert typed(draft)["credit_report_cny"] == "8000"
    assert draft.draft["particulars"]["invoices"][1]["invoice_number"] == "INV-2"
    assert kept(page) == []


def test_after_a_session_has_ended_a_sign_in_elsewhere_lets_the_page_save(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    page.context.clear_cookies()
    page.clock.install()
    page.locator("[name=credit_report_cny]").fill("8000")
    rest(page)
    expect(note(page)).to_contain_text("登录已过期")
    with page.context.expect_page() as opening:
        note(page).get_by_role("link", name="重新登录").click()
    other = opening.value
    other.wait_for_load_state()
    other.get_by_label("用户名").fill(owner_of(draft.enterprise).username)
    other.get_by_label("密码").fill(PASSWORD)
    follow(other.get_by_role("button", name="登录"))
    expect(other.get_by_role("button", name="退出")).to_be_visible()
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # as the browser does when the window is back
    expect(note(page)).to_have_text(SAVED)
    assert typed(draft)["credit_report_cny"] == "8000"


def test_a_second_window_does_not_overwrite_the_first(new_page, draft):
    first = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    first.clock.install()
    second = opened(first.context.new_page(), draft)
    first.locator("[name=credit_report_cny]").fill("8000")
    rest(first)
    expect(note(first)).to_have_text(SAVED)
    second.locator("[name=online_promotion_cny]").fill("9000")
    rest(second)
    newest = note(second).get_by_role("link", name="打开最新的一份")
    expect(newest).to_be_visible()
    assert typed(draft)["credit_report_cny"] == "8000"
    follow(newest)
    expect(second.locator("[name=credit_report_cny]")).to_have_value("8000")
    expect(second.locator(".kept")).to_contain_text("线上展会宣传费9000")


def test_signing_out_leaves_nothing_behind_in_the_browser(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    page.evaluate(
        "localStorage.setItem('unsaved:99:/x', JSON.stringify({at: Date.now(), url: '/x', fields: []}))"
    )
    follow(page.get_by_role("button", name="退出"))
    expect(page.get_by_role("link", name="登录").first).to_be_visible()
    assert kept(page) == []


def test_copies_that_are_two_weeks_old_are_dropped(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    store = "([key, days]) => localStorage.setItem(key, JSON.stringify({at: Date.now() - days * 864e5, url: '/x', fields: []}))"
    page.evaluate(store, ["unsaved:99:/old", 15])
    page.evaluate(store, ["unsaved:99:/new", 13])
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    assert kept(page) == ["unsaved:99:/new"]


def test_a_form_that_was_sent_leaves_no_copy_and_how_far_it_has_come_follows_the_typing(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    left = page.locator("#filing-left")
    expect(left).to_contain_text("还差")
    before = int(re.search(r"\d+", left.inner_text())[0])
    page.locator("[name=provider]").fill("示例机构")
    expect(left).to_have_text(f"还差 {before - 1} 处")
    give_evidence(page, draft.rule)
    expect(left).to_have_text(f"还差 {before - 3} 处")
    expect(page.locator(".parts li", has_text="证明材料")).to_contain_text("已完成")
    page.locator("[name=credit_report_cny]").fill("8000")
    follow(page.get_by_role("button", name="保存并离开"))
    expect(page).to_have_url(re.compile(r"/my/2025/$"))
    # The page that answers tidies up as soon as its scripts run.
    kept_no_more(page)
    assert typed(draft)["credit_report_cny"] == "8000"


def test_what_another_claim_is_about_leads_there_and_saving_goes_on_once_it_is_another(new_page, draft):
    firm, period = draft.enterprise, draft.period
    first = make_claim(firm, "3.2", period, submit=False)
    first.subject = "shop.example"
    first.save()
    second = make_claim(firm, "3.2", period, submit=False)
    page = opened(sign_in(new_page(), owner_of(firm)), second)
    page.locator("[name=site]").fill("shop.example")
    expect(note(page)).to_contain_text(f"与另一件申报 {first.number}（草稿）相同", timeout=30_000)
    other = note(page).get_by_role("link", name=f"打开 {first.number}")
    expect(other).to_have_attribute("href", f"/claims/{first.number}/edit/")
    assert len(kept(page)) == 1
    page.locator("[name=site]").fill("shop2.example")
    expect(note(page)).to_have_text(SAVED, timeout=30_000)
    assert typed(second)["site"] == "shop2.example"
    kept_no_more(page)


def test_on_a_phone_what_went_wrong_and_the_way_on_stay_on_the_screen(new_page, draft):
    page = new_page(viewport={"width": 390, "height": 800})
    opened(sign_in(page, owner_of(draft.enterprise)), draft)
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=credit_report_cny]").fill("8000")
    again = note(page).get_by_role("link", name="重新登录")
    expect(again).to_be_visible(timeout=30_000)
    for control in (note(page), again):
        box = control.bounding_box()
        assert box["x"] >= 0, box
        assert box["x"] + box["width"] <= 390, box
        assert box["y"] + box["height"] <= 800, box
    covered = page.evaluate("""() => {
        const field = document.querySelector("[name=credit_report_cny]");
        field.blur(); window.scrollTo(0, 0); field.focus();
        return field.getBoundingClientRect().bottom > document.querySelector(".action-bar").getBoundingClientRect().top;
    }""")
    assert not covered


# --- Evidence --------------------------------------------------------------------------------------


def as_file(name, content=PDF):
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_several_files_go_at_once_and_one_that_is_there_already_is_not_even_sent(new_page, draft):
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    row, other = page.locator("#ev-contract"), page.locator("#ev-invoices")
    chosen = [as_file(f"合同{n}.pdf", PDF + f"%{n}".encode()) for n in range(4)]
    row.locator("input[type=file]").first.set_input_files(chosen)
    for each in chosen:
        expect(row.get_by_role("link", name=each["name"])).to_be_visible()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    other.locator("input[type=file]").first.set_input_files([as_file("别名.pdf", PDF + b"%0")])
    expect(other).to_contain_text("这个文件已用于“服务合同”")
    assert not any(b"%PDF" in body for body in sent)
    other.locator("button", has_text="仍然使用").click()
    expect(other).to_have_class("is-ok")

    other.get_by_role("button", name="移除").click()
    expect(other).to_contain_text("已移除 别名.pdf")
    other.get_by_role("button", name="放回").click()
    expect(other.get_by_role("link", name="别名.pdf")).to_be_visible()


def test_files_of_earlier_claims_are_picked_in_place(new_page, draft):
    earlier = make_claim(
        draft.enterprise,
        "5.3",
        draft.period,
        facts={"participation_cny": "1000"},
        particulars={"exhibition_name": "甲"},
    )
    page = opened(sign_in(new_page(), owner_of(draft.enterprise)), draft)
    row = page.locator("#ev-contract")
    row.get_by_role("button", name="从以往材料中选").click()
    first = row.get_by_role("checkbox").first
    expect(row).to_contain_text(f"用在 {earlier.number}")
    first.check()
    row.get_by_role("button", name="使用勾选的文件").click()
    expect(row).to_have_class("is-ok")
    expect(row).to_contain_text(f"这个文件也用在 {earlier.number}")


def test_a_phone_offers_its_camera_and_the_bar_hides_no_field(new_page, draft):
    page = new_page(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    opened(sign_in(page, owner_of(draft.enterprise)), draft)
    camera = page.locator("#ev-invoices .pick--camera")
    expect(camera).to_be_visible()
    camera.locator("input").set_input_files([{"name": "IMG_1.png", "mimeType": "image/png", "buffer": PNG}])
    expect(page.locator("#ev-invoices").get_by_role("link", name="IMG_1.png")).to_be_visible()
    covered = page.evaluate("""() => [...document.querySelectorAll("#claim :is(input, select, button, summary):not([type=hidden])")]
        .filter((node) => node.offsetParent && !node.closest(".visually-hidden") && node.getBoundingClientRect().height > 2)
        .filter((node) => {
            window.scrollTo(0, 0);
            node.focus();
            const bar = document.querySelector(".action-bar").getBoundingClientRect();
            return node.getBoundingClientRect().bottom > bar.top;
        }).map((node) => node.outerHTML.slice(0, 80))""")
    assert covered == []
    assert Claim.objects.get(pk=draft.pk).state == State.DRAFT
