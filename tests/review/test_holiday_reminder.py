"""The console reminds of holidays that nobody has loaded yet."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.calendar import years_without_holidays
from applications.models import Holiday
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "known", "missing"),
    [
        (date(2026, 10, 31), [2026], []),
        (date(2026, 11, 1), [2026], [2027]),
        (date(2026, 12, 31), [2026, 2027], []),
        (date(2027, 1, 4), [2026], [2027]),
        (date(2026, 11, 1), [], [2026, 2027]),
    ],
)
def test_from_november_on_the_next_year_is_asked_for_and_this_one_always(today, known, missing):
    Holiday.objects.bulk_create(Holiday(day=date(year, 1, 1), kind="off") for year in known)
    assert years_without_holidays(today=today) == missing


@pytest.mark.parametrize(
    ("role", "city", "reminded", "loads"),
    [
        (Role.DATA, "", True, True),
        (Role.COMMERCE, "", True, False),
        (Role.CITY_COMMERCE, "2301", False, False),
    ],
)
def test_the_data_page_reminds_the_province_and_leads_keepers_to_the_import(
    client, role, city, reminded, loads
):
    client.force_login(
        make_user("officer", role=role, city=city), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("console:data")).content.decode()
    assert ("年的放假调休安排还没有登记。" in page) == reminded
    assert (reverse("review:import_kind", args=["holidays"]) in page) == loads


def test_nothing_is_said_once_the_days_are_kept(client):
    today = timezone.localdate()
    Holiday.objects.bulk_create(
        Holiday(day=date(year, 1, 1), kind="off") for year in (today.year, today.year + 1)
    )
    client.force_login(
        make_user("officer", role=Role.DATA), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "还没有登记" not in client.get(reverse("console:data")).content.decode()
