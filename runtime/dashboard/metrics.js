// The node's metrics (Prometheus text), and what lies between two looks at them. Pure.

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function number(text) {
  if (text === "+Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

/** Name -> [{labels, value}], in the order of the page. */
export function parseMetrics(text) {
  const families = new Map();
  for (const one of text.split("\n")) {
    if (one.startsWith("#")) continue;
    const found = line.exec(one);
    if (!found) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? "").matchAll(label)) labels[name] = value;
    if (!families.has(found[1])) families.set(found[1], []);
    families.get(found[1]).push({ labels, value: number(found[3]) });
  }
  return families;
}

/** The sum over all labels; 0 when there is none. */
export function total(families, name) {
  return (families.get(name) ?? []).reduce((sum, one) => sum + one.value, 0);
}

/** Counts below each bound, over all labels but `le`: [[bound, count], ...]. */
function buckets(families, name) {
  const sums = new Map();
  for (const { labels, value } of families.get(`${name}_bucket`) ?? []) {
    const bound = number(labels.le);
    sums.set(bound, (sums.get(bound) ?? 0) + value);
  }
  return [...sums].sort((a, b) => a[0] - b[0]);
}

/** What of a histogram came between two looks; a node that started again begins at 0. */
function between(before, after, name) {
  const earlier = new Map(buckets(before, name));
  const later = buckets(after, name);
  const restarted = later.some(([bound, count]) => count < (earlier.get(bound) ?? 0));
  return later.map(([bound, count]) => [bound, count - (restarted ? 0 : (earlier.get(bound) ?? 0))]);
}

/** Within the bucket it is in, as if its times were spread evenly; null: nothing happened. */
export function quantile(before, after, name, q) {
  const counts = between(before, after, name);
  const all = counts.at(-1)?.[1] ?? 0;
  if (all === 0) return null;
  const wanted = q * all;
  let [lower, below] = [0, 0];
  for (const [bound, count] of counts) {
    if (count >= wanted) {
      if (bound === Infinity) return Infinity;
      return lower + ((bound - lower) * (wanted - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return Infinity;
}

/** Growth of a counter a second. */
export function perSecond(before, after, name, seconds) {
  const grown = total(after, name) - total(before, name);
  return Math.max(0, grown < 0 ? total(after, name) : grown) / seconds;
}

/** One point of each chart, from two looks `seconds` apart. */
export function pointBetween(before, after, seconds) {
  const per = (name) => perSecond(before, after, name, seconds);
  const request = (q) => quantile(before, after, "comet_command_duration_seconds", q);
  const turn = (q) => quantile(before, after, "comet_turn_duration_seconds", q);
  return {
    requests: per("comet_commands_total"),
    errors: per("comet_command_errors_total"),
    turns: per("comet_turns_total"),
    fuel: per("comet_executor_fuel_total"),
    requestMedian: request(0.5),
    requestP99: request(0.99),
    turnMedian: turn(0.5),
    turnP99: turn(0.99),
    memory: total(after, "process_resident_memory_bytes"),
    cache: total(after, "comet_cache_bytes"),
    hot: total(after, "comet_executor_hot_bytes"),
    waiting: total(after, "comet_executor_waiting_turns"),
    running: total(after, "comet_turns_running"),
    mailboxP99: quantile(before, after, "comet_mailbox_wait_seconds", 0.99),
    objects: total(after, "comet_objects"),
    hotObjects: total(after, "comet_executor_hot_objects"),
    clients: total(after, "comet_clients"),
    cpu: per("process_cpu_seconds_total"),
  };
}
