// A room while somebody is in it: what others say appears as they say it, what one says is there at
// once and goes out when the link is there, what was said before comes when one scrolls up to it.
// Without this script the same page reads and writes by forms and links.

import { csrfToken, icon, say } from "../js/page.js";
import { ask, link } from "../js/sockets.js";
import { newMark, openStream } from "../js/stream.js";
import { Company } from "./company.js";
import { Composer } from "./composer.js";
import { arrange, dayMark, drawn, isOwn } from "./lines.js";
import { fitWindow, tick } from "./screen.js";

const place = document.querySelector("[data-chat]");
const facts = place.dataset;
const words = JSON.parse(facts.words);
const scroll = place.querySelector(".chat-scroll");
const list = place.querySelector(".chat-log");
const template = place.querySelector("template");
const viewer = document.body.dataset.viewer;
const room = Number(facts.chat);
const activity = Number(facts.activity);
const NEAR = 80;
const echoes = new Map();
let first = Number(facts.first);
let newest = Number(facts.shown);
let read = Number(facts.read);
let isNewest = newest >= Number(facts.last);
let loading = false;
let below = 0;

// ---- What was said

const lines = () => [...list.querySelectorAll(".chat-message")];
const lineOf = (id) => document.getElementById(`message-${id}`);

function atEnd() {
  return Math.abs(scroll.scrollTop) < NEAR;
}

// Counted from the end, so what is added below would push what one reads out of its place.
function keepingPlace(change) {
  const stay = !atEnd();
  const before = scroll.scrollHeight;
  const top = scroll.scrollTop;
  change();
  if (stay) scroll.scrollTop = top - (scroll.scrollHeight - before);
  else scroll.scrollTop = 0;
}

function lastBefore(number) {
  return lines().findLast((li) => !echoes.has(li.dataset.mark) && li.dataset.number && Number(li.dataset.number) < number);
}

function put(message) {
  const old = lineOf(message.id);
  message.own = ownSigns(old, message);
  const li = drawn(template, facts.base, message, isOwn(message.author.id));
  if (old) {
    li.className = `${li.className} ${old.classList.contains("chat-first") ? "chat-first" : ""}`;
    if (!li.classList.contains("chat-first")) li.classList.remove("chat-first");
    arrange(li, before(old));
    keepingPlace(() => old.replaceWith(li));
  } else if (message.number && isNewest) {
    append(li, message);
  }
  window.htmx?.process(li);
}

function before(li) {
  let other = li.previousElementSibling;
  while (other && !other.classList.contains("chat-message")) other = other.previousElementSibling;
  return other;
}

// Which signs are one's own only this page knows.
function ownSigns(old, message) {
  if (message.own) return message.own;
  return [...(old?.querySelectorAll(".reaction[aria-pressed=true]") ?? [])].map((button) => button.value);
}

function append(li, message) {
  place.querySelector(".chat-empty")?.remove();
  keepingPlace(() => {
    const previous = lastBefore(message.number);
    arrange(li, previous);
    const mark = dayMark(li, previous);
    const waiting = list.querySelector(".chat-waiting, .chat-failed");
    if (mark) list.insertBefore(mark, waiting);
    if (document.hidden && !isOwn(message.author.id)) unreadLine(waiting);
    list.insertBefore(li, waiting);
  });
  newest = Math.max(newest, message.number);
  if (isOwn(message.author.id)) return;
  if (document.hidden) countInTitle(1);
  else if (!atEnd()) showBelow(below + 1);
}

function unreadLine(ahead) {
  if (list.querySelector(".chat-unread")) return;
  const line = document.createElement("li");
  line.className = "chat-unread";
  line.append(Object.assign(document.createElement("span"), { textContent: words.unread }));
  list.insertBefore(line, ahead);
}

function take(entries) {
  for (const entry of entries) {
    if (entry.mark) echo(entry.mark)?.remove();
    if (entry.mark) echoes.delete(entry.mark);
    if (entry.message) put(entry.message);
    if (entry.message) company.silent(entry.message.author.id);
  }
  noteRead();
}

// ---- What is new, and how far one has read

const down = place.querySelector("[data-chat-down]");

function showBelow(count) {
  below = count;
  down.hidden = atEnd() && isNewest;
  down.querySelector("[data-count]").textContent = count ? String(count) : "";
}

down.addEventListener("click", () => {
  if (!isNewest) return void location.assign(facts.here);
  scroll.scrollTo({ top: 0, behavior: "smooth" });
});

scroll.addEventListener("scroll", () => {
  if (atEnd()) showBelow(0);
  else showBelow(below);
  noteRead();
  if (first > 1 && scroll.scrollHeight - scroll.clientHeight - Math.abs(scroll.scrollTop) < 300) earlier();
});

let reading;
function noteRead() {
  if (document.hidden || !viewer || !isNewest || !atEnd() || newest <= read) return;
  clearTimeout(reading);
  reading = setTimeout(() => {
    read = newest;
    ask(link("/chat"), "read", { activity, room, number: read }).catch(() => {});
  }, 800);
}

const title = document.title;
let unseen = 0;
function countInTitle(more) {
  unseen += more;
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  countInTitle(-unseen);
  noteRead();
});

// ---- What was said before

async function earlier() {
  if (loading || first <= 1) return;
  loading = true;
  const answer = await fetch(`${facts.messages}?before=${first}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) prepend((await answer.json()).messages);
  setTimeout(() => (loading = false), answer?.ok ? 0 : 3000);
}

function prepend(messages) {
  const oldest = lines()[0];
  list.querySelector(".chat-day")?.remove();
  let previous = null;
  const pieces = [];
  for (const message of messages) {
    const li = drawn(template, facts.base, message, isOwn(message.author.id));
    arrange(li, previous);
    const mark = dayMark(li, previous);
    if (mark) pieces.push(mark);
    pieces.push(li);
    previous = li;
  }
  if (oldest) {
    arrange(oldest, previous);
    const mark = dayMark(oldest, previous);
    if (mark) pieces.push(mark);
  }
  place.querySelector(".chat-scroll").setAttribute("aria-busy", "true");
  list.prepend(...pieces);
  for (const piece of pieces) window.htmx?.process(piece);
  scroll.removeAttribute("aria-busy");
  first = messages[0]?.number ?? 1;
  const more = place.querySelector("[data-chat-earlier]");
  if (first <= 1) more?.parentElement.remove();
  else more?.setAttribute("href", `?before=${first}`);
}

place.addEventListener("click", (event) => {
  const up = event.target.closest("[data-chat-earlier]");
  if (up) {
    event.preventDefault();
    earlier();
  }
  const to = event.target.closest(".chat-above a, .chat-pinned a[data-chat-to]");
  const target = to?.dataset.chatTo && list.querySelector(`[data-number="${to.dataset.chatTo}"]`);
  if (target) {
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    target.classList.add("chat-shown");
    setTimeout(() => target.classList.remove("chat-shown"), 2000);
  }
});

// ---- What one says

const company = new Company(place, words);
const composer = place.querySelector("form.chat-composer") && new Composer(place, words, { speak, typing: () => stream?.typing() });
const echo = (mark) => echoes.get(mark)?.li;

const stream = viewer && openStream({
  namespace: "/chat", stream: "chat.room", activity, key: room, after: Number(facts.after),
  onEntries: take,
  onState: ({ state, waiting, words: said }) => composer?.tell(state, state === "connected" && !waiting ? "" : said),
  onWaiting: (items) => items.forEach(({ facts: kept }) => kept.text && waitFor(kept)),
  onPeople: (told) => company.here(told),
  onTyping: (told) => company.typing(told),
});

function speak(said) {
  const kept = { mark: newMark(), room, text: said.text, reply_to: said.replyTo };
  waitFor(kept, said);
  scroll.scrollTop = 0;
  if (!stream || said.files) return sendForm(kept, said);
  deliver(kept, stream.send("say", kept));
}

// Files go with a form, as they do without script.
function sendForm(kept, said) {
  const body = said.form;
  body.set("submission", kept.mark);
  deliver(kept, post(said.action, body).then((answer) => {
    if (answer.message) take([{ mark: kept.mark, message: answer.message }]);
    return answer;
  }));
}

function deliver(kept, promise) {
  promise.then((answer) => {
    composer.slow(answer.wait ?? 0);
    if (answer.held) held(kept.mark);
  }, (refusal) => fail(kept, refusal.message));
}

function waitFor(kept) {
  const li = document.createElement("li");
  li.className = "chat-message chat-first chat-waiting";
  li.dataset.mark = kept.mark;
  const box = Object.assign(document.createElement("div"), { className: "chat-words" });
  const text = Object.assign(document.createElement("div"), { className: "chat-text", textContent: kept.text || "…" });
  const state = Object.assign(document.createElement("p"), { className: "chat-sending quiet", textContent: words.sending });
  box.append(text, state);
  li.append(Object.assign(document.createElement("span"), { className: "chat-face" }), box);
  echoes.set(kept.mark, { li, kept });
  list.append(li);
}

function held(mark) {
  const li = echo(mark);
  if (!li) return;
  li.classList.remove("chat-waiting");
  li.querySelector(".chat-sending").textContent = words.held;
}

function fail(kept, sentence) {
  const li = echo(kept.mark);
  if (!li) return;
  li.className = "chat-message chat-first chat-failed";
  const state = li.querySelector(".chat-sending");
  state.textContent = `${sentence || words.failed} `;
  state.setAttribute("role", "alert");
  state.append(button(words.again, "arrow-repeat", () => {
    forget(kept.mark);
    speak({ text: kept.text, replyTo: kept.reply_to });
  }), button(words.change, "pencil", () => {
    forget(kept.mark);
    composer.refill(kept.text);
  }), button(words.discard, "trash", () => forget(kept.mark)));
}

function forget(mark) {
  echo(mark)?.remove();
  echoes.delete(mark);
}

function button(label, sign, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-sm" });
  made.append(icon(sign), ` ${label}`);
  made.addEventListener("click", act);
  return made;
}

// ---- What one does to a message, or in the panel beside the talk

async function post(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  if (!answer) throw new Error(words.failed);
  const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw new Error(json.error || words.failed);
  return json;
}

list.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(event.target, button);
  event.target.closest("details")?.removeAttribute("open");
  const url = button?.getAttribute("formaction") ?? event.target.action;
  if (!url.includes(facts.base)) return void event.target.submit();
  try {
    const { message } = await post(url, body);
    if (message) put(message);
  } catch (refusal) {
    say(refusal.message, "danger");
  }
});

const panelNow = () => document.getElementById("panel");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.chatQuiet) return;
  event.preventDefault();
  try {
    await post(form.action, new FormData(form, event.submitter));
    if (form.matches(".chat-ask")) form.reset();
  } catch (refusal) {
    say(refusal.message, "danger");
  }
  const panel = panelNow();
  if (!panel.dataset.liveUrl) return void location.reload();
  const piece = await fetch(panel.dataset.liveUrl, { headers: { Accept: "text/html", "X-Live": "1" } }).catch(() => null);
  if (piece?.ok) {
    const fresh = new DOMParser().parseFromString(await piece.text(), "text/html").getElementById("panel");
    // Laid over what stands there: a question half written and the focus stay.
    if (fresh) await window.htmx.swap({ text: fresh.outerHTML, target: panel, sourceElement: panel, swap: "outerMorph" });
  }
});

// A session begins by the clock or by its host, and ends so: the place to write comes and goes.
const wasOn = panelNow()?.dataset.on;

function lookAtTheClock() {
  const panel = panelNow();
  if (!panel) return;
  const opens = panel.dataset.opens && new Date(panel.dataset.opens);
  const begun = panel.dataset.on === "1" || (opens && opens <= Date.now());
  if (wasOn === "0" && begun && !panel.dataset.over) return void setTimeout(() => location.reload(), Math.random() * 3000);
  if (wasOn === "1" && panel.dataset.on === "0") composer?.close(words.over);
}

document.addEventListener("htmx:after:swap", lookAtTheClock);

// ---- The beginning

fitWindow(place);
setInterval(() => {
  tick();
  if (wasOn === "0") lookAtTheClock();
}, 1000);
tick();
const aim = document.getElementById("unread") ?? document.querySelector(".chat-message:target");
if (aim && !atTarget(aim)) aim.scrollIntoView({ block: "start" });
showBelow(0);
noteRead();

function atTarget(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const box = scroll.getBoundingClientRect();
  return top >= box.top && bottom <= box.bottom;
}
