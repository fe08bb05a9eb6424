// A private room while somebody is in it: lines appear as they are said, and what one says goes out
// when the link is there. Without this script, and with files, the form sends and the page is drawn
// anew.

import { openStream } from "../js/stream.js";

const place = document.querySelector("[data-consultation]");
const facts = place.dataset;
const list = place.querySelector("[data-lines]");
const form = place.querySelector("[data-say]");
const status = place.querySelector("[data-connection]");
const room = Number(facts.consultation);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", timeZone: facts.zone,
});

const stream = openStream({
  namespace: "/consultations", stream: "consultations.room", activity: Number(facts.activity), key: room,
  after: Number(facts.last),
  onEntries: (entries) => entries.forEach(take),
  onState: ({ state, words }) => {
    facts.state = state;
    status.textContent = state === "connected" ? "" : words;
  },
});

function take(entry) {
  if (entry.closed) return void location.reload();
  if (!entry.html || document.getElementById(`remark-${entry.id}`)) return;
  const box = document.createElement("template");
  box.innerHTML = entry.html;
  const line = box.content.firstElementChild;
  // The same for all readers, so each tells the time by their own clock.
  for (const time of line.querySelectorAll("time")) time.textContent = clock.format(new Date(time.dateTime));
  place.querySelector("[data-nothing]")?.remove();
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

function newMark() {
  return crypto.randomUUID().replaceAll("-", "");
}

form.addEventListener("submit", (event) => {
  const field = form.elements.namedItem("body");
  const text = field.value.trim();
  const files = [...form.querySelectorAll("input[type=file], .upload input:checked")];
  const withFiles = files.some((input) => (input.type === "file" ? input.files.length : true));
  if (withFiles) return;
  event.preventDefault();
  if (!text) return void field.focus();
  const submission = form.elements.namedItem("submission");
  const mark = submission.value;
  submission.value = newMark();
  field.value = "";
  stream.send("say", { room, mark, text }).catch((refusal) => {
    if (!field.value) field.value = text;
    status.textContent = refusal.message || facts.failed;
  });
});

list.scrollTop = list.scrollHeight;
