"""The ground that the other tests stand on does hold."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.template import Context, Template
from django.template.loader import get_template
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import conftest
from tests.support import templates
from tests.support.browser import Watch, comes_true


@pytest.fixture
def template_of_ours(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], Template]:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    monkeypatch.setattr(templates, "TEMPLATES", tmp_path)

    def write(source: str) -> Template:
        (tmp_path / "page.html").write_text(source)
        return get_template("page.html")

    return write


@pytest.mark.parametrize(
    "source", ["{{ missing }}", "{{ known.missing }}", "{% if 1 %}{{ missing|default:'' }}{% endif %}"]
)
def test_an_undefined_variable_in_a_template_of_ours_is_an_error(
    template_of_ours: Callable[[str], Template], source: str
) -> None:
    with pytest.raises(templates.UndefinedVariableError, match=r"missing in page\.html"):
        template_of_ours(source).render({"known": {}})


def test_a_variable_that_is_defined_or_only_asked_about_is_none(
    template_of_ours: Callable[[str], Template],
) -> None:
    source = "{{ known }}{{ empty }}{% if missing %}no{% endif %}"
    assert template_of_ours(source).render({"known": "yes", "empty": ""}) == "yes"


def test_djangos_own_templates_may_count_on_undefined_variables_being_empty() -> None:
    assert Template("[{{ missing }}]").render(Context()) == "[]"


@pytest.mark.parametrize(("ci", "outcome"), [("true", "failed"), ("", "skipped")])
def test_a_skipped_test_is_a_failure_where_everything_must_run(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    report = pytest.TestReport("a", ("a", 1, "a"), {}, "skipped", "because", "call")
    assert conftest._not_skipped(report).outcome == outcome


@pytest.mark.django_db(transaction=True)
def test_tables_that_refuse_to_be_emptied_are_emptied_between_tests() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;"
            "CREATE TRIGGER refuse BEFORE TRUNCATE ON django_session EXECUTE FUNCTION refuse();"
            "INSERT INTO django_session VALUES ('key', 'data', now())"
        )
        with pytest.raises(DatabaseError, match="refused"):
            cursor.execute("TRUNCATE django_session")
        call_command("flush", interactive=False, verbosity=0)
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
        cursor.execute("DROP FUNCTION refuse() CASCADE")


@pytest.mark.parametrize(
    ("deed", "problem"),
    [
        ("document.body.setAttribute('style', 'color: red')", "inline style"),
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
            "inline script",
        ),
        (
            "document.body.append(Object.assign(new Image(), {src: 'https://other.invalid/x.png'}))",
            "other.invalid",
        ),
        ("setTimeout(() => { throw new Error('broken') })", "script error: broken"),
        ("console.error('complaint')", "complaint"),
    ],
)
def test_what_a_page_must_not_do_is_noticed(
    live_server: LiveServer, browser: Browser, settings: Settings, deed: str, problem: str
) -> None:
    cache.set(settings.BEAT_HEARTBEAT_KEY, time.time())
    context = browser.new_context(base_url=live_server.url)
    watch = Watch(context, host=urlsplit(live_server.url).netloc)
    page = context.new_page()
    page.goto("/healthz")
    page.evaluate(f"() => {{ {deed} }}")
    noticed = comes_true(page, lambda: any(problem in found for found in watch.problems))
    context.close()
    assert noticed, watch.problems


def test_pages_open_at_the_width_of_a_screen_and_of_a_phone(page_desktop: Page, page_phone: Page) -> None:
    assert page_desktop.evaluate("screen.width") == 1280
    assert page_phone.evaluate("screen.width") == 390
