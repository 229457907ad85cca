/* Pictures of documents: zoom and turn, by buttons and keys, kept for each picture while one is on the page. Without it a picture
   is shown in full width and turned by links.

   <div data-image="7" data-turned="90"><div class="viewer__sheet"><img …></div> … <div data-broken hidden></div></div>
   <button data-zoom="in|out|fit|actual">   <a data-turn="90|-90">   <output data-scale>                                          */

const SCALES = [0.1, 0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 6];
const FIT = 0;
/* {picture: {scale, turn}}; a scale of FIT follows the width of the page. */
const kept = new Map();
/* Sizes are rules of a sheet of our own: nothing is written into the elements. */
const rules = new CSSStyleSheet();
document.adoptedStyleSheets.push(rules);

function area() {
  return document.querySelector("[data-image]");
}

function picture() {
  return area()?.querySelector("img");
}

function standing() {
  const page = area();
  const key = page.dataset.image;
  if (!kept.has(key)) kept.set(key, { scale: FIT, turn: Number(page.dataset.turned) });
  return kept.get(key);
}

/** Width and height as they are after turning, in pixels of the picture. */
function turned(image, turn) {
  const { naturalWidth: width, naturalHeight: height } = image;
  return turn % 180 ? [height, width] : [width, height];
}

function scaleOf(image, { scale, turn }) {
  if (scale !== FIT) return scale;
  const page = area();
  const space = getComputedStyle(page);
  const room = page.clientWidth - parseFloat(space.paddingLeft) - parseFloat(space.paddingRight);
  return room / turned(image, turn)[0];
}

/** Draws the picture as it stands; where one looked stays in the middle. */
function draw() {
  const image = picture();
  if (!image?.naturalWidth) return;
  const page = area();
  const now = standing();
  const scale = scaleOf(image, now);
  const [width, height] = turned(image, now.turn);
  const middle = [
    (page.scrollLeft + page.clientWidth / 2) / Math.max(page.scrollWidth, 1),
    (page.scrollTop + page.clientHeight / 2) / Math.max(page.scrollHeight, 1),
  ];
  page.classList.add("is-zoomed");
  rules.replaceSync(`
    .is-zoomed > .viewer__sheet { width: ${width * scale}px; height: ${height * scale}px }
    .is-zoomed > .viewer__sheet > img {
      width: ${image.naturalWidth * scale}px;
      height: ${image.naturalHeight * scale}px;
      transform: translate(-50%, -50%) rotate(${now.turn}deg);
    }`);
  if (page.dataset.drawn) {
    page.scrollLeft = middle[0] * page.scrollWidth - page.clientWidth / 2;
    page.scrollTop = middle[1] * page.scrollHeight - page.clientHeight / 2;
  }
  page.dataset.drawn = "1";
  const said = document.querySelector("[data-scale]");
  const words = `${Math.round(scale * 100)}%`;
  if (said && said.textContent !== words) said.textContent = words;
}

function zoom(way) {
  const image = picture();
  if (!image?.naturalWidth) return;
  const now = standing();
  const scale = scaleOf(image, now);
  if (way === "fit") now.scale = FIT;
  else if (way === "actual") now.scale = 1;
  else if (way === "in") now.scale = SCALES.find((each) => each > scale + 0.005) ?? scale;
  else now.scale = SCALES.findLast((each) => each < scale - 0.005) ?? scale;
  draw();
}

function turn(degrees) {
  if (!area()) return;
  const now = standing();
  now.turn = (now.turn + degrees + 360) % 360;
  draw();
}

/* A file that is no picture after all says so in its place. */
function broken() {
  const page = area();
  if (!page) return;
  page.querySelector(".viewer__sheet").hidden = true;
  page.querySelector("[data-broken]").hidden = false;
}

/** Takes charge of the picture that is on the page, if there is one. */
export function show() {
  const image = picture();
  if (!image) return;
  image.addEventListener("load", draw);
  image.addEventListener("error", broken);
  if (image.complete) (image.naturalWidth ? draw : broken)();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom], [data-turn]");
  if (!button) return;
  if (button.dataset.zoom) zoom(button.dataset.zoom);
  else {
    event.preventDefault();
    turn(Number(button.dataset.turn));
  }
});

/** Keys of the viewer; true where one was used. */
export function key(name) {
  if (!picture()) return false;
  const ways = { "+": "in", "=": "in", "-": "out", 0: "fit" };
  if (name in ways) zoom(ways[name]);
  else if (name === "r") turn(90);
  else return false;
  return true;
}

addEventListener("resize", draw);
show();
