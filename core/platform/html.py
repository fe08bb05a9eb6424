"""HTML from people: cleaned once, on the way in, and stored clean.

bleach parses as a browser would and filters; what passes is put into a small tree, tidied, and
written anew with every character escaped, so that equal texts are always written alike. Lengths
and depth are bounded first: cleaning takes time that other people wait for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from bleach.html5lib_shim import BleachHTMLParser, Filter, getTreeWalker
from bleach.sanitizer import BleachSanitizerFilter

from core.errors import DomainError, TooLarge
from core.platform import tree, weaving
from core.platform.i18n import core_domain
from core.platform.tree import BLOCKS, HEADINGS, INLINE, Node

_ = core_domain.gettext

MAX_BYTES = 200 * 1024
MAX_DEPTH = 100
MAX_MARKS = 10_000
MAX_ATTRIBUTES = 50

# What editors and other programs write for the same thing; a page's only h1 is its own title.
SYNONYMS = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "del"}
# Here the words inside are no words of the author's and go with the element.
DROPPED = frozenset({"script", "style", "title", "iframe", "noembed", "noframes", "noscript"})
# Right-to-left writing is welcome, so each of these finds its own direction.
DIRECTED = frozenset("p div h2 h3 h4 li blockquote pre caption th td".split())

ATTRIBUTES = {
    "a": ["href", "class", "data-person"],
    "blockquote": ["cite", "data-author"],
    "ol": ["start"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan"],
}
SCHEMES = ["http", "https", "mailto"]
OUTSIDE_REL = "nofollow noopener ugc"

# Control characters and lone surrogates, which databases refuse; and the characters that turn the
# direction of whatever follows them, with which a name or link can be made to read as another.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufffe\uffff]"
)
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;)")
_CUT_REFERENCE = re.compile(r"&[#\w]{0,10}$")
_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\]))[^\x00-\x20\\]*", re.IGNORECASE)
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
_BARE_LINK = re.compile(
    r"(?<![\w@/.])(?:(?P<url>(?:https?://|www\.)[^\s<>\"«»“”]+)"
    r"|(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}))",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"<(?:/?(?:p|div|h[2-4]|ul|ol|li|blockquote|pre|hr|table|caption|thead|tbody|tfoot|tr|th|td)|br)"
    r"\b[^<>]*>"
)
_ITEM = re.compile(r"<li\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")


def clean(html: str) -> str:
    """What may be stored and shown of HTML that a person sent.

    Raises TooLarge beyond :data:`MAX_BYTES`, and DomainError for more markup or deeper nesting than
    any honest text has, all before they cost time. Cleaning what is clean changes nothing.
    """
    _ensure_fits(html)
    if html.count("<") + html.count("&") > MAX_MARKS:
        raise _absurd()
    cleaned = tree.write(_tidy(_tree(html)))
    # Words between the cells of a broken table move out of it, one step at each reading.
    for _step in range(4 if "<table" in cleaned else 0):
        before, cleaned = cleaned, tree.write(_tidy(_tree(cleaned)))
        if before == cleaned:
            break
    return cleaned


def from_text(text: str) -> str:
    """Clean HTML of plain text: empty lines part paragraphs, addresses become links."""
    escaped = _typed(text).replace("&", "&amp;").replace("<", "&lt;")
    paragraphs = (part.replace("\n", "<br>") for part in weaving.paragraphs(escaped))
    return clean("".join(f"<p>{part}</p>" for part in paragraphs))


def reworded(html: str, text: str) -> str:
    """Clean HTML that somebody changed as plain text: what they left keeps its formatting.

    ``text`` is what became of ``plain(html)``. Raises what :func:`clean` raises.
    """
    _ensure_fits(text)
    typed = _typed(text)
    return clean(tree.write(weaving.woven(_tree(html), typed))) if typed else ""


def _typed(text: str) -> str:
    return scrub(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def plain(html: str) -> str:
    """The words of clean HTML: for search, letters, and for editing without script."""
    paragraphs = tree.Paragraphs()
    paragraphs.read(_tree(html))
    return paragraphs.text()


def text_of(html: str) -> str:
    """The words of clean HTML, blocks in lines of their own: for search and excerpts.

    In clean HTML every «<» that begins no tag is written as a reference. Reading it as browsers do
    takes twenty times as long.
    """
    return unescape(_TAG.sub("", _BREAK.sub("\n", _ITEM.sub("\n• ", html)))).strip()


def excerpt(html: str, length: int = 200) -> str:
    """The first words of clean HTML on one line, at most ``length`` characters with the «…»."""
    head = _beginning(html, 1_000 + 20 * length)
    words = " ".join(text_of(head).split())
    if len(words) <= length:
        return words if head == html else f"{words}…"
    cut = words[: length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.!?—–-") + "…"


def _beginning(html: str, length: int) -> str:
    """The first part of clean HTML: reading all of a long text takes time for a line of words."""
    if len(html) <= length:
        return html
    head = html[:length]
    if head.rfind("<") > head.rfind(">"):
        head = head[: head.rfind("<")]
    return _CUT_REFERENCE.sub("", head)


def is_blank(html: str) -> bool:
    """Whether nothing would be seen of it."""
    return all(tree.is_blank(child) for child in _tree(html).children)


def scrub(text: str) -> str:
    """Text without the characters that nobody types: NUL, controls, lone surrogates."""
    return _UNWANTED.sub("", text)


def _ensure_fits(text: str) -> None:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TooLarge(_("This text is too long: at most 200 KB fit into one."))


def _absurd() -> DomainError:
    return DomainError(_("This text is formatted in too complicated a way: please simplify it."))


class _Stack(list[Any]):
    """The open elements while parsing; refuses to grow beyond what any honest text needs."""

    def append(self, element: Any) -> None:
        if len(self) > MAX_DEPTH:
            raise _absurd()
        super().append(element)


class _Parser(BleachHTMLParser):
    """Parses in bounded time: html5lib's is quadratic in depth and in attributes of one tag."""

    def reset(self) -> None:
        super().reset()
        self.tree.openElements = _Stack(self.tree.openElements)
        read_name = self.tokenizer.attributeNameState

        def read_bounded() -> bool:
            if len(self.tokenizer.currentToken["data"]) > MAX_ATTRIBUTES:
                raise _absurd()
            return bool(read_name())

        self.tokenizer.attributeNameState = read_bounded


class _Kept(Filter):
    """Leaves out elements together with their content, and calls the others by one name."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        depth = 0
        for token in super().__iter__():
            name = token.get("name")
            if name in DROPPED:
                depth += {"StartTag": 1, "EndTag": -1}.get(token["type"], 0)
            elif not depth:
                if name in SYNONYMS:
                    token["name"] = SYNONYMS[name]
                yield token


def _tokens(html: str) -> Iterable[dict[str, Any]]:
    parser = _Parser(
        tags=BLOCKS | INLINE | DROPPED | SYNONYMS.keys(),
        strip=True,
        consume_entities=False,
        namespaceHTMLElements=False,
    )
    # A number of a hundred thousand digits names no character and takes seconds to read.
    text = _LONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", scrub(html))
    # As a whole page: for fragments html5lib loses words that stand in a table outside its cells.
    document = parser.parse(f"<!DOCTYPE html>{text}")
    tokens: Iterable[dict[str, Any]] = BleachSanitizerFilter(
        _Kept(getTreeWalker("etree")(document)),
        allowed_tags=BLOCKS | INLINE,
        attributes=ATTRIBUTES,
        allowed_protocols=SCHEMES,
        strip_disallowed_tags=True,
    )
    return tokens


def _tree(html: str) -> Node:
    """What is allowed of the HTML, as a tree with decoded text."""
    path = [Node("")]
    for token in _tokens(html):
        match token["type"]:
            case "StartTag":
                path.append(_fitting(_element(token), path))
            case "EndTag":
                _close(path)
            case "EmptyTag":
                path[-1].add(_element(token))
            case "Characters" | "SpaceCharacters":
                path[-1].add(scrub(token["data"]))
            case "Entity":
                path[-1].add(scrub(unescape(f"&{token['name']};")))
    return path[0]


def _fitting(node: Node, path: list[Node]) -> Node:
    """The element as it may stand here: no heading within a heading, no item without a list."""
    misplaced = (
        any(outer.name in HEADINGS for outer in path)
        if node.name in HEADINGS
        else node.name == "li" and path[-1].name not in ("ul", "ol")
    )
    if misplaced:
        node.name = "div"
    return node


def _close(path: list[Node]) -> None:
    """End the innermost element; a link that leads nowhere leaves its words to its parent."""
    node = path.pop()
    if node.name == "pre" and node.children and isinstance(node.children[0], str):
        node.children[0] = node.children[0].lstrip("\n")  # parsers swallow one, each time anew
    if node.name != "a" or "href" in node.attributes:
        path[-1].add(node)
        return
    for child in node.children:
        path[-1].add(child)


def _element(token: dict[str, Any]) -> Node:
    raw = {name: _decoded(value) for (_ns, name), value in token["data"].items()}
    allowed = {name: value for name, value in raw.items() if _is_honest(name, value)}
    name = token["name"]
    if name in DIRECTED:
        allowed["dir"] = "auto"
    if name == "a":
        allowed = _link(allowed)
    return Node(name, allowed)


def _decoded(value: str) -> str:
    return scrub(_REFERENCE.sub(lambda match: unescape(match[0]), value)).strip()


def _is_honest(name: str, value: str) -> bool:
    match name:
        case "href" | "cite":
            return bool(_ADDRESS.fullmatch(value))
        case "class":
            return value == "mention"
        case "data-author":
            return True
    return bool(_SMALL_NUMBER.fullmatch(value))


def _link(attributes: dict[str, str]) -> dict[str, str]:
    if attributes.get("href", "").lower().startswith("http"):
        attributes["rel"] = OUTSIDE_REL
    # A mention wears a person's name; it leads to a page of this site, or it is an ordinary link.
    inside = re.fullmatch(r"/[^/\\].*", attributes.get("href", ""))
    if "data-person" not in attributes or not inside:
        attributes.pop("class", None)
        attributes.pop("data-person", None)
    return attributes


def _tidy(root: Node) -> Node:
    _link_bare_addresses(root)
    root.children = list(tree.in_paragraphs(root.children))
    tree.trim(root)
    return root


def _link_bare_addresses(node: Node) -> None:
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            children.extend(_linked(child))
            continue
        if child.name not in ("a", "code", "pre"):
            _link_bare_addresses(child)
        children.append(child)
    node.children = children


def _linked(text: str) -> Iterator[Node | str]:
    end = 0
    for match in _BARE_LINK.finditer(text):
        words = _without_punctuation(match[0])
        href = f"mailto:{words}" if match["mail"] else words
        if words.lower().startswith("www."):
            href = f"https://{words}"
        if not _ADDRESS.fullmatch(href):
            continue
        if match.start() > end:
            yield text[end : match.start()]
        yield Node("a", _link({"href": href}), [words])
        end = match.start() + len(words)
    if end < len(text):
        yield text[end:]


def _without_punctuation(address: str) -> str:
    """An address without what ends the sentence around it; brackets within it stay in pairs."""
    unpaired = address.count(")") - address.count("(")
    end = len(address)
    while end and (address[end - 1] in ".,;:!?…'\"*" or (unpaired > 0 and address[end - 1] == ")")):
        unpaired -= address[end - 1] == ")"
        end -= 1
    return address[:end]
