/* What a form holds that no server has yet, kept in this browser: one copy for each form and person.

   A copy is {at, url, fields, sent}: when, the page's path, [[name, value], …], and whether it has just been sent with the form.
   Copies go when the person signs out, when the form has arrived, and after two weeks. A browser that lets us keep nothing is no
   reason to fail: then there is no copy. */

const BEGIN = "unsaved:";
const MOST_AGE = 14 * 24 * 60 * 60 * 1000; // ms

/** The key of the copy of a form: `person` and the address that saves it. */
export function keyOf(person, url) {
  return `${BEGIN}${person}:${url}`;
}

export function keep(key, copy) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), url: location.pathname, ...copy }));
  } catch {
    // Full or forbidden; the note beside the form still says that nothing has been saved.
  }
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // There is none.
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(BEGIN));
  } catch {
    return [];
  }
}

/** Copies that are old, and those of a form that has arrived: its answer is another page, and somebody is signed in on it. */
function tidy() {
  const from = document.referrer && new URL(document.referrer).pathname;
  const isSignedIn = document.querySelector("form[action$='/sign-out/']") !== null;
  for (const key of keys()) {
    const copy = kept(key);
    const isOld = !copy || Date.now() - copy.at > MOST_AGE;
    const hasArrived = copy?.sent && isSignedIn && from === copy.url && location.pathname !== copy.url;
    if (isOld || hasArrived) drop(key);
  }
}

// Whoever signs in here next shall not find what somebody else has typed.
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action")?.endsWith("/sign-out/")) keys().forEach(drop);
});

tidy();
