"""What is wrong with a page as it stands in the browser, whatever it is about."""

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
    if (e.hash && e.pathname === location.pathname && !document.getElementById(decodeURIComponent(e.hash.slice(1))))
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
  return faults;
}"""


def page_faults(page: Page) -> list[str]:
    """Faults of the page that is open, as sentences with the beginning of the element; none is how it should be."""
    return page.evaluate(_FAULTS)
