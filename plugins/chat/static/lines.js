// A message as the page shows it, made from the template that the server drew, so that there is one look.

const zone = document.querySelector("[data-chat]").dataset.zone;
const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const whole = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short", timeZone: zone });
const dayName = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", timeZone: zone });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
const TOGETHER = 5 * 60 * 1000;
const viewer = document.body.dataset.viewer;

export function dayOf(li) {
  return dayKey.format(new Date(li.dataset.at));
}

/** A line for a message that the site told of, in place of one that is there or new. */
export function drawn(template, base, message, own) {
  const li = template.content.firstElementChild.cloneNode(true);
  const part = (name) => li.querySelector(`[data-part=${name}]`);
  li.id = `message-${message.id}`;
  Object.assign(li.dataset, { number: message.number ?? "", author: message.author.id, at: message.at });
  li.classList.toggle("chat-own", own);
  li.classList.toggle("chat-decided", message.decision);
  face(li.querySelector(".avatar"), message.author);
  const name = li.querySelector(".post-author");
  name.textContent = message.author.name;
  name.setAttribute("href", message.author.url ?? "#");
  part("school").textContent = message.author.school;
  const time = li.querySelector(".post-time");
  time.setAttribute("href", base + message.id);
  const moment = new Date(message.at);
  Object.assign(time.querySelector("time"), { dateTime: message.at, title: whole.format(moment), textContent: clock.format(moment) });
  above(part("above"), message.reply);
  part("text").innerHTML = message.html; // clean HTML, made by the site
  part("text").hidden = message.gone;
  part("back").hidden = !(message.gone && message.taken_back);
  part("removed").hidden = !(message.gone && !message.taken_back);
  part("files").innerHTML = message.files;
  part("decision").hidden = !message.decision;
  part("edited").hidden = !message.edited || message.gone;
  signs(part("signs"), message, base);
  tools(li, message, base);
  return li;
}

function face(avatar, author) {
  avatar.className = avatar.className.replace(/tint-\d+/, `tint-${author.tint}`);
  if (!author.photo) return void (avatar.textContent = author.initials);
  const photo = Object.assign(document.createElement("img"), { src: author.photo, alt: "", className: avatar.className, width: 32, height: 32 });
  avatar.replaceWith(photo);
}

function above(line, reply) {
  line.hidden = !reply;
  if (!reply) return;
  const link = line.querySelector("a");
  link.setAttribute("href", reply.number ? `?from=${reply.number}` : "#");
  link.dataset.chatTo = reply.number ?? "";
  link.querySelector("strong").textContent = reply.author;
  const { dataset } = line;
  link.querySelector("span").textContent = reply.words || (reply.gone ? dataset.gone : dataset.file);
}

function signs(form, message, base) {
  const given = Object.values(message.signs).some(Boolean) && !message.gone;
  form.hidden = !given;
  form.setAttribute("action", `${base}${message.id}/sign`);
  for (const button of form.querySelectorAll("button")) {
    const count = message.signs[button.value] ?? 0;
    button.hidden = !count;
    button.querySelector("[data-count]").textContent = count;
    button.setAttribute("aria-pressed", String((message.own ?? []).includes(button.value)));
  }
}

function tools(li, message, base) {
  const reply = li.querySelector("[data-chat-reply]");
  if (reply) {
    reply.dataset.chatReply = message.id;
    reply.setAttribute("href", `?reply=${message.id}#say`);
    reply.hidden = message.gone || !message.number;
  }
  const menu = li.querySelector("details[data-menu]");
  if (!menu) return;
  const panel = menu.querySelector(".menu-panel");
  panel.id = `menu-${message.id}`;
  panel.querySelector("a").setAttribute("href", `${base}${message.id}/menu`);
  menu.dataset.hxGet = `${base}${message.id}/menu`;
  menu.dataset.hxTarget = `#menu-${message.id}`;
}

/** Whether a line goes on what stood before it, so that it needs no name of its own. */
export function arrange(li, before) {
  const goesOn =
    before?.classList.contains("chat-message") &&
    before.dataset.author === li.dataset.author &&
    new Date(li.dataset.at) - new Date(before.dataset.at) < TOGETHER &&
    dayOf(before) === dayOf(li) &&
    li.querySelector("[data-part=above]")?.hidden !== false &&
    !before.querySelector(".chat-trace:not([hidden])") &&
    !li.querySelector(".chat-trace:not([hidden])");
  li.classList.toggle("chat-first", !goesOn);
}

/** The mark of a new day, where a line begins one. */
export function dayMark(li, before) {
  if (before && before.dataset.at && dayOf(before) === dayOf(li)) return null;
  const mark = document.createElement("li");
  mark.className = "chat-day";
  mark.dataset.day = dayOf(li);
  const words = document.createElement("span");
  words.textContent = dayName.format(new Date(li.dataset.at));
  mark.append(words);
  return mark;
}

export function isOwn(author) {
  return String(author) === viewer;
}
