"""What is wrong with a page as it stands in the browser, whatever it is about."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

_FAULTS = """() => {
  const faults = [];
  const isSeen = (e) => e.checkVisibility({ visibilityProperty: true });
  const short = (e) => e.outerHTML.slice(0, 90);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (e) => (e.innerText || e.textContent).trim() || e.getAttribute("aria-label");
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`${root.scrollWidth - root.clientWidth} px too wide`);
  if (root.lang !== "zh-Hans") faults.push(`language: ${root.lang}`);
  if (all("h1").length !== 1) faults.push(`${all("h1").length} h1`);
  if (!document.title.trim() || document.title.startsWith(" ")) faults.push(`title: ${document.title}`);
  for (const e of all("input:not([type=hidden]), select, textarea"))
    if (isSeen(e) && !e.labels?.length && !e.getAttribute("aria-label")) faults.push(`no label: ${short(e)}`);
  for (const e of all("a, button, summary"))
    if (isSeen(e) && !name(e)) faults.push(`no name: ${short(e)}`);
  for (const e of all("a[href]"))
    if (e.hash && e.pathname === location.pathname && e.search === location.search && !document.getElementById(decodeURIComponent(e.hash.slice(1))))
      faults.push(`leads nowhere: ${short(e)}`);
  for (const e of all("svg"))
    if (e.getAttribute("aria-hidden") !== "true" && !(e.getAttribute("role") === "img" && e.getAttribute("aria-label")))
      faults.push(`speaks nonsense: ${short(e)}`);
  for (const e of all("img:not([alt])")) faults.push(`no alt: ${short(e)}`);
  for (const e of all("[aria-labelledby], [aria-describedby], label[for]"))
    for (const id of (e.getAttribute("aria-labelledby") ?? e.getAttribute("aria-describedby") ?? e.htmlFor).split(" "))
      if (!document.getElementById(id)) faults.push(`names what is not there (${id}): ${short(e)}`);
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) faults.push(`id twice: ${id}`);
  for (const e of all("main td, main th, main .btn, main dd"))
    if (isSeen(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1) faults.push(`does not fit: ${short(e)}`);
  for (const e of all(".num, .code")) {
    const inside = e.firstElementChild ?? e;
    if (isSeen(e) && inside.scrollWidth > inside.clientWidth + 1 && inside.clientWidth > 1 && getComputedStyle(inside).display !== "inline")
      faults.push(`does not fit: ${short(e)}`);
  }
  return faults;
}"""


#: WCAG 2.2 to level AA, and what axe-core calls best practice.
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What sticks to the edge of the screen covers something at any moment; a reader scrolls, axe-core does not.
_AXE_RUN = """async (tags) => {
  const still = new CSSStyleSheet();
  still.replaceSync(".action-bar, .site-head, .bulk, .stick { position: static !important }");
  document.adoptedStyleSheets.push(still);
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], iframes: false });
  document.adoptedStyleSheets.pop();
  return found.violations.flatMap((rule) =>
    rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 120)}`));
}"""


@cache
def _axe() -> str:
    package = Path(next(iter(find_spec("axe_playwright_python").submodule_search_locations)))
    return (package / "axe.min.js").read_text(encoding="utf-8")


def page_faults(page: Page, *, scripts: bool = True) -> list[str]:
    """Faults of the page that is open, ours and axe-core's, as sentences with the beginning of the element.

    Without `scripts` (a browser in which they are off) axe-core cannot run: it waits for timers.
    """
    # A page that is only just coming has nothing yet that could be looked at.
    page.wait_for_load_state()
    return [*page.evaluate(_FAULTS), *(axe_faults(page) if scripts else [])]


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds on the page that is open; it runs outside the page's security policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(_AXE_RUN, _AXE_TAGS)
