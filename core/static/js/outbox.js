// A text that was sent while the link was gone waits on this device and goes out once when it is back.
// The mark of the form makes it once: the site stores a form that comes again only the first time.

import { discard, keep, mine, waitsHere } from "./outbox_store.js";
import { csrfToken, icon, say, words } from "./page.js";

const viewer = document.body.dataset.viewer;
const PATIENCE = 20000;
const PATIENCE_WITH_FILES = 300000;
const BEGINNING = 140;
const PAUSES = [5000, 15000, 30000, 60000, 120000];
const others = new BroadcastChannel(`outbox:${viewer}`);
others.addEventListener("message", () => show());

const REFILLED = "input[type=text], select, input[type=hidden]:not([name=csrf_token], [name=submission], [name$=-format])";

let pause = 0;
let timer;
let box;

export function wake(root) {
  for (const form of root.querySelectorAll("form[data-outbox]")) {
    if (form.dataset.outbox || !viewer) continue;
    form.dataset.outbox = "ready";
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      submit(form, event.submitter);
    });
  }
  refresh();
}

// What a draft brought back while the text waits here already would else be sent twice.
async function refresh() {
  for (const item of await mine(viewer)) {
    const form = formAt(item.place);
    if (form && isBeginning(form, item)) await clear(form);
  }
  await resumeEditing();
  await sendAll();
}

async function submit(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  button?.setAttribute("disabled", "");
  form.elements.namedItem("submission").value = mark();
  const item = gather(form);
  try {
    await keep(item);
  } catch {
    return sendPlainly(form);
  }
  const outcome = await alone(item, deliver);
  if (outcome.sent) return arrive(form, item, outcome.url);
  if (outcome.waits) return putOff(form, button);
  await discard(item);
  return sendPlainly(form);
}

// The browser keeps nothing, or the site has refused the form: its own page says why, text and all.
function sendPlainly(form) {
  form.drafts?.stop();
  form.submit();
}

function mark() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function gather(form) {
  const fields = [...new FormData(form)].filter(([, value]) => !(value instanceof File) || value.name);
  return {
    id: form.elements.namedItem("submission").value,
    viewer,
    fields,
    url: form.action,
    place: placeOf(form),
    page: location.pathname + location.search,
    uploads: uploadsOf(form)?.known() ?? [],
    about: document.querySelector("h1")?.textContent.trim() ?? "",
    at: Date.now(),
  };
}

// What has come to the site already; the field of files knows its names.
function uploadsOf(form) {
  return form.querySelector("fieldset[data-uploads]")?.uploads;
}

function placeOf(form) {
  return form.dataset.draftPlace ?? form.action;
}

function formAt(place) {
  return [...document.querySelectorAll("form[data-outbox]")].find((form) => placeOf(form) === place);
}

// Two windows do not send the same thing at a time. If they do after all, the site takes it once.
function alone(item, work) {
  if (!navigator.locks) return work(item);
  return navigator.locks.request(`outbox:${item.id}`, { ifAvailable: true }, (lock) => (lock ? work(item) : { waits: true }));
}

async function deliver(item) {
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  body.set("csrf_token", csrfToken());
  const patience = item.fields.some(([, value]) => value instanceof File) ? PATIENCE_WITH_FILES : PATIENCE;
  const headers = { "X-Submission": "1", Accept: "text/html" };
  let answer;
  try {
    answer = await fetch(item.url, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout?.(patience) });
  } catch {
    return { waits: true };
  }
  if (answer.status === 204) return { sent: true, url: answer.headers.get("X-Location") };
  if (answer.status === 429 || answer.status >= 500) return { waits: true };
  if (answer.status === 401) return { signedOut: true };
  return { reason: reasonIn(await answer.text().catch(() => "")) };
}

function reasonIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const told = page.querySelectorAll("main [role=alert] li");
  return [...(told.length ? told : page.querySelectorAll("main h1"))].map((one) => one.textContent.trim()).join(" ") || words.failed;
}

async function arrive(form, item, url) {
  form.drafts?.stop();
  form.dispatchEvent(new Event("sent"));
  form.dataset.sent = "true";
  await discard(item);
  others.postMessage("");
  const target = new URL(url, location.href);
  const here = target.pathname + target.search === location.pathname + location.search;
  location.assign(target);
  if (here) location.reload();
}

// Back to a page that the browser had kept: what was sent from it does not stand there once more.
window.addEventListener("pageshow", async (event) => {
  for (const form of event.persisted ? document.querySelectorAll("form[data-sent]") : []) {
    delete form.dataset.sent;
    await clear(form);
  }
});

async function putOff(form, button) {
  await clear(form);
  delete form.dataset.sending;
  button?.removeAttribute("disabled");
  others.postMessage("");
  await show();
  later();
  box?.scrollIntoView({ block: "nearest" });
}

async function sendAll() {
  clearTimeout(timer);
  let left = false;
  for (const item of await mine(viewer)) {
    if (item.reason) continue;
    const outcome = await alone(item, async () => ((await waitsHere(item)) ? deliver(item) : {}));
    await settle(item, outcome);
    left ||= Boolean(outcome.waits);
    if (left || outcome.signedOut) break;
  }
  await show();
  if (left) later();
  else pause = 0;
}

async function settle(item, { sent, url, reason, signedOut }) {
  if (sent) {
    await discard(item);
    say(words.sent, "success", { label: words.see, url });
  } else if (reason) await keep({ ...item, reason });
  else if (Boolean(signedOut) !== Boolean(item.signedOut) && (await waitsHere(item))) await keep({ ...item, signedOut });
  else return;
  others.postMessage("");
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(sendAll, PAUSES[pause]);
  pause = Math.min(pause + 1, PAUSES.length - 1);
}

window.addEventListener("online", sendAll);

// ---- What the page says

async function show() {
  const items = await mine(viewer);
  box?.remove();
  box = undefined;
  if (!items.length) return;
  box = element("section", { className: "alert alert-warning outbox" });
  box.setAttribute("role", "status");
  const waiting = items.filter((item) => !item.reason);
  const title = waiting.length ? words.unsent.replace("{n}", waiting.length) : words.stuck;
  const inside = element("div", {}, element("p", {}, element("strong", { textContent: title })));
  inside.append(element("ul", { className: "things" }, ...items.map(line)));
  if (waiting.length) inside.append(button(words.tryNow, "btn-outline-primary", sendAll));
  box.append(icon("exclamation-triangle"), inside);
  const form = items.map((item) => formAt(item.place)).find(Boolean);
  if (form) form.before(box);
  else document.getElementById("messages").after(box);
}

function line(item) {
  const what = element("div", { className: "thing-words" });
  what.append(element("span", { className: "thing-title", textContent: item.about }));
  what.append(text(item));
  if (item.reason) what.append(element("span", { className: "urgent", textContent: item.reason }));
  if (item.signedOut) what.append(signIn());
  const away = button(words.discard, "btn-quiet", async () => {
    await discard(item);
    others.postMessage("");
    await show();
  });
  away.dataset.confirm = words.gone;
  return element("li", { className: "thing" }, what, element("div", { className: "thing-state chips" }, button(words.change, "btn-outline-primary", () => edit(item)), away));
}

function signIn() {
  const back = encodeURIComponent(location.pathname + location.search);
  return element("a", { className: "urgent", href: `${words.signInUrl}?next=${back}`, textContent: words.signIn });
}

// All of it can be read, and copied where its form is gone.
function text(item) {
  const whole = [valueOf(item, "title"), plain(valueOf(item, "body"))].filter(Boolean).join(": ");
  if (whole.length <= BEGINNING) return element("span", { className: "quiet", textContent: whole });
  const beginning = element("summary", { className: "quiet", textContent: `${whole.slice(0, BEGINNING - 1)}…` });
  return element("details", {}, beginning, element("p", { textContent: whole }));
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function button(label, kind, act) {
  const made = element("button", { type: "button", className: `btn ${kind} btn-sm`, textContent: label });
  made.addEventListener("click", act);
  return made;
}

// ---- Back into the form

// Where the form is on another page, that page goes on with it.
async function edit(item) {
  const form = formAt(item.place);
  if (!form) {
    sessionStorage.setItem("outbox-edit", item.id);
    location.assign(item.page);
    return;
  }
  await fill(form, item);
  await discard(item);
  others.postMessage("");
  await show();
  form.scrollIntoView({ block: "nearest" });
}

async function resumeEditing() {
  const id = sessionStorage.getItem("outbox-edit");
  sessionStorage.removeItem("outbox-edit");
  const item = (await mine(viewer)).find((one) => one.id === id);
  if (item && formAt(item.place)) await edit(item);
}

async function fill(form, item) {
  const area = form.querySelector("textarea");
  const format = document.getElementById(`${area.id}-format`);
  const typed = area.value.trim();
  const body = valueOf(item, "body");
  const rich = valueOf(item, "body-format") === "html";
  for (const [name, value] of item.fields) {
    const field = form.elements.namedItem(name);
    if (field?.matches?.(REFILLED)) field.value = value;
  }
  restoreFiles(form, item);
  uploadsOf(form)?.bring(item.uploads ?? []);
  const editor = rich ? await import("./editor.js").catch(() => null) : null;
  const before = typed ? (format?.value === "html" ? typed : escaped(typed)) : "";
  if (!(await editor?.fill(area, before + body))) {
    area.value = [typed, rich ? plain(body) : body].filter(Boolean).join("\n\n");
    if (format) format.value = "text";
  }
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function restoreFiles(form, item) {
  const chosen = form.querySelector("input[type=file]");
  const files = item.fields.map(([, value]) => value).filter((value) => value instanceof File);
  if (!chosen || !files.length) return;
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  chosen.files = transfer.files;
}

async function clear(form) {
  for (const field of form.querySelectorAll("input[type=text], input[type=file], textarea")) {
    field.value = "";
    delete field.dataset.html;
    if (field.editorElement) await (await import("./editor.js")).fill(field, "");
  }
  form.drafts?.sent();
  form.dispatchEvent(new Event("sent"));
}

function isBeginning(form, item) {
  const area = form.querySelector("textarea");
  const typed = bare(plain(area.value));
  return typed !== "" && bare(plain(valueOf(item, "body"))).startsWith(typed);
}

function bare(text) {
  return text.replace(/\s+/g, "");
}

function valueOf(item, name) {
  return item.fields.find(([field]) => field === name)?.[1] ?? "";
}

function plain(html) {
  const page = new DOMParser().parseFromString(html.replace(/<\/(p|div|li|h2|blockquote)>|<br>/g, "$& "), "text/html");
  return page.body.textContent.replace(/\s+/g, " ").trim();
}

function escaped(text) {
  return element("p", { textContent: text }).outerHTML;
}
