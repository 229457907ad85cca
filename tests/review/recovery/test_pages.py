"""Pages of recovery and supplements, on both sides: what they show, what they refuse and where, and nothing typed is lost."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.models import Demand, Instalment, Receipt, Supplement
from applications.recovery.receipts import receipt_add
from review.models import Appropriation
from tests.factories import NOW, make_appropriation, make_user, owner_of, settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded; nobody is asked for a second factor."""
    world.imports_become("150000000")
    return world


#: A year in which every day is still to come, and not too far off.
SOON = timezone.localdate().year + 1


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def act(world, action, status=302, **fields):
    address = reverse("review:demand_act", args=[world.demand().number, action])
    response = as_(world.finance).post(address, {f"{action}-{name}": value for name, value in fields.items()})
    assert response.status_code == status, text(response)
    return response


def receipt(world, **fields):
    day = timezone.localdate(world.demand().raised_at).isoformat()
    return {"amount": "50000", "received_on": day, "reference": "凭证一号", "checked": "on", **fields}


def test_the_list_sums_up_what_is_open_and_leads_to_the_demand(owing):
    client = as_(owing.finance)
    page = client.get(reverse("review:recovery"))
    assert "150,000.00" in text(page)
    assert owing.demand().number in text(page)
    for query in (
        "?tab=late",
        "?tab=closed",
        "?q=不存在",
        "?city=2311",
        "?year=2024",
        "?payer=2301",
    ):
        other = client.get(reverse("review:recovery") + query)
        assert other.status_code == 200
        assert owing.demand().number not in text(other)
    for query in (
        "?tab=open",
        "?q=示例甲",
        "?city=2301",
        "?year=2025",
        "?payer=province",
        "?year=abc&page=x",
    ):
        assert owing.demand().number in text(client.get(reverse("review:recovery") + query))


def test_what_is_late_stands_out(owing):
    Demand.objects.update(due_on=NOW.date())
    page = as_(owing.finance).get(reverse("review:recovery") + "?tab=late")
    assert "已超过" in text(page)
    assert "已过期限" in text(as_(owing.finance).get(reverse("review:demand", args=[owing.demand().number])))


def test_a_city_sees_its_own_money_alone_and_the_auditor_all(owing):
    for person, seen in (
        (make_user("harbinfin", role=Role.CITY_FINANCE, city="2301"), False),
        (make_user("auditor", role=Role.AUDITOR), True),
        (owing.commerce, True),
    ):
        page = as_(person).get(reverse("review:recovery"))
        assert (owing.demand().number in text(page)) is seen
        one = as_(person).get(reverse("review:demand", args=[owing.demand().number]))
        assert one.status_code == (200 if seen else 404)
        assert "登记到账</button>" not in text(one)


def test_the_page_of_a_demand_tells_why_and_shows_entries_and_letter(owing):
    page = text(as_(owing.finance).get(reverse("review:demand", args=[owing.demand().number])))
    for words in (
        "应得",
        "450,000.00",
        "600,000.00",
        "追回要求",
        "追回通知书（PDF）",
        "官方数据有更正",
        "登记到账",
    ):
        assert words in page, words


def test_a_receipt_is_recorded_and_what_is_wrong_is_said_at_the_field(owing):
    refused = act(owing, "receipt", 422, **receipt(owing, amount="很多", checked=""))
    assert "很多" in text(refused)
    assert "请对照银行凭证核对后勾选" in text(refused)
    refused = act(owing, "receipt", 409, **receipt(owing, amount="150000.01"))
    assert "不能超过现在待退回的 150,000.00 元" in text(refused)
    assert "凭证一号" in text(refused), "nothing that was typed is lost"
    assert not Receipt.objects.exists()
    act(owing, "receipt", **receipt(owing))
    assert Receipt.objects.get().amount_cny == Decimal("50000.00")
    assert "已经登记过" in text(act(owing, "receipt", 409, **receipt(owing)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": ""}, "请填写到账金额"),
        ({"amount": "－5"}, "请填正数，要大于 0"),
        ({"amount": "=1+1"}, "请只填数字"),
        ({"amount": "1.234"}, "小数点后最多两位"),
        ({"received_on": ""}, "请填写到账日期"),
        ({"reference": "长" * 61}, "个字，现在有 61 个"),
        ({"note": "注" * 501}, "个字，现在有 501 个"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_with_what_to_do(owing, wrong, said):
    refused = act(owing, "receipt", 422, **receipt(owing, **wrong))
    assert said in text(refused)
    assert not Receipt.objects.exists()
    assert "maxlength" not in re.search(r'<input[^>]*name="receipt-reference"[^>]*>', text(refused))[0]


def plan(world, status, *rows, **buttons):
    data = {
        "plan-reason": "资金周转困难。",
        "parts-TOTAL_FORMS": len(rows),
        "parts-INITIAL_FORMS": 0,
        **buttons,
    }
    for number, (day, amount) in enumerate(rows):
        data |= {f"parts-{number}-due_on": day, f"parts-{number}-amount": amount}
    address = reverse("review:demand_act", args=[world.demand().number, "plan"])
    response = as_(world.finance).post(address, data)
    assert response.status_code == status, text(response)
    return text(response)


def test_instalments_are_agreed_and_rows_can_be_added_without_scripts(owing):
    rows = [(f"{SOON}-01-05", "100000"), (f"{SOON}-02-05", "49999.99")]
    assert "少 0.01 元" in plan(owing, 409, *rows)
    more = plan(owing, 422, *rows, add_row="parts")
    assert 'name="parts-2-amount"' in more
    less = plan(owing, 422, *rows, remove_row="parts-0")
    assert 'name="parts-1-amount"' not in less
    assert 'value="49999.99"' in less
    assert "已经有一期" in plan(owing, 409, (f"{SOON}-01-05", "100000"), (f"{SOON}-01-05", "50000"))
    summary = re.search(r'class="error-summary".*?</ul>', plan(owing, 422, ("", "-1"), ("", "")), re.S)[0]
    assert summary.count("<li>") == 4, "what is wrong in each part is said on top as well"
    assert summary.count("请填写这一期的期限") == 2
    plan(owing, 302, (f"{SOON}-01-05", "100000"), (f"{SOON}-02-05", "50000"))
    assert Instalment.objects.count() == 2
    page = text(as_(owing.finance).get(reverse("review:demand", args=[owing.demand().number])))
    assert "重新约定分期" in page


def test_more_time_is_given_with_a_reason(owing):
    assert "请写明理由" in text(act(owing, "extend", 422, due_on=f"{SOON}-01-05", reason=""))
    assert "晚于现在的期限" in text(act(owing, "extend", 409, due_on="2020-01-05", reason="搬迁。"))
    act(owing, "extend", due_on=f"{SOON}-01-05", reason="搬迁。")
    assert owing.demand().due_on.isoformat() == f"{SOON}-01-05"


def test_a_later_payment_is_kept_back(owing):
    make_appropriation(5, amount=Decimal("1000000.00"), actor=owing.finance)
    assert Appropriation.objects.exists()
    later = owing.payable(owing.expo())
    refused = act(owing, "offset", 409, claim=later.pk, amount="70000.01", reason="书面同意。")
    assert "最多可以抵扣 70,000.00 元" in text(refused)
    assert "请选择一件申报" in text(act(owing, "offset", 422, amount="1", reason="书面同意。"))
    act(owing, "offset", claim=later.pk, amount="70000", reason="书面同意。")
    assert Receipt.objects.get().against == later
    settle_all()
    page = as_(owner_of(owing.firm)).get(reverse("portal:claim", args=[owing.growth.number]))
    assert f'从申报 <span class="code">{later.number}</span>' in text(page)


def test_who_comes_after_the_demand_was_settled_is_told_and_nothing_is_done(owing):
    later = owing.payable(owing.expo())
    number = owing.demand().number
    second = receipt(owing, reference="凭证二号")
    act(owing, "receipt", **receipt(owing, amount="150000"))
    part = {"due_on": f"{SOON}-01-05", "amount": "75000"}
    posted = {
        "receipt": second,
        "plan": {"reason": "资金周转困难。"},
        "extend": {"due_on": f"{SOON}-01-05", "reason": "搬迁。"},
        "offset": {"claim": later.pk, "amount": "1", "reason": "书面同意。"},
    }
    for action, fields in posted.items():
        data = {f"{action}-{name}": value for name, value in fields.items()}
        data |= {f"parts-{n}-{name}": value for n in (0, 1) for name, value in part.items()}
        data |= {"parts-TOTAL_FORMS": 2, "parts-INITIAL_FORMS": 0}
        response = as_(owing.finance).post(reverse("review:demand_act", args=[number, action]), data)
        assert response.status_code == 409, action
        assert "这件追回已经了结，刚才的操作没有执行" in text(response), action
    assert Receipt.objects.count() == 1
    assert not Instalment.objects.exists()


def test_what_was_kept_back_meanwhile_is_told_before_more_is(owing):
    make_appropriation(5, amount=Decimal("1000000.00"), actor=owing.finance)
    later = owing.payable(owing.expo())
    client, address = as_(owing.finance), reverse("review:demand", args=[owing.demand().number])
    seen = shown_as_open(client.get(address))
    pressed = {"claim": later.pk, "amount": "30000", "reason": "书面同意。", "seen": seen}
    act(owing, "offset", **pressed)
    again = act(owing, "offset", 409, **pressed)
    assert "待退回金额已由 150,000.00 元变为 120,000.00 元，刚才的抵扣没有执行" in text(again)
    assert "书面同意。</textarea>" in text(again), "nothing that was typed is lost"
    assert Receipt.objects.count() == 1
    settle_all()
    act(owing, "offset", **pressed | {"seen": shown_as_open(again)})
    assert Receipt.objects.count() == 2


def shown_as_open(response):
    return re.search(r'name="offset-seen" value="([0-9.]+)"', text(response))[1]


def test_a_new_plan_starts_with_what_is_left_of_the_old_one(owing):
    rows = [(f"{SOON}-01-05", "50000"), (f"{SOON}-02-05", "60000"), (f"{SOON}-03-05", "40000")]
    plan(owing, 302, *rows)
    act(owing, "receipt", **receipt(owing, amount="60000"))
    page = text(as_(owing.finance).get(reverse("review:demand", args=[owing.demand().number])))
    assert re.findall(r'name="parts-\d-amount" value="([^"]*)"', page) == ["50000.00", "40000.00"]
    assert re.findall(r'name="parts-\d-due_on" value="([^"]*)"', page) == [f"{SOON}-02-05", f"{SOON}-03-05"]


def test_a_plan_that_a_colleague_has_agreed_meanwhile_is_not_replaced_unseen(owing):
    def shown(page):
        return {"plan-seen": re.search(r'name="plan-seen" value="([0-9]+)"', page)[1]}

    address = reverse("review:demand", args=[owing.demand().number])
    before = shown(text(as_(owing.finance).get(address)))
    first = [(f"{SOON}-01-05", "100000"), (f"{SOON}-02-05", "50000")]
    other = [(f"{SOON}-03-05", "75000"), (f"{SOON}-04-05", "75000")]
    plan(owing, 302, *first, **before)
    late = plan(owing, 409, *other, **before)
    assert "同事刚刚约定了分期，刚才的操作没有执行" in late
    assert f'value="{SOON}-03-05"' in late, "nothing that was typed is lost"
    assert {row.due_on.month for row in Instalment.objects.filter(replaced_at=None)} == {1, 2}
    plan(owing, 302, *other, **shown(late))
    assert {row.due_on.month for row in Instalment.objects.filter(replaced_at=None)} == {3, 4}


@pytest.mark.parametrize("count", ["很多", "-1", "99999999", ""])
def test_a_count_of_parts_that_is_none_is_no_error_page(owing, count):
    for button in ({"add_row": "parts"}, {"remove_row": "parts-0"}, {}):
        data = {
            "plan-reason": "资金周转困难。",
            "parts-TOTAL_FORMS": count,
            "parts-INITIAL_FORMS": 0,
            **button,
        }
        address = reverse("review:demand_act", args=[owing.demand().number, "plan"])
        assert as_(owing.finance).post(address, data).status_code in (409, 422)


def test_the_firm_reads_how_much_by_when_how_and_what_has_come_in(owing):
    owner = as_(owner_of(owing.firm))
    page = text(owner.get(reverse("portal:claim", args=[owing.growth.number])))
    for words in (
        "待追回",
        "150,000.00",
        "壹拾伍万元整",
        owing.demand().number,
        "省财政厅",
        "追回通知书（PDF）",
        "还没有收到",
    ):
        assert words in page, words
    year = text(owner.get(reverse("portal:my_year", args=[2025])))
    assert "退回多拨的资金" in year
    assert owing.demand().number in year
    assert f"{owing.demand().due_on.day} 日前" in year
    receipt_add(
        demand_id=owing.demand().pk, amount=Decimal("150000.00"), received_on=timezone.localdate(owing.demand().raised_at),
        reference="凭证二号", actor=owing.finance, at=owing.demand().raised_at + timedelta(minutes=1),
    )  # fmt: skip
    settle_all()
    page = text(owner.get(reverse("portal:claim", args=[owing.growth.number])))
    assert "已结清" in page
    assert "凭证二号" in page


def test_a_letter_can_be_checked_by_anybody_who_holds_it(owing):
    letter = owing.growth.letters.get(kind="demand")
    page = Client().get(reverse("portal:verify"), {"number": letter.number, "code": letter.check_code})
    for words in ("追回通知书", "退回金额", "150,000.00 元", "有效"):
        assert words in text(page), words


def test_a_supplement_goes_from_commerce_to_finance_by_its_pages(world):
    world.imports_become("300000000")
    address = reverse("review:supplement", args=[world.growth.number])
    listed = text(as_(world.commerce2).get(reverse("review:supplements")))
    assert "300,000.00" in listed
    assert "等待商务同意" in listed

    def send(user, action, amount, words, status=302):
        data = {f"{action}-amount": amount, f"{action}-words": words}
        where = reverse("review:supplement_act", args=[world.growth.number, action])
        response = as_(user).post(where, data)
        assert response.status_code == status, text(response)
        return text(response)

    assert "同意补发 300,000.00 元" in text(as_(world.commerce2).get(address))
    assert "请写明理由" in send(world.commerce2, "consent", "300000.00", "", 422)
    assert "金额有变化" in send(world.commerce2, "consent", "1.00", "更正。", 409)
    assert "金额有变化" in send(world.commerce2, "consent", "x", "更正。", 409)
    send(world.finance, "consent", "300000.00", "更正。", 403)
    send(world.commerce2, "consent", "300000.00", "更正。")
    assert "决定补发 300,000.00 元" in text(as_(world.finance2).get(address))
    assert "决定补发 300,000.00 元" not in text(as_(world.commerce2).get(address))
    changed = send(world.finance2, "grant", "1.00", "同意。", 409)
    assert "刚刚有变化" in changed
    assert 'name="grant-amount" value="300000.00"' in changed, (
        "who presses again decides on what the page shows"
    )
    assert "同意。</textarea>" in changed
    send(world.finance2, "grant", "300000.00", "同意。")
    assert Supplement.objects.get().standing == "granted"
    for action in ("grant", "refuse"):
        late = send(world.finance, action, "300000.00", "另一人。", 409)
        assert "这件补发已经是“已补发”，刚才的操作没有执行" in late
        assert f'name="{action}-words"' not in late
        assert "现在不能办理" in send(world.finance, action, "300000.00", "", 422)
    assert Supplement.objects.get().standing == "granted"
    assert "已补发" in text(as_(world.commerce2).get(reverse("review:supplements") + "?tab=decided"))


def test_the_lists_ask_as_often_for_many_rows_as_for_one(owing):
    client = as_(owing.finance)

    def queries(name):
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    queries("review:recovery")
    one = queries("review:recovery"), queries("review:supplements")
    for name in ("甲展会", "乙展会"):
        claim = owing.committed(owing.payable(owing.expo(name)))
        owing.paid(claim)
        owing.verify(claim, "50000")
    assert Demand.objects.filter(closed_at=None).count() == 3
    assert (queries("review:recovery"), queries("review:supplements")) == one
