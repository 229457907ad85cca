"""The documents on the desk in a real browser: zoomed, turned and checked beside the figures, by mouse and by keys."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from accounts.roles import Role
from applications.files import file_store, path_of
from applications.models import YearSettings
from tests.e2e.steps import sign_in
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow
from tests.support.files import PDF, XLSX

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

SIZE = "image => { const box = image.getBoundingClientRect(); return [Math.round(box.width), Math.round(box.height)] }"
EXIF_ORIENTATION, TURNED_RIGHT = 0x0112, 6


def photo(width, height, *, kind="PNG", turned=False):
    """A picture; `turned` as a phone writes one that was held upright."""
    target, exif = io.BytesIO(), Image.Exif()
    if turned:
        exif[EXIF_ORIENTATION] = TURNED_RIGHT
    Image.new("RGB", (width, height), (180, 190, 200)).save(target, kind, exif=exif)
    return target.getvalue()


@pytest.fixture
def officer(live_server):
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def claim(officer):
    """A claim with a wide picture, a PDF, a photograph of a phone, one that is broken, one that is lost, and a table."""
    claim = make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )
    claim.evidence.all().delete()
    owner = owner_of(claim.enterprise)
    codes = [document.code for document in claim.rule.evidence if document.required]
    whole = photo(20, 20)
    broken = whole[:20] + whole[-12:]
    files = (
        (codes[0], "宽.png", photo(2000, 500)),
        (codes[1], "发票.pdf", PDF),
        (codes[2], "手机.jpg", photo(800, 400, kind="JPEG", turned=True)),
        (codes[2], "坏.png", broken),
        (codes[2], "丢.png", photo(30, 30)),
        (codes[2], "表.xlsx", XLSX),
    )
    for code, name, content in files:
        file = file_store(
            upload=SimpleUploadedFile(name, content), enterprise=claim.enterprise, user=owner, at=NOW
        )
        claim.evidence.create(document=code, file=file, added_by=owner, added_at=NOW)
    path_of(claim.evidence.get(file__name="丢.png").file.sha256).unlink()
    return claim


def picture(page):
    return page.locator("#viewer img")


def test_pictures_are_zoomed_and_turned_and_keep_it_while_one_is_on_the_page(page_desktop, officer, claim):
    page = sign_in(page_desktop, officer)
    page.goto(f"/console/claims/{claim.number}/")
    image = picture(page)
    expect(page.locator("[data-scale]")).to_have_text(re.compile(r"^\d+%$"))
    width, height = image.evaluate(SIZE)
    assert abs(width - 4 * height) <= 2
    page.get_by_role("button", name="原始大小").click()
    assert image.evaluate(SIZE) == [2000, 500]
    page.get_by_role("button", name="缩小").click()
    assert image.evaluate(SIZE) == [1600, 400]
    page.get_by_role("link", name="右转").click()
    assert image.evaluate(SIZE) == [400, 1600]
    page.keyboard.press("+")
    assert image.evaluate(SIZE) == [500, 2000]
    page.keyboard.press("r")
    assert image.evaluate(SIZE) == [2000, 500]
    page.keyboard.press("r")
    page.keyboard.press("0")
    assert image.evaluate(SIZE)[0] == width
    # Another document and back: the picture is as it was left, and nothing that was typed is lost.
    page.get_by_label("核定：展位费").fill("9")
    page.get_by_role("link", name="下一份").click()
    expect(page.locator("#viewer iframe")).to_be_visible()
    page.get_by_role("link", name="上一份").click()
    expect(image).to_be_visible()
    # It is drawn when it has come; until then nothing stands here.
    expect(page.locator("[data-scale]")).to_have_text(re.compile(r"^\d+%$"))
    assert image.evaluate(SIZE)[0] == width
    assert image.evaluate(SIZE)[1] > width
    expect(page.get_by_label("核定：展位费")).to_have_value("9")


def test_a_photograph_stands_upright_and_what_cannot_be_shown_says_so(page_desktop, officer, claim):
    page = sign_in(page_desktop, officer)
    page.goto(f"/console/claims/{claim.number}/")
    page.keyboard.press("3")
    expect(page.locator("#viewer h3")).to_contain_text(claim.rule.evidence[2].label)
    expect(page.locator("[data-scale]")).to_have_text(re.compile(r"^\d+%$"))
    width, height = picture(page).evaluate(SIZE)
    assert abs(height - 2 * width) <= 2
    for key, words in (
        ("4", "这张图片显示不出来"),
        ("5", "文件暂时打不开"),
        ("6", "这种文件不能在页面里显示"),
    ):
        page.keyboard.press(key)
        expect(page.locator("#viewer").get_by_text(words)).to_be_visible()


def test_documents_are_checked_noted_and_returned_with_what_was_found(page_desktop, officer, claim):
    page = sign_in(page_desktop, officer)
    page.goto(f"/console/claims/{claim.number}/")
    page.get_by_label("核定：展位费").fill("90000")
    expect(page.get_by_text("还有 4 份材料没有核对")).to_be_visible()
    page.get_by_role("button", name="已核对").click()
    # The next document opens by itself, and the rest of the page stays as it was.
    expect(page.locator("#viewer iframe")).to_be_visible()
    expect(page.get_by_text("已核对 1 / 4")).to_be_visible()
    expect(page.get_by_label("核定：展位费")).to_have_value("90000")
    page.get_by_label("核定：展位费").press("v")
    expect(page.get_by_text("已核对 1 / 4")).to_be_visible()
    page.locator("#viewer summary").click()
    page.get_by_role("button", name="记下问题").click()
    expect(page.locator("#viewer .error")).to_contain_text("请写明有什么问题")
    page.get_by_label("有什么问题").fill("第 2 页缺失。")
    page.get_by_role("button", name="记下问题").click()
    expect(page.get_by_text("1 份有问题")).to_be_visible()
    expect(page.get_by_role("button", name="按此金额通过")).to_be_disabled()

    page.get_by_label("添加备注").fill("已电话联系企业。\n等补件。")
    follow(page.get_by_role("button", name="保存备注"))
    expect(page.locator("#notes article")).to_contain_text("已电话联系企业。")

    follow(page.get_by_role("button", name="退回补正"))
    note = page.locator(f'[name="note:ev-{claim.rule.evidence[1].code}"]')
    expect(note).to_be_visible()
    expect(note).to_have_value("第 2 页缺失。")
    page.get_by_label("需要补正什么").fill("请补发票。")
    follow(page.get_by_role("button", name="退回补正"))
    expect(page.get_by_text("已办理“退回补正”")).to_be_visible()
    claim.refresh_from_db()
    assert claim.return_note["fields"] == {f"ev-{claim.rule.evidence[1].code}": "第 2 页缺失。"}


def test_keys_lead_to_the_next_claim_and_can_be_switched_off(page_desktop, officer, claim):
    other = make_claim(
        make_firm("示例乙公司"), "5.1", claim.period, facts={"booth_cny": "1000"}, particulars=exhibition()
    )
    page = sign_in(page_desktop, officer)
    page.goto(f"/console/claims/{claim.number}/")
    with page.expect_navigation():
        page.keyboard.press("j")
    expect(page.get_by_text(other.number).first).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("p")
    expect(page.get_by_text(claim.number).first).to_be_visible()
    page.get_by_label("添加备注").press_sequentially("jn1")
    expect(page.get_by_label("添加备注")).to_have_value("jn1")
    page.get_by_text("快捷键", exact=True).click()
    page.get_by_label("使用快捷键").uncheck()
    page.locator("h1").click()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("j")
    page.reload()
    expect(page.get_by_text(claim.number).first).to_be_visible()
    # Loading anew would overtake a key that leads away, so that its page would not be seen.
    assert not any(other.number in address for address in asked)


def test_without_scripts_pictures_are_turned_and_documents_checked_by_links(new_page, officer, claim):
    page = sign_in(new_page(java_script_enabled=False, viewport={"width": 1280, "height": 900}), officer)
    page.goto(f"/console/claims/{claim.number}/")
    expect(page.get_by_role("button", name="原始大小")).to_be_hidden()
    expect(page.get_by_text("快捷键", exact=True)).to_be_hidden()
    follow(page.get_by_role("link", name="右转"))
    expect(page).to_have_url(re.compile("turn=90"))
    expect(page.locator(".viewer__page.turn-90 img")).to_be_visible()
    follow(page.get_by_role("link", name="下一份"))
    follow(page.get_by_role("button", name="已核对"))
    expect(page.get_by_text("已核对 1 / 4")).to_be_visible()
