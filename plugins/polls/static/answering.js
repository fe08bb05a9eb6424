// Answering a poll: what is typed is kept at every pause, questions that do not concern one are out
// of sight, and things are put into order by buttons. All of it works without, too.

const PAUSE = 1200;

for (const form of document.querySelectorAll("form.poll-form")) {
  follow(form);
  for (const list of form.querySelectorAll("[data-ranking]")) rank(list);
  if (form.dataset.keepUrl) keep(form);
}

// A question that hangs on another is shown when that is answered so.
function follow(form) {
  const hanging = [...form.querySelectorAll("[data-after]")];
  if (!hanging.length) return;
  const show = () => {
    for (const part of hanging) {
      const name = part.dataset.after;
      const above = document.getElementById(name);
      if (!above) continue;
      const wanted = part.dataset.afterOptions.split(" ");
      const chosen = [...above.querySelectorAll("input:checked")].map((input) => input.value);
      part.hidden = above.hidden || !chosen.some((value) => wanted.includes(value));
    }
  };
  form.addEventListener("change", show);
  show();
}

// Places are chosen by moving: the selects behind them are what is sent.
function rank(list) {
  const lines = () => [...list.children];
  const select = (line) => line.querySelector("select");
  const sorted = lines().sort((a, b) => (Number(select(a).value) || 99) - (Number(select(b).value) || 99));
  let touched = lines().some((line) => select(line).value);
  list.previousElementSibling?.setAttribute("hidden", "");
  for (const line of sorted) {
    select(line).hidden = true;
    const place = document.createElement("span");
    place.className = "ranking-place";
    line.prepend(place);
    const text = line.querySelector(".ranking-text").textContent;
    for (const [name, sign, steps] of [[list.dataset.up, "↑", -1], [list.dataset.down, "↓", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet btn-icon";
      button.textContent = sign;
      button.setAttribute("aria-label", `${name}: ${text}`);
      button.addEventListener("click", () => {
        const all = lines();
        const to = Math.max(0, Math.min(all.length - 1, all.indexOf(line) + steps));
        if (steps < 0) list.insertBefore(line, all[to]);
        else all[to].after(line);
        touched = true;
        number();
        button.focus();
        list.dispatchEvent(new Event("change", { bubbles: true }));
      });
      line.append(button);
    }
    list.append(line);
  }
  const number = () => {
    lines().forEach((line, index) => {
      line.querySelector(".ranking-place").textContent = index + 1;
      select(line).value = touched ? index + 1 : "";
    });
  };
  number();
  // The order that one leaves as it is, is an answer as well.
  list.closest("form").addEventListener("submit", () => { touched = true; number(); });
}

function keep(form) {
  const state = form.querySelector("[data-keep-state]");
  let waiting;
  const send = async () => {
    waiting = undefined;
    const body = new FormData(form);
    const answer = await fetch(form.dataset.keepUrl, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && state) state.textContent = form.dataset.kept || "";
  };
  form.addEventListener("input", () => {
    if (state) state.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(send, PAUSE);
  });
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || waiting === undefined) return;
    clearTimeout(waiting);
    waiting = undefined;
    navigator.sendBeacon(form.dataset.keepUrl, new FormData(form));
  });
}
