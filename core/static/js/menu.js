// Menus are <details>: they open without script. Here they learn to close, and buttons to ask.

import { words } from "./page.js";

/** Turn links to what can be done with a thing into menus that are fetched when they are opened. */
export function wake(root) {
  for (const link of root.querySelectorAll("a[data-menu-link]")) link.replaceWith(menuOf(link));
}

function menuOf(link) {
  const menu = Object.assign(document.createElement("details"), { className: "menu menu-end" });
  const summary = Object.assign(document.createElement("summary"), { className: link.className });
  const panel = Object.assign(document.createElement("div"), { className: "menu-panel" });
  const way = Object.assign(document.createElement("a"), { className: "menu-item", href: link.href });
  way.textContent = link.textContent; // until the rest has come, or where it does not
  menu.dataset.menu = "";
  summary.append(...link.childNodes);
  panel.append(way);
  menu.append(summary, panel);
  menu.addEventListener("toggle", () => window.htmx.ajax("GET", way.href, { source: panel, target: panel, swap: "innerHTML" }), { once: true });
  return menu;
}

function close(menu) {
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-menu-close]");
  if (closer) close(closer.closest("[data-menu]"));
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const inside = document.activeElement?.closest("details[data-menu][open]");
  const menu = inside ?? document.querySelector("details[data-menu][open]");
  if (menu) close(menu);
});

// What would reach beyond the page opens to the other side.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches("details[data-menu][open]:not(.menu-end)")) return;
  const panel = target.querySelector(".menu-panel").getBoundingClientRect();
  target.classList.toggle("menu-end", panel.right > document.documentElement.clientWidth);
}, true);

// <button data-confirm="Sure?">: asks in a dialog and then does what it would have done.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(button.dataset.confirm, button.textContent.trim()).then((agreed) => {
    if (!agreed) return;
    button.dataset.confirmed = "true";
    button.click();
    delete button.dataset.confirmed;
  });
}, true);

function ask(question, label) {
  const dialog = document.createElement("dialog");
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  const sentence = Object.assign(document.createElement("p"), { textContent: question, id: "question" });
  const yes = Object.assign(document.createElement("button"), { className: "btn btn-danger", textContent: label, value: "yes" });
  const no = Object.assign(document.createElement("button"), { className: "btn btn-quiet", textContent: words.cancel, value: "" });
  const actions = Object.assign(document.createElement("div"), { className: "form-actions" });
  actions.append(yes, no);
  form.append(sentence, actions);
  dialog.setAttribute("aria-labelledby", "question");
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}
