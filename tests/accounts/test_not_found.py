"""The page that is not there: within the frame of the side that one is on."""

import pytest

from accounts.roles import Role
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

PORTAL, FIRM, CONSOLE = "政策测算", "我的年度", "审核队列"


@pytest.mark.parametrize(
    ("person", "address", "shown", "hidden"),
    [
        ("nobody", "/no-such-page/", [PORTAL], [FIRM, CONSOLE]),
        ("nobody", "/console/no-such-page/", [PORTAL], [CONSOLE]),
        ("owner", "/claims/no-such-claim/", [PORTAL, FIRM], [CONSOLE]),
        ("officer", "/console/claims/no-such-claim/", [CONSOLE], [PORTAL]),
        ("officer", "/accounts/no-such-page/", [CONSOLE], [PORTAL]),
        ("officer", "/no-such-page/", [PORTAL], [CONSOLE]),
    ],
)
def test_what_is_not_there_is_said_within_the_frame_of_the_side_that_one_is_on(
    client, person, address, shown, hidden
):
    if person != "nobody":
        client.force_login(
            owner_of(make_firm()) if person == "owner" else make_user("officer", role=Role.COMMERCE)
        )
    answer = client.get(address)
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "没有找到这个页面" in text
    assert [word for word in shown if word not in text] == []
    assert [word for word in hidden if word in text] == []
