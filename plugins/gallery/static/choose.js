// Choosing pictures: how many are chosen is told, all can be ticked at once, and a row of them with Shift.

const form = document.querySelector("form[data-chosen]");
const boxes = form ? [...form.querySelectorAll("input[name=picture]")] : [];
let last = null;

function tell() {
  const place = form.querySelector(".chosen-count");
  place.hidden = false;
  place.textContent = form.dataset.chosen.replace("{n}", boxes.filter((box) => box.checked).length);
}

form?.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=picture]");
  if (box) {
    if (event.shiftKey && last) {
      const [from, till] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const each of boxes.slice(from, till + 1)) each.checked = box.checked;
    }
    last = box;
  }
  if (event.target.closest("[data-choose-all]")) {
    const all = boxes.every((each) => each.checked);
    for (const each of boxes) each.checked = !all;
  }
  tell();
});
form?.querySelector("[data-choose-all]").removeAttribute("hidden");
if (form) tell();
