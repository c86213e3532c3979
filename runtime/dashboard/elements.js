// Elements of the page, and texts in them. All that comes from the node is data: it becomes text
// nodes and attributes, never markup, and what an eye could not tell apart is written out.

const svgNamespace = "http://www.w3.org/2000/svg";

// Control characters, and those that turn or hide what follows.
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function written(character) {
  const code = character.codePointAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** `text` on one line, with what cannot be seen written out. */
export function visible(text) {
  return String(text).replace(hidden, written);
}

/** Likewise, with line breaks and tabs kept: for code and logs. */
export function visibleLines(text) {
  return String(text).replace(hidden, (c) => (c === "\n" || c === "\t" ? c : written(c)));
}

function filled(node, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** el("a", {href, onclick}, "text", node, ...) */
export function el(name, properties, ...children) {
  return filled(document.createElement(name), properties, children);
}

export function svg(name, properties, ...children) {
  return filled(document.createElementNS(svgNamespace, name), properties, children);
}

/** Sets a text only when it changed, so that a selection or a screen reader is not disturbed. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A section with a heading that names it. */
export function section(title, ...children) {
  const id = `heading-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return el("section", { "aria-labelledby": id, class: "card" }, el("h2", { id }, title), ...children);
}

/** A table that may be wider than the screen scrolls in itself, with the keyboard too. */
export function scrolling(label, table) {
  return el("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);
}

/** Where an object has its page. */
export function objectLink(key) {
  return el("a", { href: `#/object/${encodeURIComponent(key)}`, class: "key" }, visible(key));
}
