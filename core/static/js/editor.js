// A rich-text editor in place of a text area. The text area stays in the form and is what is sent: if
// the editor cannot be loaded one goes on typing there.

import { icon, say, words } from "./page.js";
import { fromEditor, fromText, remember, toEditor } from "./markup.js";

let loading;

/** The editor of a text area; null when it cannot be had. */
export async function open(area) {
  if (area.editorElement) return area.editorElement;
  if (area.opening) return area.opening;
  area.opening = replace(area);
  const element = await area.opening;
  delete area.opening;
  return element;
}

async function replace(area) {
  try {
    loading ??= load();
    await loading;
  } catch {
    loading = undefined;
    return null;
  }
  const hadFocus = document.activeElement === area;
  const element = build(area);
  await new Promise((ready) => element.addEventListener("trix-initialize", ready, { once: true }));
  element.editor.loadHTML(toEditor(initial(area)));
  area.hidden = true;
  follow(area, element);
  if (hadFocus) {
    element.focus();
    element.editor.setSelectedRange(element.editor.getDocument().toString().length - 1);
  }
  return element;
}

async function load() {
  const { editorJs, editorCss } = document.body.dataset;
  await Promise.all([style(editorCss), script(editorJs)]);
}

function style(url) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
  return new Promise((resolve, reject) => {
    sheet.addEventListener("load", resolve);
    sheet.addEventListener("error", () => reject(new Error(url)));
    document.head.append(sheet);
  });
}

// As it starts, the library writes two <style> elements, which the policy of the site forbids. For that
// moment another element stands in for them; what is in it is then adopted as style sheets.
async function script(url) {
  document.createElement = (name, options) =>
    Document.prototype.createElement.call(document, name === "style" ? "noscript" : name, options);
  try {
    const { default: Trix } = await import(url);
    configure(Trix.config);
  } finally {
    delete document.createElement;
  }
  for (const written of document.head.querySelectorAll("noscript[data-tag-name]")) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(written.textContent);
    document.adoptedStyleSheets.push(sheet);
    written.remove();
  }
}

function configure(config) {
  config.blockAttributes.heading1.tagName = "h2";
  config.textAttributes.sup = { tagName: "sup", inheritable: true };
  config.textAttributes.sub = { tagName: "sub", inheritable: true };
  config.toolbar.getDefaultHTML = () => "";
}

const BUTTONS = [
  [
    ["bold", "type-bold", { trixAttribute: "bold", trixKey: "b" }],
    ["italic", "type-italic", { trixAttribute: "italic", trixKey: "i" }],
    ["strike", "type-strikethrough", { trixAttribute: "strike" }],
    ["link", "link-45deg", { trixAttribute: "href", trixAction: "link", trixKey: "k" }],
  ],
  [
    ["heading", "type-h2", { trixAttribute: "heading1" }],
    ["quotation", "quote", { trixAttribute: "quote" }],
    ["bullets", "list-ul", { trixAttribute: "bullet" }],
    ["numbers", "list-ol", { trixAttribute: "number" }],
    ["outdent", "text-indent-right", { trixAction: "decreaseNestingLevel" }],
    ["indent", "text-indent-left", { trixAction: "increaseNestingLevel" }],
  ],
  [
    ["sup", "superscript", { trixAttribute: "sup" }],
    ["sub", "subscript", { trixAttribute: "sub" }],
    ["code", "code-slash", { trixAttribute: "code" }],
  ],
  [
    ["undo", "arrow-counterclockwise", { trixAction: "undo", trixKey: "z" }],
    ["redo", "arrow-clockwise", { trixAction: "redo", trixKey: "shift+z" }],
  ],
];

function build(area) {
  const bar = document.createElement("trix-toolbar");
  bar.id = `${area.id}-toolbar`;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  bar.append(buttons(), linkDialog());
  const element = document.createElement("trix-editor");
  element.id = `${area.id}-editor`;
  element.className = "form-control prose";
  element.setAttribute("toolbar", bar.id);
  element.setAttribute("role", "textbox");
  element.setAttribute("aria-multiline", "true");
  describe(area, element);
  const frame = document.createElement("div");
  frame.className = "editor";
  frame.append(bar, element);
  area.after(frame);
  area.editorElement = element;
  rove(bar);
  return element;
}

function describe(area, element) {
  const label = area.labels?.[0];
  if (label) {
    label.id ||= `${area.id}-label`;
    element.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => element.focus());
  }
  for (const name of ["aria-describedby", "aria-invalid", "aria-label", "placeholder"]) {
    if (area.hasAttribute(name)) element.setAttribute(name, area.getAttribute(name));
  }
  if (area.required) {
    element.setAttribute("aria-required", "true");
    area.required = false; // a field that is not shown cannot be complained about by the browser
  }
}

function buttons() {
  const row = Object.assign(document.createElement("div"), { className: "editor-buttons" });
  for (const group of BUTTONS) {
    const part = Object.assign(document.createElement("span"), { className: "editor-group" });
    part.append(...group.map(([word, name, attributes]) => button(word, name, attributes)));
    row.append(part);
  }
  return row;
}

function button(word, name, attributes) {
  const made = document.createElement("button");
  made.type = "button";
  made.tabIndex = -1;
  made.title = words[word];
  made.setAttribute("aria-label", words[word]);
  Object.assign(made.dataset, attributes);
  made.append(icon(name));
  return made;
}

function linkDialog() {
  const input = Object.assign(document.createElement("input"), { type: "url", name: "href", className: "form-control", required: true, placeholder: "https://" });
  input.setAttribute("aria-label", words.url);
  input.dataset.trixInput = "";
  const set = dialogButton(words.link, "setAttribute", "btn btn-primary btn-sm");
  const remove = dialogButton(words.unlink, "removeAttribute", "btn btn-quiet btn-sm");
  const dialog = Object.assign(document.createElement("div"), { className: "editor-dialog" });
  Object.assign(dialog.dataset, { trixDialog: "href", trixDialogAttribute: "href" });
  dialog.append(input, set, remove);
  // Outside the editor these fields would be part of the form that is sent, and stop it when empty.
  input.disabled = true;
  return dialog;
}

function dialogButton(label, method, className) {
  const made = Object.assign(document.createElement("input"), { type: "button", value: label, className });
  made.dataset.trixMethod = method;
  return made;
}

// One stop of the tab key for the whole toolbar; arrows go along it.
function rove(bar) {
  const all = [...bar.querySelectorAll(".editor-buttons button")];
  all[0].tabIndex = 0;
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = all.indexOf(document.activeElement);
    if (!by || here < 0) return;
    event.preventDefault();
    all[here].tabIndex = -1;
    const next = all[(here + by + all.length) % all.length];
    next.tabIndex = 0;
    next.focus();
  });
}

function initial(area) {
  const format = formatOf(area);
  if (format?.value === "html" && !("html" in area.dataset)) return area.value;
  if (area.value === area.defaultValue && area.dataset.html) return area.dataset.html;
  return fromText(area.value);
}

function formatOf(area) {
  return document.getElementById(`${area.id}-format`);
}

function follow(area, element) {
  const format = formatOf(area);
  const copy = () => {
    area.value = fromEditor(element.value);
    if (format) format.value = "html";
  };
  copy();
  element.addEventListener("trix-change", () => {
    copy();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  element.addEventListener("trix-file-accept", (event) => {
    event.preventDefault();
    handOver(element, event.file);
  });
  element.addEventListener("trix-toolbar-dialog-show", () => markButtons(element));
  element.addEventListener("trix-attributes-change", () => markButtons(element));
  if (area.dataset.mentionsUrl) {
    import("./mentions.js").then((module) => module.attach(element, area.dataset.mentionsUrl));
  }
}

// A file has its place below the text: whether the form has one for it, its listener says.
function handOver(element, file) {
  const offer = new CustomEvent("file-offered", { bubbles: true, cancelable: true, detail: file });
  if (element.dispatchEvent(offer)) say(words.noFiles, "warning");
}

function markButtons(element) {
  for (const made of element.toolbarElement.querySelectorAll("[data-trix-attribute]")) {
    made.setAttribute("aria-pressed", String(element.editor.attributeIsActive(made.dataset.trixAttribute)));
  }
}

/** Put this HTML in place of what is there. Answers false when there is no editor. */
export async function fill(area, html) {
  const element = await open(area);
  element?.editor.loadHTML(toEditor(html));
  return Boolean(element);
}

/** Put a quote at the end. Answers false when there is no editor to put it into. */
export async function quote(area, { author, url, text }) {
  const element = await open(area);
  if (!element) return false;
  const { editor } = element;
  element.focus();
  editor.setSelectedRange(editor.getDocument().toString().length - 1);
  if (editor.getDocument().toString().trim()) editor.insertLineBreak();
  remember.quote(url, author);
  const source = document.createElement("a");
  source.href = url;
  source.textContent = author;
  editor.insertHTML(`<blockquote>${source.outerHTML}<br>${fromText(text)}</blockquote><div><br></div>`);
  editor.setSelectedRange(editor.getDocument().toString().length - 1);
  return true;
}
