// The node's API: commands, logins and metrics. A token is kept for this tab only, and goes with
// requests to this node only; it is no cookie.

import { parseMetrics } from "./metrics.js";

const storedToken = "comet-token";
const storedUser = "comet-user";

export class CommandError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const listeners = new Set();

export const login = {
  get token() {
    return sessionStorage.getItem(storedToken);
  },
  get user() {
    return sessionStorage.getItem(storedUser);
  },
  /** Called whenever somebody logs in or out. */
  onChange(listener) {
    listeners.add(listener);
  },
};

function remember(token, user) {
  if (token) {
    sessionStorage.setItem(storedToken, token);
    sessionStorage.setItem(storedUser, user);
  } else {
    sessionStorage.removeItem(storedToken);
    sessionStorage.removeItem(storedUser);
  }
  for (const listener of listeners) listener();
}

async function post(path, content) {
  const headers = { "Content-Type": "application/json" };
  const token = login.token;
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body: JSON.stringify(content), cache: "no-store" });
  } catch {
    throw new CommandError(0, "unreachable", "The node does not answer.");
  }
  const told = await response.json().catch(() => null);
  if (response.ok && told) return told;
  const failure = told?.error ?? { code: "internal", message: `The node answered with status ${response.status}.` };
  throw new CommandError(response.status, failure.code, failure.message);
}

/** The reply to a command; throws a CommandError. */
export async function command(...argv) {
  const token = login.token;
  try {
    return (await post("/api/command", { argv })).reply;
  } catch (failure) {
    const over = failure.code === "no_auth" && token && failure.message.startsWith("this login is over");
    if (over && login.token === token) remember(null);
    throw failure;
  }
}

export async function logIn(user, password) {
  const told = await post("/api/login", { user, password });
  remember(told.token, told.user);
}

export async function logOut() {
  try {
    await post("/api/logout", {});
  } finally {
    remember(null);
  }
}

export async function metrics() {
  const response = await fetch("/metrics", { cache: "no-store" });
  if (!response.ok) throw new CommandError(response.status, "unavailable", "The node gives no figures: it starts or stops.");
  return parseMetrics(await response.text());
}
