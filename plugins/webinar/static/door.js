// A door that is not open yet: it says how long it will be, and opens by itself. Thousands may wait,
// so each asks for the page at a moment of its own within a few seconds.

const SPREAD = 5_000;
const HOUR = 3_600_000;

function door() {
  return document.querySelector("[data-opens-at]");
}

function remaining() {
  return Date.parse(door()?.dataset.opensAt) - Date.now();
}

function tell() {
  const left = remaining();
  if (Number.isNaN(left)) return clearInterval(clock);
  if (left <= 0) {
    clearInterval(clock);
    return void setTimeout(open, Math.random() * SPREAD);
  }
  if (left > HOUR) return;
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang).format(Math.ceil(left / 60_000), "minute");
  door().textContent = door().dataset.opens.replace("{when}", words);
}

async function open() {
  const entrance = document.getElementById("webinar-entrance");
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("webinar-entrance");
  if (fresh) await window.htmx.swap({ text: fresh.outerHTML, target: entrance, sourceElement: entrance, swap: "outerMorph" });
}

const clock = setInterval(tell, 5_000);
tell();
