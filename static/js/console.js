/* The console's lists, desk and rules. Everything works without it.

   <form data-bulk> … <input type="checkbox" name="claim" data-amount="1234.50"> … <b data-bulk-sum>   says what is selected
     data-elsewhere="12" data-elsewhere-amount="3456.00" on it                         and what is on pages not shown
     data-others="12" data-others-amount="1.00" on it: what is ticked on other pages
   HX-Trigger: settled                                                                 a page that waited for an amount shows it */

/* A link into a folded part opens it. */
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target && target.closest("details:not([open])");
  if (folded) {
    folded.open = true;
    target.scrollIntoView();
  }
}

addEventListener("hashchange", unfold);
unfold();

const bulk = document.querySelector("form[data-bulk]");
const sum = bulk?.querySelector("[data-bulk-sum]");

/** A sum written with two decimals, in fen: never a float. */
function fen(text) {
  return BigInt(text.replace(".", ""));
}

function shown(total) {
  const digits = total.toString().padStart(3, "0");
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

function tell() {
  const chosen = [...bulk.querySelectorAll("input[name=claim]:checked")];
  // What is ticked on other pages of a long list counts as well.
  const total = chosen.reduce((soFar, box) => soFar + fen(box.dataset.amount), fen(sum.dataset.othersAmount || "0.00"));
  const count = chosen.length + Number(sum.dataset.others || 0);
  sum.textContent = count ? `已选 ${count} 件，合计 ${shown(total)} 元` : sum.dataset.empty;
}

if (sum) {
  sum.dataset.empty ||= sum.textContent;
  bulk.addEventListener("change", tell);
  // A page taken from the browser's memory keeps its ticks.
  window.addEventListener("pageshow", tell);
}

/* A page is only loaded again by itself while nothing has been typed into it; otherwise the sentence with the link stays. */
document.body.addEventListener("settled", () => {
  const typed = [...document.querySelectorAll("main input:not([type=hidden]), main textarea, main select")].some((field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.value !== "")
      : field.value !== field.defaultValue,
  );
  if (!typed) location.reload();
});
