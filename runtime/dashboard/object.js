// One object's page: what it is, takes, keeps, does and did, and where its copies are.

import { command, login } from "./api.js";
import { el, say, scrolling, section, visible, visibleLines } from "./elements.js";
import { amount, duration, rate, shortId, size, time } from "./formats.js";
import { needLogin } from "./login.js";

/** A reply, or null when this viewer may not have it or there is none. */
async function perhaps(...argv) {
  try {
    return await command(...argv);
  } catch {
    return null;
  }
}

function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function facts(entries) {
  return el("dl", { class: "facts" }, entries.filter(([, value]) => value !== undefined).map(([name, value]) =>
    el("div", null, el("dt", null, name), el("dd", null, value instanceof Node ? value : visible(shown(value))))));
}

function block(text, label) {
  return el("pre", { tabindex: "0", role: "region", "aria-label": label, class: label === "Code" ? null : "wraps" }, visibleLines(text));
}

function tableOf(label, heads, rows) {
  return scrolling(label, el("table", null,
    el("thead", null, el("tr", null, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))),
    el("tbody", null, rows.map((cells) => el("tr", null, cells.map((cell, i) =>
      el("td", { class: heads[i][1] }, cell instanceof Node ? cell : visible(shown(cell)))))))));
}

function dueIn(timer) {
  return `${duration(Math.max(0, (timer["due-unix-ms"] - Date.now()) / 1000))} (${time(timer["due-unix-ms"])})`;
}

function repeats(timer) {
  return timer.kind === "every" ? `every ${duration(timer["period-ms"] / 1000)}` : timer.cron ?? "once";
}

export class ObjectPage {
  constructor(key) {
    this.key = key;
    this.before = null;
    this.live = el("div");
    this.source = el("div");
    this.notice = el("p", { class: "failure", role: "alert", hidden: true });
    this.resume = el("button", { type: "button", onclick: () => this.act("ASO.RESUME", "Its code runs again.") }, "Resume");
    this.remove = el("button", { type: "button", class: "danger", onclick: () => this.act("DEL", "It is deleted.") }, "Delete");
    this.node = el("div", null,
      el("h1", null, "Object ", el("code", { class: "key" }, visible(key))),
      el("p", { class: "tools" }, el("a", { class: "button", href: `#/try/${encodeURIComponent(key)}` }, "Call it"), this.resume, this.remove),
      this.notice, this.live, this.source);
    this.resume.hidden = true;
  }

  say(text, failed = false) {
    this.notice.className = failed ? "failure" : "done";
    this.notice.hidden = false;
    say(this.notice, visible(text));
  }

  async act(name, done) {
    const verb = name === "DEL" ? "Delete" : "Resume";
    if (!(await needLogin(`${verb} needs the rights of a user.`))) return;
    if (name === "DEL" && !window.confirm(`Delete ${visible(this.key)}?`)) return;
    try {
      const reply = await command(name, this.key);
      this.say(name === "DEL" && reply === 0 ? "It was not deleted: its onDelete refused, or it is gone." : done);
    } catch (failure) {
      this.say(failure.message, true);
    }
  }

  async refresh() {
    const info = await command("COMET", "INSPECT", this.key);
    this.resume.hidden = !info.quarantine;
    this.keepOpen(() => this.live.replaceChildren(...this.parts(info)));
    if (info.code && info.code !== this.shownCode) await this.showCode(info);
  }

  /** A region that is being read keeps the focus and its place. */
  keepOpen(change) {
    const focused = document.activeElement?.getAttribute("aria-label");
    const inside = this.live.contains(document.activeElement);
    const places = new Map([...this.live.querySelectorAll("pre, .scroll")].map((one) =>
      [one.getAttribute("aria-label"), one.scrollTop + one.clientHeight >= one.scrollHeight - 2 ? Infinity : one.scrollTop]));
    change();
    for (const one of this.live.querySelectorAll("pre, .scroll")) {
      const name = one.getAttribute("aria-label");
      one.scrollTop = places.get(name) === Infinity || (name === "Log" && !places.has(name)) ? one.scrollHeight : (places.get(name) ?? 0);
      if (inside && name === focused) one.focus({ preventScroll: true });
    }
  }

  parts(info) {
    if (info.type === "none") return [el("p", null, "There is no such key.")];
    const active = info.type === "active";
    const turns = info["turns-recorded"];
    const parts = [section("Accounts", this.accounts(info, active))];
    if (info["last-error"]) {
      parts.push(section("Last error", el("p", { class: "faint" }, time(info["last-error-unix-ms"])),
        block(`${info["last-error"]}\n${info["last-traceback"] ?? ""}`, "Last error")));
    }
    if (active) {
      parts.push(section("State", info.state === undefined
        ? el("p", { class: "faint" }, "Shown to its owner and to administrators.") : block(info.state, "State")));
      if (info.timers?.length) {
        parts.push(section("Timers", tableOf("Timers", [["Name"], ["Due in"], ["Repeats"]],
          info.timers.map((timer) => [timer.name, dueIn(timer), repeats(timer)]))));
      }
      if (turns?.length) {
        parts.push(section("Last turns", tableOf("Last turns", [["Turn"], ["At"], ["Handler"], ["Caller"], ["Fuel", "number"], ["Outcome"]],
          turns.toReversed().map((turn) => [turn.number, time(turn["time-unix-ms"]), turn.handler, turn.caller, amount(turn.fuel), turn.outcome]))));
      }
      if (info.log?.length) parts.push(section("Log", block(info.log.join("\n"), "Log")));
    }
    if (info.replicas?.length) {
      parts.push(section("Replicas", tableOf("Replicas", [["Node"], ["Address"], ["Part"]],
        info.replicas.map((one) => [el("code", null, shortId(one.id)), one.address, one.leads ? "leads" : one.behind ? "behind" : "follows"]))));
    }
    return parts;
  }

  accounts(info, active) {
    const now = performance.now();
    const seconds = this.before ? (now - this.before.at) / 1000 : null;
    const growth = (field) => (seconds ? ` (${rate(Math.max(0, info[field] - this.before.info[field]) / seconds)})` : "");
    const list = (names) => (names?.length ? names.join(", ") : undefined);
    const entries = active ? [
      ["Owner", info.owner], ["Version", info.version], ["Turns", `${amount(info.turns)}${growth("turns")}`],
      ["Fuel", `${amount(info.fuel)}${growth("fuel")}`], ["Failures", `${amount(info.failures)}${growth("failures")}`],
      ["Breaches of limits", info.breaches], ["Memory", `${size(info.memory)}, at most ${size(info["memory-peak"])}`],
      ["State", size(info["state-bytes"])], ["Messages", amount(info.messages)], ["Mailbox", amount(info.mailbox)],
      ["Quarantine", info.quarantine ? el("span", { class: "mark mark-down" }, visible(shown(info.quarantine))) : "no"],
      ["Expires", time(info["expires-unix-ms"])], ["Handlers", list(info.handlers)], ["Methods", list(info.methods)],
      ["Limits of its own", Object.keys(info.limits ?? {}).length ? info.limits : undefined], ["Code", info.code ? el("code", null, info.code.slice(0, 16)) : undefined],
    ] : [["Type", "passive: a value without code"], ["Size", size(info["size-bytes"])], ["Expires", time(info["expires-unix-ms"])]];
    this.before = { at: now, info };
    return facts(entries);
  }

  async showCode(info) {
    const may = info.state !== undefined || login.token !== null;
    const code = may ? await perhaps("ASO.CODE", this.key) : null;
    this.shownCode = code === null ? null : info.code;
    this.source.replaceChildren(section("Code", code === null ? el("p", { class: "faint" }, "Shown after a login.") : block(code, "Code")));
  }
}
