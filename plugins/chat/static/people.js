// "@" and a few letters: people of this place to choose from, by keys or by pointing.

import { words } from "../js/page.js";

const TYPED = /(?:^|[\s(«"„])@([\p{L}-]{1,30}(?: [\p{L}-]{0,30})?)$/u;

export class People {
  constructor(input) {
    Object.assign(this, { input, found: [], at: 0, asked: "" });
    this.list = Object.assign(document.createElement("ul"), { className: "mention-list chat-people-list", id: "chat-people", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.mentions);
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.closest(".chat-line").append(this.list);
    input.addEventListener("input", () => this.look());
    input.addEventListener("keydown", (event) => this.key(event), { capture: true });
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  look() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const typed = TYPED.exec(before)?.[1];
    if (!typed) {
      this.asked = "";
      return this.close();
    }
    if (typed === this.asked) return;
    this.asked = typed;
    this.start = before.length - typed.length;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(typed), 150);
  }

  async ask(typed) {
    const address = new URL(this.input.dataset.people, location.href);
    address.searchParams.set("q", typed);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || typed !== this.asked) return;
    this.found = await answer.json();
    this.at = 0;
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.found.map((person, index) => {
      const option = document.createElement("li");
      option.id = `chat-people-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === this.at));
      option.append(person.name, Object.assign(document.createElement("span"), { className: "quiet", textContent: person.school }));
      return option;
    }));
    this.list.hidden = !this.found.length;
    if (this.list.hidden) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `chat-people-${this.at}`);
  }

  key(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.show();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.choose(this.at);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  choose(index) {
    const person = this.found[index];
    const end = this.input.selectionStart;
    this.input.setRangeText(`${person.name} `, this.start, end, "end");
    this.asked = "";
    this.close();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.found = [];
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }
}
