"""The enterprise's own pages: who sees and does what there."""

import pytest

from accounts.roles import Role
from applications.enterprises import enterprise_refuse
from applications.membership import join_request_answer, join_request_make
from applications.models import BankAccount, Enterprise, JoinRequest
from tests.factories import make_file, make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    firm = make_firm()
    firm.licence, firm.authorisation = make_file(firm, "示例营业执照.pdf"), make_file(firm, "示例授权书.pdf")
    firm.address = "示例路 1 号"
    firm.save()
    return firm


@pytest.fixture
def colleague(firm):
    person = make_user("colleague", name="示例同事")
    asked = join_request_make(enterprise=firm, user=person)
    join_request_answer(request_id=asked.pk, actor=owner_of(firm), accept=True)
    return person


@pytest.fixture
def owner(client, firm):
    client.force_login(owner_of(firm))
    return owner_of(firm)


def page(client, address="/enterprise/"):
    return client.get(address).content.decode()


PROFILE = {
    "name": "示例甲公司",
    "city": "2301",
    "address": "示例路 2 号",
    "contact_name": "示例新联系人",
    "contact_phone": "0451-11111111",
}
ACCOUNT = {"holder": "示例甲公司", "bank": "示例银行", "number": "6222 0000 0000 1234"}


def test_the_page_shows_profile_people_and_account(client, firm, owner, colleague):
    text = page(client)
    for words in (firm.name, firm.credit_code, "已核验", "示例营业执照.pdf", "示例同事", "使用中"):
        assert words in text


def test_an_unverified_firm_is_told_what_that_means(client, firm, owner):
    Enterprise.objects.update(verification="pending", verified_at=None, verified_by=None)
    assert "通过后您才能看到海关统计等官方数据并提交申报" in page(client)


def test_a_refused_firm_reads_why_corrects_and_waits_again(client, firm, owner):
    Enterprise.objects.update(verification="pending")
    enterprise_refuse(
        enterprise_id=firm.pk,
        officer=make_user("commerce", role=Role.COMMERCE),
        note="授权书没有盖章。",
    )
    text = page(client)
    assert "授权书没有盖章。" in text
    assert "改正企业资料" in text
    assert client.post("/enterprise/edit/", {**PROFILE, "name": "示例新名公司"}).url == "/enterprise/"
    firm.refresh_from_db()
    assert (firm.verification, firm.name) == ("pending", "示例新名公司")
    assert firm.licence.name == "示例营业执照.pdf"


def test_name_and_city_of_a_verified_firm_are_shown_and_not_asked(client, firm, owner):
    text = page(client, "/enterprise/edit/")
    assert 'name="name"' not in text
    client.post("/enterprise/edit/", {**PROFILE, "name": "示例另一公司", "city": "2311"})
    firm.refresh_from_db()
    assert (firm.name, firm.city, firm.contact_name) == ("示例甲公司", "2301", "示例新联系人")


def test_a_verified_firm_is_not_asked_for_papers_again(client):
    firm = make_firm()
    client.force_login(owner_of(firm))
    assert client.post("/enterprise/edit/", PROFILE).url == "/enterprise/"
    firm.refresh_from_db()
    assert (firm.contact_phone, firm.licence) == ("0451-11111111", None)


def test_a_wrong_profile_comes_back_as_typed(client, firm, owner):
    answer = client.post("/enterprise/edit/", {**PROFILE, "contact_phone": "没有"})
    assert "电话只填数字" in answer.content.decode()
    assert 'value="示例新联系人"' in answer.content.decode()


def test_the_owner_answers_requests_to_join(client, firm, owner):
    people = [make_user("first", name="示例来人甲"), make_user("second", name="示例来人乙")]
    asked = [join_request_make(enterprise=firm, user=person) for person in people]
    assert "示例来人甲" in page(client)
    client.post(f"/enterprise/join/{asked[0].pk}/accept/")
    client.post(f"/enterprise/join/{asked[1].pk}/decline/")
    assert [each.answer for each in JoinRequest.objects.order_by("pk")] == ["accepted", "declined"]
    assert "已经答复" in client.post(f"/enterprise/join/{asked[1].pk}/accept/", follow=True).content.decode()


def test_the_owner_removes_a_clerk_who_then_sees_nothing(client, firm, owner, colleague):
    membership = firm.memberships.get(user=colleague)
    client.post(f"/enterprise/people/{membership.pk}/remove/")
    client.force_login(colleague)
    assert client.get("/enterprise/").status_code == 302


def test_a_verified_firms_new_account_waits_beside_the_old_one(client, firm, owner):
    assert client.post("/enterprise/account/", ACCOUNT).url == "/enterprise/"
    assert firm.bank_accounts.get(standing=BankAccount.Standing.PENDING).number == "6222000000001234"
    assert "待生效的账户" in page(client)


def test_a_wrong_account_comes_back_as_typed(client, firm, owner):
    answer = client.post("/enterprise/account/", {**ACCOUNT, "number": "没有"})
    assert "8 到 32 位数字" in answer.content.decode()
    assert 'value="示例银行"' in answer.content.decode()


def test_the_account_in_force_again_is_refused_at_its_field(client, firm, owner):
    same = firm.bank_accounts.get()
    data = {"holder": same.holder, "bank": same.bank, "number": same.number}
    answer = client.post("/enterprise/account/", data)
    assert "正在使用" in answer.context["form"].errors["number"][0]


def test_a_clerk_reads_the_page_and_changes_nothing(client, firm, colleague):
    stranger = make_user("stranger", name="示例来人")
    asked = join_request_make(enterprise=firm, user=stranger)
    client.force_login(colleague)
    text = page(client)
    assert firm.name in text
    assert "示例来人" not in text
    assert client.get("/enterprise/edit/").status_code == 404
    assert client.get("/enterprise/account/").status_code == 404
    client.post(f"/enterprise/join/{asked.pk}/accept/")
    client.post(f"/enterprise/people/{firm.memberships.first().pk}/remove/")
    asked.refresh_from_db()
    assert asked.answer == JoinRequest.Answer.OPEN
    assert not firm.memberships.exclude(ended_at=None).exists()


def test_another_firms_people_and_requests_do_not_exist(client, firm, owner):
    other = make_firm("示例乙公司")
    asked = join_request_make(enterprise=other, user=make_user("stranger"))
    addresses = [
        f"/enterprise/join/{asked.pk}/accept/",
        f"/enterprise/join/{asked.pk}/decline/",
        f"/enterprise/people/{other.memberships.get().pk}/remove/",
    ]
    assert [client.post(address).status_code for address in addresses] == [404] * 3
    assert other.name not in page(client)


def test_an_officer_without_a_firm_finds_nothing_here(client):
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    assert client.get("/enterprise/").status_code == 404
