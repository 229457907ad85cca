"""What people do in the browser, step by step: signing in, filing, deciding. Shared by the journeys."""

import re
from decimal import Decimal

from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, expect

from measures import declaration, registry
from tests.support.browser import follow
from tests.support.files import PDF

PASSWORD = "a-long-password"
#: Milliseconds that the worker may take until a page shows its result.
COMPUTED = 60_000
#: What a desk asks until its amount is there.
COMPUTING = "**/computing/"


# --- Signing in ------------------------------------------------------------------------------------


def sign_in(page, user):
    """A session in the browser, without the sign-in page."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": "localhost", "path": "/"}]
    )
    return page


def sign_in_by_hand(page, user):
    """Through the sign-in page, with the password that every person of the tests has."""
    page.goto("/accounts/sign-in/")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


# --- Filing ----------------------------------------------------------------------------------------


def some_value(declared):
    """Anything that a particular of this kind accepts."""
    match declared:
        case declaration.Amount():
            return "1000.00"
        case declaration.Count():
            return 2
        case declaration.Day():
            return "2025-09-19" if declared.not_before else "2025-09-16"
        case declaration.Market():
            return "JP"
        case declaration.Choice():
            return declared.choices[0][0]
    return f"示例{declared.label}"


def fill_field(page, name, declared, value):
    """One control, by its name in the form."""
    control = page.locator(f'[name="{name}"]')
    match declared:
        case declaration.Market() | declaration.Choice() | declaration.RegisterChoice():
            control.select_option(value)
        case declaration.Flag():
            control.set_checked(bool(value))
        case _:
            control.fill(str(value))


def fill_rows(page, declared, rows):
    """As many rows as are wanted, each with its facts and particulars."""
    box = page.locator(f'[data-rows="{declared.name}"]')
    for index, values in enumerate(rows):
        shown = box.locator("[data-row]")
        if shown.count() <= index:
            box.locator("[data-row-add]").click()
            # Without scripts the server adds the row, on a page that has to come first.
            expect(shown).to_have_count(index + 1)
            page.wait_for_load_state()
        for part in (*declared.fields, *declared.particulars):
            is_fact = part in declared.fields
            value = values.get(part.name) if is_fact and values else some_value(part)
            if value is not None:
                fill_field(page, f"{declared.name}-{index}-{part.name}", part, value)


def fill(page, rule, facts):
    """The whole form, from the declaration of the item and the facts alone."""
    for declared in rule.facts:
        value = facts[declared.name]
        if isinstance(declared, declaration.Rows):
            fill_rows(page, declared, value)
        else:
            fill_field(page, declared.name, declared, value)
    for declared in rule.particulars:
        if isinstance(declared, declaration.Rows):
            fill_rows(page, declared, [{}] * declared.min_rows)
        else:
            is_account = declared.name in rule.payee_fields[-1:]
            fill_field(
                page, declared.name, declared, "62000000000001" if is_account else some_value(declared)
            )
    page.get_by_label("没有", exact=True).check()


def submit(page, *, button="确认提交"):
    """From the filled form over the page on which everything is looked over once more to the page that answers."""
    follow(page.get_by_role("button", name="检查并提交"))
    expect(page).to_have_url(re.compile(r"/check/$"))
    page.locator("[name=statement]").check()
    follow(page.get_by_role("button", name=button, exact=True))


def give_evidence(page, rule):
    """A file of its own for every document that may be needed, as no other claim has one, uploaded as soon as it is chosen."""
    for document in rule.evidence:
        row = page.locator(f"#ev-{document.code}")
        for number in range(document.min_files if document.required or document.needed_with else 0):
            name = f"{rule.code}-{document.code}{number}.pdf"
            content = PDF + f"\n%{page.url} {name}".encode()
            files = {"name": name, "mimeType": "application/pdf", "buffer": content}
            row.locator("input[type=file]").first.set_input_files([files])
            expect(row.get_by_role("link", name=name)).to_be_visible()


def draft_begin(page, year, code):
    """Presses the button of an item on the year's page; one that would bring nothing now has to be unfolded first."""
    page.goto(f"/my/{year}/")
    button = page.locator(f'form[action="/claims/new/{code}/"] button')
    if not button.is_visible():
        page.locator("details").filter(has=button).locator("summary").click()
    follow(button)


def prepared_confirm(page, code, *, expected):
    """From the year's page, which is open, over the page of a prepared claim to the submitted one: one answer, one press."""
    follow(page.locator(f'section[aria-labelledby=h-g] a[href^="/claims/new/{code}/confirm/"]'))
    expect(page.locator("aside .result .amount")).to_have_text(f"{expected}元")
    page.get_by_label("没有", exact=True).check()
    follow(page.get_by_role("button", name="确认申报"))


def claim_file(page, year, code, facts, *, expected):
    """From the year's page to the page of the submitted claim; `expected` is the amount beside the form.

    Returns the claim's number.
    """
    rule = registry.item(code)
    page.goto(f"/my/{year}/")
    if page.locator(f'a[href^="/claims/new/{code}/confirm/"]').count():
        prepared_confirm(page, code, expected=expected)
    else:
        draft_begin(page, year, code)
        fill(page, rule, facts)
        give_evidence(page, rule)
        expect(page.locator("#estimate .result .amount")).to_have_text(f"{expected}元")
        submit(page)
    expect(page).to_have_url(re.compile(rf"/claims/{year}-{re.escape(code)}-\d+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


# --- Looking ---------------------------------------------------------------------------------------


def visit(page, address):
    """Opens an address from a desk, which may load itself anew just then, because its amount has been computed."""
    try:
        page.goto(address)
    except Error as cut_off:
        if not any(
            words in cut_off.message for words in ("ERR_ABORTED", "interrupted by another navigation")
        ):
            raise
        page.goto(address)


def yuan(text):
    """A sum as pages write it ("154,490.38元"), as a Decimal."""
    return Decimal(text.replace(",", "").removesuffix("元").strip())


def expect_amount(page, number, amount):
    """The claim's own page shows what is payable."""
    visit(page, f"/claims/{number}/")
    shown = page.locator("section[aria-labelledby=h-w] .section-head .amount")
    expect(shown).to_have_text(f"{amount}元", timeout=COMPUTED)


def expect_year(page, year, rows, *, payable, cut):
    """The year's page adds up: `rows` is {number: (after overlap, cut, payable)} as written there."""
    visit(page, f"/my/{year}/")
    table = page.locator("section[aria-labelledby=h-i] table")
    expect(table.locator("tbody tr")).to_have_count(len(rows))
    labels = ("扣除其他支持后", "因总额度削减", "应付")
    for number, amounts in rows.items():
        row = table.locator("tbody tr").filter(has_text=number)
        for label, amount in zip(labels, amounts, strict=True):
            expect(row.locator(f'td[data-l="{label}"]')).to_have_text(amount, timeout=COMPUTED)
    for label, amount in (("因总额度削减", cut), ("应付", payable)):
        expect(table.locator(f'tfoot td[data-l="{label}"]')).to_have_text(amount, timeout=COMPUTED)


# --- Deciding --------------------------------------------------------------------------------------


def desk_open(page, number):
    """A claim at the desk when its amount has been computed: until then the page loads itself anew at some moment."""
    address = f"/console/claims/{number}/"
    visit(page, address)
    computing = page.get_by_text("金额正在重新计算")
    if computing.count():
        expect(computing).to_have_count(0, timeout=COMPUTED)
        visit(page, address)


def desk_do(control, words):
    """Presses a button of the desk, and reads what the page that answers says about it.

    It says so once; meanwhile it is not told that its amount has been computed, upon which it would load itself anew.
    """
    page = control.page
    page.route(COMPUTING, lambda route: route.fulfill(status=204))
    follow(control)
    expect(page.get_by_text(words)).to_be_visible()
    page.unroute(COMPUTING)


def decide(page, number, button, *, amount=None):
    """Opens a claim at the desk, sees the amount, and presses a button that asks for nothing."""
    desk_open(page, number)
    if amount is not None:
        expect(page.locator(".action-bar .amount")).to_have_text(f"{amount}元", timeout=COMPUTED)
    desk_do(page.get_by_role("button", name=button), f"{number}：已办理“{button}”")
