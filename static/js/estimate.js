/* Keeps the expected amount beside a form true, 400 ms after the last change.

   <form data-estimate="/…/estimate" data-estimate-target="#estimate"> … <aside id="estimate" aria-live="polite"> … </aside>

   Posted are the form's fields without files; the answer is HTML for the inside of the target and says itself what it left out.
   What stands in its <template data-for="id"> goes into the element of that id instead. An answer that has been overtaken by a newer
   question is dropped. The event "evidence" from within the form asks, too: a file has come or gone. */

const REST = 400; // ms

function follow(form) {
  const target = document.querySelector(form.dataset.estimateTarget);
  let timer;
  let question = new AbortController();

  async function ask() {
    question.abort();
    question = new AbortController();
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (value instanceof File) data.delete(name);
    }
    target.setAttribute("aria-busy", "true");
    try {
      const options = { method: "POST", body: new URLSearchParams(data), signal: question.signal };
      const response = await fetch(form.dataset.estimate, options);
      if (!response.ok || response.redirected) throw new TypeError(`estimate answered ${response.status}`);
      place(await response.text(), target);
      target.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      target.removeAttribute("aria-busy");
      sayUnknown(target);
    }
  }

  for (const kind of ["input", "change", "evidence"]) {
    form.addEventListener(kind, (event) => {
      if (event.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(ask, REST);
    });
  }
}

/** Puts the parts of an answer where they belong; what has not changed is left alone, so that nothing is announced twice. */
function place(html, target) {
  const box = document.createElement("template");
  box.innerHTML = html;
  for (const part of box.content.querySelectorAll("template[data-for]")) {
    const own = document.getElementById(part.dataset.for);
    if (own && own.textContent.trim() !== part.content.textContent.trim()) own.replaceChildren(part.content);
    part.remove();
  }
  target.replaceChildren(box.content);
}

/** An amount that no longer belongs to the fields must not stand there as if it did. */
function sayUnknown(target) {
  const note = document.createElement("div");
  note.className = "callout callout--act";
  const words = "暂时算不出预计金额，不影响填写和提交。您继续填写时会再试。";
  note.append(document.createElement("span"), Object.assign(document.createElement("p"), { textContent: words }));
  target.replaceChildren(note);
}

document.querySelectorAll("form[data-estimate]").forEach(follow);
