"""The enterprise's own pages: who sees and does what there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.enterprises import enterprise_refuse
from applications.invitations import invitation_make
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


def test_a_verified_firms_new_account_waits_beside_the_old_one(client, firm, owner, colleague):
    assert client.post("/enterprise/account/", ACCOUNT).url == "/enterprise/account/change/"
    assert firm.bank_accounts.get(standing=BankAccount.Standing.PENDING).number == "6222000000001234"
    text = page(client)
    assert "有一个待生效的账户" in text
    assert "尾号 1234" in text
    assert "去核对" not in text


def test_a_reason_against_a_change_that_is_too_long_is_refused_where_it_was_typed(
    client, firm, owner, colleague
):
    client.post("/enterprise/account/", ACCOUNT)
    pending = firm.bank_accounts.get(standing=BankAccount.Standing.PENDING)
    client.force_login(colleague)
    address, long = f"/enterprise/account/change/{pending.pk}/decline/", "账号不对" * 50 + "。"
    answer = client.post(address, {"reason": long})
    assert answer.status_code == 422
    assert answer.context["decline"].errors["reason"] == ["最多 200 个字，现在有 201 个。"]
    assert f'value="{long}"' in answer.content.decode(), "nothing that was typed is lost"
    pending.refresh_from_db()
    assert pending.standing == BankAccount.Standing.PENDING
    assert client.post(address, {"reason": long[:200]}).url == "/enterprise/"
    again = client.post(address, {"reason": long}, follow=True)
    assert "已经办理" in again.content.decode(), "of a change that is over nothing is asked"


def test_a_firm_without_a_colleague_reads_when_the_account_comes_into_force(client, firm, owner):
    client.post("/enterprise/account/", ACCOUNT)
    assert "等待 3 个工作日" in page(client, "/enterprise/account/change/")
    assert "次日生效" in page(client)


def test_a_colleague_compares_both_accounts_and_confirms(client, firm, owner, colleague):
    old = firm.bank_accounts.get()
    client.post("/enterprise/account/", ACCOUNT)
    assert "等待同事确认" in page(client, "/enterprise/account/change/")
    client.force_login(colleague)
    assert "核对收款账户变更" in page(client)
    text = page(client, "/enterprise/account/change/")
    for words in (old.grouped, "6222 0000 0000 1234", "请您核对", "确认变更"):
        assert words in text
    change = firm.bank_accounts.get(standing=BankAccount.Standing.PENDING)
    answer = client.post(f"/enterprise/account/change/{change.pk}/confirm/", follow=True)
    assert "新账户从现在起使用" in answer.content.decode()
    assert firm.bank_accounts.get(standing=BankAccount.Standing.IN_FORCE) == change
    second = client.post(f"/enterprise/account/change/{change.pk}/decline/", follow=True)
    assert "已经办理" in second.content.decode()


def test_a_link_to_a_change_that_is_dealt_with_leads_back_to_the_firm(client, firm, owner):
    answer = client.get("/enterprise/account/change/", follow=True)
    assert "现在没有待生效的收款账户变更" in answer.content.decode()


def test_while_a_change_is_pending_the_form_leads_to_it(client, firm, owner):
    client.post("/enterprise/account/", ACCOUNT)
    assert client.get("/enterprise/account/").url == "/enterprise/account/change/"
    answer = client.post("/enterprise/account/", {**ACCOUNT, "number": "6222000000009999"})
    assert "先撤回" in answer.content.decode()
    assert "6222000000009999" in answer.content.decode()


def test_a_holder_that_is_not_the_firm_is_asked_about(client, firm, owner):
    other = {**ACCOUNT, "holder": "示例母公司"}
    answer = client.post("/enterprise/account/", other)
    assert "请说明原因" in answer.context["form"].errors["words"][0]
    client.post("/enterprise/account/", {**other, "words": "由母公司收取。"})
    text = page(client, "/enterprise/account/change/")
    assert "户名不是本企业的名称" in text
    assert "由母公司收取。" in text


def test_a_wrong_account_comes_back_as_typed(client, firm, owner):
    answer = client.post("/enterprise/account/", {**ACCOUNT, "number": "没有"})
    assert "8 到 32 位数字" in answer.content.decode()
    assert 'value="示例银行"' in answer.content.decode()


def test_the_account_in_force_again_is_refused_at_its_field(client, firm, owner):
    same = firm.bank_accounts.get()
    data = {"holder": same.holder, "bank": same.bank, "number": same.number}
    answer = client.post("/enterprise/account/", data)
    assert "正在使用" in answer.context["form"].errors["number"][0]


def test_a_clerk_reads_the_page_and_leaves_the_owners_things_alone(client, firm, colleague):
    stranger = make_user("stranger", name="示例来人")
    asked = join_request_make(enterprise=firm, user=stranger)
    invited = invitation_make(
        enterprise_id=firm.pk, actor=owner_of(firm), name="示例新人", email="new@firm.example"
    )
    client.force_login(colleague)
    text = page(client)
    assert firm.name in text
    for words in (
        "示例来人申请加入企业",
        "示例新人",
        "new@firm.example",
        "移除经办人",
        "移交负责人",
        "people/invite",
    ):
        assert words not in text
    assert client.get("/enterprise/edit/").status_code == 404
    assert client.get("/enterprise/people/invite/").status_code == 404
    client.post(f"/enterprise/join/{asked.pk}/accept/")
    client.post(f"/enterprise/invitations/{invited.pk}/withdraw/")
    client.post(f"/enterprise/invitations/{invited.pk}/again/")
    for member in firm.memberships.all():
        client.post(f"/enterprise/people/{member.pk}/remove/")
        client.post(f"/enterprise/people/{member.pk}/owner/")
    asked.refresh_from_db()
    invited.refresh_from_db()
    assert (asked.answer, invited.withdrawn_at) == (JoinRequest.Answer.OPEN, None)
    assert not firm.memberships.exclude(ended_at=None).exists()
    assert owner_of(firm) != colleague
    assert client.get("/enterprise/account/").status_code == 200


def test_the_owner_hands_over_and_both_pages_change(client, firm, owner, colleague):
    membership = firm.memberships.get(user=colleague)
    answer = client.post(f"/enterprise/people/{membership.pk}/owner/", follow=True)
    text = answer.content.decode()
    assert "示例同事现在是企业负责人，您是经办人。" in text
    assert "邀请同事</a>" not in text
    assert owner_of(firm) == colleague


def test_a_clerk_leaves_and_is_told_what_that_means(client, firm, colleague):
    client.force_login(colleague)
    answer = client.post("/enterprise/people/leave/", follow=True)
    assert "您已退出示例甲公司" in answer.content.decode()
    assert client.get("/enterprise/").status_code == 302
    assert "您不再是“示例甲公司”的经办人" in page(client, "/sign-up/enterprise/")


def test_the_owner_is_told_to_hand_over_before_leaving(client, firm, owner):
    answer = client.post("/enterprise/people/leave/", follow=True)
    assert "请先把负责人移交给一位同事" in answer.content.decode()
    assert owner_of(firm) == owner


def test_the_owner_invites_sends_again_and_withdraws(client, firm, owner):
    typed = {"name": "示例新人", "email": "new@firm.example"}
    assert client.post("/enterprise/people/invite/", typed).url == "/enterprise/"
    text = page(client)
    assert "示例新人" in text
    assert "new@firm.example" in text
    again = client.post("/enterprise/people/invite/", typed)
    assert "已经邀请过这个邮箱" in again.context["form"].errors["email"][0]
    assert 'value="示例新人"' in again.content.decode()
    first = firm.invitations.get()
    client.post(f"/enterprise/invitations/{first.pk}/again/")
    second = firm.invitations.get(withdrawn_at=None)
    assert second != first
    answer = client.post(f"/enterprise/invitations/{second.pk}/withdraw/", follow=True)
    assert "发往 new@firm.example 的邀请已撤回" in answer.content.decode()
    assert "发出的邀请" not in answer.content.decode()


@pytest.mark.parametrize("email", ["", "没有", "a@b", "a@firm.example\nBcc: b@firm.example"])
def test_an_address_that_is_none_is_asked_for_at_its_field(client, firm, owner, email):
    answer = client.post("/enterprise/people/invite/", {"name": "示例新人", "email": email})
    assert "email" in answer.context["form"].errors
    assert not firm.invitations.exists()


# --- The record ------------------------------------------------------------------------------------


def test_the_record_says_who_changed_what_from_what_to_what(client, firm, owner, colleague):
    client.post("/enterprise/edit/", PROFILE)
    client.post("/enterprise/account/", ACCOUNT)
    text = page(client, "/enterprise/history/")
    for words in (
        "修改企业资料",
        '<del class="diff">示例联系人</del> 改为 <ins class="diff">示例新联系人</ins>',
        "登记新的收款账户",
        "尾号 1234",
        "同意加入企业",
        "人员：示例同事",
    ):
        assert words in text
    assert "6222000000001234" not in text.replace(" ", "")


def test_codes_are_written_as_words_and_nobody_of_an_office_is_named(client, firm, owner):
    Enterprise.objects.update(verification="pending")
    officer = make_user("commerce", role=Role.COMMERCE, name="示例审核员")
    enterprise_refuse(enterprise_id=firm.pk, officer=officer, note="授权书没有盖章。")
    client.post("/enterprise/edit/", {**PROFILE, "city": "2311"})
    text = page(client, "/enterprise/history/")
    assert '<del class="diff">哈尔滨市</del> 改为 <ins class="diff">黑河市</ins>' in text
    assert '<del class="diff">核验未通过</del> 改为 <ins class="diff">待核验</ins>' in text
    assert "授权书没有盖章。" in text
    assert "示例审核员" not in text


def test_the_record_costs_the_same_however_long_it_is(client, firm, owner, colleague):
    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get("/enterprise/history/")
        return len(found)

    few = queries()
    for number in range(30):
        client.post("/enterprise/edit/", {**PROFILE, "contact_name": f"示例联系人{number}"})
    assert queries() == few
    assert "共 32 条" in page(client, "/enterprise/history/")
    assert client.get("/enterprise/history/?page=2").context["page"].number == 2


def test_another_firms_people_and_requests_do_not_exist(client, firm, owner):
    other = make_firm("示例乙公司")
    asked = join_request_make(enterprise=other, user=make_user("stranger"))
    invited = invitation_make(enterprise_id=other.pk, actor=owner_of(other), name="", email="x@firm.example")
    addresses = [
        f"/enterprise/join/{asked.pk}/accept/",
        f"/enterprise/join/{asked.pk}/decline/",
        f"/enterprise/people/{other.memberships.get().pk}/remove/",
        f"/enterprise/people/{other.memberships.get().pk}/owner/",
        f"/enterprise/account/change/{other.bank_accounts.get().pk}/confirm/",
        f"/enterprise/invitations/{invited.pk}/again/",
    ]
    assert {client.post(address).status_code for address in addresses} == {404}
    assert other.name not in page(client)


def test_an_officer_without_a_firm_finds_nothing_here(client):
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    assert client.get("/enterprise/").status_code == 404
