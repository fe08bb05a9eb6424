// Single keys for those who like them: "/" searches, "j" and "k" go from post to post. They get in the
// way of people who dictate, so a switch in the menu of appearance turns them off on this device.

const KEY = "shortcuts";
const toggle = document.querySelector("[data-shortcuts]");

function areOn() {
  return localStorage.getItem(KEY) !== "off";
}

function show() {
  toggle?.setAttribute("aria-pressed", String(areOn()));
}

if (toggle) {
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    if (areOn()) localStorage.setItem(KEY, "off");
    else localStorage.removeItem(KEY);
    show();
  });
}

function step(by) {
  const posts = [...document.querySelectorAll("[data-post]")];
  const top = 100;
  const here = posts.findIndex((post) => post.contains(document.activeElement));
  const above = posts.findLastIndex((post) => post.getBoundingClientRect().top <= top);
  const next = posts[Math.max(0, (here >= 0 ? here : by > 0 ? above : above + 1) + by)];
  if (!next) return;
  next.setAttribute("tabindex", "-1");
  next.focus({ preventScroll: true });
  next.scrollIntoView();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  if (event.target.closest("input, textarea, select, dialog, trix-editor, [contenteditable]")) return;
  if (event.key === "/") {
    const search = document.querySelector('input[type="search"]');
    if (!search) return;
    event.preventDefault();
    search.focus();
  } else if (event.code === "KeyJ") {
    step(1);
  } else if (event.code === "KeyK") {
    step(-1);
  }
});
