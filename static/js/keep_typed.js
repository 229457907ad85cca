/* Keeps what is typed into a form that cannot save itself, so that a lost network or session costs nothing.

   <form data-keep data-person="7"> … The words stay in this browser (kept.js) until the form has arrived. At the next visit they stand
   in fields that are still empty; fields that hold something are left alone. */

import { keyOf, keep, kept, drop } from "./kept.js";

const REST = 300; // ms without a change

document.querySelectorAll("form[data-keep]").forEach((form) => {
  const key = keyOf(form.dataset.person ?? "", location.pathname);
  let timer;
  let isSent = false;

  function typed() {
    return [...form.querySelectorAll("textarea")].map((area) => [area.name, area.value]);
  }

  function keepNow(more = {}) {
    clearTimeout(timer);
    // Leaving the page that was just sent is no new change.
    if (isSent && !more.sent) return;
    if (typed().some(([, value]) => value.trim())) keep(key, { fields: typed(), ...more });
    else drop(key);
  }

  function restore() {
    const held = new Map(kept(key)?.fields ?? []);
    let note;
    for (const area of form.querySelectorAll("textarea")) {
      if (area.value.trim() || !held.get(area.name)?.trim()) continue;
      area.value = held.get(area.name);
      note ??= Object.assign(document.createElement("p"), { className: "help", textContent: "上次没有提交的内容还在这台设备上，已为您填好。" });
      note.setAttribute("role", "status");
      area.after(note);
    }
  }

  restore();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, REST);
  });
  document.addEventListener("visibilitychange", () => document.hidden && keepNow());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    isSent = true;
    keepNow({ sent: true });
  });
  // A form that has not arrived after all comes back from the browser's memory.
  window.addEventListener("pageshow", (event) => event.persisted && (isSent = false));
});
