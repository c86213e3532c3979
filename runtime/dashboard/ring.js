// The overlay as a ring: nodes at their ids, the busiest keys at theirs, and links between nodes.
// What the drawing shows, the table beside it says in words.

import { sha256 } from "./digest.js";
import { el, svg, visible } from "./elements.js";
import { amount, duration, shortId, size } from "./formats.js";

const center = 150;
const radius = 104;

/** Where the first 32 bits of an id stand on the ring, from the top, clockwise. */
function placeOf(id, distance = radius) {
  const turn = (parseInt(id.slice(0, 8), 16) / 2 ** 32) * 2 * Math.PI;
  return { x: center + distance * Math.sin(turn), y: center - distance * Math.cos(turn), turn };
}

const answers = (node) => node.state !== "no answer";

function stateOf(node, index) {
  if (!answers(node)) return "down";
  if (node.state === "leaving") return "leaving";
  return index === 0 ? "here" : "up";
}

const stateNames = { here: "this node", up: "up", leaving: "leaving", down: "no answer" };

/** Labels beside their nodes; of those that would cover each other the lower ones move down. */
function labels(nodes) {
  const places = nodes.map((node) => ({ ...placeOf(node.id, radius + 18), text: shortId(node.id) }));
  const side = ({ turn }) => Math.sign(Math.round(Math.sin(turn) * 1.6));
  let last = null;
  return places.sort((a, b) => side(a) - side(b) || a.y - b.y).map((place) => {
    const follows = last && side(last) === side(place) && Math.abs(last.x - place.x) < 70;
    const y = follows ? Math.max(place.y, last.y + 13) : place.y;
    last = { ...place, y };
    const anchor = ["end", "middle", "start"][side(place) + 1];
    return svg("text", { x: place.x, y: y + 4, "text-anchor": anchor, class: "ring-label" }, place.text);
  });
}

function drawing(nodes, keys) {
  const here = placeOf(nodes[0].id);
  const links = nodes.slice(1).map((node) => {
    const there = placeOf(node.id);
    return svg("path", { class: `link ${answers(node) ? "" : "link-down"}`,
      d: `M${here.x} ${here.y}Q${center} ${center} ${there.x} ${there.y}` });
  });
  const marks = nodes.map((node, i) => {
    const { x, y } = placeOf(node.id);
    return svg("g", { class: `node node-${stateOf(node, i)}` },
      svg("circle", { cx: x, cy: y, r: i === 0 ? 9 : 7 }));
  });
  const most = Math.max(1, ...keys.map((key) => key.weight));
  const spots = keys.map((key) => {
    const { x, y } = placeOf(sha256(key.key), radius - 16);
    return svg("circle", { class: "ring-key", cx: x, cy: y, r: 2 + 4 * Math.sqrt(key.weight / most) },
      svg("title", null, visible(key.key)));
  });
  const label = `Ring of ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}, ` +
    `${nodes.filter((node) => !answers(node)).length} without an answer, and ${keys.length} busy keys`;
  return svg("svg", { viewBox: `-40 0 ${2 * center + 80} ${2 * center}`, role: "img", "aria-label": label, class: "ring" },
    svg("circle", { class: "ring-line", cx: center, cy: center, r: radius }), links, spots, marks, labels(nodes));
}

/** The other nodes have pages of their own, where others can reach them. */
function nameOf(node, index) {
  if (index === 0 || !node.http || !answers(node)) return el("code", null, shortId(node.id));
  return el("a", { href: `http://${node.http}/`, rel: "noreferrer" }, el("code", null, shortId(node.id)));
}

function rowOf(node, index) {
  const state = stateOf(node, index);
  const why = node.why ? `: ${visible(node.why)}` : "";
  const figures = answers(node)
    ? [amount(node.keys), amount(node["hot-objects"]), amount(node["ops-per-second"]), size(node["memory-bytes"]), duration(node["uptime-s"]),
       index === 0 ? "–" : duration(node["round-trip-us"] / 1e6)]
    : ["–", "–", "–", "–", "–", "–"];
  const concerns = (node.concerns ?? []).map((one) => el("p", { class: "concern" }, visible(`${one.concern}: ${one.why}`)));
  return el("tr", null,
    el("th", { scope: "row" }, nameOf(node, index), el("div", { class: "faint" }, visible(node.address || node.resp || ""))),
    el("td", null, el("span", { class: `mark mark-${state}` }, stateNames[state]), why, concerns),
    ...figures.map((text) => el("td", { class: "number" }, text)));
}

/** `keys`: [{key, weight}], those that take the most. */
export function overlay(nodes, keys) {
  const heads = ["Node", "State", "Keys", "Hot", "Ops/s", "Memory", "Up", "Round trip"];
  const table = el("table", null,
    el("thead", null, el("tr", null, heads.map((text, i) => el("th", { scope: "col", class: i > 1 ? "number" : undefined }, text)))),
    el("tbody", null, nodes.map(rowOf)));
  return { drawing: drawing(nodes, keys), table };
}
