// The room while somebody looks at it: lines appear as they are said, and what one says goes out
// when the link is there. Without this the form sends, and the page is drawn anew.

import { openStream } from "../js/stream.js";

const place = document.querySelector("[data-talk]");
const list = place.querySelector("[data-lines]");
const form = place.querySelector("[data-say]");
const shown = new Map();

const room = openStream({
  namespace: "/talk",
  stream: "talk.room",
  activity: Number(place.dataset.talk),
  after: Number(place.dataset.last),
  onEntries: (entries) => entries.forEach(draw),
  onState: ({ state, words }) => {
    place.dataset.state = state;
    place.querySelector("[data-connection]").textContent = state === "connected" ? "" : words;
  },
  onWaiting: (items) => items.forEach(({ facts }) => wait(facts.mark, facts.text)),
});

function draw(entry) {
  shown.get(entry.mark)?.remove();
  shown.delete(entry.mark);
  if (entry.text) line(entry.name, entry.text).dataset.number = entry.number;
}

function wait(mark, text) {
  const item = line("…", text);
  item.classList.add("quiet");
  shown.set(mark, item);
}

function line(name, text) {
  const item = document.createElement("li");
  item.className = "thing";
  item.append(Object.assign(document.createElement("b"), { textContent: name }), ` ${text}`);
  list.append(item);
  return item;
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = form.elements.namedItem("text");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  const mark = form.elements.namedItem("submission").value;
  form.elements.namedItem("submission").value = crypto.randomUUID().replaceAll("-", "");
  wait(mark, text);
  room.send("say", { mark, text }).catch((refusal) => {
    shown.get(mark)?.remove();
    field.value = text;
    place.querySelector("[data-connection]").textContent = refusal.message;
  });
});
