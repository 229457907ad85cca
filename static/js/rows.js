/* Adds and removes rows of a Django formset in the page. Without scripts the same buttons submit add_row=<prefix> and
   remove_row=<prefix>-<n>, and the server answers with the form again.

   <div data-rows="loans" data-row-word="笔贷款" data-min="1" data-max="20">
     management form
     <fieldset data-row> … <span data-row-number>1</span> … <button name="remove_row" value="loans-0" data-row-remove> … </fieldset>
     <template data-row-template> the same with __prefix__ for the index and the number </template>
     <button name="add_row" value="loans" data-row-add> … </button>
   </div>

   The event "rows:set" on the box, its detail a number, makes that many rows, as when kept content is put back.

   A row that the database knows (its <prefix>-<n>-id has a value) is not taken out: it is hidden with <prefix>-<n>-DELETE on. */

const INDEXED = ["id", "for", "name", "value", "aria-labelledby", "aria-describedby", "data-upload"];

class Rows {
  constructor(box) {
    this.box = box;
    this.prefix = box.dataset.rows;
    this.word = box.dataset.rowWord ?? "行";
    this.voice = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    this.voice.setAttribute("role", "status");
    box.append(this.voice);
    box.addEventListener("click", (event) => this.clicked(event));
    box.addEventListener("rows:set", (event) => this.set(event.detail));
    this.showButtons();
  }

  get all() {
    return [...this.box.querySelectorAll("[data-row]")];
  }

  get shown() {
    return this.all.filter((row) => !row.hidden);
  }

  clicked(event) {
    const button = event.target.closest("[data-row-add], [data-row-remove]");
    if (!button) return;
    event.preventDefault();
    if ("rowAdd" in button.dataset) this.add();
    else this.remove(button.closest("[data-row]"));
    this.showButtons();
    // Saving and estimating listen to changes; rows coming and going are changes too.
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  set(count) {
    const most = Math.min(count, Number(this.box.dataset.max ?? Infinity));
    while (this.all.length < most) this.append();
    while (this.all.length > most) this.all.at(-1).remove();
    this.number();
    this.showButtons();
  }

  append() {
    const template = this.box.querySelector("template[data-row-template]");
    const row = template.content.firstElementChild.cloneNode(true);
    template.before(row);
    return row;
  }

  add() {
    const row = this.append();
    this.number();
    this.voice.textContent = `已添加第 ${this.shown.length} ${this.word}。`;
    firstControl(row)?.focus();
  }

  remove(row) {
    const place = this.shown.indexOf(row);
    const known = row.querySelector('input[name$="-id"]')?.value;
    const deletion = row.querySelector('input[name$="-DELETE"]');
    if (known && deletion) {
      deletion.checked = true;
      deletion.value = "on";
      row.hidden = true;
    } else {
      row.remove();
    }
    this.number();
    this.voice.textContent = `已删除第 ${place + 1} ${this.word}，还有 ${this.shown.length} ${this.word}。`;
    const next = this.shown[Math.min(place, this.shown.length - 1)];
    (firstControl(next) ?? this.box.querySelector("[data-row-add]"))?.focus();
  }

  /** Indexes follow the order of the page, hidden rows included; people count what they see. */
  number() {
    const pattern = new RegExp(`(^|[^\\w-]|id_)${this.prefix}-(?:\\d+|__prefix__)(?=-|$)`, "g");
    this.all.forEach((row, index) => {
      for (const element of [row, ...row.querySelectorAll("*")]) {
        for (const name of INDEXED) {
          // A value is an index only on the button that removes the row; elsewhere it is what somebody typed.
          const isTyped = name === "value" && !("rowRemove" in element.dataset);
          const old = element.getAttribute(name);
          if (old && !isTyped) element.setAttribute(name, old.replace(pattern, `$1${this.prefix}-${index}`));
        }
      }
    });
    this.shown.forEach((row, index) => {
      row.querySelectorAll("[data-row-number]").forEach((mark) => (mark.textContent = index + 1));
    });
    const total = this.total("TOTAL_FORMS");
    const initial = this.total("INITIAL_FORMS");
    total.value = this.all.length;
    initial.value = Math.min(initial.value, this.all.length);
  }

  total(name) {
    return this.box.querySelector(`input[name="${this.prefix}-${name}"]`);
  }

  showButtons() {
    const count = this.shown.length;
    const most = Number(this.box.dataset.max ?? Infinity);
    const least = Number(this.box.dataset.min ?? 0);
    this.box.querySelectorAll("[data-row-add]").forEach((button) => (button.hidden = count >= most));
    this.box.querySelectorAll("[data-row-remove]").forEach((button) => (button.hidden = count <= least));
  }
}

function firstControl(row) {
  return row?.querySelector("input:not([type=hidden]), select, textarea");
}

document.querySelectorAll("[data-rows]").forEach((box) => new Rows(box));
