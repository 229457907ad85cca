"""The kit: pages that show every part of the visual system, for tests in a browser and for people who look.

``python -m tests.accounts.ui_kit FOLDER`` writes pictures of them at 1280 and 390 pixels, and one as printed. The pages are rendered
without a request and answered from memory, so that neither database nor server is needed.
"""

import datetime
import mimetypes
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import include, path
from playwright.sync_api import BrowserContext, Route

from accounts.ui import MARKS, STATES, SUPPORT_STATES, MoneyInput

HOST = "http://kit.test"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def _addresses(namespace: str, *names: str):
    def nothing(request):
        return HttpResponse()

    patterns = [path(f"{name}/", nothing, name=name) for name in names]
    return path(f"{namespace}/", include((patterns, namespace)))


#: The addresses that the frame links to, for ``pytest.mark.urls``.
urlpatterns = [
    _addresses(
        *(
            "portal",
            "home",
            "measures",
            "calculator",
            "notices",
            "my_year",
            "support",
            "enterprise",
            "messages",
            "help",
            "verify",
            "sign_up",
        )
    ),
    _addresses("accounts", "sign_in", "sign_out", "me"),
]


class Somebody:
    """A signed-in person as templates see one."""

    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class Exhibition(forms.Form):
    """A form with a field of every kind."""

    name = forms.CharField(label="展会名称")
    place = forms.ChoiceField(label="国家或地区", choices=[("JP", "日本"), ("DE", "德国")])
    mode = forms.ChoiceField(
        label="展位类型", choices=[("std", "标准展位"), ("raw", "光地展位")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="所填内容与发票一致", required=False)
    remark = forms.CharField(label="补充说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    booth_cny = forms.DecimalField(label="展位费", help_text="不含押金。", widget=MoneyInput)
    lodging_cny = forms.DecimalField(
        label="住宿费",
        widget=MoneyInput,
        error_messages={"invalid": "请只填数字，单位是元。2.61 万元请填 26100。"},
    )


class Loan(forms.Form):
    """A row that can be added."""

    interest_cny = forms.DecimalField(label="利息", widget=MoneyInput, required=False)


Loans = forms.formset_factory(Loan, extra=0, can_delete=True)

TYPED = {
    "name": "示例国际木材与家居展览会",
    "place": "JP",
    "mode": "std",
    "booth_cny": "96000.00",
    "lodging_cny": "2.61万",
}

STEPS = [
    {
        "title": "按规则计算",
        "amount": Decimal("364000.00"),
        "text": "520,000.00 × 70%",
        "clause_label": "措施第五条",
        "clause_text": "给予参展费用70%补贴。",
        "clause_mark": "70%补贴",
    },
    {
        "title": "限额",
        "amount": Decimal("300000.00"),
        "cut": Decimal("64000.00"),
        "text": "每年最高 30 万元。",
    },
    {"title": "扣除其他省级支持", "amount": Decimal("240000.00"), "cut": Decimal("60000.00")},
    {"title": "年度总额度", "amount": Decimal("195000.00"), "cut": Decimal("45000.00")},
]

EVENTS = [
    {
        "when": "预计 4 月 15 日起",
        "title": "列入拨付批次",
        "text": "公示期内无异议即转为待拨付。",
        "kind": "next",
    },
    {
        "when": datetime.datetime(2026, 4, 13, 14, 32, tzinfo=SHANGHAI),
        "title": "企业重新提交",
        "text": "",
        "kind": "act",
    },
    {"when": datetime.date(2025, 12, 3), "title": "企业提交", "text": "申报金额 528,400.00 元。", "kind": ""},
]

STAGES = [
    {"title": "提交", "note": "3 月 3 日", "status": "done"},
    {"title": "公示", "note": "至 4 月 14 日", "status": "now", "icon": "mega"},
    {"title": "拨付", "note": "4 月 15 日起", "status": "todo"},
]

PARTS = [
    {"label": "4.1", "payable": Decimal("1113838.88"), "cut": Decimal("0.00")},
    {"label": "7.2", "payable": Decimal("520000.00"), "cut": Decimal("0.00")},
    {"label": "3.1", "payable": Decimal("140000.00"), "cut": Decimal("0.00")},
    {"label": "5.1", "payable": Decimal("138880.00"), "cut": Decimal("0.00")},
    {"label": "6.1", "payable": Decimal("87281.12"), "cut": Decimal("112718.88")},
]

LONG_NAME = "示例黑龙江省东部边境口岸木材与农副产品综合加工进出口贸易有限责任公司"


class Message:
    """A message as Django's framework hands it to a template."""

    def __init__(self, level_tag: str, text: str) -> None:
        self.level_tag = level_tag
        self.text = text

    def __str__(self) -> str:
        return self.text


def context() -> dict:
    """Everything that the kit's pages show."""
    return {
        "request": RequestFactory().get("/", {"city": "哈尔滨市", "page": "2"}),
        "csrf_token": "token-of-the-kit",
        "user": Somebody("示例经办人"),
        "portal_firm": LONG_NAME,
        "console_nav": [("/", "审核队列", True, 48), ("/notices", "公示", False, None)],
        "console_more": [("/matters", "联席会议", False, None), ("/rules", "规则", False, None)],
        "console_office": "省商务厅",
        "messages": [Message("success", "草稿已保存。"), Message("error", "这一页已经过时。")],
        "states": list(STATES),
        "support_states": list(SUPPORT_STATES),
        "marks": list(MARKS),
        "form": Exhibition(TYPED),
        "loans": Loans(initial=[{"interest_cny": Decimal("1224666.67")}], prefix="loans"),
        "steps": STEPS,
        "events": EVENTS,
        "stages": STAGES,
        "parts": PARTS,
        "limit": Decimal("2000000.00"),
        "sum": Decimal("1113838.88"),
        "page": Paginator(range(48), 10).page(2),
        "name": LONG_NAME,
    }


def rendered(name: str) -> str:
    """The HTML of one page of the kit: ``portal``, ``form`` or ``console``."""
    source = (Path(__file__).parent / f"{name}.html").read_text(encoding="utf-8")
    return engines["django"].from_string(source).render(context())


def serve(browser: BrowserContext, answer: Callable[[Route], None] | None = None) -> None:
    """Answer the browser's requests: pages of the kit, static files, and whatever is posted through ``answer``."""
    policy = "; ".join(
        f"{name} {' '.join(sources)}"
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )

    def reply(route: Route) -> None:
        where = route.request.url.removeprefix(HOST).split("?")[0]
        found = finders.find(where.removeprefix("/static/")) if where.startswith("/static/") else None
        if found:
            route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0])
        elif route.request.method == "POST" and answer:
            answer(route)
        else:
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
            route.fulfill(body=rendered(where.strip("/")), headers=headers)

    browser.route("**/*", reply)
