"""What every page must be without: other hosts, and what the security policy would refuse."""

import re
from pathlib import Path

import pytest

from config.addresses import PROJECT_DIR

WRITTEN_FOR_BROWSERS = {".css", ".html", ".js", ".svg", ".txt", ".xml"}
OTHER_HOST = re.compile(r"""(?:https?:|["'(\s=])//[\w.-]+\.\w+[^\s"'<>)]*""")
# Names, not addresses: nobody loads them.
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/1999/xhtml")
REFUSED_BY_POLICY = re.compile(
    r"""<style[\s>]|<script(?![^>]*\ssrc=)[^>]*>|<[^>]*\sstyle=|<[^>]*\son[a-z]+=|javascript:""",
    re.IGNORECASE,
)


def files(*folders: str, suffixes: set[str]) -> list[Path]:
    found = [
        path for folder in folders for path in (PROJECT_DIR / folder).rglob("*") if path.suffix in suffixes
    ]
    assert found
    return found


def other_hosts(text: str) -> list[str]:
    return [match for match in OTHER_HOST.findall(text) if not match.strip("\"'(= ").startswith(NAMESPACES)]


def test_no_file_for_browsers_names_another_host() -> None:
    wrong = {
        str(path.relative_to(PROJECT_DIR)): other_hosts(path.read_text(encoding="utf-8"))
        for path in files("templates", "static", suffixes=WRITTEN_FOR_BROWSERS)
    }
    assert {path: found for path, found in wrong.items() if found} == {}


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    wrong = {
        str(path.relative_to(PROJECT_DIR)): REFUSED_BY_POLICY.findall(path.read_text(encoding="utf-8"))
        for path in files("templates", suffixes={".html"})
    }
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    ['<a href="https://example.com/x">', "url(//cdn.example.net/a.css)", "fetch('http://example.org')"],
)
def test_another_host_is_recognised(text: str) -> None:
    assert other_hosts(text)


@pytest.mark.parametrize(
    "text", ['<svg xmlns="http://www.w3.org/2000/svg">', "a = 1 // 2", '<a href="/console/">']
)
def test_a_namespace_or_an_own_address_is_no_other_host(text: str) -> None:
    assert not other_hosts(text)


@pytest.mark.parametrize(
    "text",
    ["<script>go()</script>", '<td style="color:red">', '<button type="button" onclick="go()">', "<style>"],
)
def test_what_the_policy_refuses_is_recognised(text: str) -> None:
    assert REFUSED_BY_POLICY.search(text)


def test_a_script_of_ours_is_not_refused() -> None:
    assert not REFUSED_BY_POLICY.search('<script src="/static/js/form.js" defer></script>')
