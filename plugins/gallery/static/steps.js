// On the page of one picture the arrow keys and a swipe lead to its neighbours, as its links do.

const FAR = 60;
const to = (step) => document.querySelector(`[data-step="${step}"]`)?.click();

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, video, trix-editor, [contenteditable]")) return;
  if (event.key === "ArrowLeft") to("previous");
  if (event.key === "ArrowRight") to("next");
});

const picture = document.querySelector(".picture-large");
let begun = null;
picture?.addEventListener("touchstart", (event) => {
  begun = event.touches.length === 1 ? event.touches[0] : null;
}, { passive: true });
picture?.addEventListener("touchend", (event) => {
  const ended = event.changedTouches[0];
  // Whoever has made the page larger moves about in it.
  if (!begun || visualViewport?.scale > 1.05) return;
  const across = ended.clientX - begun.clientX;
  if (Math.abs(across) > FAR && Math.abs(across) > 2 * Math.abs(ended.clientY - begun.clientY)) to(across > 0 ? "previous" : "next");
  begun = null;
}, { passive: true });
