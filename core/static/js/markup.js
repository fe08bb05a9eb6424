// Between the HTML that is kept and the HTML that the editor knows. Kept: <p>, quotes that name their
// source in attributes, mentions that name a person. The editor: one block with line breaks, and links.

const quotes = new Map();
const people = new Map();

export const remember = {
  quote: (url, author) => quotes.set(url, author),
  person: (url, id) => people.set(url, String(id)),
};

function parsed(html) {
  return new DOMParser().parseFromString(`<body>${html}</body>`, "text/html").body;
}

function escaped(text) {
  const holder = document.createElement("div");
  holder.textContent = text;
  return holder.innerHTML;
}

/** HTML of plain text. */
export function fromText(text) {
  return escaped(text).replaceAll("\n", "<br>");
}

/** What is kept, for the editor. */
export function toEditor(html) {
  const body = parsed(html);
  for (const mention of body.querySelectorAll("a[data-person]")) {
    remember.person(mention.getAttribute("href"), mention.dataset.person);
  }
  for (const quote of body.querySelectorAll("blockquote")) {
    join(quote, [...quote.children].filter((child) => child.matches("p, div")));
    nameSource(quote);
  }
  for (const run of runsOfParagraphs(body)) {
    const block = body.ownerDocument.createElement("div");
    run[0].before(block);
    block.append(...run);
    join(block, run);
  }
  return body.innerHTML;
}

function* runsOfParagraphs(body) {
  let run = [];
  for (const child of [...body.childNodes, null]) {
    if (child?.nodeName === "P") {
      run.push(child);
    } else if (child === null || child.nodeType !== Node.TEXT_NODE || child.textContent.trim()) {
      if (run.length) yield run;
      run = [];
    }
  }
}

function join(parent, blocks) {
  blocks.forEach((block, index) => {
    if (index) block.before(document.createElement("br"), document.createElement("br"));
    block.replaceWith(...block.childNodes);
  });
}

function nameSource(quote) {
  const { author } = quote.dataset;
  if (!author) return;
  const url = quote.getAttribute("cite");
  const name = document.createElement(url ? "a" : "strong");
  name.textContent = author;
  if (url) {
    name.setAttribute("href", url);
    remember.quote(url, author);
  }
  quote.prepend(name, document.createElement("br"));
}

/** What the editor holds, as it is kept. */
export function fromEditor(html) {
  const body = parsed(html);
  for (const quote of body.querySelectorAll("blockquote")) takeSource(quote);
  for (const link of body.querySelectorAll("a[href]")) {
    const person = people.get(link.getAttribute("href"));
    if (!person) continue;
    link.className = "mention";
    link.dataset.person = person;
  }
  for (const block of body.querySelectorAll(":scope > div")) block.replaceWith(...paragraphs(block));
  return body.innerHTML;
}

function takeSource(quote) {
  const link = quote.firstChild;
  const author = link?.nodeName === "A" && quotes.get(link.getAttribute("href"));
  if (!author || link.textContent !== author) return;
  quote.setAttribute("cite", link.getAttribute("href"));
  quote.dataset.author = author;
  link.remove();
  while (quote.firstChild?.nodeName === "BR") quote.firstChild.remove();
}

function paragraphs(block) {
  const made = [document.createElement("p")];
  let breaks = 0;
  for (const child of [...block.childNodes]) {
    if (child.nodeName === "BR") {
      breaks += 1;
      continue;
    }
    if (breaks > 1 && made.at(-1).hasChildNodes()) made.push(document.createElement("p"));
    else if (breaks === 1 && made.at(-1).hasChildNodes()) made.at(-1).append(document.createElement("br"));
    breaks = 0;
    made.at(-1).append(child);
  }
  return made.filter((paragraph) => paragraph.hasChildNodes());
}
