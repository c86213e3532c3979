// The pages of the dashboard, by the fragment of the address, and the looks at the node that keep
// them up to date: every two seconds, and not while nobody sees them.

import { command, login, metrics } from "./api.js";
import { Chart, points } from "./charts.js";
import { el, say, scrolling, section } from "./elements.js";
import { amount, duration, rate, shortId, size } from "./formats.js";
import { startLogin } from "./login.js";
import { pointBetween } from "./metrics.js";
import { ObjectPage } from "./object.js";
import { ObjectTable, TopObjects } from "./objects.js";
import { overlay } from "./ring.js";
import { TryPage } from "./try.js";

const interval = 2000;
const main = document.getElementById("main");
const status = document.getElementById("status");

const top = new TopObjects();
const history = [];
let last = null;

async function lookAtMetrics() {
  const families = await metrics();
  const now = performance.now();
  if (last) {
    history.push(pointBetween(last.families, families, (now - last.at) / 1000));
    if (history.length > points) history.shift();
  }
  last = { families, at: now };
}

const figures = [
  ["Requests", (p) => rate(p.requests)],
  ["p99 of requests", (p) => duration(p.requestP99)],
  ["Turns", (p) => rate(p.turns)],
  ["Fuel", (p) => rate(p.fuel)],
  ["Memory", (p) => size(p.memory)],
  ["Processor", (p) => `${(p.cpu * 100).toFixed(0)} %`],
  ["Keys", (p) => amount(p.objects)],
  ["Waiting turns", (p) => amount(p.waiting)],
];

class Overview {
  constructor() {
    this.tiles = figures.map(([name]) => ({ name, value: el("dd", null, "–") }));
    this.charts = [
      new Chart("Throughput", [{ name: "requests", field: "requests" }, { name: "turns", field: "turns" }, { name: "errors", field: "errors" }], rate),
      new Chart("Latency of requests", [{ name: "median", field: "requestMedian" }, { name: "p99", field: "requestP99" }], duration),
      new Chart("Duration of turns", [{ name: "median", field: "turnMedian" }, { name: "p99", field: "turnP99" }], duration),
      new Chart("Fuel", [{ name: "instructions", field: "fuel" }], rate),
      new Chart("Memory", [{ name: "process", field: "memory" }, { name: "records", field: "cache" }, { name: "hot objects", field: "hot" }], size, 1024),
      new Chart("Mailboxes", [{ name: "waiting", field: "waiting" }, { name: "running", field: "running" }], amount),
    ];
    this.table = new ObjectTable({ rowsMax: 8, short: true });
    this.ring = el("div", { class: "ring-place" });
    this.nodes = el("div");
    this.node = el("div", null, el("h1", { class: "unseen" }, "Overview"),
      el("dl", { class: "tiles" }, this.tiles.map((tile) => el("div", null, el("dt", null, tile.name), tile.value))),
      el("div", { class: "columns overview" },
        section("Network", this.ring, this.nodes),
        section("Hottest objects of this node", this.table.node, el("p", null, el("a", { href: "#/objects" }, "All hot objects")))),
      section("The last two minutes", el("div", { class: "charts" }, this.charts.map((chart) => chart.node))));
  }

  async refresh() {
    const [nodes] = await Promise.all([command("COMET", "NODES"), top.look()]);
    const point = history.at(-1);
    if (point) this.tiles.forEach((tile, i) => say(tile.value, figures[i][1](point)));
    for (const chart of this.charts) chart.show(history);
    this.table.show(top);
    const busiest = top.sorted("fuel/s").slice(0, 12).map((row) => ({ key: row.key, weight: 1 + (row.rates.fuel ?? 0) }));
    const drawn = overlay(nodes, busiest);
    this.ring.replaceChildren(drawn.drawing);
    this.showNodes(nodes, drawn.table);
  }

  /** Rebuilt only when something changed, so that a focused link stays. */
  showNodes(nodes, table) {
    const told = table.textContent;
    if (told === this.told || this.nodes.contains(document.activeElement)) return;
    this.told = told;
    this.nodes.replaceChildren(scrolling(`${nodes.length} nodes`, table));
  }
}

class Objects {
  constructor() {
    this.table = new ObjectTable();
    this.node = el("div", null, el("h1", null, "Hottest objects of this node"),
      el("p", { class: "faint" }, "Figures a second are of the last two seconds; sums since the node started. Choose a column to sort by it."),
      el("div", { class: "card" }, this.table.node));
  }

  async refresh() {
    this.table.show(await top.look());
  }
}

function pageFor(fragment) {
  const [, name = "", rest = ""] = /^#\/([^/]*)\/?(.*)$/.exec(fragment) ?? [];
  try {
    if (name === "object" && rest) return ["objects", new ObjectPage(decodeURIComponent(rest))];
    if (name === "try") return ["try", new TryPage(decodeURIComponent(rest))];
  } catch (broken) {
    if (!(broken instanceof URIError)) throw broken;  // a fragment that no link of ours has
  }
  return name === "objects" ? ["objects", new Objects()] : ["overview", new Overview()];
}

let page = null;
let timer = null;
let looking = false;

async function look() {
  clearTimeout(timer);
  if (looking) return;
  looking = true;
  const shown = page;
  try {
    if (document.visibilityState === "visible") {
      await lookAtMetrics();
      await shown.refresh();
      say(status, "");
      status.className = "status";
    }
  } catch (failure) {
    say(status, failure.message);
    status.className = "status trouble";
    if (!(failure.status >= 0)) console.error(failure);
  } finally {
    looking = false;
    timer = setTimeout(look, shown === page ? interval : 0);
  }
}

function open() {
  const [name, made] = pageFor(location.hash);
  const first = page === null;
  page = made;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.page === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.replaceChildren(page.node);
  document.title = `${main.querySelector("h1").textContent} – Comet`;
  if (!first) main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  look();
}

function startTheme() {
  const choice = document.getElementById("theme");
  const apply = () => {
    if (choice.value === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = choice.value;
  };
  choice.value = localStorage.getItem("comet-theme") ?? "auto";
  choice.addEventListener("change", () => {
    localStorage.setItem("comet-theme", choice.value);
    apply();
  });
  apply();
}

async function nameNode() {
  const [node] = await command("COMET", "NODES").catch(() => []);
  if (node) document.querySelector(".brand span").textContent = `Comet ${shortId(node.id)}`;
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
startTheme();
startLogin();
login.onChange(look);
window.addEventListener("hashchange", open);
document.addEventListener("visibilitychange", look);
open();
nameNode();
