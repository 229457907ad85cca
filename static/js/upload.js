/* Uploads evidence as soon as it is chosen, with progress, several files one after the other.

   <li data-upload-row> … <div> name, files </div> … <input type="file" name="…" multiple data-upload="/…/upload" data-max-bytes="20971520"></li>

   Each file is posted as "file" with the CSRF token of the form around it. Answers: 200 with the HTML of the whole row, which
   replaces it; 400, 409, 413 or 422 {"error": "…"}, shown in the row. Without scripts the files go with the form. */

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches?.("input[type=file][data-upload]") && input.files.length) sendAll(input);
});

async function sendAll(input) {
  const files = [...input.files];
  const token = (input.form ?? document).querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const job = { url: input.dataset.upload, token, most: Number(input.dataset.maxBytes ?? Infinity) };
  // The chosen files must not be sent a second time with the form.
  input.value = "";
  let row = input.closest("[data-upload-row]");
  row.querySelectorAll(".error").forEach((error) => error.remove());
  const errors = [];
  for (const file of files) {
    const { html, error } = await sendOne(row, file, job);
    if (html) row = replaced(row, html);
    else errors.push(`${file.name}：${error}`);
  }
  errors.forEach((words) => row.querySelector(":scope > div").append(errorLine(words)));
  row.querySelector("input[type=file]")?.focus();
}

/** Resolves to {html} or {error}; shows the progress in the row meanwhile. */
async function sendOne(row, file, { url, token, most }) {
  if (file.size > most) {
    return { error: `文件 ${megabytes(file.size)} MB，超过 ${megabytes(most)} MB。请压缩或分成两个文件再上传。` };
  }
  const { line, meter, words } = progressLine(file);
  row.querySelector(":scope > div").append(line);
  const answer = await post(url, token, file, (done) => {
    const percent = Math.floor((done / file.size) * 100);
    meter.value = percent;
    words.textContent = `正在上传 ${percent}%，${megabytes(done)} / ${megabytes(file.size)} MB`;
  });
  line.remove();
  return answer;
}

/** fetch cannot tell how far an upload has come, so this is an XMLHttpRequest. */
function post(url, token, file, progressed) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    body.append("csrfmiddlewaretoken", token);
    request.upload.addEventListener("progress", (event) => progressed(Math.min(event.loaded, file.size)));
    request.addEventListener("error", () => resolve({ error: "网络中断，没有上传成功。请再选一次。" }));
    request.addEventListener("load", () => resolve(read(request)));
    request.open("POST", url);
    request.send(body);
  });
}

function read(request) {
  const isRow = request.responseText.trimStart().startsWith("<li");
  if (request.status === 200 && isRow) return { html: request.responseText };
  if (request.status === 200 || request.status === 401 || request.status === 403) {
    return { error: "登录已过期，没有上传成功。请重新登录后再选一次。" };
  }
  if (request.status === 413) return { error: "文件太大，没有上传成功。请压缩或分成两个文件再上传。", ...parsed(request) };
  return { error: "没有上传成功，请稍后再选一次。", ...parsed(request) };
}

/** The server's own words, if it gave any. */
function parsed(request) {
  if (!request.getResponseHeader("Content-Type")?.includes("application/json")) return {};
  const { error } = JSON.parse(request.responseText);
  return error ? { error } : {};
}

function replaced(row, html) {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  const fresh = box.content.firstElementChild;
  row.replaceWith(fresh);
  // The buttons in the row answer in place too, as those that came with the page do.
  window.htmx?.process(fresh);
  return fresh;
}

function progressLine(file) {
  const line = Object.assign(document.createElement("div"), { className: "file" });
  const name = Object.assign(document.createElement("span"), { textContent: file.name });
  const words = Object.assign(document.createElement("span"), { textContent: "正在上传" });
  const meter = Object.assign(document.createElement("progress"), { className: "meter", max: 100, value: 0 });
  meter.setAttribute("aria-label", `${file.name} 上传进度`);
  line.append(name, words, meter);
  return { line, meter, words };
}

function errorLine(words) {
  const line = Object.assign(document.createElement("p"), { className: "error", textContent: words });
  line.setAttribute("role", "alert");
  return line;
}

function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}
