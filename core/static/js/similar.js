// While a title is being written: what there is already with such a title.

const PAUSE = 400;

for (const box of document.querySelectorAll("[data-similar-url]")) {
  const input = document.getElementById(box.dataset.similarFor);
  let timer, asking;
  const look = () => {
    clearTimeout(timer);
    asking?.abort();
    timer = setTimeout(async () => {
      asking = new AbortController();
      const found = await ask(box.dataset.similarUrl, input.value, asking.signal);
      if (found) show(box, found);
    }, PAUSE);
  };
  input.addEventListener("input", look);
  if (input.value) look();
}

/** The answer, or null where there is none or somebody has typed on. */
async function ask(url, typed, signal) {
  const address = new URL(url, location.href);
  address.searchParams.set("q", typed);
  return fetch(address, { headers: { Accept: "application/json" }, signal })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null);
}

function show(box, found) {
  const items = found.map((each) => {
    const item = document.createElement("li");
    // Looking there must not cost what is being written here.
    item.append(Object.assign(document.createElement("a"), { href: each.url, target: "_blank", textContent: each.title }));
    return item;
  });
  box.querySelector("ul").replaceChildren(...items);
  box.hidden = !items.length;
}
