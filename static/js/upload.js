/* Uploads evidence as soon as it is chosen, dropped or photographed: several files at once, each with its own bar.

   <li data-upload-row id="…" data-stamp="3"> … <div> name, files </div> …
     <input type="file" name="…" multiple accept=".pdf,…" data-upload="/…/upload" data-max-bytes="20971520"></li>

   A file is looked at before it is sent: its kind, its size, and whether the firm has it already, by its SHA-256 (posted alone as
   "sha256" with "name"; 204: not yet). Then it is posted as "file" with the CSRF token of the form around it. Answers to both: 200
   with the HTML of the whole row, which replaces it unless a newer one (data-stamp) is there; 409 {"error", "use"}, a question to be
   answered with "use"; 400, 413 or 422 {"error": "…"}. A file that failed on the way can be sent again, one under way be stopped.
   Every change of a row sends the event "evidence". Without scripts the files go with the form. */

const AT_ONCE = 3;
const HEIC = /\.(heic|heif)$/i;
const HEIC_WORDS = "这是 HEIC 格式的手机照片，审核时可能打不开。请另存为 JPG 再上传；苹果手机可以在“设置—相机—格式”里选“兼容性最佳”后重拍。";

const lists = new Map(); // id of the row → the list of its files under way, which outlives the row's markup
const waiting = [];
let running = 0;

// --- Choosing --------------------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-upload]") || !input.files.length) return;
  const files = [...input.files];
  // The chosen files must not be sent a second time with the form.
  input.value = "";
  take(input.closest("[data-upload-row]"), files);
});

document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files") || !document.querySelector("[data-upload-row]")) return;
  // A file that misses the row must not replace the page and what was typed.
  event.preventDefault();
  const row = event.target.closest?.("[data-upload-row]");
  event.dataTransfer.dropEffect = inputOf(row) ? "copy" : "none";
  mark(inputOf(row) ? row : null);
});
document.addEventListener("dragleave", (event) => !event.relatedTarget && mark(null));
document.addEventListener("drop", (event) => {
  mark(null);
  const row = event.target.closest?.("[data-upload-row]");
  if (!event.dataTransfer?.files.length || !document.querySelector("[data-upload-row]")) return;
  event.preventDefault();
  if (inputOf(row)) take(row, [...event.dataTransfer.files]);
});

function mark(row) {
  document.querySelectorAll(".is-over").forEach((other) => other !== row && other.classList.remove("is-over"));
  row?.classList.add("is-over");
}

function inputOf(row) {
  return row?.querySelector("input[type=file][data-upload]");
}

function take(row, files) {
  row.querySelectorAll(":scope > div > .error").forEach((error) => error.remove());
  for (const file of files) new Upload(row.id, file, inputOf(row));
}

// --- One file --------------------------------------------------------------------------------------

class Upload {
  constructor(rowId, file, input) {
    this.rowId = rowId;
    this.file = file;
    this.url = input.dataset.upload;
    this.most = Number(input.dataset.maxBytes ?? Infinity);
    this.kinds = input.accept;
    this.form = input.form;
    this.line = Object.assign(document.createElement("div"), { className: "file" });
    listOf(rowId).append(this.line);
    this.begin();
  }

  begin() {
    const wrong = this.wrong();
    if (wrong) {
      this.failed(wrong, [["知道了", () => this.close()]]);
      return;
    }
    this.isStopped = false;
    this.show("等待上传", [["取消", () => this.stop()]]);
    waiting.push(this);
    next();
  }

  /** What is wrong with the file before it is sent, in the server's words; "" where nothing is. */
  wrong() {
    const { name, size, type } = this.file;
    if (HEIC.test(name) || /^image\/hei[cf]$/.test(type)) return HEIC_WORDS;
    if (!size) return "文件是空的，请重新选择。";
    if (size > this.most) return `文件 ${megabytes(size)} MB，超过 ${megabytes(this.most)} MB。请压缩或分成两个文件再上传。`;
    const endings = this.kinds.split(",").filter((kind) => kind.startsWith("."));
    if (endings.length && !endings.some((ending) => name.toLowerCase().endsWith(ending))) {
      return `这种文件不能上传。请上传 ${endings.map((ending) => ending.slice(1)).join("、")} 文件。`;
    }
    return "";
  }

  async run() {
    const known = await this.askKnown();
    if (this.isStopped) return;
    this.answered(known ?? (await this.send({ file: this.file })));
  }

  /** The server's answer where it has the file already, null where it must be sent or nothing can be told. */
  async askKnown() {
    if (!window.crypto?.subtle) return null;
    this.words.textContent = "正在核对";
    try {
      const hash = await crypto.subtle.digest("SHA-256", await this.file.arrayBuffer());
      const sha256 = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const answer = await this.send({ sha256, name: this.file.name });
      return answer.status === 204 || answer.isLost ? null : answer;
    } catch (error) {
      // The file cannot be read any more, or not as a whole; sending it tells.
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  /** fetch cannot tell how far an upload has come, so this is an XMLHttpRequest. Resolves to {status, html, error, use, isLost}. */
  send(fields) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append("csrfmiddlewaretoken", this.form?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
      if (fields.file) request.upload.addEventListener("progress", (event) => this.progressed(event.loaded));
      request.addEventListener("error", () => resolve({ isLost: true, error: "网络中断，没有上传成功。" }));
      request.addEventListener("abort", () => resolve({ isLost: true, error: "已取消。" }));
      request.addEventListener("load", () => resolve(read(request)));
      request.open("POST", this.url);
      request.send(body);
      this.request = request;
    });
  }

  answered(answer) {
    if (this.isStopped) return;
    if (answer.html) {
      this.close();
      replace(this.rowId, answer.html);
      speak(`${this.file.name} 已上传。`);
    } else if (answer.use) {
      this.failed(answer.error, [["仍然使用", () => this.useAnyway(answer.use)], ["不用了", () => this.close()]]);
    } else if (answer.mayPass) {
      this.failed(answer.error, [["重试", () => this.begin()], ["不用了", () => this.close()]]);
    } else if (answer.isLost) {
      this.failed(answer.error, [["重试", () => this.begin()], ["不用了", () => this.close()]]);
    } else {
      this.failed(answer.error, [["知道了", () => this.close()]]);
    }
  }

  async useAnyway(use) {
    this.show("正在添加", []);
    this.answered(await this.send({ use, scripted: 1 }));
  }

  stop() {
    this.isStopped = true;
    const place = waiting.indexOf(this);
    if (place >= 0) waiting.splice(place, 1);
    this.request?.abort();
    this.close();
    speak(`已取消 ${this.file.name}。`);
  }

  close() {
    const hadFocus = this.line.contains(document.activeElement);
    this.line.remove();
    if (hadFocus) inputOf(document.getElementById(this.rowId))?.focus();
  }

  // --- What it looks like --------------------------------------------------------------------------

  show(words, acts) {
    this.words = Object.assign(document.createElement("span"), { textContent: words });
    this.meter = Object.assign(document.createElement("progress"), { className: "meter", max: 100, value: 0 });
    this.meter.setAttribute("aria-label", `${this.file.name} 上传进度`);
    this.line.replaceChildren(nameOf(this.file), this.words, ...acts.map((act) => this.button(...act)), this.meter);
  }

  progressed(bytes) {
    const done = Math.min(bytes, this.file.size);
    const percent = Math.floor((done / this.file.size) * 100);
    this.meter.value = percent;
    this.words.textContent = `正在上传 ${percent}%，${megabytes(done)} / ${megabytes(this.file.size)} MB`;
  }

  failed(words, acts) {
    const error = Object.assign(document.createElement("p"), { className: "error", textContent: words });
    error.setAttribute("role", "alert");
    this.line.replaceChildren(nameOf(this.file), error, ...acts.map((act) => this.button(...act)));
  }

  button(words, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-link", textContent: words });
    made.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: `：${this.file.name}` }));
    made.addEventListener("click", act);
    return made;
  }
}

function read(request) {
  const { status, responseText } = request;
  if (status === 204) return { status };
  if (status === 200 && responseText.trimStart().startsWith("<li")) return { status, html: responseText };
  if (status === 200 || status === 401 || status === 403) {
    return { status, mayPass: true, error: "登录已过期，没有上传成功。请重新登录后再试。" };
  }
  if (status === 413) return { status, error: "文件太大，没有上传成功。请压缩或分成两个文件再上传。", ...parsed(request) };
  return { status, mayPass: status >= 500 || status === 429, error: "没有上传成功，请稍后再试。", ...parsed(request) };
}

/** The server's own words, if it gave any. */
function parsed(request) {
  if (!request.getResponseHeader("Content-Type")?.includes("application/json")) return {};
  const { error, use } = JSON.parse(request.responseText);
  return error ? { error, use } : {};
}

async function next() {
  if (running >= AT_ONCE || !waiting.length) return;
  const upload = waiting.shift();
  running += 1;
  try {
    await upload.run();
  } finally {
    running -= 1;
    next();
  }
}

// --- The row ---------------------------------------------------------------------------------------

function listOf(rowId) {
  if (!lists.has(rowId)) lists.set(rowId, Object.assign(document.createElement("div"), { className: "uploads" }));
  const list = lists.get(rowId);
  if (!list.isConnected) document.getElementById(rowId).querySelector(":scope > div").append(list);
  return list;
}

/** Puts the row's new markup in its place, unless what stands there is newer. */
function replace(rowId, html) {
  const row = document.getElementById(rowId);
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  const fresh = box.content.firstElementChild;
  if (Number(fresh.dataset.stamp ?? 1) < Number(row.dataset.stamp ?? 0)) return;
  const hadFocus = row.contains(document.activeElement) && !lists.get(rowId)?.contains(document.activeElement);
  row.replaceWith(fresh);
  // The buttons in the row answer in place too, as those that came with the page do.
  window.htmx?.process(fresh);
  changed(fresh);
  if (hadFocus) inputOf(fresh)?.focus();
}

function changed(row) {
  if (lists.get(row.id)?.childElementCount) listOf(row.id);
  row.dispatchEvent(new CustomEvent("evidence", { bubbles: true }));
}

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt?.closest?.("[data-upload-row]");
  if (row && event.detail.elt === row) {
    changed(row);
    if (document.activeElement === document.body) inputOf(row)?.focus();
  }
});

// --- The page --------------------------------------------------------------------------------------

const voice = Object.assign(document.createElement("p"), { className: "visually-hidden" });
voice.setAttribute("role", "status");
document.body.append(voice);

function speak(words) {
  voice.textContent = words;
}

// Sent now, the form would come back asking for files that are on their way.
document.addEventListener(
  "submit",
  (event) => {
    const count = running + waiting.length;
    if (!count || event.submitter?.value !== "submit") return;
    event.preventDefault();
    const line = [...lists.values()].find((list) => list.childElementCount);
    line?.scrollIntoView({ block: "center" });
    speak("");
    const words = `还有 ${count} 个文件正在上传，传完后请再按一次提交。`;
    setTimeout(() => speak(words), 50);
    const note = document.querySelector("[data-saved]");
    if (note) note.textContent = words;
  },
  true,
);
window.addEventListener("beforeunload", (event) => {
  if (running + waiting.length) event.preventDefault();
});

function nameOf(file) {
  return Object.assign(document.createElement("span"), { textContent: file.name });
}

function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}
