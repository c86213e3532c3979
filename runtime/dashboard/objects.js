// The hottest objects of the node: what each takes, in all and since the last look, so that one that
// has just begun to run away stands above those that have run for long.

import { command } from "./api.js";
import { el, objectLink, say, scrolling } from "./elements.js";
import { amount, rate, size } from "./formats.js";

const measures = ["fuel", "turns", "messages", "bytes", "memory", "mailbox"];
const levels = new Set(["memory", "mailbox"]);

/** What COMET TOP said last, and the time before. */
export class TopObjects {
  constructor() {
    this.rows = new Map();
    this.looked = null;
    this.forgetful = new Map();
  }

  /** Asks for every measure. An object that left a list keeps what it was last known to have. */
  async look(count = 100) {
    const now = performance.now();
    const seconds = this.looked === null ? null : (now - this.looked) / 1000;
    const lists = await Promise.all(measures.map((by) => command("COMET", "TOP", "BY", by, "COUNT", String(count))));
    const seen = new Map();
    lists.forEach((list, i) => {
      const last = list.length < count ? 0 : (list.at(-1)?.value ?? 0);
      for (const { key, value, error } of list) {
        if (!seen.has(key)) seen.set(key, { key, rates: {}, errors: {} });
        const row = seen.get(key);
        row[measures[i]] = value;
        row.errors[measures[i]] = error;
        if (!levels.has(measures[i]) && seconds !== null) row.rates[measures[i]] = this.growth(key, measures[i], value, last) / seconds;
      }
    });
    this.rows = seen;
    this.looked = now;
    return this;
  }

  /** Since the last look. One that was not listed had at most what the list began above. */
  growth(key, by, value, least) {
    const before = this.rows.get(key)?.[by];
    if (before === undefined) return Math.max(0, value - least);
    return Math.max(0, value < before ? value : value - before);
  }

  /** In descending order of `column`: "fuel" or "fuel/s". */
  sorted(column, filter = "") {
    const wanted = filter.toLowerCase();
    return [...this.rows.values()]
      .filter((row) => row.key.toLowerCase().includes(wanted))
      .sort((a, b) => (figureOf(b, column) ?? -1) - (figureOf(a, column) ?? -1) || (b.fuel ?? 0) - (a.fuel ?? 0) || (a.key < b.key ? -1 : 1));
  }
}

function figureOf(row, column) {
  return column.endsWith("/s") ? row.rates[column.slice(0, -2)] : row[column];
}

const columns = [
  { id: "fuel/s", title: "Fuel/s", show: rate },
  { id: "turns/s", title: "Turns/s", show: rate },
  { id: "messages/s", title: "Messages/s", show: rate },
  { id: "bytes/s", title: "Bytes/s", show: (n) => (n === undefined ? "–" : `${size(n)}/s`) },
  { id: "memory", title: "Memory", show: size },
  { id: "mailbox", title: "Mailbox", show: amount },
  { id: "fuel", title: "Fuel in all", show: amount },
  { id: "turns", title: "Turns in all", show: amount },
];

/** The table, which keeps its rows between looks so that the focus stays where it is. */
export class ObjectTable {
  constructor({ rowsMax = 100, short = false } = {}) {
    this.rowsMax = rowsMax;
    this.columns = short ? columns.filter((one) => ["fuel/s", "turns/s", "memory"].includes(one.id)) : columns;
    this.column = "fuel/s";
    this.rows = new Map();
    this.heads = new Map(this.columns.map((one) => [one.id, this.head(one)]));
    this.body = el("tbody");
    this.filter = el("input", { type: "search", id: "object-filter", placeholder: "part of a key", oninput: () => this.refresh() });
    this.empty = el("p", { class: "faint" }, "No object has run yet. Put one on the page “Try”.");
    const table = el("table", { class: "objects" },
      el("thead", null, el("tr", null, el("th", { scope: "col" }, "Object"), [...this.heads.values()])), this.body);
    this.tools = el("p", { class: "tools" }, el("label", { for: "object-filter" }, "Filter "), this.filter);
    this.node = el("div", null, short ? null : this.tools, scrolling("Hottest objects", table), this.empty);
  }

  head(column) {
    const button = el("button", { type: "button", class: "sort", onclick: () => this.sortBy(column.id) }, column.title);
    return el("th", { scope: "col", class: "number", "aria-sort": column.id === this.column ? "descending" : "none" }, button);
  }

  sortBy(column) {
    this.column = column;
    for (const [id, head] of this.heads) head.setAttribute("aria-sort", id === column ? "descending" : "none");
    this.refresh();
  }

  show(top) {
    this.top = top;
    this.refresh();
  }

  refresh() {
    if (!this.top) return;
    const wanted = this.top.sorted(this.column, this.filter.value).slice(0, this.rowsMax);
    const focused = document.activeElement;
    const keys = new Set(wanted.map((row) => row.key));
    for (const [key, row] of this.rows) if (!keys.has(key)) { row.node.remove(); this.rows.delete(key); }
    wanted.forEach((row, i) => {
      if (!this.rows.has(row.key)) this.rows.set(row.key, this.row(row.key));
      const made = this.rows.get(row.key);
      this.columns.forEach((column, c) => say(made.cells[c], column.show(figureOf(row, column.id))));
      if (this.body.children[i] !== made.node) this.body.insertBefore(made.node, this.body.children[i] ?? null);
    });
    if (focused && focused !== document.activeElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
    this.empty.hidden = this.rows.size > 0 || this.filter.value !== "";
  }

  row(key) {
    const cells = this.columns.map(() => el("td", { class: "number" }));
    return { cells, node: el("tr", null, el("th", { scope: "row" }, objectLink(key)), cells) };
  }
}
