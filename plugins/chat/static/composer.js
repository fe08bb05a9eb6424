// The place where one writes: it grows, sends by Enter, keeps what is typed, waits in slow mode.

import { People } from "./people.js";

const TOUCH = matchMedia("(hover: none)");

export class Composer {
  constructor(place, words, { speak, typing }) {
    Object.assign(this, { place, words, speak, typing });
    this.form = place.querySelector("form.chat-composer");
    this.input = this.form.querySelector(".chat-input");
    this.button = this.form.querySelector(".chat-send");
    this.answering = this.form.querySelector("[data-chat-answering]");
    this.replyTo = this.form.elements.namedItem("reply_to");
    this.wait = place.querySelector("[data-chat-wait]");
    this.state = place.querySelector("[data-chat-state]");
    this.key = `chat:${document.body.dataset.viewer}:${place.dataset.chat}`;
    this.restore();
    new People(this.input);
    this.listen();
    this.slow(Number(place.dataset.wait || 0));
  }

  listen() {
    // Before whoever else would send the form away.
    this.form.addEventListener("submit", (event) => this.submit(event), { capture: true });
    this.input.addEventListener("input", () => {
      this.keep();
      if (this.input.value) this.typing();
    });
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.place.addEventListener("click", (event) => {
      const reply = event.target.closest("[data-chat-reply]");
      const nobody = event.target.closest("[data-chat-unanswer]");
      if (!reply && !nobody) return;
      event.preventDefault();
      if (reply) this.answer(reply);
      else this.answerNobody();
    });
  }

  pressed(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.shiftKey && !TOUCH.matches) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape" && !this.answering.hidden) {
      this.answerNobody();
    } else if (event.key === "ArrowUp" && !this.input.value) {
      this.changeLast();
    }
  }

  // One's last message, to mend it, as long as that is possible.
  changeLast() {
    const own = [...this.place.querySelectorAll(".chat-own[data-number]")].at(-1);
    if (!own || Date.now() - new Date(own.dataset.at) > 600000) return;
    location.assign(`${this.place.dataset.base}${own.id.slice("message-".length)}/change`);
  }

  submit(event) {
    const files = this.form.querySelector("ul.uploads")?.children.length;
    const uploads = this.form.querySelector("fieldset[data-uploads]")?.uploads;
    const text = this.input.value.trim();
    // The field of files sends the form once more when they have come.
    if (files && uploads && uploads.rows().some((row) => !row.known && !row.failed)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if ((!text && !files) || this.button.disabled) return;
    this.speak({ text, replyTo: Number(this.replyTo.value) || null, files: Boolean(files), form: new FormData(this.form), action: this.form.action });
    this.clear(files);
  }

  clear(files) {
    this.input.value = "";
    this.answerNobody();
    this.keep();
    if (files) this.form.dispatchEvent(new Event("sent"));
    this.form.querySelector(".chat-attach")?.removeAttribute("open");
    this.form.querySelector(".alert")?.remove();
    this.input.focus();
  }

  refill(text) {
    this.input.value = this.input.value ? `${text}\n${this.input.value}` : text;
    this.keep();
    this.input.focus();
  }

  answer(button) {
    const line = button.closest(".chat-message");
    this.replyTo.value = button.dataset.chatReply;
    button.closest("details")?.removeAttribute("open");
    const text = line.querySelector(".chat-text")?.textContent.trim() ?? "";
    this.answering.querySelector("span").textContent = `${line.querySelector(".post-author").textContent}: ${text.slice(0, 90)}`;
    this.answering.hidden = false;
    this.input.focus();
  }

  answerNobody() {
    this.replyTo.value = "";
    this.answering.hidden = true;
  }

  // ---- What is typed is kept on this device until it is sent

  keep() {
    try {
      if (this.input.value) localStorage.setItem(this.key, this.input.value);
      else localStorage.removeItem(this.key);
    } catch {
      // The browser keeps nothing; the text is where it was typed.
    }
  }

  restore() {
    try {
      if (!this.input.value) this.input.value = localStorage.getItem(this.key) ?? "";
    } catch {
      // As above.
    }
  }

  // ---- When one may not send just now

  /** Slow mode: so many seconds until the next message; one goes on writing meanwhile. */
  slow(seconds) {
    clearInterval(this.countdown);
    if (!seconds) return this.open("");
    const until = Date.now() + seconds * 1000;
    const show = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left <= 0) return this.slow(0);
      this.open(this.words.slow.replace("{time}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`));
    };
    this.countdown = setInterval(show, 500);
    show();
  }

  open(sentence) {
    this.button.disabled = Boolean(sentence);
    if (!this.wait) return;
    this.wait.hidden = !sentence;
    if (this.wait.textContent !== sentence) this.wait.textContent = sentence;
  }

  /** Nobody writes here any more. */
  close(sentence) {
    this.form.hidden = true;
    this.tell("over", sentence);
  }

  tell(state, sentence) {
    if (this.form.hidden && state !== "out" && state !== "over") return;
    if (!this.state) return;
    this.state.hidden = !sentence;
    this.state.textContent = sentence;
    this.state.dataset.state = state;
    if (state === "out") this.form.hidden = true;
  }
}
