/* Follows long work and moves its progress bar. Without scripts the page loads itself anew every few seconds.

   <section data-progress="/…/progress/"> <progress max="100"> <span data-progress-words> <span role="status" data-progress-voice> </section>

   The address answers {"open": true, "percent": 45 or null, "words": "正在读取"}. When the work has ended the page is loaded again. */

const EVERY = 1000; // ms between two questions
const AFTER_TROUBLE = 5000;
const SAID_EVERY = 25; // percent between two announcements for those who listen

const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const words = box.querySelector("[data-progress-words]");
const voice = box.querySelector("[data-progress-voice]");
let said = "";

async function ask() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return { over: true };
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function show({ percent, words: phase }) {
  if (percent === null) bar.removeAttribute("value");
  else bar.value = percent;
  words.textContent = percent === null ? phase : `${phase}，${percent}%`;
  const step = `${phase} ${percent === null ? "" : Math.floor(percent / SAID_EVERY)}`;
  if (step !== said) voice.textContent = words.textContent;
  said = step;
}

async function follow() {
  try {
    const state = await ask();
    if (state.over) {
      words.textContent = "登录已过期，请重新登录后查看。处理不受影响。";
      return;
    }
    if (!state.open) {
      location.reload();
      return;
    }
    show(state);
    setTimeout(follow, EVERY);
  } catch {
    words.textContent = "暂时连接不上，正在重试。处理不受影响。";
    setTimeout(follow, AFTER_TROUBLE);
  }
}

setTimeout(follow, EVERY);
