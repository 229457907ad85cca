"""Watching a browser page: what must never happen on any page, whatever a test looks at."""

import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

# Debian's Chromium, told to talk to nobody by itself. The sandbox cannot be set up by root.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]

# The headless shell is Chromium without its own windows: the same pages for half the work.
_PROGRAMS = ("chromium-headless-shell", "chromium")


def chromium() -> str:
    """The path of the browser that tests drive."""
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    assert found, "Chromium is missing: sudo apt-get install -y chromium-headless-shell fonts-noto-cjk"
    return found


#: Milliseconds after which a page that does not come, or a control that cannot be used, is given up.
PATIENCE = 60_000
#: The same for what a page is expected to show. A check that comes true ends at once, so that only a failure takes so long.
SHOWN = 20_000
#: Evaluated on a page: the browser itself does not ask for what is missing: the answer is the server's.
UNCHECKED = "document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })"


def follow(control: Locator, **how: object) -> None:
    """Clicks what leads to another page, and goes on when that page has come with all its scripts.

    A click by itself is done when the answer begins to arrive, or before: what is looked at next may be the page that is left
    or half of the one that comes, and what is typed next may find no script that listens.
    """
    with control.page.expect_navigation():
        control.click(**how)


def comes_true(page: Page, condition: Callable[[], bool]) -> bool:
    """Waits for what is seen here and not on the page, such as a request that has arrived; False where it never comes."""
    for _ in range(SHOWN // 50):
        if condition():
            return True
        page.wait_for_timeout(50)
    return False


# Refusals that our scripts are written to deal with: they tell the person, which is for the test to see.
ANSWERED = {403, 409, 422}


class Watch:
    """Collects errors of scripts, refusals of the security policy and requests to other hosts."""

    def __init__(self, context: BrowserContext, *, host: str) -> None:
        self.problems: list[str] = []
        self._host = host
        self._refused_pages: set[str] = set()
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._host:
            self.problems.append(f"request to another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} at {response.url}")
            return
        is_page = response.status >= 400 and response.request.is_navigation_request()
        to_script = response.status in ANSWERED and response.request.resource_type in {"fetch", "xhr"}
        if is_page or to_script:
            self._refused_pages.add(response.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page that answers 403 or 404 is for the test to judge; the browser reports it as an error too.
        refused = message.text.startswith("Failed to load resource")
        # Nobody but a test that says so cuts the network.
        is_cut = message.text.endswith("net::ERR_INTERNET_DISCONNECTED")
        expected = refused and (is_cut or message.location["url"] in self._refused_pages)
        if message.type == "error" and not expected:
            self.problems.append(f"console: {message.text} ({message.location['url']})")
