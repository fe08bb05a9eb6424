// Single keys for those who like them: "/" searches, "j" and "k" go from post to post, "r" answers,
// "?" tells of them. They get in the way of people who dictate, so a switch in the menu of appearance
// turns them off on this device.

import { words } from "./page.js";

const KEY = "shortcuts";
const toggle = document.querySelector("[data-shortcuts]");

function areOn() {
  return localStorage.getItem(KEY) !== "off";
}

function show() {
  toggle?.setAttribute("aria-pressed", String(areOn()));
}

if (toggle) {
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    if (areOn()) localStorage.setItem(KEY, "off");
    else localStorage.removeItem(KEY);
    show();
  });
}

function step(by) {
  const posts = [...document.querySelectorAll("[data-post]")];
  const top = 100;
  const here = posts.findIndex((post) => post.contains(document.activeElement));
  const above = posts.findLastIndex((post) => post.getBoundingClientRect().top <= top);
  const next = posts[Math.max(0, (here >= 0 ? here : by > 0 ? above : above + 1) + by)];
  if (!next) return false;
  next.setAttribute("tabindex", "-1");
  next.focus({ preventScroll: true });
  next.scrollIntoView();
  return true;
}

// An answer to the post one is at, else to the whole.
function reply() {
  const post = document.activeElement?.closest("[data-post]");
  const link = post?.querySelector("a[data-reply]");
  const area = document.querySelector("form[data-composer] textarea");
  if (link) link.click();
  else if (area) (area.editorElement ?? area).focus();
  return Boolean(link || area);
}

// The keys that there are; Escape and the button close it.
function tell() {
  const title = Object.assign(document.createElement("h2"), { className: "section-title", id: "keys", textContent: words.keys });
  const list = Object.assign(document.createElement("dl"), { className: "facts keys" });
  for (const [key, meaning] of words.keyList) {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(name, Object.assign(document.createElement("dd"), { textContent: meaning }));
  }
  const form = Object.assign(document.createElement("form"), { method: "dialog", className: "form-actions" });
  form.append(Object.assign(document.createElement("button"), { className: "btn btn-primary", textContent: words.close }));
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys");
  dialog.append(title, list, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const KEYS = { KeyJ: () => step(1), KeyK: () => step(-1), KeyR: reply };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  if (event.target.closest("input, textarea, select, dialog, trix-editor, [contenteditable]")) return;
  if (event.key === "/") {
    const search = document.querySelector('input[type="search"]');
    if (!search) return;
    event.preventDefault();
    search.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    tell();
  } else if (!event.shiftKey && KEYS[event.code]?.()) {
    event.preventDefault();
  }
});
