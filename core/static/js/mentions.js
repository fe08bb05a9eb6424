// "@" and a few letters in the editor: people of this place to choose from.

import { words } from "./page.js";
import { remember } from "./markup.js";

const TYPED = /(?:^|[\s(«"„])@([\p{L}-]{1,30}(?: [\p{L}-]{0,30})?)$/u;

export function attach(element, url) {
  const list = document.createElement("ul");
  list.className = "mention-list";
  list.id = `${element.id}-people`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.mentions);
  document.body.append(list);
  element.setAttribute("aria-autocomplete", "list");
  element.setAttribute("aria-controls", list.id);
  const box = new People(element, list, url);
  element.addEventListener("trix-change", () => box.look());
  element.addEventListener("trix-selection-change", () => box.look());
  element.addEventListener("keydown", (event) => box.key(event), true);
  element.addEventListener("trix-blur", () => setTimeout(() => box.close(), 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) box.choose([...list.children].indexOf(option));
  });
}

class People {
  constructor(element, list, url) {
    Object.assign(this, { element, list, url, found: [], at: 0, asked: "" });
  }

  look() {
    const position = this.element.editor.getPosition();
    const before = this.element.editor.getDocument().toString().slice(0, position);
    const typed = TYPED.exec(before)?.[1];
    if (!typed) {
      this.asked = "";
      this.close();
      return;
    }
    if (typed === this.asked) return;
    this.asked = typed;
    this.start = position - typed.length - 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(typed), 150);
  }

  async ask(typed) {
    const address = new URL(this.url, location.href);
    address.searchParams.set("q", typed);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || typed !== this.asked) return;
    this.found = await answer.json();
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.found.map((person, index) => this.option(person, index)));
    if (!this.found.length) {
      this.close();
      return;
    }
    const place = this.element.editor.getClientRectAtPosition(this.start);
    this.list.style.left = `${Math.max(8, Math.min(place.left, innerWidth - 260)) + scrollX}px`;
    this.list.hidden = false;
    const below = place.bottom + 4;
    const fits = below + this.list.offsetHeight < innerHeight;
    this.list.style.top = `${(fits ? below : place.top - 4 - this.list.offsetHeight) + scrollY}px`;
    this.mark(0);
  }

  option(person, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.setAttribute("role", "option");
    const school = Object.assign(document.createElement("span"), { className: "quiet", textContent: person.school ?? "" });
    option.append(person.name, school);
    return option;
  }

  mark(at) {
    this.at = (at + this.found.length) % this.found.length;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    this.element.setAttribute("aria-activedescendant", this.list.children[this.at].id);
  }

  key(event) {
    if (this.list.hidden) return;
    const act = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.choose(this.at),
      Tab: () => this.choose(this.at),
      Escape: () => this.close(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  choose(index) {
    const person = this.found[index];
    const { editor } = this.element;
    const link = document.createElement("a");
    link.setAttribute("href", person.url);
    link.textContent = person.name;
    remember.person(person.url, person.id);
    this.close();
    editor.setSelectedRange([this.start, editor.getPosition()]);
    editor.insertHTML(link.outerHTML);
    editor.deactivateAttribute("href");
    editor.insertString(" ");
  }

  close() {
    this.list.hidden = true;
    this.element.removeAttribute("aria-activedescendant");
  }
}
