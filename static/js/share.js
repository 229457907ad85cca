/* Prints the page, and copies the address of a calculation.

   <button type="button" data-print>…</button>
   <input id="x" readonly value="…"> <button type="button" data-copy="x">…</button> <span role="status" data-copied></span>

   The part of the page may be replaced at any time, so clicks are caught at the document. Where the browser gives no clipboard,
   as on a page without TLS, the address is selected for the person to copy. Without scripts the buttons do not show. */

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copied]");
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = "已复制。";
  } catch {
    said.textContent = "已选中，请按 Ctrl+C 复制，手机请长按复制。";
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-print], [data-copy]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  else copy(button);
});
