// Select words in a post and quote them, or quote the whole post with its button.

import { icon, words } from "./page.js";

const LONGEST = 2000;
let button;

// Without the editor, as letters do it.
function plainly(area, { author, text }) {
  const lines = text.split("\n").map((line) => `> ${line}`);
  area.value = `${area.value}${area.value ? "\n\n" : ""}${author}:\n${lines.join("\n")}\n\n`;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

/** Start on a page that has posts and a place to answer them. */
export function wake(root) {
  if (!composer()) return;
  for (const link of root.querySelectorAll("[data-post]:has([data-quotable]) a[data-reply]:not(:has(+ [data-quote]))")) link.after(wholeButton());
  if (button) return;
  button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-primary btn-sm quote-button";
  button.hidden = true;
  button.append(icon("quote"), ` ${words.quote}`);
  document.addEventListener("selectionchange", offer);
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const { post, text } = selected();
    button.hidden = true;
    getSelection().removeAllRanges();
    insert(post, text);
  });
  document.addEventListener("click", (event) => {
    const whole = event.target.closest("[data-quote]");
    const post = whole?.closest("[data-post]")?.querySelector("[data-quotable]");
    if (post) insert(post, withoutQuotes(post));
  });
}

function wholeButton() {
  const whole = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-sm" });
  whole.dataset.quote = "";
  whole.append(icon("quote"), Object.assign(document.createElement("span"), { textContent: ` ${words.quote}` }));
  return whole;
}

function composer() {
  return document.querySelector("form[data-composer] textarea");
}

function selected() {
  const selection = getSelection();
  const post = closest(selection.anchorNode);
  const text = selection.toString().trim();
  return post && post === closest(selection.focusNode) && text ? { post, text } : {};
}

function closest(node) {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest("[data-quotable]") ?? null;
}

function offer() {
  const { post } = selected();
  if (!post) {
    if (document.activeElement !== button) button.hidden = true;
    return;
  }
  const place = getSelection().getRangeAt(0).getBoundingClientRect();
  post.after(button); // beside the words in the order of the tab key, too
  button.hidden = false;
  const frame = (button.offsetParent ?? document.body).getBoundingClientRect();
  button.style.left = `${Math.max(8, Math.min(place.left, innerWidth - button.offsetWidth - 8)) - frame.left}px`;
  button.style.top = `${place.bottom + 6 - frame.top}px`;
}

function withoutQuotes(post) {
  const copy = post.cloneNode(true);
  copy.querySelectorAll("blockquote").forEach((quote) => quote.remove());
  copy.querySelectorAll("br").forEach((end) => end.replaceWith(" "));
  return [...(copy.children.length ? copy.children : [copy])]
    .flatMap((block) => [...(block.matches("ul, ol") ? block.children : [block])])
    .map((block) => block.textContent.trim().replace(/\s+/g, " "))
    .filter(Boolean)
    .join("\n");
}

async function insert(post, text) {
  const head = post.parentElement.querySelector(".post-head");
  const source = new URL(post.dataset.quoteUrl ?? head?.querySelector(".post-time")?.href ?? "", location.href);
  const quoted = {
    author: post.dataset.quoteAuthor ?? head?.querySelector(".post-author")?.textContent,
    url: source.pathname + source.search + source.hash,
    text: text.slice(0, LONGEST),
  };
  const area = composer();
  area.closest("form").scrollIntoView({ block: "nearest" });
  const editor = await import("./editor.js").catch(() => null);
  if (!(await editor?.quote(area, quoted))) plainly(area, quoted);
}
