/* Moves the focus to the error summary, and from its lines to the fields they name. Nothing to write in templates:
   {% error_summary form %} is enough. */

function focusSummary(root) {
  root.querySelector(".error-summary")?.focus();
}

document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".error-summary a[href^='#']");
  const field = line && document.getElementById(line.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  // A field in a folded part has to be seen first.
  field.closest("details")?.setAttribute("open", "");
  const control = field.matches("input, select, textarea, button") ? field : field.querySelector("input, select, textarea, button, a");
  field.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
});

focusSummary(document);
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));
