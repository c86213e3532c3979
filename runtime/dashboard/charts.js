// Line charts of the last two minutes, as SVG. A chart is made once and then shown new points; its
// lines differ by dashes as well as by colour, and its label says the latest figures in words.

import { el, say, svg } from "./elements.js";

const width = 320;
const height = 96;
export const points = 60;

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1024];

/** A number at or above `n` that is easy to read; of bytes, one in their units. */
function ceilingOf(n, base) {
  if (!(n > 0)) return 1;
  const power = base ** Math.floor(Math.log(n) / Math.log(base));
  return power * steps.find((step) => step * power >= n * 0.999);
}

/** `series`: [{name, field}], at most three; `format` shows a value; `base`: of its units. */
export class Chart {
  constructor(title, series, format, base = 10) {
    this.base = base;
    this.series = series;
    this.format = format;
    this.title = title;
    this.lines = series.map((_, i) => svg("path", { class: `line line-${i + 1}` }));
    this.drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", class: "plot" },
      svg("path", { class: "grid", d: `M0 0.5H${width}M0 ${height / 2}H${width}M0 ${height - 0.5}H${width}` }),
      ...this.lines);
    this.top = el("span", { class: "axis-top" });
    this.values = series.map(() => el("b"));
    const legend = series.map((one, i) => el("li", null,
      svg("svg", { viewBox: "0 0 18 6", width: 18, height: 6, "aria-hidden": "true" },
        svg("path", { class: `line line-${i + 1}`, d: "M0 3H18" })),
      ` ${one.name} `, this.values[i]));
    this.node = el("figure", { class: "chart" },
      el("figcaption", null, title), el("ul", { class: "legend" }, legend),
      el("div", { class: "frame" }, this.top, this.drawing),
      el("p", { class: "axis", "aria-hidden": "true" }, el("span", null, "2 min ago"), el("span", null, "now")));
  }

  /** `history`: points, the latest last. */
  show(history) {
    const values = this.series.map((one) => history.map((point) => point[one.field]));
    const finite = values.flat().filter((v) => Number.isFinite(v));
    const top = ceilingOf(Math.max(0, ...finite), this.base);
    say(this.top, this.format(top));
    values.forEach((line, i) => this.lines[i].setAttribute("d", this.path(line, top)));
    const latest = values.map((line) => this.format(line.at(-1) ?? null));
    latest.forEach((text, i) => say(this.values[i], text));
    this.drawing.setAttribute("aria-label",
      `${this.title}, now: ${this.series.map((one, i) => `${one.name} ${latest[i]}`).join(", ")}`);
  }

  /** Gaps stay gaps: nothing happened, or nothing is known. */
  path(line, top) {
    let drawn = "";
    let open = false;
    line.forEach((value, i) => {
      const known = value !== null && value !== undefined && !Number.isNaN(value);
      if (known) {
        const x = width - ((line.length - 1 - i) * width) / (points - 1);
        const y = height - 1.5 - (Math.min(value, top) / top) * (height - 3);
        drawn += `${open ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        if (!open) drawn += "h0.01";
      }
      open = known;
    });
    return drawn;
  }
}
