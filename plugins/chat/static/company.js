// Who is in the room, and who is writing something just now, in one line below the talk.

import { icon } from "../js/page.js";

// So long after the last key somebody counts as writing: a little longer than the word of it comes.
const LASTS = 5000;

export class Company {
  constructor(place, words) {
    this.words = words;
    this.line = place.querySelector("[data-chat-company]");
    this.menu = this.line?.querySelector("details");
    this.writing = new Map();
  }

  /** What the site says of those who are here; of a crowd only how many they are. */
  here({ count, people }) {
    if (!this.line) return;
    this.line.hidden = !count;
    this.menu.querySelector("[data-count]").textContent = this.words.here.replace("{n}", count);
    const items = people.map(({ id, name }) => {
      const item = Object.assign(document.createElement("a"), { className: "menu-item", href: `/people/${id}` });
      item.append(icon("person"), Object.assign(document.createElement("span"), { textContent: name }));
      return item;
    });
    if (!items.length) items.push(Object.assign(document.createElement("p"), { className: "menu-title", textContent: this.words.crowd }));
    this.menu.querySelector(".menu-panel").replaceChildren(...items);
  }

  typing({ id, name }) {
    clearTimeout(this.writing.get(id)?.timer);
    this.writing.set(id, { name, timer: setTimeout(() => this.silent(id), LASTS) });
    this.tell();
  }

  /** Somebody has said it, or stopped. */
  silent(id) {
    clearTimeout(this.writing.get(id)?.timer);
    if (this.writing.delete(id)) this.tell();
  }

  tell() {
    if (!this.line) return;
    const names = [...this.writing.values()].map(({ name }) => name);
    const words = { 0: "", 1: this.words.writes, 2: this.words.write }[names.length] ?? this.words.many;
    this.line.querySelector("[data-writing]").textContent = words.replace("{one}", names[0]).replace("{other}", names[1]);
  }
}
