/* Echoes a sum in 万元 and 大写 while it is typed, because a slip by a factor of ten is the commonest mistake.

   <input id="x" data-money="full"> … <output class="echo" for="x"></output>      data-money="short" leaves out 大写

   The words are those of measures.money in Python, to the character; a test compares the two. Sums are whole fen in a BigInt,
   never a float. What can never become a sum is answered in the server's words, with the sum that is probably meant where there is
   one; what is merely unfinished leaves the echo empty.

   <p data-ask-for="x" data-usual="9600.00" hidden> … is shown while the sum is ten times that or more, or a tenth or less. */

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = [[1000n, "仟"], [100n, "佰"], [10n, "拾"], [1n, ""]];
const WAN = 10n ** 4n;
const YI = 10n ** 8n;

/** Full-width digits and signs become narrow; spaces, a leading ¥ and a trailing 元 go, as on the server. */
function plain(text) {
  return text.normalize("NFKC").replace(/\s/g, "").replace(/^¥/, "").replace(/元$/, "");
}

/** The typed sum in fen, or null where it is not one yet. Spaces and commas are forgiven. */
export function typedSum(text) {
  const parts = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plain(text).replaceAll(",", ""));
  return parts && BigInt(parts[1] + (parts[2] ?? "").padEnd(2, "0"));
}

/** What is wrong with a typed sum that no further typing mends, as {words, meant}; null where nothing is. */
export function wrongSum(text) {
  const typed = plain(text).replaceAll(",", "");
  const inUnits = /^(\d+(?:\.\d+)?)([万亿])$/.exec(typed);
  if (inUnits) {
    const meant = shifted(inUnits[1], inUnits[2] === "万" ? 4 : 8);
    return { words: `请只填数字，单位是元。${inUnits[1]} ${inUnits[2]}元请填 ${meant}。`, meant };
  }
  if (/^[-−]/.test(typed)) return { words: "金额不能是负数，没有请填 0。" };
  if (/^\d+\.\d{2}\d*[1-9]\d*$/.test(typed)) return { words: "小数点后最多两位，也就是到分为止。" };
  if (/^0*[1-9]\d{11,}(\.|$)/.test(typed)) return { words: "金额要小于 1000 亿元，请检查是否多填了几位。" };
  if (/[^\d.万亿]/.test(typed)) return { words: "请只填数字，单位是元，例如 26100.00。" };
  return null;
}

/** Digits with a point moved right by some places, in digits alone. */
function shifted(digits, places) {
  const [whole, part = ""] = digits.split(".");
  const moved = (whole + part.slice(0, places).padEnd(places, "0")).replace(/^0+(?=\d)/, "");
  const rest = part.slice(places).replace(/0+$/, "");
  return rest ? `${moved}.${rest}` : moved;
}

/** The sum in the largest of 元, 万元 and 亿元 that fits it, exactly. */
export function inWan(fen) {
  const yuan = fen / 100n;
  if (yuan >= YI) return `${decimal(fen, 10)} 亿元`;
  if (yuan >= WAN) return `${decimal(fen, 6)} 万元`;
  return `${decimal(fen, 2)} 元`;
}

/** The sum in the capital characters of cheques and vouchers. */
export function inWords(fen) {
  const yuan = fen / 100n;
  const jiao = (fen / 10n) % 10n;
  const last = fen % 10n;
  const rest = fen % 100n;
  let words = yuan || !rest ? `${whole(yuan) || "零"}元` : "";
  if (!rest) return `${words}整`;
  if (yuan && (!jiao || yuan % 10n === 0n)) words += "零";
  if (jiao) words += `${DIGITS[jiao]}角`;
  if (last) words += `${DIGITS[last]}分`;
  return words;
}

/** A whole number shifted right by some places, with separators between thousands and without zeros at its end. */
function decimal(number, places) {
  const digits = number.toString().padStart(places + 1, "0");
  const before = digits.slice(0, -places).replace(/\B(?=(?:\d{3})+$)/g, ",");
  const after = digits.slice(-places).replace(/0+$/, "");
  return after ? `${before}.${after}` : before;
}

function whole(number) {
  for (const [unit, name] of [[YI, "亿"], [WAN, "万"]]) {
    if (number >= unit) {
      const low = number % unit;
      const gap = low && low < unit / 10n ? "零" : "";
      return whole(number / unit) + name + gap + whole(low);
    }
  }
  let words = "";
  let gap = false;
  for (const [unit, name] of PLACES) {
    const digit = number / unit;
    number %= unit;
    if (digit) words += (gap && words ? "零" : "") + DIGITS[digit] + name;
    gap = !digit;
  }
  return words;
}

function echo(input) {
  const output = document.querySelector(`output.echo[for="${CSS.escape(input.id)}"]`);
  if (!output) return;
  output.replaceChildren();
  const wrong = wrongSum(input.value);
  const fen = typedSum(input.value);
  if (wrong) output.append(...complaint(input, wrong));
  if (wrong || fen === null) return;
  output.append(Object.assign(document.createElement("b"), { textContent: inWan(fen) }));
  if (input.dataset.money !== "short") {
    output.append(Object.assign(document.createElement("span"), { textContent: inWords(fen) }));
  }
}

function complaint(input, { words, meant }) {
  const said = Object.assign(document.createElement("span"), { className: "echo__ask", textContent: words });
  if (!meant) return [said];
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-link", textContent: `改为 ${meant} 元` });
  button.addEventListener("click", () => {
    input.value = meant;
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return [said, button];
}

/** A slip by a factor of ten is asked about, not refused: it may well be right. */
function ask(input) {
  const question = document.querySelector(`[data-ask-for="${CSS.escape(input.id)}"]`);
  if (!question) return;
  const [fen, usual] = [typedSum(input.value), typedSum(question.dataset.usual)];
  question.hidden = !fen || (fen < usual * 10n && fen * 10n > usual);
}

/** What the server said of an earlier sum does not belong to the one that is typed now. */
function forget(input) {
  const field = input.closest(".field.is-bad");
  field?.querySelector(".error")?.remove();
  field?.classList.remove("is-bad");
  input.removeAttribute("aria-invalid");
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-money]")) return;
  forget(target);
  echo(target);
  ask(target);
});
