// What every script of a page needs: the words in its language, and the way to send something.

export const words = JSON.parse(document.body.dataset.words);

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Send fields as a form does; a fetch promise. */
export function send(url, fields, options = {}) {
  return fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: new URLSearchParams(fields),
    ...options,
  });
}

/** Say something in the region for messages at the top of the page, with a link if there is one. */
export function say(text, kind = "info", link = null) {
  const message = document.createElement("div");
  message.className = `alert alert-${kind}`;
  const words = Object.assign(document.createElement("div"), { textContent: text });
  if (link) words.append(" ", Object.assign(document.createElement("a"), { href: link.url, textContent: link.label }));
  message.append(words);
  const region = document.getElementById("messages");
  region.append(message);
  makeClosable(message);
  message.scrollIntoView({ block: "nearest" });
}

/** Give a message a button that takes it away. */
export function makeClosable(message) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-icon btn-sm message-close";
  button.append(icon("x"), hiddenWords(words.close));
  button.addEventListener("click", () => message.remove());
  message.append(button);
}

export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

export function hiddenWords(text) {
  return Object.assign(document.createElement("span"), {
    className: "visually-hidden",
    textContent: text,
  });
}
