"""Whose request it is, seen through the proxies in front, and what no request brings in."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.roles import Role
from config.middleware import ClientAddressMiddleware
from tests.factories import make_user


def address_seen(forwarded: str | None) -> str:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    ClientAddressMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "made-up, 198.51.100.7", "198.51.100.7"),
        (2, "made-up, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Settings, proxies: int, forwarded: str | None, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address_seen(forwarded) == seen


NULL = "\x00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/notices/GS2025-001%00/", 404),
        ("/console/claims/2025-1.1-00001%00/", 404),
        ("/console/enterprises/?q=%00", 200),
        ("/console/support/?q=a%00b", 200),
        ("/console/data/applications/platform/?level=%00", 200),
    ],
)
def test_a_null_character_in_an_address_is_no_error(client: Client, address: str, status: int) -> None:
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    assert client.get(address).status_code == status


@pytest.mark.django_db
def test_a_null_character_in_a_form_is_left_out(client: Client) -> None:
    client.force_login(make_user("newcomer"))
    answer = client.post("/sign-up/join/", {"credit_code": f"9123{NULL}", "x": ["a", NULL]}, follow=True)
    assert answer.status_code == 200
    assert "没有找到这家企业" in answer.content.decode()


@pytest.mark.django_db
def test_characters_that_nobody_sees_are_left_out_of_forms_and_those_that_one_sees_stay(
    client: Client,
) -> None:
    person = make_user("newcomer")
    client.force_login(person)
    client.post(
        "/accounts/me/",
        {"name": "示\u202e例\u200b\u00ad\uffff \x07甲é（一）", "phone": "0451-00000000\u2069"},
    )
    person.refresh_from_db()
    assert (person.name, person.phone) == ("示例 甲é（一）", "0451-00000000")
