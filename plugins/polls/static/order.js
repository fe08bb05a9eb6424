// Questions are dragged into order, also from one section into another. The buttons beside them do
// the same by keyboard and without script.

const root = document.querySelector("[data-order-url]");
const state = document.querySelector("[data-order-state]");

function order() {
  return [...root.querySelectorAll("[data-section]")].map((section) => {
    const numbers = [...section.querySelectorAll("[data-question]")].map((line) => line.dataset.question);
    return `${section.dataset.section}:${numbers.join(",")}`;
  }).join(";");
}

async function store() {
  const body = new FormData();
  body.set("order", order());
  body.set("csrf_token", root.querySelector("input[name=csrf_token]").value);
  const answer = await fetch(root.dataset.orderUrl, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) state.textContent = root.dataset.moved;
  else location.reload();
}

function makeGrip(line) {
  const grip = document.createElement("button");
  grip.type = "button";
  grip.className = "editor-grip";
  grip.tabIndex = -1;
  grip.title = root.dataset.grip;
  grip.setAttribute("aria-hidden", "true");
  grip.textContent = "⠿";
  line.prepend(grip);
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const before = order();
    line.classList.add("editor-moving");
    const follow = (moved) => place(line, moved.clientX, moved.clientY);
    const end = () => {
      line.classList.remove("editor-moving");
      grip.removeEventListener("pointermove", follow);
      if (order() !== before) store();
    };
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  });
}

function place(line, x, y) {
  const section = [...root.querySelectorAll("[data-section]")].find((each) => {
    const box = each.getBoundingClientRect();
    return y >= box.top && y <= box.bottom;
  });
  if (!section) return;
  const list = section.querySelector("[data-questions]");
  const next = [...list.children].find((other) => {
    const box = other.getBoundingClientRect();
    return other !== line && y < box.top + box.height / 2;
  });
  if (next) next.before(line);
  else list.append(line);
}

if (root) for (const line of root.querySelectorAll("[data-question]")) makeGrip(line);
