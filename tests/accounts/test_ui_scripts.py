"""The scripts of ``static/js`` and the measures of the stylesheets, in a real browser, on the pages of the kit."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, Route, expect

from applications.forms.reading import Unreadable, read_amount
from measures.money import in_wan, in_words
from tests.accounts.ui_kit import HOST, serve
from tests.support.browser import PATIENCE, Watch, comes_true, follow

pytestmark = pytest.mark.urls("tests.accounts.ui_kit")


class Server:
    """Answers what the page posts, and remembers it: address → (status, type, body)."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.posted: list[Request] = []
        #: Addresses that a test told to refuse at some time; the browser reports those refusals too.
        self.refusing: set[str] = set()

    def __call__(self, route: Route) -> None:
        self.posted.append(route.request)
        path = route.request.url.removeprefix(HOST)
        status, kind, body = self.answers.get(path, (200, "text/html; charset=utf-8", ""))
        route.fulfill(status=status, content_type=kind, body=body)

    def answer(self, path: str, body: object, status: int = 200) -> None:
        if status >= 400:
            self.refusing.add(path)
        kind = "text/html; charset=utf-8" if isinstance(body, str) else "application/json"
        self.answers[path] = (status, kind, body if isinstance(body, str) else json.dumps(body))

    def bodies(self, path: str) -> list[str]:
        return [request.post_data or "" for request in self.posted if request.url == HOST + path]


@pytest.fixture
def server() -> Server:
    server = Server()
    server.answer("/saved", {"saved_at": "14:32"})
    server.answer("/estimated", "<p>按已填内容，本项预计</p><div class='amount'>67,200.00</div>")
    return server


@pytest.fixture
def kit(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens a page of the kit, with a clock of its own where asked for.

    The test fails where a script failed or the security policy refused something.
    """
    contexts, watches = [], []

    def open_page(name: str, width: int = 1280, *, clock: bool = False, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watches.append(Watch(context, host=HOST.removeprefix("http://")))
        serve(context, server)
        page = context.new_page()
        if clock:
            page.clock.install()
        page.goto(f"{HOST}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems]
    assert [text for text in problems if not any(path in text for path in server.refusing)] == []


# --- Money ---------------------------------------------------------------------------------------


def sums() -> list[Decimal]:
    """Sums at every place where words change: zeros inside, at ends and around 万 and 亿."""
    whole = {0, 1, 9, 10, 11, 100, 101, 110, 1001, 1010, 9999}
    whole |= (
        {10**n for n in range(13)} | {10**n - 1 for n in range(1, 13)} | {10**n + 1 for n in range(1, 13)}
    )
    whole |= {100100, 10010000, 10200300, 100010000, 110000000, 500003000, 1000000001, 9000000000000}
    whole |= {1113838, 87281, 4146 * 10**5, 123456789012, 305070900}
    return [Decimal(f"{yuan}.{fen:02d}") for yuan in sorted(whole) for fen in (0, 1, 10, 45, 99)]


def test_sums_in_the_browser_read_as_those_of_the_server(kit) -> None:
    page = kit("portal")
    script = """async (texts) => {
        const money = await import("/static/js/money.js");
        return texts.map((text) => [money.inWan(money.typedSum(text)), money.inWords(money.typedSum(text))]);
    }"""
    echoed = page.evaluate(script, [str(value) for value in sums()])
    assert echoed == [[in_wan(value), in_words(value)] for value in sums()]


def test_a_sum_is_echoed_while_it_is_typed_and_the_echo_is_empty_while_it_is_no_sum(kit) -> None:
    page = kit("form")
    echo = page.locator("output[for=id_booth_cny]")
    page.fill("#id_booth_cny", "1,113,838.88")
    expect(echo).to_have_text("111.383888 万元壹佰壹拾壹万叁仟捌佰叁拾捌元捌角捌分")
    for text in ("", ".", "¥"):
        page.fill("#id_booth_cny", text)
        expect(echo).to_have_text("")
    page.fill("#id_booth_cny", "￥２６，１００．５元")
    expect(echo).to_have_text("2.61005 万元贰万陆仟壹佰元零伍角")


#: Unreadable sums whose fault no further typing mends.
WRONG = [
    "2.61万",
    "0.00001万",
    "３．２万元",
    "1亿",
    "-5",
    "−5",
    "1.234",
    "100000000000",
    "abc",
    "约5000",
    "3万多",
]


def test_a_sum_that_is_wrong_is_answered_in_the_words_of_the_server(kit) -> None:
    page = kit("form")
    script = """async (texts) => {
        const money = await import("/static/js/money.js");
        return texts.map((text) => money.wrongSum(text)?.words);
    }"""
    said = []
    for text in WRONG:
        with pytest.raises(Unreadable) as refusal:
            read_amount(text)
        said.append(str(refusal.value))
    assert page.evaluate(script, WRONG) == said


def test_no_sum_that_the_server_takes_is_called_wrong(kit) -> None:
    page = kit("form")
    good = ["0", "1.230", "1,234.50", "99999999999.99", "007", "１２３", "5.", "¥5元", "1 000"]
    assert all(read_amount(text) is not None for text in good)
    script = """async (texts) => {
        const money = await import("/static/js/money.js");
        return texts.filter((text) => money.wrongSum(text));
    }"""
    assert page.evaluate(script, good) == []


def test_the_sum_that_is_meant_goes_into_the_field_with_one_press(kit) -> None:
    page = kit("form")
    page.fill("#id_booth_cny", "3.2万")
    page.get_by_role("button", name="改为 32000 元").click()
    expect(page.locator("#id_booth_cny")).to_have_value("32000")
    expect(page.locator("#id_booth_cny")).to_be_focused()
    expect(page.locator("output[for=id_booth_cny]")).to_have_text("3.2 万元叁万贰仟元整")


def test_what_the_server_said_of_an_earlier_sum_goes_when_another_is_typed(kit) -> None:
    page = kit("form")
    expect(page.locator("#id_lodging_cny_error")).to_be_visible()
    page.fill("#id_lodging_cny", "26100")
    expect(page.locator("#id_lodging_cny_error")).to_have_count(0)
    expect(page.locator("output[for=id_lodging_cny]")).to_contain_text("2.61 万元")


def test_a_sum_ten_times_the_usual_one_is_asked_about_and_a_near_one_is_not(kit) -> None:
    page = kit("form")
    page.evaluate(
        """() => document.querySelector("#id_booth_cny").closest(".field").insertAdjacentHTML("afterend",
        '<p data-ask-for="id_booth_cny" data-usual="9600.00" hidden>请核对。</p>')"""
    )
    question = page.get_by_text("请核对。")
    for text, asked in [("96000", True), ("95999.99", False), ("960", True), ("960.01", False), ("0", False)]:
        page.fill("#id_booth_cny", text)
        expect(question).to_be_visible(visible=asked)


# --- Rows ----------------------------------------------------------------------------------------


def indexes(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "[data-row] input[name$=interest_cny]", "inputs => inputs.map((input) => input.name)"
    )


def test_rows_come_go_and_are_numbered_anew(kit) -> None:
    page = kit("form")
    add = page.get_by_role("button", name="添加一笔")
    add.click()
    expect(page.locator("#id_loans-1-interest_cny")).to_be_focused()
    page.keyboard.type("250000")
    expect(page.locator("output[for=id_loans-1-interest_cny]")).to_contain_text("25 万元")
    add.focus()
    page.keyboard.press("Enter")
    assert indexes(page) == ["loans-0-interest_cny", "loans-1-interest_cny", "loans-2-interest_cny"]
    assert page.input_value("[name=loans-TOTAL_FORMS]") == "3"
    expect(add).to_be_hidden()  # three is the most

    page.locator("[data-row-remove]").first.click()
    assert indexes(page) == ["loans-0-interest_cny", "loans-1-interest_cny"]
    assert page.input_value("#id_loans-0-interest_cny") == "250000"
    assert page.locator("[data-row-remove]").first.get_attribute("value") == "loans-0"
    assert page.locator("[data-row-number]").all_text_contents() == ["1", "2"]
    assert page.input_value("[name=loans-TOTAL_FORMS]") == "2"
    expect(page.locator("label[for=id_loans-1-interest_cny]")).to_be_visible()
    expect(page.get_by_text("已删除第 1 笔贷款，还有 2 笔贷款。")).to_be_attached()
    expect(page.locator("#id_loans-0-interest_cny")).to_be_focused()
    page.locator("[data-row-remove]").first.click()
    expect(page.locator("[data-row-remove]")).to_be_hidden()  # one is the least


def test_a_row_that_the_database_knows_is_hidden_and_marked_for_deletion(kit) -> None:
    page = kit("form")
    page.evaluate(
        """() => document.querySelector("[data-row]").insertAdjacentHTML("beforeend",
        '<input type="hidden" name="loans-0-id" value="7"><input type="hidden" name="loans-0-DELETE">')"""
    )
    page.get_by_role("button", name="添加一笔").click()
    page.locator("[data-row-remove]").first.click()
    assert page.input_value("[name=loans-0-DELETE]") == "on"
    assert page.input_value("[name=loans-0-id]") == "7"
    assert page.input_value("[name=loans-TOTAL_FORMS]") == "2"
    expect(page.locator("[data-row]").first).to_be_hidden()


def test_without_scripts_the_buttons_of_rows_ask_the_server(kit, server) -> None:
    page = kit("form", java_script_enabled=False)
    follow(page.get_by_role("button", name="添加一笔"))
    assert "add_row" in server.bodies("/submitted")[0]


# --- Saving and estimating -----------------------------------------------------------------------


def rest(page: Page) -> None:
    """Nothing is typed for the two seconds after which a form saves itself: on the page's clock they are over at once."""
    page.clock.fast_forward(2000)


def test_a_form_saves_itself_and_says_when(kit, server) -> None:
    page = kit("form", clock=True)
    page.fill("#id_name", "示例展会")
    rest(page)
    expect(page.locator("[data-saved]")).to_have_text("14:32 已保存")
    (body,) = server.bodies("/saved")
    assert "csrfmiddlewaretoken=token-of-the-kit" in body
    assert "evidence" not in body


def test_what_could_not_be_saved_is_kept_and_offered_at_the_next_visit(kit, server) -> None:
    server.answer("/saved", {}, status=503)
    page = kit("form", clock=True)
    page.fill("#id_name", "没有保存的展会")
    page.check("#id_mode_1")
    rest(page)
    expect(page.locator("[data-saved]")).to_contain_text("暂存在这台设备上")
    assert "token" not in page.evaluate("localStorage.getItem('unsaved:7:/saved')")

    server.answer("/saved", {"saved_at": "14:40"})
    width = page.locator("#claim").bounding_box()["width"]
    page.goto(f"{HOST}/form")
    expect(page.get_by_text("填的内容没有保存成功")).to_be_visible()
    expect(page.locator(".kept dd").first).to_have_text("没有保存的展会　现在是 示例国际木材与家居展览会")
    assert page.locator("#claim").bounding_box()["width"] == width
    page.get_by_role("button", name="恢复这些内容").click()
    assert page.input_value("#id_name") == "没有保存的展会"
    assert page.is_checked("#id_mode_1")
    rest(page)
    expect(page.locator("[data-saved]")).to_have_text("14:40 已保存")
    assert page.evaluate("localStorage.length") == 0


def test_the_version_of_a_saved_draft_goes_with_the_next_save(kit, server) -> None:
    server.answer("/saved", {"saved_at": "14:32", "version": "second"})
    page = kit("form", clock=True)
    for name in ("甲展会", "乙展会"):
        page.fill("#id_name", name)
        rest(page)
        expect(page.locator("[data-saved]")).to_have_text("14:32 已保存")
        page.evaluate("document.querySelector('[data-saved]').textContent = ''")
    first, second = server.bodies("/saved")
    assert "version=first" in first
    assert "version=second" in second


def test_what_is_typed_after_a_refusal_is_kept_too(kit, server) -> None:
    server.answer("/saved", {"message": "同事在 14:32 保存了这份草稿。"}, status=409)
    page = kit("form", clock=True)
    page.fill("#id_name", "甲展会")
    rest(page)
    expect(page.locator("[data-saved]")).to_have_text("同事在 14:32 保存了这份草稿。 打开最新的一份")
    page.fill("#id_name", "乙展会")
    rest(page)
    assert len(server.bodies("/saved")) == 1
    page.goto(f"{HOST}/form")
    page.get_by_role("button", name="恢复这些内容").click()
    assert page.input_value("#id_name") == "乙展会"
    assert page.input_value("[name=version]") == "first"


@pytest.mark.parametrize(
    ("status", "answer", "words", "tries"),
    [
        # A session may have been begun anew in another window: its token is tried once.
        (403, {}, "登录已过期", 2),
        (
            409,
            {"message": "这一页已经过时，刚才的操作没有执行。"},
            "这一页已经过时，刚才的操作没有执行。",
            1,
        ),
    ],
)
def test_a_save_that_can_never_succeed_is_not_tried_again(kit, server, status, answer, words, tries) -> None:
    server.answer("/saved", answer, status=status)
    page = kit("form", clock=True)
    page.fill("#id_name", "甲")
    rest(page)
    expect(page.locator("[data-saved]")).to_contain_text(words)
    page.fill("#id_name", "乙")
    rest(page)
    page.wait_for_timeout(300)  # in which what is sent arrives
    assert len(server.bodies("/saved")) == tries


def test_the_estimate_follows_the_fields_after_a_rest(kit, server) -> None:
    page = kit("form")
    # The page's own clock, so that the pauses between keys are the same on every machine.
    page.clock.install()
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    for key in "123":
        page.locator("#id_booth_cny").press(key)
        page.clock.run_for(399)
    assert server.bodies("/estimated") == []
    page.clock.run_for(1)
    expect(page.locator("#estimate .amount")).to_have_text("67,200.00")
    assert len(server.bodies("/estimated")) == 1
    assert "csrfmiddlewaretoken" in server.bodies("/estimated")[0]


def test_an_estimate_that_fails_leaves_no_old_amount(kit, server) -> None:
    server.answer("/estimated", "", status=500)
    page = kit("form")
    page.fill("#id_booth_cny", "1")
    expect(page.locator("#estimate")).to_contain_text("暂时算不出预计金额")
    expect(page.locator("#estimate .amount")).to_have_count(0)


# --- Evidence ------------------------------------------------------------------------------------

PHOTO = {"name": "照片.png", "mimeType": "image/png", "buffer": b"p" * 2048}


def test_files_are_uploaded_when_chosen_and_the_row_becomes_what_the_server_says(kit, server) -> None:
    fresh = (
        '<li class="is-ok" id="ev-photo" data-upload-row><i></i><div><b>参展照片</b> 已检查</div>'
        '<div class="acts"><input type="file" name="evidence-photo" data-upload="/uploaded"></div></li>'
    )
    server.answer("/uploaded", fresh)
    page = kit("form")
    page.set_input_files("#ev-photo input", [PHOTO, PHOTO | {"name": "照片2.png"}])
    expect(page.locator("#ev-photo")).to_contain_text("已检查")
    expect(page.locator("#ev-photo")).to_have_class("is-ok")
    assert comes_true(page, lambda: len(server.posted) == 2)
    assert page.evaluate("document.querySelector('#ev-photo input').files.length") == 0


def test_a_refused_file_says_why_at_its_row(kit, server) -> None:
    server.answer("/uploaded", {"error": "这个文件已用于“参展合同”。请确认是否选错。"}, status=409)
    page = kit("form")
    page.set_input_files("#ev-photo input", [PHOTO])
    line = page.locator("#ev-photo .uploads .file")
    expect(line).to_contain_text("照片.png这个文件已用于“参展合同”。请确认是否选错。")
    expect(page.locator("#ev-photo progress")).to_have_count(0)


def test_a_file_that_is_too_large_is_not_sent(kit, server) -> None:
    page = kit("form")
    page.set_input_files("#ev-photo input", [PHOTO | {"buffer": b"p" * 1_600_000}])
    expect(page.locator("#ev-photo .error")).to_contain_text("文件 1.5 MB，超过 1 MB。")
    page.locator("#ev-photo button", has_text="知道了：照片.png").click()
    expect(page.locator("#ev-photo .error")).to_have_count(0)
    assert server.posted == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("照片.HEIC", b"p", "HEIC 格式"), ("表.docx", b"p", "这种文件不能上传"), ("空.png", b"", "文件是空的")],
)
def test_a_file_of_the_wrong_kind_is_not_sent(kit, server, name, content, words) -> None:
    page = kit("form")
    page.set_input_files("#ev-photo input", [PHOTO | {"name": name, "buffer": content}])
    expect(page.locator("#ev-photo .error")).to_contain_text(words)
    assert server.posted == []


def test_an_upload_that_failed_on_the_way_is_sent_again_on_a_press(kit, server) -> None:
    page = kit("form")
    page.route("**/uploaded", lambda route: route.abort(), times=1)
    server.answer("/uploaded", '<li id="ev-photo" data-upload-row><div>已收到</div></li>')
    server.refusing.add("/uploaded")
    page.set_input_files("#ev-photo input", [PHOTO])
    expect(page.locator("#ev-photo .error")).to_have_text("网络中断，没有上传成功。")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#ev-photo")).to_contain_text("已收到")


def test_an_upload_under_way_is_stopped_and_the_others_go_on(kit, server) -> None:
    page = kit("form")
    held = []
    page.route("**/uploaded", lambda route: held.append(route))
    page.set_input_files("#ev-photo input", [PHOTO | {"name": f"照片{n}.png"} for n in range(5)])
    expect(page.locator("#ev-photo progress")).to_have_count(5)
    assert comes_true(page, lambda: len(held) == 3)
    expect(page.get_by_role("progressbar", name="照片4.png 上传进度")).to_be_visible()
    assert len(held) == 3  # at once
    page.locator("#ev-photo button", has_text="取消：照片0.png").click()
    expect(page.locator("#ev-photo progress")).to_have_count(4)
    server.refusing.add("/uploaded")
    for number in range(1, 5):
        assert comes_true(page, lambda wanted=number: len(held) > wanted)
        held[number].fulfill(status=422, content_type="application/json", body='{"error": "不收。"}')
        expect(page.locator("#ev-photo .error")).to_have_count(number)


def test_an_older_answer_does_not_replace_a_newer_row(kit, server) -> None:
    page = kit("form")
    held = []
    page.route("**/uploaded", lambda route: held.append(route))
    page.set_input_files("#ev-photo input", [PHOTO, PHOTO | {"name": "照片2.png"}])
    expect(page.locator("#ev-photo progress")).to_have_count(2)
    assert comes_true(page, lambda: len(held) == 2)
    row = '<li id="ev-photo" data-upload-row data-stamp="{0}"><div>第 {0} 版</div></li>'
    for route, stamp in zip(held, (2, 1), strict=True):
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=row.format(stamp))
        expect(page.locator("#ev-photo progress")).to_have_count(stamp - 1)
    expect(page.locator("#ev-photo")).to_have_text("第 2 版")


def test_nothing_is_submitted_while_files_are_on_their_way(kit, server) -> None:
    page = kit("form")
    held = []
    page.route("**/uploaded", lambda route: held.append(route))
    page.set_input_files("#ev-photo input", [PHOTO])
    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("[data-saved]")).to_have_text("还有 1 个文件正在上传，传完后请再按一次提交。")
    assert server.bodies("/submitted") == []
    assert comes_true(page, lambda: len(held) == 1)
    held[0].fulfill(status=422, content_type="application/json", body='{"error": "不收。"}')
    server.refusing.add("/uploaded")
    expect(page.locator("#ev-photo .error")).to_have_text("不收。")
    page.get_by_role("button", name="检查并提交").click()
    expect(page).to_have_url(f"{HOST}/submitted")


def test_a_file_dropped_on_its_row_is_uploaded_and_beside_it_replaces_nothing(kit, server) -> None:
    page = kit("form")
    server.answer("/uploaded", '<li id="ev-photo" data-upload-row><div>已收到</div></li>')
    drop = """(selector) => {
        const data = new DataTransfer();
        data.items.add(new File(["p"], "照片.png", { type: "image/png" }));
        const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
        document.querySelector(selector).dispatchEvent(event);
        return event.defaultPrevented;
    }"""
    assert page.evaluate(drop, "h1")
    assert server.posted == []
    assert page.evaluate(drop, "#ev-photo")
    expect(page.locator("#ev-photo")).to_contain_text("已收到")


# --- Sending once, and errors --------------------------------------------------------------------


def test_a_second_click_sends_nothing_and_says_so(kit, server) -> None:
    page = kit("form")
    page.evaluate(
        "window.sent = 0; document.addEventListener('submit', (e) => { if (!e.defaultPrevented) window.sent++; })"
    )
    page.route("**/submitted", lambda route: time.sleep(0.6) or route.fulfill(status=204))
    page.get_by_role("button", name="检查并提交").click(no_wait_after=True)
    page.get_by_role("button", name="保存并离开").click(no_wait_after=True)
    expect(page.get_by_text("正在提交，请稍候。")).to_be_attached()
    assert page.evaluate("window.sent") == 1


def test_the_focus_goes_to_the_summary_and_from_its_line_to_the_field(kit) -> None:
    page = kit("form")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="住宿费").click()
    expect(page.locator("#id_lodging_cny")).to_be_focused()


# --- What the stylesheets promise ----------------------------------------------------------------

CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("body *:not(svg *)")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.getClientRects().length || node.closest(":disabled, .visually-hidden, .skip")) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${node.tagName}.${node.className} ${node.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return found;
}"""

TARGETS = """(least) => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, .btn")]
  .filter((node) => node.getClientRects().length && !node.closest(".skip, .visually-hidden"))
  // Links inside a sentence or a table's words are exempt, as in WCAG 2.5.8; so are marks inside a label of full height.
  .filter((node) => !(node.matches("a:not(.btn)") && node.closest("p, li, th, td, .site-foot")))
  .filter((node) => !node.closest("label.form-check"))
  .filter((node) => node.getBoundingClientRect().height < least - 0.5)
  .map((node) => `${node.tagName}.${node.className} ${node.getBoundingClientRect().height}`)"""


@pytest.mark.parametrize("name", ["portal", "form", "console"])
@pytest.mark.parametrize("width", [1280, 1024, 390, 320])
def test_no_page_scrolls_sideways_and_all_text_stands_out_from_its_ground(kit, name, width) -> None:
    page = kit(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(("name", "least"), [("portal", 44), ("form", 44), ("console", 32)])
def test_targets_on_the_phone_are_large_enough_for_fingers(kit, name, least) -> None:
    assert kit(name, 390).evaluate(TARGETS, least) == []


def test_the_focus_is_seen_and_never_hides_under_the_action_bar(kit) -> None:
    page = kit("form", reduced_motion="reduce")  # so that the page is where it scrolls to at once
    page.keyboard.press("Tab")
    stops = 0
    while not page.evaluate("document.activeElement === document.body"):
        stops += 1
        seen = page.evaluate("""() => {
            const node = document.activeElement;
            const shown = node.matches(".visually-hidden") ? node.closest(".btn") : node;
            const bar = document.querySelector(".action-bar");
            const [place, over] = [shown.getBoundingClientRect(), bar.getBoundingClientRect()];
            const covered = !bar.contains(node) && place.bottom > over.top && place.top < over.bottom;
            return [getComputedStyle(shown).outlineStyle, covered, node.outerHTML.slice(0, 80)];
        }""")
        assert seen[:2] == ["solid", False], seen
        page.keyboard.press("Tab")
    assert stops >= 14


def test_nothing_moves_for_those_who_asked_for_less_motion(kit) -> None:
    page = kit("portal", reduced_motion="reduce")
    names = page.eval_on_selector_all(
        "*", "nodes => nodes.map((node) => getComputedStyle(node).animationName)"
    )
    assert set(names) == {"none"}


def test_paper_shows_words_and_open_clauses_and_nothing_to_click(kit) -> None:
    page = kit("portal")
    page.emulate_media(media="print")
    expect(page.locator(".site-head")).to_be_hidden()
    expect(page.locator(".btn").first).to_be_hidden()
    expect(page.get_by_text("给予参展费用70%补贴。").first).to_be_visible()
    expect(page.get_by_text("公示中").first).to_be_visible()


# --- The menu in the bar -------------------------------------------------------------------------


def test_escape_closes_the_menu_in_the_bar_and_gives_the_focus_back(kit) -> None:
    page = kit("console")
    menu, button = page.locator(".site-nav details"), page.locator(".site-nav summary")
    button.press("Enter")
    menu.get_by_role("link", name="规则").focus()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(button).to_be_focused()
    button.press("Enter")
    expect(menu).to_have_attribute("open", "")
    # Who is typing elsewhere stays there.
    page.locator("#q").press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(page.locator("#q")).to_be_focused()
