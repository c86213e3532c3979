// Who the page acts for: nobody, who looks only, or a user that logged in.

import { logIn, logOut, login } from "./api.js";
import { el, say } from "./elements.js";

const dialog = document.getElementById("dialog");
const button = document.getElementById("login");

function field(label, input) {
  return el("p", { class: "field" }, el("label", { for: input.id }, label), input);
}

/** Opens the dialogue; resolves to whether somebody is logged in when it closes. */
export function askForLogin(why = "") {
  const user = el("input", { id: "login-user", autocomplete: "username", value: "default", autocapitalize: "none", spellcheck: "false" });
  const password = el("input", { id: "login-password", type: "password", autocomplete: "current-password" });
  const failure = el("p", { class: "failure", role: "alert" });
  const submit = el("button", { type: "submit", class: "main" }, "Log in");
  const form = el("form", {
    method: "dialog",
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        await logIn(user.value, password.value);
        dialog.close();
      } catch (told) {
        say(failure, told.message);
        password.select();
      } finally {
        submit.disabled = false;
      }
    },
  },
    el("h2", { id: "dialog-title" }, "Log in"),
    el("p", { class: "faint" }, why || "To change objects, and to see what belongs to a user. On a node without a users file: the user default, with an empty password."),
    field("User", user), field("Password", password), failure,
    el("p", { class: "buttons" }, submit, el("button", { type: "button", onclick: () => dialog.close() }, "Cancel")));
  dialog.replaceChildren(form);
  dialog.showModal();
  user.select();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(login.token !== null), { once: true }));
}

/** True at once when somebody is logged in, else asks. */
export async function needLogin(why) {
  return login.token !== null || (await askForLogin(why));
}

function showButton() {
  say(button, login.token === null ? "Log in" : `Log out ${login.user}`);
}

export function startLogin() {
  button.addEventListener("click", () => (login.token === null ? askForLogin() : logOut()));
  login.onChange(showButton);
  showButton();
}
