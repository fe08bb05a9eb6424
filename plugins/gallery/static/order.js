// Putting pictures into order: dragged by mouse, or moved by Alt and the arrow keys. Each move is saved
// at once; one that cannot be saved is taken back. Without this script buttons do the same.

import { send, say } from "../js/page.js";

const list = document.querySelector("[data-order]");
const said = document.querySelector("[data-order-said]");
let dragged = null;

for (const tile of list?.children ?? []) {
  tile.draggable = true;
  tile.tabIndex = 0;
  tile.setAttribute("aria-describedby", "order-how");
  for (const picture of tile.querySelectorAll("img")) picture.draggable = false;
}

function target(event) {
  const tile = event.target.closest?.("[data-picture]");
  return tile && tile !== dragged ? tile : null;
}

function unmark() {
  for (const tile of list.querySelectorAll(".shot-target")) tile.classList.remove("shot-target");
}

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-picture]");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.title);
  requestAnimationFrame(() => dragged?.classList.add("shot-dragged"));
});
list?.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  unmark();
  target(event)?.classList.add("shot-target");
});
list?.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const tile = target(event);
  if (!tile) return;
  const box = tile.getBoundingClientRect();
  move(dragged, event.clientX > box.left + box.width / 2 ? tile.nextElementSibling : tile);
});
list?.addEventListener("dragend", () => {
  dragged?.classList.remove("shot-dragged");
  dragged = null;
  unmark();
});

list?.addEventListener("keydown", (event) => {
  if (!event.altKey || event.target.closest("button")) return;
  const tile = event.target.closest("[data-picture]");
  const forward = ["ArrowRight", "ArrowDown"].includes(event.key);
  if (!tile || !(forward || ["ArrowLeft", "ArrowUp"].includes(event.key))) return;
  event.preventDefault();
  const beside = forward ? tile.nextElementSibling : tile.previousElementSibling;
  if (beside) move(tile, forward ? beside.nextElementSibling : beside);
});

async function move(tile, before) {
  const back = tile.nextElementSibling;
  if (before === tile || before === back) return;
  list.insertBefore(tile, before);
  tile.focus();
  const place = Number(list.dataset.orderFirst) + [...list.children].indexOf(tile) + 1;
  said.textContent = list.dataset.orderMoved.replace("{title}", tile.dataset.title).replace("{n}", place).replace("{total}", list.dataset.orderTotal);
  // At the end of a page that is not the last one the next picture is on the next page.
  const end = before ? { before: before.dataset.picture } : { after: tile.previousElementSibling?.dataset.picture ?? "" };
  const answer = await send(list.dataset.order, { picture: tile.dataset.picture, ...end }).catch(() => null);
  if (answer?.ok) return;
  list.insertBefore(tile, back);
  say(list.dataset.orderFailed, "danger");
}
