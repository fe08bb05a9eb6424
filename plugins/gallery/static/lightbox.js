// Pictures of an album, one after another over the whole screen. Without this script each is a page.

let loading = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest(".shots[data-lightbox] .shot-link[data-large]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link.closest(".shots"), link).catch(() => location.assign(link.href));
});

async function open(album, chosen) {
  const links = [...album.querySelectorAll(".shot-link[data-large]")];
  const words = JSON.parse(album.dataset.lightboxWords);
  const { default: PhotoSwipe } = await load(album.dataset);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const shown = new PhotoSwipe({
    dataSource: links.map(slide),
    index: links.indexOf(chosen),
    bgOpacity: 0.96,
    loop: false,
    returnFocus: false, // to the picture one looked at last, not to the first
    ...(still ? { showHideAnimationType: "none" } : {}),
    closeTitle: words.close,
    zoomTitle: words.zoom,
    arrowPrevTitle: words.previous,
    arrowNextTitle: words.next,
    errorMsg: words.failed,
  });
  shown.on("uiRegister", () => register(shown, links, words));
  shown.on("destroy", () => links[shown.currIndex]?.focus());
  goBack(shown);
  shown.init();
}

function load({ lightbox, lightboxStyle }) {
  loading ??= new Promise((done) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: lightboxStyle });
    style.addEventListener("load", done);
    style.addEventListener("error", done);
    document.head.append(style);
  }).then(() => import(lightbox));
  loading.catch(() => { loading = null; });
  return loading;
}

function slide(link) {
  const { large, sizes, width, height, words } = link.dataset;
  const seen = link.querySelector(".shot-picture");
  return {
    src: large, srcset: sizes || undefined, width: Number(width), height: Number(height), alt: words,
    msrc: seen?.complete ? seen.currentSrc : link.querySelector(".shot-glimpse")?.src, element: link,
  };
}

// The caption is read aloud as one goes from picture to picture; a link leads to what is said of it.
function register(shown, links, words) {
  shown.element.setAttribute("aria-label", document.title);
  shown.ui.registerElement({
    name: "sreda-caption", order: 9, isButton: false, appendTo: "root",
    onInit(place) {
      place.setAttribute("role", "status");
      shown.on("change", () => {
        const link = links[shown.currIndex];
        const count = words.of.replace("{n}", shown.currIndex + 1).replace("{total}", links.length);
        const text = Object.assign(document.createElement("span"), { textContent: link.dataset.words });
        const hidden = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: `, ${count}` });
        const page = Object.assign(document.createElement("a"), { href: link.href, textContent: words.page });
        place.replaceChildren(text, hidden, page);
      });
    },
  });
}

// On a phone "back" closes the picture and not the album.
function goBack(shown) {
  let closedByBack = false;
  const back = () => {
    closedByBack = true;
    shown.close();
  };
  history.pushState({ picture: true }, "");
  addEventListener("popstate", back);
  shown.on("destroy", () => {
    removeEventListener("popstate", back);
    if (!closedByBack && history.state?.picture) history.back();
  });
}
