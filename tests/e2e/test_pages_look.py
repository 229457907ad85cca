"""Every page of the portal in a real browser, on a screen and on a phone: nothing sticks out, nothing is without a name."""

import gzip

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from applications.lifecycle import transition
from applications.models import DualCirculationEntry, FilingPeriod, Letter, OverseasWarehouse, YearSettings
from applications.questions import question_answer, question_ask, question_file_add
from applications.support import support_request_file
from review.notices import notice_publish
from tests.e2e.steps import sign_in
from tests.factories import (
    NOW,
    UNMET,
    exhibition,
    make_claim,
    make_figures,
    make_file,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.browser import UNCHECKED, follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

TABLET = {"width": 768, "height": 1024}
#: What one page may weigh on its first load, all of its files compressed.
MOST_BYTES = 200_000
LONG_NAME = "示例大兴安岭地区绿色食品与林下产品国际贸易及跨境物流综合服务（集团）股份有限公司"


@pytest.fixture
def world(live_server):
    """A firm with the longest name and claims in many states, a public notice, a request, and somebody without a firm."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    commerce, finance = make_user("commerce", role=Role.COMMERCE), make_user("finance", role=Role.FINANCE)
    firm, period = make_firm(LONG_NAME), make_period()
    make_figures(firm, import_cny="1864000000", export_cny="298000000", cross_border_cny="98000000")
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    OverseasWarehouse.objects.create(
        number="HWC-1", name="示例海外仓", operator_code=firm.credit_code, designated_on="2025-03-01"
    )
    claims = {
        state: make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition(state))
        for state in ("reviewed", "returned", "rejected", "in_notice", "asked", "answered")
    }
    claims["draft"] = make_claim(firm, "7.2", period, submit=False)
    claims["prepared"] = make_claim(firm, "6.1", period, submit=False)
    step(
        claims["returned"],
        "return",
        commerce,
        reason="请补第 2 页发票。",
        data={"fields": {"booth_cny": "请核对。"}},
    )
    step(claims["rejected"], "reject", commerce, reason="不是境外展会。", data=UNMET)
    settle_all()
    step(claims["in_notice"], "approve", commerce)
    settle_all()
    step(claims["in_notice"], "finance_approve", finance)
    settle_all(claims["in_notice"])
    questions = questions_make(claims, commerce)
    settle_all()
    notice = notice_publish(
        actor=finance,
        payer="province",
        year=2025,
        claim_ids=[claims["in_notice"].pk],
        title="2025 年度外贸政策资金公示",
    )
    request = support_request_file(
        enterprise=firm,
        item="8.1",
        actor=owner_of(firm),
        facts={"subject": "班列仓位紧张", "details": "每周缺 2 个 40 尺箱位。"},
        particulars={},
    )
    return {
        "owner": owner_of(firm),
        "person": make_user("person"),
        "claims": claims,
        "questions": questions,
        "notice": notice,
        "request": request,
    }


def questions_make(claims, commerce):
    """A question that waits, with a file put ready for its answer, and one that has been answered."""
    found = []
    for name in ("asked", "answered"):
        claim = claims[name]
        question = question_ask(claim_id=claim.pk, text="展位费是否包括押金？" * 9, actor=commerce)
        give = {"question_id": question.pk, "actor": owner_of(claim.enterprise)}
        question_file_add(file=make_file(claim.enterprise, "展位合同与补充协议" * 6 + ".pdf"), **give)
        found.append(question)
    question_answer(text="不包括，见合同。" * 9, **give)
    return found


def step(claim, action, actor, **more):
    transition(claim_id=claim.pk, action=action, actor=actor, **more)


def public_pages(world):
    pages = ["home", "measures", "calculator", "help", "notices", "sign_up"]
    return [
        *(reverse(f"portal:{page}") for page in pages),
        *(reverse("portal:measure", args=[number]) for number in (1, 5, 11)),
        reverse("portal:notice", args=[world["notice"].number]),
        reverse("portal:home") + "?now=300000000&before=100000000&kind=existing",
        reverse("portal:calculator") + "?year=2025&items=1.1&items=4.2&items=7.2",
        reverse("portal:verify"),
        *(verifying(world, number=number) for number in ("", "示例", None)),
        reverse("accounts:sign_in"),
        "/nowhere/",
    ]


def verifying(world, *, number):
    """The page that checks the letter of the approved claim, under its own number or another one."""
    letter = Letter.objects.get(claim=world["claims"]["in_notice"], kind="decision")
    query = {"number": letter.number if number is None else number, "code": letter.check_code}
    return reverse("portal:verify", query=query)


def confirming(code, subject):
    query = {"period": FilingPeriod.objects.get().pk, "subject": subject}
    return reverse("portal:claim_confirm", args=[code], query=query)


def firm_pages(world):
    claims = world["claims"]
    editable = [claims[name].number for name in ("returned", "draft", "prepared")]
    return [
        *(
            reverse(f"portal:{page}")
            for page in (
                "enterprise",
                "enterprise_edit",
                "account",
                "support",
                "messages",
                "message_settings",
            )
        ),
        *(reverse("portal:my_year", args=[year]) for year in (2024, 2025)),
        *(confirming(code, subject) for code, subject in (("3.1", ""), ("3.4", "HWC-1"))),
        *(reverse("portal:claim", args=[claim.number]) for claim in claims.values()),
        *(reverse("portal:claim_edit", args=[number]) for number in editable),
        *(
            reverse(f"portal:{page}", args=[each.claim.number, each.pk])
            for each in world["questions"]
            for page in ("question", "question_choose")
        ),
        reverse("portal:claim_new", args=["5.1"]),
        reverse("portal:support_new", args=["8.1"]),
        reverse("portal:support_new", args=["11.1"]),
        reverse("portal:support_request", args=[world["request"].number]),
        reverse("accounts:password"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["page_desktop", "page_phone"])
def test_nothing_sticks_out_of_a_page_and_nothing_is_without_a_name(world, request, screen):
    page = request.getfixturevalue(screen)
    found = {address: faults for address in public_pages(world) if (faults := look(page, address))}
    sign_in(page, world["person"])
    address = reverse("portal:sign_up_enterprise")
    found |= {address: faults} if (faults := look(page, address)) else {}
    sign_in(page, world["owner"])
    found |= {address: faults for address in firm_pages(world) if (faults := look(page, address))}
    assert found == {}


def look(page, address):
    page.goto(address)
    # What is folded is looked at too.
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = page_faults(page)
    if page.viewport_size["width"] > TABLET["width"]:
        screen = page.viewport_size
        page.set_viewport_size(TABLET)
        found += [f"at {TABLET['width']}: {fault}" for fault in page_faults(page, scripts=False)]
        page.set_viewport_size(screen)
    return found


def test_a_page_weighs_little_when_it_is_opened_for_the_first_time(world, new_page):
    """Compressed as a web server in front compresses texts; a browser of its own for each page has nothing stored."""
    weights = {}
    for person, address in (
        (None, reverse("portal:home")),
        (None, reverse("portal:measure", args=[5])),
        (None, reverse("portal:calculator") + "?year=2025&items=1.1&items=4.2&items=7.2"),
        (world["owner"], reverse("portal:my_year", args=[2025])),
        (world["owner"], reverse("portal:claim_edit", args=[world["claims"]["draft"].number])),
        (world["owner"], reverse("portal:claim", args=[world["claims"]["in_notice"].number])),
    ):
        page, received = new_page(), []
        page.on("response", lambda answer, kept=received: kept.append(answer))
        if person:
            sign_in(page, person)
        page.goto(address, wait_until="networkidle")
        weights[address] = sum(len(gzip.compress(answer.body(), 6)) for answer in received)
        page.close()
    assert {address: weight for address, weight in weights.items() if weight > MOST_BYTES} == {}


def test_a_form_without_scripts_fits_the_phone(world, new_page):
    page = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    sign_in(page, world["owner"])
    page.goto(reverse("portal:claim_edit", args=[world["claims"]["draft"].number]))
    assert page_faults(page, scripts=False) == []


FAULTY = """<!doctype html><html lang="en"><title>x</title><body>
<div class="wide"></div><style>.wide { width: 200vw; height: 1px }</style>
<input name="unnamed"><a href="#nowhere">a</a><button></button><img src="data:,"><svg></svg>
<p aria-labelledby="missing" id="twice">b</p><p id="twice">c</p></body></html>"""


def test_faults_are_seen(page_phone):
    page_phone.set_content(FAULTY)
    found = " ".join(page_faults(page_phone))
    for fault in (
        *("px too wide", "language: en", "0 h1", "no label", "no name", "leads nowhere"),
        *(
            "speaks nonsense",
            "label: Form elements must have labels",
            "no alt",
            "names what is not there (missing)",
            "id twice: twice",
        ),
    ):
        assert fault in found


def test_wrong_input_is_told_in_a_summary_whose_links_lead_to_the_fields(world, page_phone):
    page = page_phone
    page.goto(reverse("portal:sign_up"))
    page.evaluate(UNCHECKED)
    follow(page.get_by_role("button", name="建立账号并继续"))
    expect(page.locator(".error-summary")).to_be_visible()
    assert page_faults(page) == []
    sign_in(page, world["owner"])
    for address, button in (
        (reverse("portal:account"), "登记新账户"),
        (reverse("portal:support_new", args=["11.1"]), "提交并转交部门"),
        (reverse("portal:claim_edit", args=[world["claims"]["draft"].number]), "检查并提交"),
        (reverse("accounts:password"), "更改密码"),
    ):
        page.goto(address)
        page.evaluate(UNCHECKED)
        follow(page.get_by_role("button", name=button))
        expect(page.locator(".error-summary")).to_be_visible()
        assert page_faults(page) == [], address
