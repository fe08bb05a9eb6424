// The room fills the window; on a phone with its keyboard open it has all that is left.

const TOUCH = matchMedia("(max-width: 767.98px)");

export function fitWindow(place) {
  const view = window.visualViewport ?? { addEventListener() {}, height: innerHeight, offsetTop: 0 };
  const input = place.querySelector(".chat-input");

  function fit() {
    const alone = TOUCH.matches && document.activeElement === input;
    document.body.classList.toggle("chat-alone", alone);
    const bar = [...document.querySelectorAll(".bottom")].find((each) => each.offsetHeight);
    const top = alone ? 0 : place.getBoundingClientRect().top + scrollY;
    const left = view.height - top - (alone ? 0 : bar?.offsetHeight ?? 0) - (TOUCH.matches ? 0 : 24);
    place.style.setProperty("--chat-height", `${Math.max(alone ? 160 : 320, Math.round(left))}px`);
    place.style.setProperty("--chat-top", `${Math.round(view.offsetTop)}px`);
  }

  for (const event of ["resize", "scroll"]) view.addEventListener(event, fit);
  addEventListener("resize", fit);
  input?.addEventListener("focus", fit);
  input?.addEventListener("blur", () => setTimeout(fit, 200));
  document.fonts?.ready.then(fit);
  fit();
}

/** Timers of steps go on by themselves; what is over says by how much. */
export function tick() {
  for (const timer of document.querySelectorAll("[data-chat-timer]")) {
    if (!timer.dataset.chatTimer) continue;
    const left = Math.round((new Date(timer.dataset.chatTimer) - Date.now()) / 1000);
    const time = `${Math.floor(Math.abs(left) / 60)}:${String(Math.abs(left) % 60).padStart(2, "0")}`;
    const words = left >= 0 ? time : timer.dataset.over.replace("{time}", time);
    if (timer.textContent !== words) timer.textContent = words;
  }
}
