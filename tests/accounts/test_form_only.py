"""The address of a form, opened as if it were a page: it says so and leads back to where the form is."""

import pytest

from accounts.roles import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SENTENCE = "这个地址只接收页面上提交的内容，不能直接打开。"


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/console/claims/2025-5.1-00001/verify/?paper=39&do=return", "/console/claims/2025-5.1-00001/?paper=39&amp;do=return"),
        ("/console/batches/BF2026-0001/results/confirm/", "/console/batches/BF2026-0001/results/"),
        ("/accounts/sign-out/", "/console/"),
    ],
)  # fmt: skip
def test_it_leads_to_the_page_above_with_what_was_asked_for(client, address, back):
    client.force_login(make_user("officer", role=Role.COMMERCE))
    answer = client.get(address)
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    text = answer.content.decode()
    assert SENTENCE in text
    assert f'href="{back}">回到' in text
    assert "审核队列" in text, "within the frame of the console"


def test_nobody_reads_it_within_the_frame_of_the_portal(client):
    answer = client.get("/accounts/sign-out/")
    assert answer.status_code == 405
    assert SENTENCE in answer.content.decode()
    assert 'href="/">回到首页' in answer.content.decode()


def test_a_part_of_a_page_that_is_asked_for_gets_no_page(client):
    assert client.get("/accounts/sign-out/", headers={"HX-Request": "true"}).content == b""
