// No text is lost: a form tells the site what is in it on every pause, and keeps a copy on this device
// for as long as the site cannot be reached.

import { send, words } from "./page.js";

const PAUSE = 1000;
const RETRY = 15000;
const KEEPALIVE_LIMIT = 60000; // browsers send no more than 64 KB once a page is left

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
    this.last = JSON.stringify(this.fields());
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

  fields() {
    const area = this.area();
    return {
      place: this.form.dataset.draftPlace,
      title: this.form.elements.title?.value ?? "",
      body: area?.value ?? "",
      format: document.getElementById(`${area?.id}-format`)?.value ?? "text",
    };
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    const fields = this.fields();
    const now = JSON.stringify(fields);
    if (this.stopped || now === this.last) return;
    this.say(words.saving);
    this.sending?.abort();
    this.sending = new AbortController();
    const answer = await send(this.form.dataset.draftUrl, fields, { signal: this.sending.signal }).catch((error) => error);
    if (answer.name === "AbortError") return;
    if (answer.ok) this.saved(now);
    else this.keep(now);
  }

  saved(what) {
    this.last = what;
    localStorage.removeItem(this.key);
    this.say(words.saved);
  }

  keep(what) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), what: JSON.parse(what) }));
      this.say(words.kept);
    } catch {
      this.say(words.unkept);
    }
    this.later(RETRY);
  }

  leave() {
    const fields = this.fields();
    const now = JSON.stringify(fields);
    if (this.stopped || now === this.last) return;
    if (now.length * 3 > KEEPALIVE_LIMIT) this.keep(now);
    else send(this.form.dataset.draftUrl, fields, { keepalive: true }).catch(() => {});
  }

  // What was sent is no draft any more; a late save would bring it back.
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.sending?.abort();
    localStorage.removeItem(this.key);
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept) return;
    const known = Date.parse(this.form.dataset.draftSaved ?? "") || 0;
    if (kept.at <= known) {
      localStorage.removeItem(this.key);
      return;
    }
    this.fill(kept.what);
    this.say(words.restored);
    this.later(PAUSE);
  }

  fill({ title, body, format }) {
    const area = this.area();
    const named = document.getElementById(`${area.id}-format`);
    area.value = body;
    if (named) named.value = format;
    if (format === "html") {
      delete area.dataset.html;
      import("./editor.js").then(({ open }) => open(area));
    }
    if (this.form.elements.title) this.form.elements.title.value = title;
  }

  say(text) {
    if (this.state) this.state.textContent = text;
  }
}
