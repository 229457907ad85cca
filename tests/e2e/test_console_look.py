"""Every page of the console in a real browser, on a screen and on a phone: nothing sticks out, nothing is without a name."""

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts.models import User
from accounts.roles import Role
from applications.claims import claim_submit
from applications.lifecycle import transition
from applications.matching.compute import matches_compute_all
from applications.models import DiscreditedEnterprise, Enterprise, Holiday, RegisteredEnterprise, YearSettings
from applications.notices import notices_close
from applications.questions import question_answer, question_ask, question_file_add
from applications.support import support_request_file
from applications.trade_figures import figures_derive
from review.budget import Key, budget_left
from review.console.site import console
from review.document_checks import document_check
from review.ledger.exports import export_start
from review.models import LedgerCheck
from review.notes import note_add
from review.notices import notice_publish
from review.payouts import batch_lock, batch_make
from review.shortage import shortage_decide, shortage_simulate
from review.verification import value_verify
from tests.applications.matching.builders import ALICE, enterprise, figures
from tests.e2e.steps import sign_in
from tests.factories import (
    NOW,
    declared,
    exhibition,
    make_appropriation,
    make_claim,
    make_figures,
    make_file,
    make_firm,
    make_month,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.review.notice_world import object_to
from tests.support.browser import UNCHECKED, follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

LONG_NAME = "示例大兴安岭地区绿色食品与林下产品国际贸易及跨境物流综合服务（集团）股份有限公司"
SCREENS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})

FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture
def people(live_server):
    """One person for each post that opens pages."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    Holiday.objects.create(day=date(2026, 1, 1), kind="off", name="元旦")
    people = {
        "city": make_user("city", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员甲"),
        "commerce": make_user("commerce", role=Role.COMMERCE, name="示例审核员甲"),
        "data": make_user("data", role=Role.DATA, name="示例数据员甲"),
        "finance": make_user("finance", role=Role.FINANCE, name="示例财政员甲"),
        "finance2": make_user("finance2", role=Role.FINANCE, name="示例财政员乙"),
        "customs": make_user("customs", role=Role.DEPARTMENT, department="customs", name="示例海关经办"),
        "auditor": make_user("auditor", role=Role.AUDITOR, name="示例审计员"),
        "admin": make_user("admin", role=Role.ADMINISTRATOR, name="示例管理员"),
    }
    # Who holds two posts has the longest line beside the name.
    people["commerce"].posts.create(role=Role.DATA)
    return people


@pytest.fixture
def claims(people):
    """Claims that wait with commerce, with finance, with their enterprise, for a notice, in one, and for payment."""
    period, found = make_period(), {}
    for state in ("commerce", "finance", "returned", "approved", "in_notice", "payable", "committed"):
        firm = make_firm(f"{LONG_NAME}{len(found)}")
        make_figures(firm, import_cny="1864000000", export_cny="298000000")
        found[state] = make_claim(
            firm,
            "5.1",
            period,
            facts={"booth_cny": "100000"},
            particulars=exhibition(f"示例展会{len(found)}"),
        )
    found["ineligible"] = make_claim(make_firm("示例未达标有限公司"), "1.1", period)
    found["large"] = make_claim(found["commerce"].enterprise, "1.1", period)
    step(found["returned"], "return", people["commerce"], reason="请补发票。")
    for state in ("finance", "approved", "in_notice", "payable", "committed"):
        step(found[state], "approve", people["commerce"])
        if state != "finance":
            step(found[state], "finance_approve", people["finance"])
    settle_all()
    return found


def step(claim, action, actor, reason=""):
    transition(claim_id=claim.pk, action=action, actor=actor, reason=reason, at=NOW)


@pytest.fixture
def papers(people, claims):
    """A notice that is over, one that runs, a batch that is locked, and one that is not."""
    publish(people, claims["payable"], claims["committed"])
    notices_close(today=date(2026, 3, 20))
    make_appropriation(actor=people["finance"])
    locked = make_batch(people, claims["committed"])
    batch_lock(batch_id=locked.pk, actor=people["finance2"], at=NOW)
    running = publish(people, claims["in_notice"])
    return {"notice": running, "locked": locked, "draft": make_batch(people, claims["payable"])}


def publish(people, *claims):
    return notice_publish(
        payer="province",
        year=2025,
        claim_ids=[claim.pk for claim in claims],
        title="2025 年度公示",
        actor=people["finance"],
        at=NOW,
    )


def make_batch(people, claim):
    return batch_make(
        payer="province", claim_ids=[claim.pk], title="2025 年度拨付", actor=people["finance"], at=NOW
    )


def faults(page, user, addresses):
    """{(address, width): faults} of pages as a person opens them; pages in order are left out."""
    sign_in(page, user)
    found = {}
    for address in addresses:
        page.set_viewport_size(SCREENS[0])
        answer = page.goto(address)
        wrong = [] if answer.status == 200 else [f"status {answer.status}"]
        for screen in SCREENS:
            page.set_viewport_size(screen)
            found[address, screen["width"]] = wrong + page_faults(page)
        for _ in range(3):
            page.keyboard.press("Tab")
        if not page.evaluate(FOCUS):
            found[address, "focus"] = ["focus cannot be seen"]
    return {place: wrong for place, wrong in found.items() if wrong}


def asked(people, like):
    """Two claims of the same firm: one that waits for an answer, and one that has been answered."""
    found = [
        make_claim(
            like.enterprise,
            "5.1",
            like.period,
            facts={"booth_cny": "100000"},
            particulars=exhibition(f"示例询问展会{number}"),
        )
        for number in (1, 2)
    ]
    questions = [
        question_ask(claim_id=claim.pk, text="展位费是否包括押金？" * 9, actor=people["commerce"])
        for claim in found
    ]
    give = {"question_id": questions[1].pk, "actor": owner_of(like.enterprise)}
    question_file_add(file=make_file(like.enterprise, "展位合同与补充协议" * 6 + ".pdf"), **give)
    question_answer(text="不包括，见合同。" * 9, **give)
    return found


def desk(claim, query=""):
    return reverse("review:claim", args=[claim.number]) + query


@pytest.mark.slow
def test_pages_of_reviewers_are_in_order(page_desktop, people, claims, papers):
    pending = make_firm("示例待核验有限公司", verified=False)
    enterprise(ALICE, name=LONG_NAME, phone="0451-00000001")
    figures(ALICE, cross_border_cny="9900000000", resource_import_cny="9990000000")
    matches_compute_all()
    addresses = [
        *(
            f"/console/queue/?tab={tab}"
            for tab in ("waiting", "taken", "office", "check", "returned", "handled")
        ),
        "/console/queue/?q=没有这家企业",
        "/console/queue/?tab=office&item=5.1&item=5.2&city=2301&flags=none&sort=amount&least=很多",
        "/console/claims/",
        "/console/claims/?item=5.1&sort=city",
        *(
            desk(claims[state])
            for state in ("commerce", "returned", "finance", "ineligible", "large", "committed")
        ),
        *(desk(claims["commerce"], f"?do={action}") for action in ("return", "reject", "ask")),
        *(desk(each) for each in asked(people, claims["commerce"])),
        reverse("review:extension", args=[claims["commerce"].enterprise_id]),
        "/console/enterprises/",
        "/console/enterprises/?tab=refused",
        reverse("review:enterprise", args=[pending.pk]),
        "/console/notices/",
        reverse("review:notice", args=[papers["notice"].number]),
        *objection_pages(claims["in_notice"]),
        "/console/support/",
        "/console/rules/",
        "/console/report/",
        "/console/report/?week=2026-W10",
        "/console/report/claims/?week=2026-W10&office=commerce&figure=came",
        "/console/eligible/",
        "/console/eligible/?q=没有这家企业",
    ]
    assert faults(page_desktop, people["commerce"], addresses) == {}


def objection_pages(claim):
    """The lists of objections, and one against a claim in a notice."""
    objection = object_to(claim, at=NOW)
    return [
        "/console/objections/",
        "/console/objections/?tab=done",
        reverse("review:objection", args=[objection.number]),
    ]


@pytest.mark.slow
def test_pages_of_finance_are_in_order(page_desktop, people, claims, papers):
    addresses = [
        "/console/queue/",
        desk(claims["finance"]),
        desk(claims["finance"], "?do=send_back"),
        desk(claims["approved"]),
        "/console/statistics/",
        "/console/notices/",
        "/console/notices/new/province/2025/",
        "/console/batches/",
        "/console/batches/new/province/",
        *(reverse("review:batch", args=[papers[name].number]) for name in ("draft", "locked")),
        reverse("review:batch_results", args=[papers["locked"].number]),
        reverse("review:batch_payment", args=[papers["locked"].number, 1]),
        reverse("review:batch_reconciliation", args=[papers["locked"].number]),
        "/console/reconciliation/",
        "/console/accounts/",
        reverse("review:batch_add", args=[papers["draft"].number]),
        reverse("review:batch_verify", args=[papers["locked"].number]),
        *ledger_pages(people, claims["committed"]),
    ]
    assert faults(page_desktop, people["finance"], addresses) == {}


@pytest.mark.slow
def test_pages_of_the_budget_are_in_order(page_desktop, people, claims, papers):
    year = "year=2025&payer=province"
    addresses = [f"/console/budget/?{year}", "/console/budget/?year=2024&payer=2327"]
    assert faults(page_desktop, people["finance"], addresses) == {}
    # Less than a claim that waits for its money is owed.
    make_appropriation(5, amount=-budget_left([Key(5, 2025, "province")])[Key(5, 2025, "province")] + 1)
    short = "/console/budget/2025/province/5/"
    addresses = [
        f"/console/budget/?{year}",
        f"/console/budget/claims/?{year}&figure=forecast",
        f"/console/budget/claims/?{year}&figure=paid&measure=7",
        "/console/budget/2025/province/documents/",
        "/console/budget/2025/2301/documents/",
        short,
        "/console/budget/2025/province/7/",
    ]
    assert faults(page_desktop, people["finance"], addresses) == {}
    simulated = shortage_simulate(Key(5, 2025, "province"))
    decided = shortage_decide(
        key=simulated.key,
        method="proportional",
        reason="示例专题会议纪要" * 20,
        token=simulated.token,
        actor=people["finance"],
    )
    addresses = [short, reverse("review:shortage_decision", args=[decided.number])]
    assert faults(page_desktop, people["finance"], addresses) == {}


#: Tables that stick out of a page as wide as the window.
BEYOND = """() => [...document.querySelectorAll("main table")]
  .filter((table) => table.getBoundingClientRect().right > innerWidth + 1)
  .map((table) => table.querySelector("th").textContent)"""


def test_no_figure_of_the_budget_and_of_the_year_is_cut_off_on_paper(page_desktop, people, claims, papers):
    page = sign_in(page_desktop, people["finance"])
    # A4 without its margins, in pixels: across, and upright.
    for address, width, is_across in (
        ("/console/budget/?year=2025&payer=province", 1016, True),
        ("/console/statistics/", 672, False),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.emulate_media(media="print")
        assert page.evaluate(BEYOND) == [], address
        sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        assert {sheet.mediabox.width > sheet.mediabox.height for sheet in sheets} == {is_across}, address
        assert all(sheet.extract_text().strip() for sheet in sheets), address


def ledger_pages(people, claim):
    """Pages of the ledger, with a check that found something and an extract that is waited for."""
    problem = {"rule": "x", "text": f"申报 {claim.number} 的已拨付：示例不符。", "claim": claim.number}
    LedgerCheck.objects.create(at=NOW, entries=9, claims=3, count=1, problems=[problem])
    by = {"actor": people["finance"], "words": "年度：2025 年度", "asked": {"year": 2025}}
    job = export_start(name="entries", **by)
    return [
        "/console/ledger/",
        "/console/ledger/?by=firm&kind=lock&year=2025",
        "/console/ledger/?q=没有这家企业",
        reverse("review:ledger_firm", args=[claim.enterprise.credit_code, 2025]),
        "/console/ledger/check/",
        "/console/ledger/exports/",
        reverse("review:ledger_export", args=[job.pk]),
    ]


def test_pages_of_departments_auditors_and_the_city_are_in_order(page_desktop, new_page, people):
    claim = make_claim(make_firm(LONG_NAME), "1.1", make_period())
    firm = claim.enterprise
    asked = support_request_file(
        enterprise=firm, item="11.1", actor=owner_of(firm), facts={}, particulars={"subject": "通关时间较长"}
    )
    support = ["/console/support/", reverse("review:support_request", args=[asked.number])]
    assert faults(page_desktop, people["customs"], support) == {}
    assert faults(new_page(), people["auditor"], ["/console/claims/", desk(claim)]) == {}
    assert faults(new_page(), people["city"], ["/console/queue/", "/console/data/"]) == {}


def test_the_bar_is_one_line_and_what_is_rare_in_it_is_reached_by_keyboard(page_desktop, page_phone, people):
    for page in (page_desktop, page_phone):
        sign_in(page, people["auditor"])
        page.goto("/console/claims/")
        more = page.locator(".site-nav details")
        expect(more.get_by_role("link", name="工作周报")).to_be_hidden()
        if page is page_desktop:
            assert page.locator(".site-head").bounding_box()["height"] < 60
        more.locator("summary").focus()
        assert page.evaluate(FOCUS)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)
        expect(more.get_by_role("link", name="异议")).to_be_focused()
        assert page_faults(page) == []
        follow(more.get_by_role("link", name="工作周报"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("工作周报")
        expect(more.locator("summary")).to_contain_text("更多")


@pytest.mark.slow
def test_registers_settings_and_people_are_in_order(page_desktop, new_page, people):
    firm = make_firm(LONG_NAME)
    make_figures(firm, import_cny="1864000000", export_cny="298000000")
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", source="示例文件"
    )
    lists = {
        f"{model._meta.app_label}_{model._meta.model_name}": admin
        for model, admin in console._registry.items()
        if model is not User
    }
    addresses = ["/console/data/"]
    for name, admin in lists.items():
        addresses.append(reverse(f"console:{name}_changelist"))
        if Role.DATA in admin.keepers:
            addresses.append(reverse(f"console:{name}_add"))
    assert faults(page_desktop, people["data"], addresses) == {}
    person = people["city"].pk
    addresses = [
        reverse("console:accounts_user_changelist"),
        reverse("console:accounts_user_add"),
        reverse("console:accounts_user_change", args=[person]),
        reverse("console:accounts_user_password", args=[person]),
        reverse("console:accounts_user_history", args=[person]),
        reverse("console:accounts_user_sign_ins", args=[person]),
        reverse("console:accounts_user_second_factor", args=[person]),
    ]
    assert faults(new_page(), people["admin"], addresses) == {}


@pytest.mark.slow
def test_what_is_noticed_and_the_years_of_figures_are_in_order(page_desktop, people):
    firm = make_firm(LONG_NAME)
    make_figures(firm, resource_import_cny="1864000000", import_cny="1864000000")
    make_month(firm.credit_code, "2025-05", "import", cny="1999000000.55", hs_code="2701", name=LONG_NAME)
    figures_derive({(firm.credit_code, 2025)})
    DiscreditedEnterprise.objects.create(credit_code=firm.credit_code, since=date(2025, 3, 1))
    facts = {"landed_cny": "1900000000", "bank_fees_cny": "100"}
    same = {"declarations": [{"declaration_number": "190220250000000001"}]}
    make_firm(f"{LONG_NAME}分公司", city="2311")
    Enterprise.objects.update(contact_phone="0451-87654321", address="南岗区示例路 12 号")
    period = make_period()
    for each in Enterprise.objects.order_by("-pk"):
        claim = make_claim(each, "4.1", period, facts=facts, particulars=same)
    assert {"same_declaration", "same_contact"} <= set(claim.flags.values_list("kind", flat=True))
    addresses = [
        desk(claim),
        "/console/queue/?flags=open",
        "/console/figures-years/",
        "/console/figures-years/2025/",
        reverse("review:enterprise", args=[firm.pk]),
    ]
    assert faults(page_desktop, people["commerce"], addresses) == {}


@pytest.mark.slow
def test_a_desk_with_everything_on_it_is_in_order(page_desktop, people):
    firm, period = make_firm(LONG_NAME), make_period()
    make_figures(firm, local_product_export_cny="6000000000")
    loan = {
        "principal_cny": "987654321.88",
        "issued_on": "2025-01-01",
        "interest_paid_cny": "4321098765.43",
    }
    details = {"loan_number": "示例借字（2025）第 0000000000000000001 号", "lender": f"{LONG_NAME}结算中心"}
    large = make_claim(
        firm,
        "4.2",
        period,
        facts={"bank_fees_cny": "98765432109.88", "loans": [loan] * 20},
        particulars={"loans": [details] * 20},
    )
    value_verify(
        claim_id=large.pk,
        path="loans[3].interest_paid_cny",
        value="1",
        reason=LONG_NAME,
        actor=people["commerce"],
    )
    claim = make_claim(
        firm, "5.1", period, facts={"booth_cny": "98765432109"}, particulars=exhibition(LONG_NAME)
    )
    codes = [document.code for document in claim.rule.evidence]
    officer = {"claim_id": claim.pk, "actor": people["commerce"]}
    document_check(document=codes[0], verdict="seen", **officer)
    document_check(document=codes[1], verdict="problem", note=LONG_NAME * 5, **officer)
    for number in range(7):
        note_add(text=f"{number} {LONG_NAME * 10}", **officer)
    notes = {"fields": {"booth_cny": LONG_NAME, f"ev-{codes[1]}": LONG_NAME}}
    transition(claim_id=claim.pk, action="return", actor=people["commerce"], reason=LONG_NAME, data=notes)
    claim.evidence.filter(document=codes[0]).update(removed_at=timezone.now())
    owner = owner_of(firm)
    claim.evidence.create(
        document=codes[0], file=make_file(firm, f"{LONG_NAME}.pdf"), added_by=owner, added_at=timezone.now()
    )
    what = declared({"booth_cny": "1000"}, exhibition(LONG_NAME))
    claim_submit(claim_id=claim.pk, actor=owner, declared=what, explanation=LONG_NAME)
    addresses = [
        desk(large),
        desk(claim),
        *(desk(claim, f"?doc={code}") for code in codes[:2]),
        desk(claim, "?do=return"),
    ]
    assert faults(page_desktop, people["commerce"], addresses) == {}
    assert faults(page_desktop, people["auditor"], [desk(claim)]) == {}


def test_a_flag_is_answered_on_the_desk_and_the_claim_can_be_passed(page_desktop, people):
    firm = make_firm()
    DiscreditedEnterprise.objects.create(credit_code=firm.credit_code, since=date(2025, 3, 1))
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "900"}, particulars=exhibition())
    page = sign_in(page_desktop, people["commerce"])
    page.goto(desk(claim))
    expect(page.get_by_role("button", name="按此金额通过")).to_be_disabled()
    page.get_by_text("说明后关闭").click()
    page.evaluate(UNCHECKED)
    follow(page.get_by_role("button", name="关闭这条提示"))
    expect(page.locator(".error-summary")).to_contain_text("请写明核对了什么、结论是什么。")
    page.get_by_label("说明", exact=True).fill("已移出名单，有法院的证明。")
    follow(page.get_by_role("button", name="关闭这条提示"))
    expect(page.get_by_text("已处理，示例审核员甲")).to_be_visible()
    follow(page.get_by_role("button", name="按此金额通过"))
    expect(page.get_by_text("已办理“按此金额通过”")).to_be_visible()


def test_a_rule_is_found_in_the_short_list_and_unfolds(page_desktop, people):
    page = sign_in(page_desktop, people["commerce"])
    page.goto("/console/rules/")
    rule = page.get_by_role("heading", name="4.2 地产品出口补贴")
    expect(rule).to_be_hidden()
    page.get_by_role("link", name="4.2", exact=True).click()
    expect(rule).to_be_in_viewport()
    page.goto("/console/queue/")
    page.goto("/console/rules/#item-4.2")
    expect(rule).to_be_in_viewport()


def test_faults_are_found(page_desktop, people):
    page = sign_in(page_desktop, people["commerce"])
    page.goto("/console/rules/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', `<h1>二</h1><input name=x>"
        "<a class=btn href='/'></a><div id=decide class=num>1</div><i id=decide></i><div class='w-100'>${'宽'.repeat(20)}</div>`)"
    )
    found = " ".join(page_faults(page))
    for fault in ("2 h1", 'no label: <input name="x"', "no name:", "id twice: decide"):
        assert fault in found
