// Options of a question, a line each: fields of their own instead of a text area. The text area
// stays behind them and is what is sent; without this script one types into it.

function build(area) {
  if (area.dataset.lined) return;
  area.dataset.lined = "true";
  const words = area.dataset;
  const list = document.createElement("ul");
  list.className = "lines";
  const add = document.createElement("button");
  add.type = "button";
  add.className = "btn btn-quiet btn-sm";
  add.textContent = `+ ${words.add}`;
  area.hidden = true;
  area.after(list, add);

  const lines = () => [...list.children];
  const store = () => {
    area.value = lines().map((line) => line.querySelector("input").value.trim()).filter(Boolean).join("\n");
    lines().forEach((line, index) => {
      const name = words.item.replace("{n}", index + 1);
      line.querySelector("input").setAttribute("aria-label", name);
      for (const button of line.querySelectorAll("button")) button.setAttribute("aria-label", `${button.dataset.name}: ${name}`);
    });
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const move = (line, steps) => {
    const all = lines();
    const place = Math.max(0, Math.min(all.length - 1, all.indexOf(line) + steps));
    if (steps < 0) list.insertBefore(line, all[place]);
    else all[place].after(line);
    store();
  };

  function makeLine(text, after) {
    const line = document.createElement("li");
    line.className = "line";
    const grip = button("line-grip", words.drag, "⠿");
    grip.tabIndex = -1;
    const input = document.createElement("input");
    input.className = "form-control";
    input.maxLength = 200;
    input.value = text;
    input.autocomplete = "off";
    const up = button("btn btn-quiet btn-icon", words.up, "↑", () => { move(line, -1); up.focus(); });
    const down = button("btn btn-quiet btn-icon", words.down, "↓", () => { move(line, 1); down.focus(); });
    const remove = button("btn btn-quiet btn-icon", words.remove, "×", () => {
      const next = line.nextElementSibling || line.previousElementSibling;
      if (lines().length > 1) line.remove();
      else input.value = "";
      (next || line).querySelector("input").focus();
      store();
    });
    input.addEventListener("input", store);
    input.addEventListener("keydown", (event) => keys(event, line, input));
    input.addEventListener("paste", (event) => paste(event, line, input));
    line.append(grip, input, up, down, remove);
    drag(grip, line);
    if (after) after.after(line);
    else list.append(line);
    return input;
  }

  function keys(event, line, input) {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(line, event.key === "ArrowUp" ? -1 : 1);
      input.focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const next = line.nextElementSibling?.querySelector("input");
      if (next && !next.value) next.focus();
      else makeLine("", line).focus();
      store();
    } else if (event.key === "Backspace" && !input.value && lines().length > 2) {
      event.preventDefault();
      const former = line.previousElementSibling || line.nextElementSibling;
      line.remove();
      former.querySelector("input").focus();
      store();
    }
  }

  // Several lines that are pasted are several options.
  function paste(event, line, input) {
    const texts = event.clipboardData.getData("text").split(/\r?\n/).map((text) => text.trim()).filter(Boolean);
    if (texts.length < 2) return;
    event.preventDefault();
    if (!input.value) input.value = texts.shift();
    let last = line;
    for (const text of texts) last = makeLine(text, last).parentElement;
    store();
  }

  function drag(grip, line) {
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      line.classList.add("line-moving");
      const follow = (moved) => {
        const target = lines().find((other) => {
          const box = other.getBoundingClientRect();
          return other !== line && moved.clientY > box.top && moved.clientY < box.bottom;
        });
        if (!target) return;
        const box = target.getBoundingClientRect();
        if (moved.clientY < box.top + box.height / 2) target.before(line);
        else target.after(line);
      };
      const end = () => {
        line.classList.remove("line-moving");
        grip.removeEventListener("pointermove", follow);
        store();
      };
      grip.addEventListener("pointermove", follow);
      grip.addEventListener("pointerup", end, { once: true });
      grip.addEventListener("pointercancel", end, { once: true });
    });
  }

  const given = area.value.split("\n").map((text) => text.trim()).filter(Boolean);
  while (given.length < 2) given.push("");
  for (const text of given) makeLine(text);
  add.addEventListener("click", () => {
    makeLine("").focus();
    store();
  });
  const label = document.querySelector(`label[for="${area.id}"]`);
  label?.addEventListener("click", () => list.querySelector("input").focus());
  store();
}

function button(classes, name, sign, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = classes;
  made.dataset.name = name;
  made.title = name;
  made.textContent = sign;
  if (press) made.addEventListener("click", press);
  return made;
}

for (const area of document.querySelectorAll("textarea[data-lines]")) build(area);
document.addEventListener("htmx:after:swap", () => {
  for (const area of document.querySelectorAll("textarea[data-lines]")) build(area);
});

// A date is asked for when it is wanted.
for (const chooser of document.querySelectorAll("[data-reveals]")) {
  const [name, value] = chooser.dataset.reveals.split(":");
  const part = document.querySelector(`[data-revealed="${name}"]`);
  const show = () => { part.hidden = chooser.value !== value; };
  chooser.addEventListener("change", show);
  show();
}
