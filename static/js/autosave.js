/* Saves a form by itself, two seconds after the last change.

   <form data-autosave="/…/save" data-person="7" data-sign-in="/…/"> … <span class="saved" data-saved></span>

   Posted are the form's fields without files. Answers: 200 {"saved_at": "14:32", "version": "…"}, the version going into the
   hidden field of that name; 409 or 422 {"message": "…"}, which is shown as it is and ends the saving, or with an "other":
   {"label": "…", "url": "…"}, shown as a link, rests it until something else is typed; anything else counts as not saved and is tried again, after growing waits. Whatever is typed is kept in the browser at once (kept.js) and let go when it has
   been saved; what is still there at the next visit is offered, with its time and what differs. A session that has ended may be
   begun again in another window: the page then takes the new one's token and saves. */

import { keyOf, keep, kept, drop } from "./kept.js";

const REST = 2000; // ms without a change before saving
const KEEP_REST = 300; // ms without a change before the browser's copy
const WAITS = [5, 10, 20, 40, 60]; // seconds until the next try after a failure that may pass
const OF_THE_PAGE = ["csrfmiddlewaretoken", "token", "version", "page"]; // fields that nobody typed
const MOST_SHOWN = 8; // differences

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = keyOf(form.dataset.person ?? "", this.url);
    this.note = document.querySelector("[data-saved]");
    this.note?.setAttribute("role", "status");
    this.timer = null;
    this.keepTimer = null;
    this.failures = 0;
    this.dirty = false; // something is on the page that has not been saved
    this.busy = false;
    this.refused = false;
    this.isOver = false; // the session
    this.isSent = false; // with the form
    this.hasRenewed = false; // the token, since the last save that succeeded
    this.offer();
    for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => this.heard(event));
    form.addEventListener("submit", (event) => !event.defaultPrevented && this.sent());
    // Leaving the page or putting the phone away saves at once; coming back may bring a new session.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.left() : this.came()));
    window.addEventListener("focus", () => this.came());
    window.addEventListener("online", () => this.dirty && this.save());
    window.addEventListener("offline", () => this.dirty && this.lost());
    window.addEventListener("storage", (event) => event.key === this.key && !event.newValue && this.box?.remove());
    // A form that has not arrived after all comes back from the browser's memory.
    window.addEventListener("pageshow", (event) => event.persisted && this.cameBack());
    this.ask = (event) => event.preventDefault();
  }

  heard(event) {
    // Files go by themselves, and picking among earlier ones is nothing to save.
    if (event.target.type === "file" || event.target.closest("[data-upload-row]")) return;
    this.changed();
  }

  changed() {
    this.setDirty(true);
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => this.keep(), KEEP_REST);
    if (this.refused || this.isOver || this.isSent) return;
    // A try is waiting already where the last one failed.
    if (this.failures) return;
    if (!navigator.onLine) this.lost();
    else this.wait(REST);
  }

  wait(rest) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), rest);
  }

  /** Only where something is unsaved does the browser ask before the page is left. */
  setDirty(isDirty) {
    if (isDirty === this.dirty) return;
    this.dirty = isDirty;
    if (isDirty) window.addEventListener("beforeunload", this.ask);
    else window.removeEventListener("beforeunload", this.ask);
  }

  left() {
    if (!this.dirty) return;
    this.keep();
    if (!this.refused && !this.isOver) this.save(true);
  }

  came() {
    if (this.dirty && !this.refused && (this.isOver || this.failures)) this.save();
  }

  /** The form is on its way: the copy stays until another page says that it has arrived. */
  sent() {
    this.keep({ sent: true });
    this.setDirty(false);
    this.isSent = true;
    clearTimeout(this.timer);
    clearTimeout(this.keepTimer);
  }

  cameBack() {
    if (!this.isSent) return;
    this.isSent = false;
    this.changed();
  }

  fields() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) {
      if (value instanceof File || name.startsWith("pick-")) data.delete(name);
    }
    return new URLSearchParams(data);
  }

  typed() {
    const fields = this.fields();
    for (const name of OF_THE_PAGE) fields.delete(name);
    return fields;
  }

  keep(more = {}) {
    keep(this.key, { fields: [...this.typed()], ...more });
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    if (this.refused || this.isSent) return;
    // Two saves under way could arrive in the wrong order, and the older would win.
    if (this.busy && !leaving) {
      this.wait(REST);
      return;
    }
    const typed = this.typed().toString();
    this.busy = true;
    try {
      const options = { method: "POST", body: this.fields(), keepalive: leaving, redirect: "manual" };
      await this.answered(await fetch(this.url, options), typed);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.lost();
    } finally {
      this.busy = false;
    }
  }

  async answered(response, typed) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer.saved_at) {
      this.saved(answer, typed);
    } else if (response.status === 409 && answer.other) {
      this.waitForMore(answer);
    } else if (response.status === 409 || response.status === 422) {
      this.refuse(answer.message ?? "这一页已经过时，请刷新后再填。");
    } else if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      await this.over();
    } else {
      this.retry("暂时没有保存成功");
    }
  }

  saved(answer, typed) {
    this.failures = 0;
    this.isOver = false;
    this.hasRenewed = false;
    const version = this.form.elements.namedItem("version");
    if (version && answer.version) version.value = answer.version;
    if (this.typed().toString() === typed) {
      clearTimeout(this.keepTimer);
      this.setDirty(false);
      drop(this.key);
    } else {
      this.wait(REST);
    }
    this.say(`${answer.saved_at} 已保存`);
  }

  /** No further try can help: the words say why, and a fresh page offers what this one holds. */
  refuse(words) {
    this.refused = true;
    this.keep();
    this.say(words, "is-bad", link("打开最新的一份", location.pathname));
    // That link is no way to lose anything.
    this.note?.querySelector("a")?.addEventListener("click", () => this.setDirty(false));
  }

  /** Another claim stands in the way of what is typed now: its link, and the next change is tried again. */
  waitForMore(answer) {
    this.failures = 0;
    this.isOver = false;
    this.keep();
    this.say(answer.message, "is-bad", link(answer.other.label, answer.other.url));
  }

  lost() {
    this.retry(navigator.onLine ? "连不上服务器" : "网络断了");
  }

  retry(why) {
    this.keep();
    const rest = WAITS[Math.min(this.failures, WAITS.length - 1)];
    this.failures += 1;
    this.say(`${why}，您填的内容暂存在这台设备上。${rest} 秒后再试。`, "is-bad", button("现在再试", () => this.save()));
    this.wait(rest * 1000);
  }

  /** The session has ended, or another one has begun in this browser: then its token does. */
  async over() {
    this.keep();
    // Once only: a token that is refused again is not what is wrong.
    if (!this.hasRenewed && (await this.tokenRenew())) {
      this.hasRenewed = true;
      this.busy = false;
      await this.save();
      return;
    }
    this.hasRenewed = false;
    this.isOver = true;
    const again = link("重新登录（在新窗口）", `${this.form.dataset.signIn ?? "/"}?next=${encodeURIComponent(location.pathname)}`);
    again.target = "_blank";
    this.say("登录已过期，您填的内容暂存在这台设备上。登录后回到这里会自动保存。", "is-bad", again);
  }

  /** Takes the token of the page as it is now; false where there is none, or where somebody else has signed in. */
  async tokenRenew() {
    const response = await fetch(location.pathname, { redirect: "manual" });
    if (!response.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(this.form.id);
    const token = fresh?.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token || fresh.dataset.person !== this.form.dataset.person) return false;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = token));
    return true;
  }

  say(words, style = "", act = null) {
    if (!this.note) return;
    this.note.classList.toggle("is-bad", style === "is-bad");
    this.note.textContent = words;
    if (act) this.note.append(" ", act);
  }

  // --- What an earlier visit could not save ------------------------------------------------------

  /** Offers it with its time and what differs, unless the page holds it already. */
  offer() {
    const copy = kept(this.key);
    if (!copy) return;
    const changes = differences(this.form, copy.fields, [...this.typed()]);
    if (!changes.length) {
      drop(this.key);
      return;
    }
    const time = new Date(copy.at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    this.box = document.createElement("section");
    this.box.className = "callout callout--act kept mb-3";
    this.box.setAttribute("aria-label", "没有保存成功的内容");
    const body = document.createElement("div");
    body.append(
      paragraph(`您在 ${time} 填的内容没有保存成功，还留在这台设备上。与现在这一页不同的有：`),
      list(changes),
      buttons([["恢复这些内容", () => this.restore(copy.fields)], ["不要，用现在的", () => this.forget()]]),
    );
    this.box.append(body);
    // Beside and above the form there may be more: the box stands before it all.
    (document.querySelector("[data-offer-before]") ?? this.form.closest(".split") ?? this.form).before(this.box);
  }

  restore(fields) {
    const values = grouped(fields);
    // Rows first: what they held needs fields to go into.
    for (const [name, [count]] of values) {
      const rows = name.endsWith("-TOTAL_FORMS") && this.form.querySelector(`[data-rows="${name.slice(0, -12)}"]`);
      if (rows) rows.dispatchEvent(new CustomEvent("rows:set", { detail: Number(count) }));
    }
    for (const control of [...this.form.elements]) {
      if (!control.name || ["hidden", "file", "submit"].includes(control.type)) continue;
      const held = values.get(control.name) ?? [];
      if (control.type === "checkbox" || control.type === "radio") control.checked = held.includes(control.value);
      else if (held.length) control.value = held[0];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.box.remove();
    this.save();
  }

  forget() {
    drop(this.key);
    this.box.remove();
  }
}

function grouped(pairs) {
  const groups = new Map();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

/** [[label, kept words, words on the page], …] of all fields that differ. */
function differences(form, before, now) {
  const [old, present] = [grouped(before), grouped(now)];
  const names = [...new Set([...old.keys(), ...present.keys()])];
  const found = [];
  for (const name of names) {
    const [was, is] = [old.get(name) ?? [], present.get(name) ?? []];
    if (OF_THE_PAGE.includes(name) || name.endsWith("_FORMS") || was.join("\n") === is.join("\n")) continue;
    found.push([labelOf(form, name), wordsOf(form, name, was), wordsOf(form, name, is)]);
  }
  return found;
}

function labelOf(form, name) {
  const control = controlOf(form, name);
  const group = control?.closest("[role=group]");
  const label = group ? document.getElementById(group.getAttribute("aria-labelledby")) : control?.labels?.[0];
  const words = (label?.firstChild?.nodeValue ?? label?.textContent ?? "").trim();
  const row = control?.closest("[data-row]")?.querySelector("legend")?.textContent.trim();
  if (words) return row ? `${row}，${words}` : words;
  const index = /-(\d+)-/.exec(name);
  return index ? `第 ${Number(index[1]) + 1} 行` : "其他内容";
}

function wordsOf(form, name, values) {
  const control = controlOf(form, name);
  const words = values.filter(Boolean).map((value) => {
    if (control?.tagName === "SELECT") return [...control.options].find((option) => option.value === value)?.text ?? value;
    if (control?.type === "checkbox") return "已勾选";
    if (control?.type === "radio") return form.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`)?.parentElement.textContent.trim() ?? value;
    return value;
  });
  return words.join("、") || "（空）";
}

function controlOf(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof RadioNodeList ? found[0] : found;
}

function list(changes) {
  const terms = document.createElement("dl");
  for (const [label, was, is] of changes.slice(0, MOST_SHOWN)) {
    const values = document.createElement("dd");
    values.append(Object.assign(document.createElement("b"), { textContent: was }), `　现在是 ${is}`);
    terms.append(Object.assign(document.createElement("dt"), { textContent: label }), values);
  }
  const more = changes.length - MOST_SHOWN;
  if (more > 0) terms.append(document.createElement("dt"), Object.assign(document.createElement("dd"), { textContent: `还有 ${more} 处` }));
  return terms;
}

function paragraph(words) {
  return Object.assign(document.createElement("p"), { textContent: words });
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-quiet", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function link(words, href) {
  return Object.assign(document.createElement("a"), { href, textContent: words });
}

function buttons(choices) {
  const row = Object.assign(document.createElement("div"), { className: "cluster" });
  row.append(...choices.map(([words, act]) => button(words, act)));
  return row;
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
