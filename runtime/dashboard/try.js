// Put an object, call it, and see what happens: the reply, what it took and what it changed.

import { command, login } from "./api.js";
import { el, objectLink, say, section, visible, visibleLines } from "./elements.js";
import { amount, duration } from "./formats.js";
import { needLogin } from "./login.js";

const example = `-- Answers with a greeting, and counts how often it was read.
local aso = { value = "hello", reads = 0 }

function aso:onGet(caller)
  self.reads = self.reads + 1
  return self.value .. ", read " .. self.reads .. " times"
end

function aso:add(a, b)
  return a + b
end

return aso
`;

function area(id, properties, text = "") {
  const made = el("textarea", { id, spellcheck: "false", autocapitalize: "none", ...properties });
  made.value = text;
  return made;
}

function input(id, properties) {
  return el("input", { id, spellcheck: "false", autocapitalize: "none", autocomplete: "off", ...properties });
}

function field(label, control, hint) {
  const described = hint ? `${control.id}-hint` : undefined;
  if (described) control.setAttribute("aria-describedby", described);
  return el("p", { class: "field" }, el("label", { for: control.id }, label), control,
    hint ? el("span", { class: "faint", id: described }, hint) : null);
}

/** One argument a line; an empty text: none. */
const lines = (text) => (text === "" ? [] : text.split("\n"));

function replyText(reply) {
  if (reply === null) return "(nothing)";
  return typeof reply === "string" ? reply : JSON.stringify(reply, null, 2);
}

/** What is known of an object around a call; null where there is none, or no right to see it. */
async function lookAt(key) {
  const info = await command("COMET", "INSPECT", key).catch(() => null);
  const seen = info?.state !== undefined;
  return { info: info?.type === "active" ? info : null, state: seen ? await command("ASO.STATE", key).catch(() => null) : null };
}

function differences(before, after) {
  if (before === null || after === null || typeof before !== "object" || typeof after !== "object") {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [["value", before, after]];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => [name, before[name], after[name]]);
}

const told = (value) => (value === undefined ? "absent" : JSON.stringify(value));

export class TryPage {
  constructor(key = "") {
    this.key = input("try-key", { required: true, value: key });
    this.source = area("try-source", { rows: 14, class: "code" }, example);
    this.value = input("try-value");
    this.arguments = area("try-arguments", { rows: 2 });
    this.method = input("try-method", { value: "add" });
    this.callArguments = area("try-call-arguments", { rows: 2 }, "2\n3");
    this.setTo = input("try-set");
    this.result = el("div", { id: "try-result", role: "status" }, el("p", { class: "faint" }, "What you run shows here: the reply, its fuel, and what it changed."));
    this.node = el("div", null, el("h1", null, "Try"), el("div", { class: "columns" },
      el("div", null,
        section("Object", field("Key", this.key, "of the object to put or to call")),
        section("Put", field("Source in Lua", this.source), field("Value (VALUE)", this.value, "self.value at first; may stay empty"),
          field("Arguments of the script (ARG), one a line", this.arguments),
          el("p", { class: "buttons" }, this.button("Put object", "main", () => this.put())))),
      el("div", null,
        section("Call",
          el("p", { class: "buttons" }, this.button("Get", "main", () => this.run("GET", this.key.value))),
          field("Value to set", this.setTo), el("p", { class: "buttons" }, this.button("Set", "", () => this.run("SET", this.key.value, this.setTo.value))),
          field("Method", this.method), field("Arguments, one a line", this.callArguments),
          el("p", { class: "buttons" }, this.button("Call method", "", () => this.run("ASO.CALL", this.key.value, this.method.value, ...lines(this.callArguments.value))))),
        section("What happened", this.result))));
  }

  button(text, kind, act) {
    return el("button", { type: "button", class: kind, onclick: async (event) => {
      const pressed = event.currentTarget;
      if (this.key.value === "") return this.key.focus();
      pressed.disabled = true;
      try {
        await act();
      } finally {
        pressed.disabled = false;
        pressed.focus({ preventScroll: true });
      }
    } }, text);
  }

  put() {
    const value = this.value.value === "" ? [] : ["VALUE", this.value.value];
    const each = lines(this.arguments.value).flatMap((text) => ["ARG", text]);
    return this.run("ASO.PUT", this.key.value, this.source.value, ...value, ...each);
  }

  async run(...argv) {
    if (!(await needLogin("What you run here runs with the rights of a user."))) return;
    const key = argv[1];
    const before = await lookAt(key);
    const began = performance.now();
    let reply;
    let failure = null;
    try {
      reply = await command(...argv);
    } catch (thrown) {
      failure = thrown;
    }
    const took = (performance.now() - began) / 1000;
    const after = await lookAt(key);
    this.result.replaceChildren(...this.outcome(argv, reply, failure, took, before, after));
  }

  outcome(argv, reply, failure, took, before, after) {
    const fuel = after.info && before.info && after.info.version >= before.info.version ? after.info.fuel - before.info.fuel : after.info?.fuel;
    const changes = differences(before.state, after.state);
    const words = argv[0] === "ASO.PUT" ? `ASO.PUT ${argv[1]}` : argv.join(" ");
    return [
      el("p", null, el("code", null, visible(words)), " ", login.user ? el("span", { class: "faint" }, `as ${visible(login.user)}`) : null),
      failure ? el("p", { class: "failure" }, el("b", null, failure.code), " ", visible(failure.message)) : el("pre", { class: "reply", tabindex: "0", "aria-label": "Reply" }, visibleLines(replyText(reply))),
      el("p", null, fuel === undefined ? "No code ran. " : `Fuel: ${amount(fuel)} instructions. `, `Answered in ${duration(took)}. `, after.info ? objectLink(argv[1]) : null),
      changes.length === 0 ? el("p", { class: "faint" }, "The state is as it was.")
        : el("ul", { class: "changes", "aria-label": "Changes of the state" }, changes.map(([name, was, is]) =>
          el("li", null, el("code", null, visible(name)), ": ", visible(told(was)), " → ", el("b", null, visible(told(is)))))),
    ];
  }

  async refresh() {}
}
