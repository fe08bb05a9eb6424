// The field of files: several at once with a bar each, chosen, dropped or pasted. Without this script
// the same field sends them with the form.

import { icon, hiddenWords, say, words as common } from "./page.js";
import { Refusal, Sending, renewToken } from "./sending.js";

const AT_ONCE = 2;
const KEPT_FOR = 20 * 3600 * 1000; // the site forgets what no form has named within a day
const fields = new Set();

export function wake(root) {
  for (const place of root.querySelectorAll("fieldset[data-uploads]")) {
    place.uploads ??= new Uploads(place);
  }
}

class Uploads {
  constructor(place) {
    fields.add(this);
    this.place = place;
    this.form = place.closest("form");
    this.words = JSON.parse(place.dataset.words);
    this.list = place.querySelector("ul");
    this.input = place.querySelector("input[type=file]");
    this.status = place.querySelector("[role=status]");
    this.key = this.form.dataset.draftPlace && `uploads:${document.body.dataset.viewer}:${this.form.dataset.draftPlace}`;
    for (const row of this.list.children) new Row(this, row).adopt();
    if (!this.list.children.length) this.restore();
    this.dress();
    this.input.addEventListener("change", () => this.takeChosen());
    this.takeChosen();
    place.addEventListener("focusin", () => this.tellSpace(), { once: true });
    this.form.addEventListener("paste", (event) => this.pasted(event));
    this.form.addEventListener("file-offered", (event) => this.offered(event));
    // Before whoever else sends the form: it waits for its files.
    this.form.addEventListener("submit", (event) => this.hold(event), { capture: true });
    this.form.addEventListener("sent", () => this.empty());
  }

  // Some are chosen before this script has come, on a slow link.
  takeChosen() {
    if (!this.input.files.length) return;
    this.add([...this.input.files]);
    this.input.value = "";
  }

  // A button in the reader's language in place of the browser's own.
  dress() {
    this.place.querySelector("[data-drop]").hidden = false;
    this.place.querySelector(".attach-drop > label").className = "btn btn-outline-primary";
    this.input.classList.add("visually-hidden");
  }

  rows() {
    return [...this.list.children].map((element) => element.row);
  }

  add(files) {
    this.unfold();
    this.tellSpace();
    for (const file of files) {
      const row = new Row(this, document.createElement("li"));
      this.list.append(row.element);
      row.begin(file, this.refusal(file));
    }
    this.next();
  }

  // What is certain before anything is sent.
  refusal(file) {
    const { most, limit } = this.place.dataset;
    if (this.rows().filter((row) => !row.failed).length > Number(most)) return this.words.too_many;
    if (file.size > Number(limit)) return this.words.too_large;
    return file.size ? "" : this.words.empty;
  }

  next() {
    const rows = this.rows();
    const free = AT_ONCE - rows.filter((row) => row.sending).length;
    for (const row of rows.filter((each) => each.waits).slice(0, Math.max(0, free))) row.send();
    if (rows.some((row) => row.sending || row.waits)) return;
    if (this.held && !rows.some((row) => row.failed)) this.form.requestSubmit(this.held.submitter);
    this.held = null;
  }

  // The form goes when the files have come.
  hold(event) {
    const rows = this.rows();
    if (event.defaultPrevented) return;
    if (rows.some((row) => row.sending || row.waits)) {
      event.preventDefault();
      this.held = { submitter: event.submitter };
      this.announce(this.words.hold);
      say(this.words.hold);
      return;
    }
    setTimeout(() => event.defaultPrevented || this.forget());
  }

  // Its files went with the text, which is on its way now or has come.
  empty() {
    this.forget();
    this.list.replaceChildren();
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    // A word processor offers a picture of its text beside the text; the editor takes its own.
    if (!files.length || event.target.closest("trix-editor") || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    this.add(files.map(named));
    this.announce(this.words.below);
  }

  offered(event) {
    event.preventDefault();
    this.add([named(event.detail)]);
    this.announce(this.words.below);
  }

  announce(text) {
    this.status.textContent = text;
  }

  async tellSpace() {
    if (this.asked) return;
    this.asked = true;
    const answer = await fetch(this.place.dataset.uploads, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (told) this.place.querySelector("[data-space]").textContent = told.words;
  }

  known() {
    return this.rows().filter((row) => row.known).map((row) => row.known);
  }

  // In a small form the field is folded away; what comes into it is seen.
  unfold() {
    const fold = this.place.closest("details");
    if (fold) fold.open = true;
  }

  bring(files) {
    if (files.length) this.unfold();
    for (const known of files) {
      const row = new Row(this, document.createElement("li"));
      this.list.append(row.element);
      row.show(known);
    }
  }

  // Files that were sent for a text which is still a draft come back with it.
  keep() {
    if (!this.key) return;
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), known: this.known() }));
  }

  restore() {
    const kept = this.key && JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept || Date.now() - kept.at > KEPT_FOR) return;
    this.bring(kept.known);
  }

  forget() {
    if (this.key) localStorage.removeItem(this.key);
  }
}

class Row {
  constructor(field, element) {
    Object.assign(this, { field, element });
    element.row = this;
    element.className = "upload";
  }

  // A line that the site has drawn with a tick.
  adopt() {
    const tick = this.element.querySelector("input");
    const { name, size } = this.element.dataset;
    const face = this.element.querySelector("img, svg");
    this.show({ id: tick.value, name, size, face }, tick.name);
  }

  build(name, face, words) {
    this.name = name;
    this.words = Object.assign(document.createElement("span"), { className: "quiet", textContent: words });
    this.bar = Object.assign(document.createElement("progress"), { max: 1, value: 0, hidden: true });
    this.bar.setAttribute("aria-label", name);
    const text = Object.assign(document.createElement("div"), { className: "upload-words" });
    text.append(Object.assign(document.createElement("span"), { className: "upload-name", textContent: name }), this.words, this.bar);
    this.buttons = Object.assign(document.createElement("div"), { className: "upload-buttons" });
    this.element.replaceChildren(face, text, this.buttons);
  }

  offer(...buttons) {
    this.buttons.replaceChildren(...buttons.map(([drawing, label, act]) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-icon", title: label });
      made.dataset.act = drawing;
      made.append(icon(drawing), hiddenWords(`${label}: ${this.name}`));
      made.addEventListener("click", act);
      return made;
    }));
  }

  begin(file, refusal) {
    this.file = file;
    this.build(file.name, icon("file-earmark"), this.field.words.waiting);
    if (refusal) this.fail(refusal, false);
    else this.waits = true;
    if (!refusal) this.offer(this.remover(this.field.words.cancel));
  }

  async send() {
    const { uploads: url, accept } = this.field.place.dataset;
    this.waits = this.failed = false;
    this.element.classList.remove("upload-failed");
    this.bar.hidden = false;
    this.offer(this.remover(this.field.words.cancel));
    this.sending = new Sending(this.file, { url, accept, changed: (bytes, lost) => this.moved(bytes, lost) });
    try {
      const known = await this.sending.finish();
      this.sending = null;
      if (known) this.arrived(known);
    } catch (error) {
      this.sending = null;
      this.fail(error.message || this.field.words.lost, error instanceof Refusal && error.again);
    }
    this.field.next();
  }

  moved(bytes, lost) {
    const share = this.file.size ? bytes / this.file.size : 1;
    this.bar.value = share;
    const { words } = this.field;
    this.words.textContent = lost ? words.broken : share < 1 ? `${words.sent}: ${Math.floor(share * 100)} %` : words.looking;
  }

  arrived(known) {
    this.show(known);
    this.field.announce(`${known.name}: ${this.field.words.added}`);
    this.field.keep();
  }

  show(known, fieldName = this.field.input.name) {
    this.known = { id: known.id, name: known.name, size: known.size, preview: known.preview, icon: known.icon };
    this.build(known.name, known.face ?? face(known), known.size);
    this.element.append(Object.assign(document.createElement("input"), { type: "hidden", name: fieldName, value: known.id }));
    const { words } = this.field;
    this.offer(
      ["chevron-up", words.up, () => this.move(-1)],
      ["chevron-down", words.down, () => this.move(1)],
      this.remover(words.remove),
    );
  }

  fail(sentence, again) {
    const { words } = this.field;
    this.failed = true;
    this.bar.hidden = true;
    this.element.classList.add("upload-failed");
    this.words.textContent = sentence;
    this.field.announce(`${this.name}: ${sentence}`);
    const retry = ["arrow-repeat", words.again, async () => {
      this.failed = false;
      await renewToken();
      this.waits = true;
      this.field.next();
    }];
    this.offer(...(again ? [retry] : []), this.remover(words.remove));
  }

  remover(label) {
    return ["x", label, () => {
      this.sending?.cancel();
      const beside = this.element.nextElementSibling ?? this.element.previousElementSibling;
      this.element.remove();
      (beside?.querySelector("button:last-child") ?? this.field.input).focus();
      this.field.announce(`${this.name}: ${this.field.words.removed}`);
      this.field.keep();
      this.field.next();
    }];
  }

  move(by) {
    const other = by < 0 ? this.element.previousElementSibling : this.element.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(this.element);
    else other.after(this.element);
    this.buttons.children[by < 0 ? 0 : 1].focus();
    const place = [...this.field.list.children].indexOf(this.element) + 1;
    this.field.announce(`${this.name}: ${place} / ${this.field.list.children.length}`);
    this.field.keep();
  }
}

function face({ preview, icon: name }) {
  if (!preview) return icon(name ?? "file-earmark");
  return Object.assign(document.createElement("img"), { className: "upload-picture", src: preview, alt: "", width: 40, height: 40 });
}

// Pictures from the clipboard are all called alike.
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date().toISOString().slice(0, 19).replaceAll(":", "-").replace("T", " ");
  return new File([file], file.name.replace("image", now), { type: file.type });
}

// A file that misses its field would be opened in place of the page, with everything typed in it.
function over(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  for (const field of fields) field.place.classList.add("attach-over");
}

function left() {
  for (const field of fields) field.place.classList.remove("attach-over");
}

document.addEventListener("dragover", over);
document.addEventListener("dragleave", (event) => event.relatedTarget || left());
document.addEventListener("drop", (event) => {
  left();
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!files.length || event.target.closest("trix-editor")) return;
  event.preventDefault();
  const field = event.target.closest("form")?.querySelector("fieldset[data-uploads]")?.uploads ?? [...fields].findLast((each) => each.place.isConnected);
  if (field) field.add(files);
  else say(common.failed, "warning");
});
