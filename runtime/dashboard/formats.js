// Figures as people read them. Pure.

const places = (n) => (n >= 100 ? 0 : n >= 10 ? 1 : 2);

function scaled(n, step, units) {
  let index = 0;
  while (Math.abs(n) >= step && index + 1 < units.length) {
    n /= step;
    ++index;
  }
  const digits = index === 0 ? (Number.isInteger(n) ? 0 : places(Math.abs(n))) : places(Math.abs(n));
  return `${n.toFixed(digits)}${units[index]}`;
}

/** 1234567 -> "1.23M" */
export function amount(n) {
  return n === null || n === undefined || Number.isNaN(n) ? "–" : scaled(n, 1000, ["", "k", "M", "G", "T", "P"]);
}

export function rate(n) {
  return n === null || n === undefined ? "–" : `${amount(n >= 0 && n < 0.005 ? 0 : n)}/s`;
}

export function size(n) {
  return n === null || n === undefined ? "–" : scaled(n, 1024, [" B", " kB", " MB", " GB", " TB"]);
}

/** Seconds, of any length. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds === Infinity) return "> 10 s";
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 2 : seconds < 0.1 ? 1 : 0)} ms`;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

export function time(unixMs) {
  return unixMs ? new Date(unixMs).toLocaleString() : "–";
}

/** Beginning of an id, which is enough to tell nodes apart. */
export function shortId(id) {
  return String(id ?? "").slice(0, 8);
}
