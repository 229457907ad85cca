/* Saves a form by itself, two seconds after the last change.

   <form data-autosave="/…/save"> … <span class="saved" data-saved></span>

   Posted are the form's fields without files. Answers: 200 {"saved_at": "14:32", "version": "…"}, the version going into the
   hidden field of that name; 409 or 422 {"message": "…"}, which is shown as it is and ends the saving; anything else counts as not
   saved. What could not be saved is kept in this browser and offered at the next visit. */

const REST = 2000; // ms without a change before saving
const RETRY = 15000; // ms until the next try after a failure that may pass
const OF_THE_PAGE = ["csrfmiddlewaretoken", "token", "version"]; // fields that nobody typed

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = `unsaved:${this.url}`;
    this.note = document.querySelector("[data-saved]");
    this.note?.setAttribute("role", "status");
    this.timer = null;
    this.dirty = false;
    this.busy = false;
    this.stopped = false;
    this.refused = false;
    this.offer();
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, (event) => event.target.type !== "file" && this.changed());
    }
    form.addEventListener("submit", () => this.stop());
    // Leaving the page or putting the phone away saves at once.
    document.addEventListener("visibilitychange", () => document.hidden && this.dirty && this.save(true));
  }

  changed(rest = REST) {
    if (this.refused) this.keep(this.fields());
    if (this.stopped) return;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), rest);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  fields() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) {
      if (value instanceof File) data.delete(name);
    }
    return new URLSearchParams(data);
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    // Two saves under way could arrive in the wrong order, and the older would win.
    if (this.busy && !leaving) {
      this.changed();
      return;
    }
    const fields = this.fields();
    this.dirty = false;
    this.busy = true;
    try {
      const options = { method: "POST", body: fields, keepalive: leaving, redirect: "manual" };
      await this.answered(await fetch(this.url, options), fields);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.failed(fields, "网络不通，您填的内容暂存在这台设备上，恢复后会自动保存。");
      this.changed(RETRY);
    } finally {
      this.busy = false;
    }
  }

  async answered(response, fields) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer.saved_at) {
      localStorage.removeItem(this.key);
      const version = this.form.elements.namedItem("version");
      if (version && answer.version) version.value = answer.version;
      this.say(`草稿已自动保存，${answer.saved_at}`);
    } else if (response.status === 409 || response.status === 422) {
      this.failed(fields, answer.message ?? "这一页已经过时，请刷新后再填。");
      this.refused = true;
      this.stop();
    } else if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      this.failed(fields, "登录已过期，您填的内容暂存在这台设备上。重新登录后会回到这里。");
      this.stop();
    } else {
      this.failed(fields, "暂时没有保存成功，您填的内容暂存在这台设备上，稍后会再试。");
      this.changed(RETRY);
    }
  }

  failed(fields, words) {
    this.keep(fields);
    this.say(words, true);
  }

  keep(fields) {
    for (const name of OF_THE_PAGE) fields.delete(name);
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields: [...fields] }));
  }

  say(words, isBad = false) {
    if (!this.note) return;
    this.note.classList.toggle("is-bad", isBad);
    this.note.textContent = words;
  }

  /** Offers what an earlier visit could not save, if the page does not hold it already. */
  offer() {
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept) return;
    const now = this.fields();
    for (const name of OF_THE_PAGE) now.delete(name);
    if (new URLSearchParams(kept.fields).toString() === now.toString()) {
      localStorage.removeItem(this.key);
      return;
    }
    const time = new Date(kept.at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const box = document.createElement("div");
    box.className = "callout callout--act mb-3";
    box.setAttribute("role", "status");
    box.append(
      document.createElement("span"),
      paragraph(`您在 ${time} 填的内容没有保存成功，还留在这台设备上。`),
      buttons([["恢复这些内容", () => this.restore(kept.fields, box)], ["不用了", () => this.forget(box)]]),
    );
    // Beside the form there may be columns: the box stands above them all.
    (this.form.closest(".split") ?? this.form).before(box);
  }

  restore(fields, box) {
    const values = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : grouped(fields);
    for (const control of this.form.elements) {
      if (!control.name || control.type === "hidden" || control.type === "file") continue;
      const kept = (values.get(control.name) ?? []).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") control.checked = kept.includes(control.value);
      else if (control.tagName !== "BUTTON" && kept.length) control.value = kept[0];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    box.remove();
  }

  forget(box) {
    localStorage.removeItem(this.key);
    box.remove();
  }
}

function grouped(pairs) {
  const groups = new Map();
  for (const pair of pairs) groups.set(pair[0], [...(groups.get(pair[0]) ?? []), pair]);
  return groups;
}

function paragraph(words) {
  return Object.assign(document.createElement("p"), { textContent: words });
}

function buttons(choices) {
  const row = Object.assign(document.createElement("div"), { className: "cluster" });
  for (const [words, act] of choices) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-quiet", textContent: words });
    button.addEventListener("click", act);
    row.append(button);
  }
  return row;
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
