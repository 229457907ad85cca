"""Checking new enterprises: who sees which, what stands beside what, and what a decision does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.bank_accounts import Account, account_change
from applications.enterprises import profile_token
from applications.models import Enterprise, Event, RegisteredEnterprise
from tests.factories import make_file, make_firm, owner_of

pytestmark = pytest.mark.django_db
LIST = "review:enterprises"


@pytest.fixture
def firm(officers):
    firm = make_firm("示例新注册公司", verified=False)
    firm.licence, firm.authorisation = make_file(firm, "示例营业执照.pdf"), make_file(firm, "示例授权书.pdf")
    firm.save()
    return firm


def page(client, firm, **query):
    return client.get(reverse("review:enterprise", args=[firm.pk]), query)


def post(client, firm, **typed):
    """Posts a decision from the page as it is now, unless another token is given."""
    data = {"token": profile_token(firm), **typed}
    answer = client.post(reverse("review:enterprise", args=[firm.pk]), data)
    firm.refresh_from_db()
    return answer


def test_those_to_be_checked_come_first(officers, sign_in, firm):
    checked = make_firm("示例老公司")
    client = sign_in(officers.commerce)
    answer = client.get(reverse(LIST))
    assert list(answer.context["page"]) == [firm]
    assert [count for _, _, count in answer.context["tabs"]] == [1, 1, 0]
    assert list(client.get(reverse(LIST), {"tab": "verified"}).context["page"]) == [checked]
    assert list(client.get(reverse(LIST), {"tab": "verified", "q": "新注册"}).context["page"]) == []
    assert list(client.get(reverse(LIST), {"q": firm.credit_code}).context["page"]) == [firm]


@pytest.mark.parametrize(
    ("name", "seen", "status"),
    [
        ("city", True, 200),
        ("heihe", False, 404),
        ("commerce", True, 200),
        ("auditor", True, 200),
        ("finance", None, 403),
        ("customs", None, 403),
    ],
)
def test_a_city_sees_its_own_and_other_posts_nothing(officers, sign_in, firm, name, seen, status):
    client = sign_in(getattr(officers, name))
    assert page(client, firm).status_code == status
    listed = client.get(reverse(LIST))
    if seen is None:
        assert listed.status_code == 403
    else:
        assert (firm in listed.context["page"]) is seen


def test_the_register_stands_beside_what_the_firm_says_and_differences_are_marked(officers, sign_in, firm):
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name="示例新注册有限公司", city="2301", source="示例名录"
    )
    answer = page(sign_in(officers.city), firm)
    differs = {label: differs for label, _, _, differs in answer.context["lines"]}
    assert differs == {"企业名称": True, "市（地）": False, "地址": False, "联系电话": False}
    assert "不一致" in answer.content.decode()


def test_both_papers_can_be_opened_and_a_missing_one_is_named(officers, sign_in, firm):
    client = sign_in(officers.city)
    assert page(client, firm).context["open"].file == firm.licence
    assert page(client, firm, file=firm.authorisation_id).context["open"].file == firm.authorisation
    firm.authorisation = None
    firm.save()
    assert "没有上传授权书" in page(client, firm).content.decode()


def test_a_wrong_check_digit_is_pointed_out(officers, sign_in, firm):
    assert "对不上" not in page(sign_in(officers.city), firm).content.decode()
    last = firm.credit_code[-1]
    firm.credit_code = firm.credit_code[:-1] + ("A" if last != "A" else "B")
    firm.check_digit_confirmed = True
    firm.save()
    text = page(sign_in(officers.city), firm).content.decode()
    assert "第 18 位与前 17 位对不上" in text
    assert "企业注册时已确认" in text


def test_verifying_opens_the_firms_way_and_is_recorded(officers, sign_in, firm):
    assert post(sign_in(officers.city), firm, verify="1").status_code == 302
    assert (firm.verification, firm.verified_by) == (Enterprise.Verification.VERIFIED, officers.city)
    event = Event.objects.get(kind="enterprise.verified")
    assert (event.actor, event.enterprise, event.source_ip) == (officers.city, firm, "127.0.0.1")


def test_refusing_needs_a_note_that_the_firm_can_read(officers, sign_in, firm):
    client = sign_in(officers.commerce)
    empty = post(client, firm, refuse="1", note=" ")
    assert empty.status_code == 409
    assert "请写明哪里不对" in empty.content.decode()
    assert firm.verification == Enterprise.Verification.PENDING
    assert post(client, firm, refuse="1", note="授权书没有盖章。").status_code == 302
    assert (firm.verification, firm.verification_note) == ("refused", "授权书没有盖章。")


def test_a_second_click_does_nothing_and_says_so(officers, sign_in, firm):
    client = sign_in(officers.city)
    post(client, firm, verify="1")
    answer = post(client, firm, refuse="1", note="再想想。")
    assert answer.status_code == 409
    assert "已核验" in answer.content.decode()
    assert firm.verification == Enterprise.Verification.VERIFIED


@pytest.mark.parametrize("decision", [{"verify": "1"}, {"refuse": "1", "note": "授权书没有盖章。"}])
def test_what_the_firm_changed_since_the_page_was_drawn_is_not_decided_upon(
    officers, sign_in, firm, decision
):
    shown = page(sign_in(officers.city), firm).context["token"]
    other = Account("示例他人", "示例银行哈尔滨分行", "6200000000009999")
    account_change(enterprise_id=firm.pk, actor=owner_of(firm), account=other, words="示例说明。")
    answer = post(sign_in(officers.city), firm, token=shown, **decision)
    assert answer.status_code == 409
    assert "企业刚刚修改了资料" in answer.content.decode()
    assert firm.verification == Enterprise.Verification.PENDING
    assert post(sign_in(officers.city), firm, **decision).status_code == 302


def test_a_form_without_a_token_checks_nothing(officers, sign_in, firm):
    assert post(sign_in(officers.city), firm, token="", verify="1").status_code == 409
    assert firm.verification == Enterprise.Verification.PENDING


@pytest.mark.parametrize(("name", "status"), [("heihe", 404), ("auditor", 403), ("finance", 403)])
def test_nobody_else_checks_a_firm(officers, sign_in, firm, name, status):
    assert post(sign_in(getattr(officers, name)), firm, verify="1").status_code == status
    assert firm.verification == Enterprise.Verification.PENDING


def test_a_member_does_not_check_the_own_firm(officers, sign_in):
    firm = make_firm("示例自家公司", verified=False, owner=officers.commerce)
    client = sign_in(officers.commerce)
    assert not page(client, firm).context["may_check"]
    assert post(client, firm, verify="1").status_code == 403
    assert firm.verification == Enterprise.Verification.PENDING


def test_twenty_firms_cost_as_many_queries_as_one(officers, sign_in, firm):
    client, counts = sign_in(officers.commerce), []
    for number in (0, 19):
        for index in range(number):
            make_firm(f"示例{index}公司", verified=False)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(reverse(LIST)).context["page"]) == number + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]
