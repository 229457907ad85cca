/* Echoes a sum in 万元 and 大写 while it is typed, because a slip by a factor of ten is the commonest mistake.

   <input id="x" data-money="full"> … <output class="echo" for="x"></output>      data-money="short" leaves out 大写

   The words are those of measures.money in Python, to the character; a test compares the two. Sums are whole fen in a BigInt,
   never a float. What cannot be read as a sum leaves the echo empty: the server says what is wrong with it. */

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = [[1000n, "仟"], [100n, "佰"], [10n, "拾"], [1n, ""]];
const WAN = 10n ** 4n;
const YI = 10n ** 8n;

/** The typed sum in fen, or null where it is not one yet. Spaces and commas are forgiven. */
export function typedSum(text) {
  const parts = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replace(/[\s,，]/g, ""));
  return parts && BigInt(parts[1] + (parts[2] ?? "").padEnd(2, "0"));
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
  const fen = typedSum(input.value);
  if (fen === null) return;
  output.append(Object.assign(document.createElement("b"), { textContent: inWan(fen) }));
  if (input.dataset.money !== "short") {
    output.append(Object.assign(document.createElement("span"), { textContent: inWords(fen) }));
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-money]")) echo(target);
});
