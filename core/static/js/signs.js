// A page of many contents has one form for all their signs, and each button says where it goes.
// Without script the page comes anew; with it only the row of signs is exchanged.

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const row = event.target.id === "signs" && button?.closest(".reactions");
  if (!row) return;
  event.preventDefault();
  const [post, hadFocus] = [row.parentElement, button === document.activeElement];
  await window.htmx.ajax("POST", button.formAction, { source: row, target: row, swap: "outerHTML", values: { sign: button.value, shared: "1" } });
  if (hadFocus) post.querySelector(`.reactions [value="${button.value}"]`)?.focus({ preventScroll: true });
});
