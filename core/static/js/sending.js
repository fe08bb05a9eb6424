// One file on its way to the site: announced, sent in parts, and gone on with where a broken link
// left it.

import { csrfToken, send } from "./page.js";

const TRIES = 12; // in a row without a single byte getting through
const LONGEST_PAUSE = 20000;
const SILENCE = 40000; // a part of which nothing moves for so long is begun anew

/** Why the site does not take a file; `message` is its sentence, if it said one, and `again` whether
 * it may take it later. */
export class Refusal extends Error {
  constructor(message = "", again = true) {
    super(message);
    this.again = again;
  }
}

class Broken extends Error {
  constructor(pause) {
    super();
    this.pause = pause;
  }
}

export class Sending {
  /** `changed(bytes, lost)` is called whenever more has come through or the link broke. */
  constructor(file, { url, accept, changed }) {
    Object.assign(this, { file, url, accept, changed, offset: 0, furthest: 0, fruitless: 0 });
  }

  /** What the site knows of the file once it has all of it; null when it was cancelled. */
  async finish() {
    while (!this.cancelled) {
      try {
        await this.find();
        while (!this.known && !this.cancelled) await this.sendPart();
        return this.cancelled ? null : this.known;
      } catch (error) {
        if (this.cancelled) return null;
        if (!(error instanceof Broken)) throw error;
        await this.rest(error.pause);
      }
    }
    return null;
  }

  cancel() {
    this.cancelled = true;
    this.request?.abort();
    this.wake?.();
    if (this.address && !this.known) send(this.address, {}, { method: "DELETE", body: null, keepalive: true }).catch(() => {});
  }

  // Where to send to, and from which byte on.
  async find() {
    if (!this.address) {
      const accept = this.accept.split(" ").map((kind) => ["accept", kind]);
      this.take(await asked(send(this.url, [["name", this.file.name], ["size", this.file.size], ...accept])));
    } else {
      this.take(await asked(fetch(this.address, { headers: { Accept: "application/json" } })));
    }
  }

  take({ url, part, offset, file }) {
    this.address = url ?? this.address;
    this.part = part ?? this.part;
    this.offset = offset;
    this.known = file;
    if (offset > this.furthest) this.fruitless = 0;
    this.furthest = Math.max(offset, this.furthest);
    this.changed(offset, false);
  }

  sendPart() {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let watch;
      const moved = () => {
        clearTimeout(watch);
        watch = setTimeout(() => request.abort(), SILENCE);
      };
      this.request = request;
      request.open("PATCH", `${this.address}?offset=${this.offset}`);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.upload.addEventListener("progress", (event) => {
        moved();
        this.changed(this.offset + event.loaded, false);
      });
      request.addEventListener("loadend", () => {
        clearTimeout(watch);
        try {
          this.take(read(request.status, request.responseText, request.getResponseHeader("Retry-After")));
          resolve();
        } catch (error) {
          reject(error);
        }
      });
      moved();
      request.send(this.file.slice(this.offset, this.offset + this.part));
    });
  }

  // Longer after every try; at once when the device says that it is on the net again.
  async rest(pause) {
    this.fruitless += 1;
    if (this.fruitless > TRIES) throw new Refusal();
    this.changed(this.offset, true);
    await new Promise((resolve) => {
      this.wake = resolve;
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, pause ?? Math.min(500 * 2 ** this.fruitless, LONGEST_PAUSE));
    });
  }
}

async function asked(promise) {
  const response = await promise.catch(() => null);
  if (!response) throw new Broken();
  return read(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
}

// Too early a part, too many of them and our own faults pass; what the site refuses stays refused.
function read(status, text, retryAfter) {
  let facts = null;
  try {
    facts = JSON.parse(text);
  } catch {
    // A page instead of facts, or nothing at all.
  }
  if (status >= 200 && status < 300 && facts) return facts;
  if ([0, 408, 409].includes(status) || status >= 500) throw new Broken();
  if (status === 429 && retryAfter && Number(retryAfter) < 120) throw new Broken(Number(retryAfter) * 1000);
  throw new Refusal(facts?.error ?? "", [401, 429].includes(status) || !facts);
}

/** Whoever has signed in again elsewhere since this page was opened needs another token. */
export async function renewToken() {
  const answer = await fetch(location.href).catch(() => null);
  const page = new DOMParser().parseFromString((await answer?.text().catch(() => "")) ?? "", "text/html");
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
}
