// No text is lost: a form tells the site what is in it on every pause, and keeps a copy on this device
// for as long as the site cannot be reached.

import { send, words } from "./page.js";

const PAUSE = 1000;
const RETRY = 15000;
const FIELDS = new Set(["textarea", "text", "number", "radio", "select-one"]);
const KEEPALIVE_LIMIT = 60000; // browsers send no more than 64 KB once a page is left

// The site tells by this mark whether this page or another one saved last.
const page = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function wake(root) {
  for (const form of root.querySelectorAll("form[data-draft-url]")) {
    form.drafts ??= new Drafts(form);
  }
}

class Drafts {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]");
    this.key = `draft:${document.body.dataset.viewer}:${form.dataset.draftPlace}`;
    this.seen = form.dataset.draftSaved ?? "";
    this.last = JSON.stringify(this.written());
    this.restore();
    form.addEventListener("input", () => this.later(PAUSE));
    form.addEventListener("submit", (event) => setTimeout(() => event.defaultPrevented || this.stop()));
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
  }

  area() {
    return this.form.querySelector("textarea[data-rich-text], textarea");
  }

  format() {
    return document.getElementById(`${this.area()?.id}-format`);
  }

  title() {
    return this.form.elements.namedItem("title");
  }

  written() {
    const title = this.title()?.value ?? "";
    if ("draftFields" in this.form.dataset) return { title, ...this.each() };
    return { title, body: this.area()?.value ?? "", format: this.format()?.value ?? "text" };
  }

  // Of a form with many fields each is kept by its name; the texts together are what a list of drafts shows.
  each() {
    const named = [...this.form.elements].filter((field) => field.name && FIELDS.has(field.type));
    const chosen = named.filter((field) => field.value && (field.type !== "radio" || field.checked));
    const texts = chosen.filter((field) => field.type === "textarea").map((field) => field.value);
    return {
      body: texts.join("\n\n"),
      format: "text",
      fields: JSON.stringify(Object.fromEntries(chosen.map((field) => [field.name, field.value]))),
    };
  }

  post(written, options) {
    const place = this.form.dataset.draftPlace;
    const origin = { place, page, seen: this.seen, url: location.pathname + location.search };
    return send(this.form.dataset.draftUrl, { ...written, ...origin }, options);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    const written = this.written();
    const now = JSON.stringify(written);
    if (this.stopped || this.choosing || now === this.last) return;
    this.say(words.saving);
    this.sending?.abort();
    this.sending = new AbortController();
    const answer = await this.post(written, { signal: this.sending.signal }).catch((error) => error);
    if (answer.name === "AbortError") return;
    if (answer.ok) this.saved(now, (await answer.json()).saved);
    else if (answer.status === 409) this.choose(await answer.json());
    else this.keep(written);
  }

  saved(what, moment) {
    this.last = what;
    this.seen = moment;
    localStorage.removeItem(this.key);
    this.say(words.saved);
  }

  keep(written) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), written }));
      this.say(words.kept);
    } catch {
      this.say(words.unkept);
    }
    this.later(RETRY);
  }

  // Another page or device saved another text meanwhile: which one is it to be?
  choose(other) {
    this.choosing = true;
    const decide = (act) => () => {
      this.choosing = false;
      this.seen = other.saved;
      this.say("");
      act();
    };
    this.say(
      `${other.error} `,
      choice(words.mine, decide(() => this.save())),
      choice(words.theirs, decide(() => this.fill({ ...other, body: other.html, format: "html" }, other.text))),
    );
  }

  leave() {
    const written = this.written();
    const now = JSON.stringify(written);
    if (this.stopped || this.choosing || now === this.last) return;
    if (now.length * 3 > KEEPALIVE_LIMIT) this.keep(written);
    else this.post(written, { keepalive: true }).catch(() => {});
  }

  // What was sent is no draft any more; a late save would bring it back.
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.sending?.abort();
    localStorage.removeItem(this.key);
  }

  // The text waits elsewhere on this device now, and the form is empty for another.
  sent() {
    this.stopped = false;
    clearTimeout(this.timer);
    this.sending?.abort();
    localStorage.removeItem(this.key);
    this.last = JSON.stringify(this.written());
    this.say("");
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept) return;
    if (kept.at <= (Date.parse(this.seen) || 0)) {
      localStorage.removeItem(this.key);
      return;
    }
    this.fill(kept.written).then(() => this.later(PAUSE));
    this.say(words.restored);
  }

  async fill({ title, body, format, fields }, plain = body) {
    const area = this.area();
    if (this.title()) this.title().value = title;
    if ("draftFields" in this.form.dataset) return this.fillEach(typeof fields === "string" ? JSON.parse(fields) : fields);
    const editor = format === "html" ? await import("./editor.js").catch(() => null) : null;
    if (await editor?.fill(area, body)) return;
    area.value = plain;
    if (this.format()) this.format().value = plain === body ? format : "text";
  }

  fillEach(fields) {
    for (const field of this.form.elements) {
      if (!field.name || !FIELDS.has(field.type)) continue;
      if (field.type === "radio") field.checked = fields[field.name] === field.value;
      else field.value = fields[field.name] ?? "";
    }
  }

  say(...parts) {
    this.state?.replaceChildren(...parts);
  }
}

function choice(label, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-primary btn-sm", textContent: label });
  button.addEventListener("click", act);
  return button;
}
