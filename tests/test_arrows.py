"""The packages use each other one way: review → applications → accounts, applications → measures."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.addresses import PROJECT_DIR

MAY_USE = {
    "measures": set(),
    # The frame that all pages share writes sums in the words of measures.money.
    "accounts": {"measures"},
    "applications": {"accounts", "measures"},
    "review": {"accounts", "applications", "measures"},
}
PACKAGES = {*MAY_USE, "config", "tests"}
# The policy is arithmetic: whatever it needs of the world is handed to it.
NOT_FOR_MEASURES = {
    *("billiard", "celery", "config", "django", "environ", "kombu", "os", "pathlib", "psycopg2", "random"),
    *("redis", "rest_framework", "socket", "subprocess", "time", "urllib"),
}


def modules_imported(source: str, package: list[str]) -> Iterator[str]:
    """Every module that ``source`` imports, wherever in the file; ``package`` is where it lies."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def packages_imported(path: Path) -> set[str]:
    where = list(path.relative_to(PROJECT_DIR).parent.parts)
    return {name.split(".")[0] for name in modules_imported(path.read_text(encoding="utf-8"), where)}


@pytest.mark.parametrize("package", MAY_USE)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    forbidden = PACKAGES - MAY_USE[package] - {package}
    files = sorted((PROJECT_DIR / package).rglob("*.py"))
    assert files
    wrong = {str(path.relative_to(PROJECT_DIR)): packages_imported(path) & forbidden for path in files}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_the_policy_knows_neither_database_nor_clock_nor_settings() -> None:
    files = sorted((PROJECT_DIR / "measures").rglob("*.py"))
    wrong = {str(path.relative_to(PROJECT_DIR)): packages_imported(path) & NOT_FOR_MEASURES for path in files}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_imports_are_found_inside_functions_and_behind_dots() -> None:
    source = (
        "def f():\n    from review.models import X\n    import config.settings\nfrom ..models import year\n"
    )
    found = set(modules_imported(source, ["applications", "settlement"]))
    assert found == {"review.models", "config.settings", "applications.models"}
