"""Pictures of the kit, for people who look: ``python -m tests.accounts.ui_kit FOLDER``."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.test import override_settings  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.accounts.ui_kit import HOST, serve  # noqa: E402
from tests.support.browser import CHROMIUM_ARGUMENTS, chromium  # noqa: E402

PAGES = ("portal", "form", "console")
WIDTHS = (1280, 390)


def main(folder: Path) -> None:
    """Write one picture for each page and width, and the portal's page as printed on A4."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        for width in WIDTHS:
            context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
            serve(context)
            page = context.new_page()
            for name in PAGES:
                page.goto(f"{HOST}/{name}")
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            page.goto(f"{HOST}/portal")
            page.pdf(path=folder / "portal.pdf", prefer_css_page_size=True)
        browser.close()


if __name__ == "__main__":
    with override_settings(ROOT_URLCONF="tests.accounts.ui_kit"):
        main(Path(sys.argv[1]))
