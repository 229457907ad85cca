/* The menu in the console's bar, a <details>: Esc closes it and gives the focus back to its button. Without scripts its button
   alone closes it. */

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".site-nav details[open]");
  if (event.key !== "Escape" || event.defaultPrevented || !menu) return;
  const focused = document.activeElement;
  menu.open = false;
  // Who is typing elsewhere on the page stays there.
  if (focused === document.body || menu.contains(focused)) menu.querySelector("summary").focus();
});
