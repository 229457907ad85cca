/* A form that changes something is sent once: a further click says so instead of sending it again. Every POST form has this by
   itself. The button is not disabled, because its name and value belong to what is sent.

   data-download on the form: the answer is a file and the page stays, so that the form may be sent again after a while. */

const sent = new WeakSet();
const DOWNLOAD_REST = 5000; // ms until the same file may be asked for again

const voice = Object.assign(document.createElement("p"), { className: "visually-hidden" });
voice.setAttribute("role", "status");
document.body.append(voice);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    // The same words twice are announced only when they change in between.
    voice.textContent = "";
    setTimeout(() => (voice.textContent = "正在提交，请稍候。"), 50);
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  if ("download" in form.dataset) setTimeout(() => release(form), DOWNLOAD_REST);
});

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

// A page taken from the browser's memory by the back button may be sent again; the server judges whether it still holds.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
});
