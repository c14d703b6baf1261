/* Walks every entrant down a ladder, along the very ways that the page draws.
 *
 * The page is complete without it. Nothing moves where the reader's device asks for less motion:
 * there the button stays away, and choosing an entrant only lights up the way.
 */
(function () {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const LEAST_S = 6, MOST_S = 30, ROW_S = 0.16; // long ladders are walked faster, none takes a minute
const still = matchMedia("(prefers-reduced-motion: reduce)");

/* The x of a way below each of `rows` rows, from its path: M x y, then v down and h across. */
function columnsOf(path, top, row, rows) {
  const [start, ...steps] = path.getAttribute("d").match(/[Mvh][-\d ]+/g);
  let x = Number(start.slice(1).split(" ")[0]), at = 0;
  const xs = [x];
  for (const step of steps) {
    const by = Number(step.slice(1));
    if (step[0] === "h") { x += by; xs[at] = x; continue; }
    for (const end = at + by / row; at < end;) xs[++at] = x;
  }
  return xs.slice(0, rows + 1);
}

class Walker {
  constructor(bar) {
    this.svg = document.getElementById(bar.dataset.for);
    Object.assign(this, { bar, words: bar.dataset, button: bar.querySelector("button"), choice: bar.querySelector("select") });
    const { top, row, rows } = this.svg.dataset;
    Object.assign(this, { top: Number(top), row: Number(row), rows: Number(rows), at: 0, frame: 0, marks: [] });
    this.seconds = Math.min(MOST_S, Math.max(LEAST_S, this.rows * ROW_S));
    this.group = this.svg.querySelector(".marks");
    this.button.addEventListener("click", () => (this.frame ? this.pause() : this.play()));
    this.choice.addEventListener("change", () => this.follow());
    still.addEventListener("change", () => this.settle());
    this.settle();
    bar.hidden = false;
  }

  settle() {
    this.button.hidden = still.matches;
    if (still.matches) { this.pause(); this.end(); this.group.replaceChildren(); this.marks = []; }
  }

  /* A mark for each entrant, and a curtain that uncovers the ways as far as they are walked. */
  prepare() {
    if (this.marks.length) return;
    const clip = document.createElementNS(SVG, "clipPath"), id = `${this.svg.id}-walked`;
    this.curtain = document.createElementNS(SVG, "rect");
    clip.id = id;
    for (const [name, value] of Object.entries({ x: 0, y: 0, width: this.svg.viewBox.baseVal.width })) this.curtain.setAttribute(name, value);
    clip.append(this.curtain);
    this.svg.prepend(clip);
    for (const way of this.svg.querySelectorAll(".way")) {
      const xs = columnsOf(way.querySelector("path"), this.top, this.row, this.rows), mark = document.createElementNS(SVG, "circle");
      mark.setAttribute("class", `token ${[...way.classList].find((one) => one.startsWith("hue"))}`);
      mark.setAttribute("r", Math.min(7, (xs.length > 60 ? 5 : 7)));
      mark.dataset.way = way.id;
      this.group.append(mark);
      this.marks.push({ mark, xs });
    }
    this.follow();
  }

  play() {
    this.prepare();
    if (this.at >= this.rows) this.at = 0;
    this.svg.querySelector(".walks").setAttribute("clip-path", `url(#${this.svg.id}-walked)`);
    this.button.textContent = this.words.pause;
    let before = null;
    const step = (now) => {
      if (before !== null) this.at = Math.min(this.rows, this.at + (now - before) / 1000 * this.rows / this.seconds);
      before = now;
      this.show();
      if (this.at < this.rows) this.frame = requestAnimationFrame(step);
      else { this.frame = 0; this.end(); }
    };
    this.frame = requestAnimationFrame(step);
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.button.textContent = this.words.play;
  }

  end() {
    this.at = this.rows;
    this.svg.querySelector(".walks").removeAttribute("clip-path");
    this.button.textContent = this.marks.length ? this.words.again : this.words.play;
  }

  /* Down to the next row first, then across: never a short cut between two columns. */
  show() {
    const row = Math.min(Math.floor(this.at), this.rows - 1), part = this.at - row;
    for (const { mark, xs } of this.marks) {
      const [from, to] = [xs[row], xs[row + 1]];
      const down = from === to ? part : Math.min(1, part * 2), across = Math.max(0, part * 2 - 1);
      mark.setAttribute("cx", from + (to - from) * across);
      mark.setAttribute("cy", this.top + (row + down) * this.row);
    }
    this.curtain.setAttribute("height", this.top + this.at * this.row);
    this.keepInView();
  }

  follow() {
    const id = this.choice.value;
    this.group.classList.toggle("one", id !== "");
    for (const way of this.svg.querySelectorAll(".way")) way.classList.toggle("lit", way.id === id);
    for (const { mark } of this.marks) mark.classList.toggle("lit", mark.dataset.way === id);
    const way = id && document.getElementById(id);
    if (way && !this.frame) this.centre(Number(/M(\d+)/.exec(way.querySelector("path").getAttribute("d"))[1]));
  }

  centre(x) {
    const box = this.svg.parentElement;
    box.scrollLeft = x * this.svg.clientWidth / this.svg.viewBox.baseVal.width - box.clientWidth / 2;
  }

  keepInView() {
    const followed = this.marks.find(({ mark }) => mark.classList.contains("lit"));
    if (!followed) return;
    this.centre(Number(followed.mark.getAttribute("cx")));
    const below = followed.mark.getBoundingClientRect().bottom - innerHeight * 0.7;
    if (below > 0) scrollBy(0, below);
  }
}

for (const bar of document.querySelectorAll(".walker")) new Walker(bar);
})();
