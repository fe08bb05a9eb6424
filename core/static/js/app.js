// The start of every page. Pages work without it; it loads the rest when there is a use for it.

import { csrfToken, makeClosable, say, words } from "./page.js";
import "./keyboard.js";
import { wake as wakeMenus } from "./menu.js";

const WHEN_THERE = {
  "form[data-draft-url]": "drafts",
  "form[data-outbox]": "outbox",
  "[data-quotable]": "quote",
  "fieldset[data-uploads]": "uploads",
  "img[data-sized]": "pictures",
};

function wake(root) {
  wakeMenus(root);
  for (const [selector, name] of Object.entries(WHEN_THERE)) {
    if (root.querySelector(selector)) bring(name).then((module) => module?.wake(root));
  }
  for (const element of root.querySelectorAll("[data-module]")) bring(element.dataset.module);
  for (const message of root.querySelectorAll(".messages > .alert:not(:has(.message-close))")) makeClosable(message);
  // Once: what is drawn anew later does not take the focus from where it is.
  const wanted = root.querySelector("[data-focus]");
  wanted?.removeAttribute("data-focus");
  wanted?.focus();
}

// On a lost connection a part may not come; the page goes on without it.
function bring(name) {
  return import(`./${name}.js`).catch(() => null);
}

// A rich-text editor is heavy: it comes when somebody is about to write.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea[data-rich-text]")) openEditor(event.target);
});

// A text that waited as a draft and was not touched is sent as it was formatted, not as its bare words.
document.addEventListener("formdata", ({ target, formData }) => {
  for (const area of target.querySelectorAll("textarea[data-rich-text]")) {
    if (area.editorElement || !area.dataset.html || area.value !== area.defaultValue) continue;
    formData.set(area.name, area.dataset.html);
    formData.set(`${area.name}-format`, "html");
  }
});

// Titles are suggested from the moment somebody is about to search.
document.addEventListener("focusin", async (event) => {
  const { target } = event;
  if (!target.matches("input[data-suggest-url]")) return;
  (await bring("search"))?.attach(target);
});

// On a phone the box opens in place of the name of the site.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-search-open]");
  if (!opener) return;
  event.preventDefault();
  const bar = opener.closest(".top");
  bar.classList.add("top-searching");
  const box = bar.querySelector("input[type=search]");
  box.focus();
  box.addEventListener("blur", () => setTimeout(() => {
    if (!box.form.contains(document.activeElement)) bar.classList.remove("top-searching");
  }, 200));
});

// A link to a field leads to the editor that has taken its place; the browser itself would look for
// the field, which is hidden, and take the focus away.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const [page] = location.href.split("#");
  if (!link?.href.startsWith(`${page}#`)) return;
  const area = document.getElementById(link.hash.slice(1));
  if (!area?.hidden || !area.editorElement) return;
  event.preventDefault();
  area.editorElement.focus();
});

async function openEditor(area) {
  const editor = await bring("editor");
  await editor?.open(area);
}

// Ctrl+Enter sends what one writes.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("textarea, trix-editor")?.closest("form");
  if (!form) return;
  event.preventDefault();
  // The editor hands its last letters over when it draws them.
  requestAnimationFrame(() => setTimeout(() => form.requestSubmit()));
});

// Whoever registers is told the time by the clock that their browser goes by, unless they choose another.
for (const list of document.querySelectorAll("select[data-zone]")) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if ([...list.options].some((option) => option.value === timeZone)) list.value = timeZone;
}

// Nothing is sent twice by an impatient second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !("once" in form.dataset)) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
  // Only now are the fields collected, and a button that is off would not be among them.
  setTimeout(() => event.submitter?.setAttribute("disabled", ""));
});

function allowAgain(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button[disabled]")) button.removeAttribute("disabled");
}

// Back to a page that the browser had kept as it was.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(allowAgain);
});

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form[data-sending]");
  if (form) allowAgain(form);
});
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    const status = event.detail?.ctx?.response?.raw?.status;
    if (![400, 409, 422].includes(status)) say(words.failed, "danger");
  });
}
document.addEventListener("htmx:after:swap", () => wake(document));

wake(document);
// A text of this person may wait for the link since another page.
if (localStorage.getItem(`outbox:${document.body.dataset.viewer}`)) bring("outbox").then((module) => module?.wake(document));
// What others change appears by itself, once the page stands and there is nothing better to do.
if (document.body.dataset.viewer && document.querySelector("[data-live]")) {
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 300));
  window.addEventListener("load", () => idle(() => bring("live"), { timeout: 3000 }), { once: true });
  if (document.readyState === "complete") idle(() => bring("live"));
}
const focused = document.activeElement;
if (focused?.matches("textarea[data-rich-text]")) openEditor(focused);
