"""The seeding command: what it brings, that it can be repeated, and that it overwrites nobody's work."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from applications import code_lists
from applications.models import EnterpriseYear, Event, Holiday, LprRate, YearSettings
from applications.official import current_reference
from applications.reference import packaged_reference
from tests.factories import make_firm

pytestmark = pytest.mark.django_db


def seed():
    call_command("seed_reference", verbosity=0)


def test_the_seeded_database_and_the_packaged_files_say_the_same():
    seed()
    kept, packaged = current_reference(), packaged_reference()
    assert kept.lpr.publications() == packaged.lpr.publications()
    assert kept.calendar.days_off == packaged.calendar.days_off
    assert kept.calendar.workdays == packaged.calendar.workdays
    assert kept.calendar.known_years == packaged.calendar.known_years
    assert kept.rcep(2025) == packaged.rcep(2025)


def test_the_list_of_a_years_settings_begins_as_the_rules_have_it():
    assert frozenset(YearSettings(year=2025).rcep_members) == packaged_reference().rcep(2025)


def test_seeding_a_second_time_adds_nothing():
    seed()
    before = [model.objects.count() for model in (LprRate, Holiday, Event)]
    seed()
    assert [model.objects.count() for model in (LprRate, Holiday, Event)] == before


def test_what_people_have_corrected_stays_corrected():
    seed()
    rate = LprRate.objects.get(published_on=date(2019, 8, 20))
    rate.one_year_percent = Decimal("4.20")
    rate.save()
    LprRate.objects.filter(published_on=date(2019, 9, 20)).update(published_on=date(2019, 9, 21))
    Holiday.objects.filter(day=date(2025, 1, 1)).update(kind=Holiday.Kind.WORK)
    seed()
    rate.refresh_from_db()
    assert rate.one_year_percent == Decimal("4.20")
    assert not LprRate.objects.filter(published_on=date(2019, 9, 20)).exists()
    assert Holiday.objects.get(day=date(2025, 1, 1)).kind == Holiday.Kind.WORK


def test_a_later_publication_is_added_and_marks_every_year():
    seed()
    firm = make_firm()
    year = EnterpriseYear.objects.create(enterprise=firm, year=2025)
    last = LprRate.objects.order_by("published_on").last()
    last.delete()
    seed()
    year.refresh_from_db()
    assert LprRate.objects.filter(published_on=last.published_on).exists()
    assert year.requested == 1


def test_holidays_carry_their_chinese_names():
    seed()
    assert Holiday.objects.get(day=date(2025, 10, 1)).name == "国庆节"


@pytest.mark.parametrize(
    "name", ["rcep_members", "cross_border_codes", "resource_codes", "local_origins", "agricultural_codes"]
)
def test_every_code_of_a_list_has_a_name_and_every_list_a_source(name):
    codes = getattr(code_lists, name)()
    assert codes
    assert all(code_lists.label_of(name, code) for code in codes)
    assert all(code_lists.source_of(name))
