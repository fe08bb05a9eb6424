// Parts of a page that are up to date: each block with `data-live` is fetched anew when what it
// shows has changed, from the page itself or from `data-live-url`, and laid over what stands there.

import { ask, link } from "./sockets.js";

const MOST = 60;

const socket = link("/live");
const planned = new Map();
const stale = new Set();
let since = 0;

function blocks() {
  return [...document.querySelectorAll("[data-live]")];
}

function keysOf(block) {
  return block.dataset.live.split(" ");
}

function urlOf(block) {
  return block.dataset.liveUrl ?? location.pathname + location.search;
}

/** Watch what the page shows now; called again when there is something new on it. */
export async function wake() {
  if (!socket.connected) return;
  const keys = [...new Set(blocks().flatMap(keysOf))].slice(0, MOST);
  const age = Math.ceil((performance.now() - since) / 1000);
  const answer = await ask(socket, "watch", { keys, age }).catch(() => null);
  if (!answer) return;
  since = performance.now();
  for (const key of answer.changed) plan(key, answer.within);
}

function plan(key, within) {
  for (const url of new Set(blocks().filter((block) => keysOf(block).includes(key)).map(urlOf))) {
    if (document.hidden) stale.add(url);
    else planned.set(url, planned.get(url) ?? setTimeout(() => refresh(url), 100 + Math.random() * within * 1000));
  }
}

// A page that nobody looks at asks for nothing; it catches up when it is looked at.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const url of stale) refresh(url);
  stale.clear();
});

async function refresh(url) {
  planned.delete(url);
  const answer = await fetch(url, { headers: { Accept: "text/html", "X-Live": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const block of blocks().filter((one) => urlOf(one) === url)) lay(block, page);
}

async function lay(block, page) {
  const fresh = [...page.querySelectorAll("[data-live]")].find((one) => keysOf(one)[0] === keysOf(block)[0] && one.id === block.id);
  if (!fresh) return;
  keepPlace(block, fresh);
  if (fresh.outerHTML === block.outerHTML) return;
  if (isInUse(block)) return void block.addEventListener("focusout", () => setTimeout(() => lay(block, page), 300), { once: true });
  await window.htmx.swap({ text: fresh.outerHTML, target: block, sourceElement: block, swap: "outerMorph" });
}

// A piece that comes from an address of its own does not know which page it is on.
function keepPlace(block, fresh) {
  const here = [block, ...block.querySelectorAll("a")].filter((link) => link.getAttribute("aria-current"));
  for (const link of here) {
    const same = [fresh, ...fresh.querySelectorAll("a")].find((one) => one.getAttribute("href") === link.getAttribute("href"));
    same?.setAttribute("aria-current", link.getAttribute("aria-current"));
  }
}

// Nothing moves under somebody's hands: a field that is being filled in, a menu that is open.
function isInUse(block) {
  const focus = document.activeElement;
  return block.contains(focus) && focus !== block && focus.matches("input, textarea, select, trix-editor, summary");
}

socket.on("connect", wake);
socket.on("disconnect", () => {
  since = performance.now();
});
socket.on("changed", ({ key, within }) => plan(key, within));
document.addEventListener("htmx:after:swap", () => wake());
