/* The desk: documents open and are checked without losing what was typed elsewhere on the page, and keys lead on.

   <section id="x" data-part>      is taken from the new page whenever a document is opened or checked
   <a data-paper="3">              opens a document; the key is its number, "previous" or "next"
   <form data-check>               says what was found about a document
   <form data-unsaved>             came back with what was typed, and nothing of it is saved
   <input type="checkbox" data-keys>   switches the keys off, for this browser

   Before the page is left with something typed that is not sent along, the browser asks.                              */

import { key as viewerKey, show } from "./viewer.js";

const KEYS_OFF = "desk-keys-off";
let asked = 0;

/** Takes the parts of another page of the same desk; false where it is another page altogether. */
function take(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("evidence")) return false;
  const focused = document.activeElement?.closest("[data-part]") && way(document.activeElement);
  const gone = [...document.querySelectorAll("[data-part]")];
  for (const old of gone) {
    const fresh = page.getElementById(old.id);
    if (fresh) old.replaceWith(document.adoptNode(fresh));
  }
  show();
  if (focused) (document.querySelector(focused) ?? document.querySelector("#viewer a"))?.focus({ preventScroll: true });
  return true;
}

/** How the element that has the focus is found again. */
function way(element) {
  if (element.dataset.paper) return `#${element.closest("[data-part]").id} [data-paper="${element.dataset.paper}"]`;
  return element.matches("[data-seen]") ? "[data-seen]" : "#viewer summary";
}

async function load(address, options) {
  const mine = ++asked;
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    return false;
  }
  const text = await answer.text();
  // Whoever has opened another one meanwhile gets that.
  if (mine !== asked) return true;
  if (!answer.ok || !take(text)) return false;
  const url = new URL(answer.url);
  history.replaceState(null, "", url.pathname + url.search);
  return true;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-paper]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (await load(link.href)) document.getElementById("viewer")?.scrollIntoView({ block: "nearest" });
  else location.assign(link.href);
});

/* Before once.js, which would take a form for sent. */
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target.closest("[data-check]");
    if (!form || form.dataset.sending) return;
    event.preventDefault();
    form.dataset.sending = "1";
    const body = new FormData(form, event.submitter);
    if (await load(form.action, { method: "POST", body })) return;
    // The answer is for the person to read: the form goes as it would have gone by itself.
    form.requestSubmit(event.submitter);
  },
  true,
);

let sent = null;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = event.target;
});

function isUnsaved(form) {
  if (form === sent || form.method !== "post") return false;
  return form.matches("[data-unsaved]") || [...form.elements].some(isChanged);
}

function isChanged(control) {
  if (control.tagName === "SELECT") return [...control.options].some((option) => option.selected !== option.defaultSelected && control.value);
  return ["text", "textarea", "number", "date"].includes(control.type) && control.value !== control.defaultValue;
}

window.addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("main form")].some(isUnsaved)) event.preventDefault();
});
window.addEventListener("pageshow", () => (sent = null));

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function keysOff() {
  return localStorage.getItem(KEYS_OFF) === "1";
}

const KEYS = {
  j: 'a[rel="next"]',
  n: 'a[rel="next"]',
  k: 'a[rel="prev"]',
  p: 'a[rel="prev"]',
  "[": '#viewer [data-paper="previous"]',
  "]": '#viewer [data-paper="next"]',
  v: "[data-seen]",
};

document.addEventListener("keydown", (event) => {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || keysOff() || isTyping(event.target)) return;
  const wanted = KEYS[key] ?? (/^[1-9]$/.test(key) ? `#evidence [data-paper="${key}"]` : null);
  const target = wanted && document.querySelector(wanted);
  if (target) {
    event.preventDefault();
    target.click();
  } else if (viewerKey(key)) event.preventDefault();
});

const box = document.querySelector("[data-keys]");
if (box) {
  box.checked = !keysOff();
  box.addEventListener("change", () => localStorage.setItem(KEYS_OFF, box.checked ? "0" : "1"));
}
