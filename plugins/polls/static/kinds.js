// The editor of a question shows what the chosen kind of answer needs.

const chooser = document.querySelector("select[name=kind]");
const parts = [...document.querySelectorAll("[data-for-kinds]")];
const show = () => {
  for (const part of parts) part.hidden = !part.dataset.forKinds.split(" ").includes(chooser.value);
};
chooser?.addEventListener("change", show);
if (chooser) show();
