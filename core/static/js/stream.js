// A stream in a page: what others say comes in its order, without gap or double; what one says is
// kept on the device until the site has it, and is stored there once, however often it is sent.

import { words } from "./page.js";
import { ask, link } from "./sockets.js";

const viewer = document.body.dataset.viewer;
// Without an answer for so long, "connecting" is called what it is.
const OFFLINE_AFTER = 8000;
const GAP = 400;
// That somebody is typing is said so often; it is shown a little longer.
const TYPING = 3000;
const AGAIN = [1000, 3000, 10000, 30000];

/**
 * Hear a stream from the number that the page shows (`after`) on.
 *
 * `onEntries(list)` gets new entries in their order; of one that is out of sight only its number.
 * `onState({ state, waiting, words })`: "connected", "connecting", "offline" or "out" (one may not be
 * here any more; `error` says why). `onWaiting(list)` gets what this device could not send last time.
 * `onPeople({ count, people })`: who is there now; `onTyping({ id, name })`: somebody else is writing.
 * Answers `{ send, typing, close, last }`; call `typing()` at every key.
 */
export function openStream({ namespace, stream, activity = 0, key = 0, after = 0, onEntries, onState, onWaiting, onPeople, onTyping }) {
  const place = { stream, activity, key };
  const store = `stream:${viewer}:${namespace}:${stream}:${activity}:${key}`;
  const socket = link(namespace);
  const early = new Map();
  const waiting = restored(store);
  let last = after;
  let state = "connecting";
  let sending = false;
  let failures = 0;
  let filling = false;
  let typed = -TYPING;
  let timer;
  let offline;

  function tell(next, error = "") {
    state = next;
    onState?.({ state, waiting: waiting.length, words: described(state, waiting.length, error), error });
  }

  // ---- Receiving

  function take(entries) {
    for (const entry of entries) if (entry.number > last) early.set(entry.number, entry);
    const next = [];
    while (early.has(last + 1)) {
      last += 1;
      next.push(early.get(last));
      early.delete(last);
    }
    if (next.length) {
      settle(next);
      onEntries(next);
    }
    if (early.size && !filling) setTimeout(fill, GAP);
  }

  // Our own words have come back: they are stored. Their answer may still be on its way.
  function settle(entries) {
    const mine = new Set(entries.filter((entry) => String(entry.by) === viewer).map((entry) => entry.mark));
    for (const item of waiting.filter((one) => mine.has(one.facts.mark))) {
      if (item.asked) drop(item);
      else finish(item, {});
    }
  }

  async function fill(event = "missed") {
    if (filling || (event === "missed" && !early.size)) return;
    filling = true;
    try {
      let answer;
      do {
        answer = await ask(socket, event, { ...place, after: last });
        take(answer.entries);
        event = "missed";
      } while (answer.more);
      filling = false;
    } catch (error) {
      filling = false;
      throw error;
    }
  }

  async function join() {
    clearTimeout(offline);
    try {
      await fill("join");
    } catch (error) {
      if (error.status === 0 || error.status >= 500 || error.status === 429) return void setTimeout(() => socket.connected && join(), 3000);
      return tell("out", error.message);
    }
    failures = 0;
    tell("connected");
    pump();
    if (onPeople) ask(socket, "people", place).then(onPeople, () => {});
  }

  // ---- Sending

  async function pump() {
    if (sending || state !== "connected" || !waiting.length) return;
    sending = true;
    const item = waiting[0];
    item.asked = true;
    try {
      finish(item, await ask(socket, item.event, { ...item.facts, ...(activity ? { activity } : {}) }));
      failures = 0;
    } catch (error) {
      if (!waiting.includes(item)) finish(item, {});
      else if (error.status === 0 || error.status === 429 || error.status >= 500) later(error);
      else finish(item, null, error);
    }
    item.asked = false;
    sending = false;
    if (!timer) pump();
  }

  function later(error) {
    const pause = error.after ? error.after * 1000 : AGAIN[Math.min(failures, AGAIN.length - 1)];
    failures += 1;
    timer = setTimeout(() => {
      timer = undefined;
      pump();
    }, pause);
  }

  function drop(item) {
    const index = waiting.indexOf(item);
    if (index >= 0) waiting.splice(index, 1);
    keep(store, waiting);
  }

  function finish(item, answer, error) {
    drop(item);
    if (error) item.reject?.(error);
    else item.resolve?.(answer);
    tell(state);
  }

  /** Send an event with what it needs, as soon as that is possible; a promise of the answer. */
  function send(event, facts = {}) {
    return new Promise((resolve, reject) => {
      const item = { event, facts: { mark: newMark(), ...facts }, resolve, reject };
      waiting.push(item);
      keep(store, waiting);
      tell(state);
      pump();
    });
  }

  // ---- Coming and going

  function lost(reason) {
    tell(navigator.onLine === false ? "offline" : "connecting");
    clearTimeout(offline);
    offline = setTimeout(() => !socket.connected && tell("offline"), OFFLINE_AFTER);
    // Sent away by the site itself: once more, which shows whether one is still signed in.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1500);
  }

  const heard = (told) => sameRoom(told) && take(told.entries);
  const sameRoom = (told) => told.stream === stream && told.activity === activity && told.key === key;
  const out = (told) => told.room === `${stream}:${activity}:${key}` && tell("out", told.error);
  // Refused for good, unless the site had trouble of its own.
  function refused(error) {
    if (error.message === "again") setTimeout(() => socket.connect(), 3000);
    if (socket.active || error.message === "again") lost();
    else tell("out", words.signedOut);
  }

  const people = (told) => sameRoom(told) && onPeople?.(told);
  const others = (told) => sameRoom(told) && String(told.id) !== viewer && onTyping?.(told);
  const handlers = { connect: join, disconnect: lost, connect_error: refused, entries: heard, out, people, typing: others };
  for (const [name, handler] of Object.entries(handlers)) socket.on(name, handler);
  if (waiting.length) onWaiting?.(waiting.map(({ event, facts }) => ({ event, facts })));
  tell("connecting");
  if (socket.connected) join();
  else socket.connect();

  function typing() {
    if (!socket.connected || performance.now() - typed < TYPING) return;
    typed = performance.now();
    socket.emit("typing", place);
  }

  return {
    send,
    typing,
    get last() {
      return last;
    },
    close() {
      for (const [name, handler] of Object.entries(handlers)) socket.off(name, handler);
      clearTimeout(timer);
      clearTimeout(offline);
      if (socket.connected) socket.emit("leave", place);
    },
  };
}

/** A name for something that is sent: the site stores it once, however often it comes. */
export function newMark() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function described(state, waiting, error) {
  if (state === "out") return error;
  const word = { connected: words.connected, connecting: words.connecting, offline: words.offline }[state];
  return waiting && state !== "connected" ? `${word}. ${words.unsent.replace("{n}", waiting)}` : word;
}

// ---- On the device

function restored(store) {
  try {
    return JSON.parse(localStorage.getItem(store) ?? "[]");
  } catch {
    return [];
  }
}

function keep(store, waiting) {
  try {
    if (waiting.length) localStorage.setItem(store, JSON.stringify(waiting.map(({ event, facts }) => ({ event, facts }))));
    else localStorage.removeItem(store);
  } catch {
    // The browser keeps nothing: what waits lives as long as the page.
  }
}
