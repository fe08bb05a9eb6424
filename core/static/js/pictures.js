// Small pictures are made a moment after the large one has come; until then a single pixel stands in.

const PAUSES = [2000, 4000, 8000, 16000, 32000];

export function wake(root) {
  for (const picture of root.querySelectorAll("img[data-sized]")) {
    picture.tries ??= 0;
    picture.addEventListener("load", () => again(picture), { once: true });
    if (picture.complete) again(picture);
  }
}

function again(picture) {
  if (picture.naturalWidth > 1 || picture.tries >= PAUSES.length) return;
  setTimeout(() => {
    picture.tries += 1;
    picture.addEventListener("load", () => again(picture), { once: true });
    const { src, srcset } = picture;
    Object.assign(picture, { srcset: "", src: "" });
    Object.assign(picture, { srcset, src });
  }, PAUSES[picture.tries]);
}
