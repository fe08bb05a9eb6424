// Titles that fit what is being typed into a search box: a combobox with a list below it.

const PAUSE = 180;

export function attach(input) {
  if (input.list ?? input.dataset.attached) return;
  input.dataset.attached = "true";
  new Suggestions(input);
}

class Suggestions {
  constructor(input) {
    this.input = input;
    this.found = [];
    this.at = -1;
    this.list = document.createElement("ul");
    this.list.id = `${input.id}-suggestions`;
    this.list.className = "suggest-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.suggestLabel);
    input.form.querySelector("[data-suggest-list]").append(this.list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.look());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // Another place was chosen: what is suggested follows, and one goes on typing.
    input.form.querySelector("[data-suggest-list]").addEventListener("change", () => input.focus());
    input.addEventListener("focus", () => this.look());
    // The box keeps the focus, so that the list does not close under the press.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.go([...this.list.children].indexOf(option));
    });
    if (input.value) this.look();
  }

  look() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.input.value.trim().length < 2) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const asking = (this.asking = new AbortController());
    const address = new URL(this.input.dataset.suggestUrl, location.href);
    address.searchParams.set("q", this.input.value);
    const place = this.input.form.elements.in;
    const here = place?.type === "checkbox" ? place.checked && place.value : place?.value;
    if (here && here !== "mine") address.searchParams.set("in", here);
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal })
      .then((response) => (response.ok ? response.json() : []))
      .catch(() => null);
    if (!answer || asking !== this.asking) return;
    this.found = answer;
    this.show();
  }

  show() {
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
    if (!this.found.length || document.activeElement !== this.input) {
      this.close();
      return;
    }
    this.list.replaceChildren(...this.found.map((each, index) => this.option(each, index)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  option(each, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const quiet = document.createElement("span");
    quiet.className = "quiet";
    quiet.textContent = [each.kind, each.place].filter(Boolean).join(" · ");
    option.append(Object.assign(document.createElement("span"), { textContent: each.title }), quiet);
    return option;
  }

  mark(at) {
    const options = [...this.list.children];
    // One step beyond either end is the box itself, with what was typed.
    this.at = at < -1 ? options.length - 1 : at >= options.length ? -1 : at;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const option = options[this.at];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing) return;
    if (this.list.hidden) {
      if (event.key === "ArrowDown" && this.input.value) this.look();
      return;
    }
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.at >= 0) this.go(this.at);
    else return;
    event.preventDefault();
  }

  go(index) {
    location.assign(this.found[index].url);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
