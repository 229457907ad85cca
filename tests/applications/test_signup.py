"""Signing up in pages: the person, then the enterprise, or a request to the owner of one that is known."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from redis.exceptions import RedisError

from accounts.models import User
from applications.models import BankAccount, Enterprise, EvidenceFile, JoinRequest
from tests.factories import credit_code, make_firm, make_user, owner_of
from tests.support.files import REFUSED, XLSX, archive_of

pytestmark = pytest.mark.django_db

PERSON = {
    "username": "colleague",
    "name": "示例经办人",
    "phone": "0451-00000000",
    "email": "clerk@firm.example",
    "password": "a-long-password",
    "password_again": "a-long-password",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(name="示例营业执照.pdf", more=b""):
    return SimpleUploadedFile(name, PDF + more, content_type="application/pdf")


def firm_data(**changed):
    data = {
        "credit_code": credit_code(900),
        "name": "示例甲公司",
        "city": "2301",
        "address": "示例路 1 号",
        "contact_name": "示例联系人",
        "contact_phone": "0451-00000000",
        "contact_email": "",
        "holder": "示例甲公司",
        "bank": "示例银行",
        "number": "6200 0000 0000 0001",
        "licence": pdf(),
        "authorisation": pdf("示例授权书.pdf", b"\n"),
    }
    return {name: value for name, value in {**data, **changed}.items() if value is not None}


@pytest.fixture
def person(client):
    user = make_user("colleague")
    client.force_login(user)
    return user


def send(client, **changed):
    return client.post("/sign-up/enterprise/", firm_data(**changed))


# --- The person ------------------------------------------------------------------------------------


def test_a_person_signs_up_is_signed_in_and_goes_on_to_the_enterprise(client):
    answer = client.post("/sign-up/", PERSON)
    assert answer.url == "/sign-up/enterprise/"
    user = User.objects.get()
    assert (user.username, user.name, user.phone) == ("colleague", "示例经办人", "0451-00000000")
    assert user.check_password("a-long-password")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.is_officer


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"username": "ab"}, "username", "4 到 30 位"),
        ({"username": "经办人甲"}, "username", "字母、数字"),
        ({"name": ""}, "name", "请填写姓名"),
        ({"phone": "打电话"}, "phone", "电话只填数字"),
        ({"phone": "123"}, "phone", "位数不对"),
        ({"email": "clerk"}, "email", "邮箱地址不完整"),
        ({"password_again": "another-long-password"}, "password_again", "两次输入的密码不一样"),
        ({"password": "12345678901", "password_again": "12345678901"}, "password", "密码"),
        ({"password": "colleague1", "password_again": "colleague1"}, "password", "用户名"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(client, changed, field, words):
    answer = client.post("/sign-up/", {**PERSON, **changed})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert 'value="clerk' in answer.content.decode()
    assert not User.objects.exists()


def test_a_name_that_is_taken_is_refused_in_any_case_of_letters(client):
    make_user("Colleague")
    answer = client.post("/sign-up/", PERSON)
    assert "已经有人使用" in answer.context["form"].errors["username"][0]


def test_nobody_becomes_an_officer_by_signing_up(client):
    client.post("/sign-up/", {**PERSON, "is_staff": "on", "is_superuser": "on", "role": "commerce"})
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_officer) == (False, False, False)


# --- The enterprise --------------------------------------------------------------------------------


def test_an_enterprise_is_registered_with_account_and_papers(client, person):
    answer = send(client)
    assert answer.url == "/enterprise/"
    firm = Enterprise.objects.get()
    assert (firm.credit_code, firm.city, firm.is_verified) == (credit_code(900), "2301", False)
    assert firm.licence.name == "示例营业执照.pdf"
    assert firm.authorisation.enterprise == firm
    assert firm.bank_accounts.get().number == "6200000000000001"
    assert owner_of(firm) == person
    assert firm.events.get().source_ip == "127.0.0.1"


def test_full_width_lower_case_and_spaces_are_put_right(client, person):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in credit_code(900).lower())
    send(client, credit_code=f" {wide[:9]} {wide[9:]}")
    assert Enterprise.objects.get().credit_code == credit_code(900)


def test_a_wrong_check_digit_is_questioned_and_can_be_confirmed(client, person):
    wrong = credit_code(900)[:-1] + ("0" if credit_code(900)[-1] != "0" else "1")
    assert "check_digit_confirmed" not in client.get("/sign-up/enterprise/").content.decode()
    asked = send(client, credit_code=wrong)
    text = asked.content.decode()
    assert "信用代码第 18 位与前 17 位对不上，请对照营业执照核对。" in text
    assert 'name="check_digit_confirmed"' in text
    assert not Enterprise.objects.exists()
    kept = {f"{name}_kept": asked.context["form"].papers[name].pk for name in ("licence", "authorisation")}
    confirmed = send(
        client, credit_code=wrong, check_digit_confirmed="on", licence=None, authorisation=None, **kept
    )
    assert confirmed.url == "/enterprise/"
    firm = Enterprise.objects.get()
    assert (firm.credit_code, firm.check_digit_confirmed) == (wrong, True)
    assert EvidenceFile.objects.count() == 2


def test_a_right_code_needs_no_confirmation(client, person):
    send(client)
    assert not Enterprise.objects.get().check_digit_confirmed


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"credit_code": "91"}, "credit_code", "现在是 2 位"),
        ({"credit_code": "91239900MI00000001"}, "credit_code", "“I”"),
        ({"city": "2399"}, "city", ""),
        ({"name": ""}, "name", "请填写企业名称"),
        ({"contact_phone": "没有"}, "contact_phone", "电话只填数字"),
        ({"licence": None}, "licence", "请选择营业执照的文件"),
        ({"authorisation": SimpleUploadedFile("授权书.pdf", b"MZ not a document")}, "authorisation", ""),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_stays(client, person, changed, field, words):
    answer = send(client, **changed)
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    text = answer.content.decode()
    assert 'value="示例路 1 号"' in text
    assert 'value="6200 0000 0000 0001"' in text
    assert not Enterprise.objects.exists()


def test_the_summary_of_errors_follows_the_page(client, person):
    text = send(client, city="2399", licence=None, holder="", number="1").content.decode()
    summary, page = text.split('class="error-summary"')[1].split("</div>", 1)
    targets = re.findall(r'href="#(\w+)"', summary)
    assert len(targets) == 4
    assert sorted(targets, key=lambda target: page.index(f'id="{target}"')) == targets


@pytest.mark.parametrize("number", ["1234567", "6200A000", "1" * 33])
def test_an_account_number_that_is_none_is_refused(client, person, number):
    answer = send(client, number=number)
    assert "8 到 32 位数字" in answer.context["account_form"].errors["number"][0]


def test_a_paper_that_was_stored_is_not_asked_for_again(client, person):
    asked = send(client, name="")
    papers = asked.context["form"].papers
    text = asked.content.decode()
    assert f'name="licence_kept" value="{papers["licence"].pk}"' in text
    assert "示例营业执照.pdf" in text
    again = send(
        client,
        licence=None,
        authorisation=None,
        licence_kept=papers["licence"].pk,
        authorisation_kept=papers["authorisation"].pk,
    )
    assert again.url == "/enterprise/"
    assert Enterprise.objects.get().licence == papers["licence"]


@pytest.mark.parametrize("content", [b"MZ no paper", b""])
def test_a_wrong_file_does_not_take_away_the_paper_that_was_stored(client, person, content):
    papers = send(client, name="").context["form"].papers
    kept = {f"{name}_kept": papers[name].pk for name in papers}
    wrong = SimpleUploadedFile("示例.pdf", content)
    answer = send(client, licence=wrong, authorisation=None, **kept)
    assert "先前上传的文件仍然保留" in answer.context["form"].errors["licence"][0]
    assert f'name="licence_kept" value="{papers["licence"].pk}"' in answer.content.decode()


def test_papers_stay_with_a_form_that_is_one_too_many(client, person, settings):
    papers = send(client, name="").context["form"].papers
    settings.SIGN_UP_TRIES = 1
    answer = send(client, **{f"{name}_kept": papers[name].pk for name in papers})
    assert answer.status_code == 429
    assert answer.context["form"].papers == papers


def test_whoever_signs_up_stands_there_as_the_contact_until_another_is_typed(client, person):
    form = client.get("/sign-up/enterprise/").context["form"]
    assert form["contact_name"].value() == person.name
    assert form["contact_phone"].value() == person.phone
    asked = send(client, name="", contact_name="示例联系人乙")
    assert asked.context["form"]["contact_name"].value() == "示例联系人乙"


def test_full_width_digits_of_a_telephone_number_are_put_right(client):
    client.post("/sign-up/", {**PERSON, "phone": "１３９００００１１１１"})
    assert User.objects.get().phone == "13900001111"


def test_a_strangers_stored_paper_cannot_be_referred_to(client, person):
    send(client, name="")
    theirs = EvidenceFile.objects.earliest("pk")
    stranger = make_user("stranger")
    client.force_login(stranger)
    answer = send(client, licence=None, licence_kept=theirs.pk)
    assert "licence" in answer.context["form"].errors
    assert not Enterprise.objects.exists()


def test_the_same_paper_of_two_people_is_a_file_of_each(client, person):
    send(client, name="")
    stranger = make_user("stranger")
    client.force_login(stranger)
    send(client)
    firm = Enterprise.objects.get()
    assert firm.licence.uploaded_by == stranger


# --- A code that is known --------------------------------------------------------------------------


def test_a_known_code_leads_to_a_request_and_never_to_a_second_enterprise(client, person):
    firm = make_firm()
    answer = send(client, credit_code=f" {firm.credit_code.lower()}")
    assert answer.status_code == 409
    assert f"“{firm.name}”已经注册" in answer.content.decode()
    assert Enterprise.objects.count() == 1
    assert BankAccount.objects.count() == 1
    asked = client.post("/sign-up/join/", {"credit_code": firm.credit_code}, follow=True)
    assert "等待“示例甲公司”的负责人答复" in asked.content.decode()
    assert JoinRequest.objects.get().user == person


def test_a_known_code_alone_is_enough(client, person):
    firm = make_firm()
    answer = client.post("/sign-up/enterprise/", {"credit_code": firm.credit_code})
    assert answer.context["known"] == firm
    assert not answer.context["form"].errors


def test_a_request_for_a_code_that_is_unknown_is_told_so(client, person):
    answer = client.post("/sign-up/join/", {"credit_code": credit_code(77)}, follow=True)
    assert "没有找到这家企业" in answer.content.decode()


def test_a_request_is_taken_back_by_its_maker_alone(client, person):
    client.post("/sign-up/join/", {"credit_code": make_firm().credit_code})
    address = f"/sign-up/join/{JoinRequest.objects.get().pk}/withdraw/"
    client.force_login(make_user("stranger"))
    client.post(address)
    assert JoinRequest.objects.exists()
    client.force_login(person)
    client.post(address)
    assert not JoinRequest.objects.exists()


def test_who_has_a_firm_has_no_business_here(client):
    client.force_login(owner_of(make_firm()))
    assert client.get("/sign-up/").url == "/sign-up/enterprise/"
    assert client.get("/sign-up/enterprise/").url == "/enterprise/"


def test_the_second_step_needs_the_first(client):
    assert client.get("/sign-up/enterprise/").url.startswith("/accounts/sign-in/")


@pytest.mark.parametrize("address", ["/enterprise/", "/support/", "/support/new/8.1/"])
def test_who_has_no_firm_is_led_to_one(client, person, address):
    assert client.get(address, follow=True).redirect_chain[-1] == ("/sign-up/enterprise/", 302)


# --- Too often -------------------------------------------------------------------------------------


def test_an_address_that_signs_up_too_often_is_told_so_and_keeps_what_it_typed(client, settings):
    settings.SIGN_UP_TRIES = 2
    wrong = {**PERSON, "password_again": "another-password"}
    for _ in range(2):
        assert client.post("/sign-up/", wrong).status_code == 200
    answer = client.post("/sign-up/", PERSON)
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "请过一小时再试" in text
    assert 'value="clerk@firm.example"' in text
    assert "a-long-password" not in text
    assert not User.objects.exists()
    other = client.post("/sign-up/", PERSON, REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 302


def test_enterprises_cannot_be_tried_out_from_one_address(client, person, settings):
    settings.SIGN_UP_TRIES = 1
    known = make_firm("示例已登记公司")
    assert send(client, credit_code="x").status_code == 200
    answer = send(client, credit_code=known.credit_code)
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "请过一小时再试" in text
    assert "示例已登记公司" not in text
    assert 'value="示例甲公司"' in text


def test_signing_up_does_not_depend_on_the_cache(client, monkeypatch):
    def away(*args, **kwargs):
        raise RedisError("no answer")

    monkeypatch.setattr(cache, "add", away)
    assert client.post("/sign-up/", PERSON).status_code == 302


@pytest.mark.parametrize(
    "content",
    [b"MZ no paper", archive_of({"a.pdf": PDF}), REFUSED["doc"], XLSX],
    ids=["program", "archive", "doc", "xlsx"],
)
def test_of_a_wrong_licence_nothing_is_said_that_speaks_of_spreadsheets_as_taken(client, person, content):
    answer = send(client, licence=SimpleUploadedFile("示例营业执照.pdf", content))
    (sentence,) = answer.context["form"].errors["licence"]
    assert "xlsx" not in sentence
    assert "PDF" in sentence
