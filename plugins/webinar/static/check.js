// Whether somebody will hear and be heard: what this browser finds out, step by step. All sentences
// stand in the page; here it is decided which of them is said.

import { csrfToken } from "../js/page.js";

const board = document.querySelector("[data-checks]");
// Milliseconds that a step may take, and megabits a second that a meeting wants.
const PATIENCE = 12_000;
const ENOUGH = 1.5;
const LEAST = 0.25;
let stream = null;
let context = null;

function step(name) {
  return board.querySelector(`[data-check="${name}"]`);
}

/** Say one sentence of a place, and no other. */
function say(place, name) {
  for (const words of place.querySelectorAll("[data-say]")) words.hidden = words.dataset.say !== name;
}

function show(name, said, sign) {
  const place = step(name);
  say(place, said);
  for (const one of place.querySelectorAll("[data-of]")) one.hidden = one.dataset.of !== sign;
  place.dataset.result = sign;
}

function good(name) {
  show(name, "good", "good");
  return true;
}

function bad(name, said) {
  show(name, said, "bad");
  return false;
}

function checkBrowser() {
  if (!window.isSecureContext) return bad("browser", "open");
  if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) return bad("browser", "old");
  return good("browser");
}

const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" };

/** One device after the other, so that a missing camera says nothing about the microphone. */
async function device(name, wish) {
  try {
    return await navigator.mediaDevices.getUserMedia(wish);
  } catch (error) {
    bad(name, REASONS[error.name] ?? "taken");
    return null;
  }
}

async function checkMicrophone() {
  const got = await device("microphone", { audio: true });
  if (!got) return false;
  stream = new MediaStream(got.getTracks());
  const heard = await listen(got);
  show("microphone", heard ? "good" : "silent", "good");
  return true;
}

/** The bar follows the voice for as long as the page is open; whether anything came in at first. */
function listen(got) {
  context ??= new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(got).connect(ear);
  const bar = step("microphone").querySelector("[data-level]");
  const samples = new Uint8Array(ear.fftSize);
  bar.hidden = false;
  let loudest = 0;
  const follow = () => {
    ear.getByteTimeDomainData(samples);
    const level = Math.max(...samples.map((one) => Math.abs(one - 128)));
    loudest = Math.max(loudest, level);
    bar.value = Math.min(100, level * 2);
    if (level > 3) say(step("microphone"), "good");
    if (got.active) setTimeout(follow, 100);
  };
  follow();
  return new Promise((done) => setTimeout(() => done(loudest > 1), 1500));
}

async function checkCamera() {
  const got = await device("camera", { video: { width: { ideal: 640 } } });
  if (!got) return false;
  const mirror = step("camera").querySelector("[data-mirror]");
  mirror.srcObject = got;
  mirror.hidden = false;
  await mirror.play().catch(() => null);
  for (const track of got.getTracks()) stream?.addTrack(track);
  return good("camera");
}

function playSound() {
  context ??= new AudioContext();
  context.resume();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.2, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 1.2);
  tone.frequency.value = 523;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 1.2);
}

function checkSocket() {
  return new Promise((done) => {
    const address = new URL("/socket.io/?EIO=4&transport=websocket", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    const settle = (works) => {
      clearTimeout(late);
      socket.close();
      done(works ? good("socket") : bad("socket", "bad"));
    };
    const late = setTimeout(() => settle(false), PATIENCE);
    socket.addEventListener("message", () => settle(true), { once: true });
    socket.addEventListener("error", () => settle(false), { once: true });
  });
}

/** Megabits a second of what came in time. */
async function download() {
  const begun = performance.now();
  const answer = await fetch(board.dataset.piece, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE * 2) });
  if (!answer.ok) throw new Error(answer.statusText);
  const reader = answer.body.getReader();
  let bytes = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    bytes += piece.value.length;
    if (performance.now() - begun > PATIENCE) break;
  }
  reader.cancel();
  return rate(bytes, begun);
}

async function upload() {
  const bytes = Number(board.dataset.up);
  const body = new Uint8Array(bytes);
  for (let from = 0; from < bytes; from += 65_536) crypto.getRandomValues(body.subarray(from, Math.min(from + 65_536, bytes)));
  const begun = performance.now();
  const headers = { "X-CSRFToken": csrfToken(), "Content-Type": "application/octet-stream" };
  const answer = await fetch(board.dataset.piece, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(answer.statusText);
  return rate(bytes, begun);
}

function rate(bytes, begun) {
  return (bytes * 8) / 1000 / Math.max(performance.now() - begun, 1);
}

async function checkSpeed() {
  let rates;
  try {
    rates = { down: await download(), up: await upload() };
  } catch (error) {
    return error.name === "TimeoutError" ? bad("speed", "slow") : bad("speed", "broken");
  }
  const told = step("speed").querySelector("[data-speeds]");
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  told.textContent = told.dataset.words.replace("{down}", number.format(rates.down)).replace("{up}", number.format(rates.up));
  told.hidden = false;
  const least = Math.min(rates.down, rates.up);
  if (least >= ENOUGH) return good("speed");
  return bad("speed", least >= LEAST ? "weak" : "slow");
}

async function checkServer() {
  if (!step("server")) return true;
  const origins = board.dataset.origins.split(" ");
  const asked = origins.map((origin) => fetch(`${origin}/`, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) }));
  const results = await Promise.allSettled(asked);
  const lost = origins.filter((origin, number) => results[number].status === "rejected");
  if (!lost.length) return good("server");
  const words = step("server").querySelector("[data-say=bad]");
  words.dataset.words ??= words.textContent;
  words.textContent = words.dataset.words.replace("{servers}", lost.map((origin) => new URL(origin).host).join(", "));
  return bad("server", "bad");
}

async function checkAll(button) {
  const sum = board.querySelector("[data-check-sum]");
  button.disabled = true;
  for (const track of stream?.getTracks() ?? []) track.stop();
  say(sum, "run");
  const results = [checkBrowser()];
  if (results[0]) results.push(await checkMicrophone(), await checkCamera());
  good("sound");
  results.push(await checkSocket(), await checkSpeed(), await checkServer());
  say(sum, results.every(Boolean) ? "good" : "bad");
  button.disabled = false;
}

if (board) {
  board.hidden = false;
  document.querySelector("[data-check-without]").remove();
  const button = board.querySelector("[data-check-begin]");
  button.addEventListener("click", () => checkAll(button));
  board.querySelector("[data-sound]").addEventListener("click", playSound);
}
