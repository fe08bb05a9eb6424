"""HTML from people: nothing that acts gets through, nothing that reads gets lost."""

from __future__ import annotations

import random
import time
from html.parser import HTMLParser

import pytest

from core.errors import DomainError, TooLarge
from core.platform import html
from core.platform.html import clean, excerpt, from_text, is_blank, plain
from core.platform.tree import BLOCKS, INLINE, VOID

# The known ways to smuggle something that acts past a cleaner.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<<script>alert(1);//<</script>",
    "<script\x00>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /><a id=x><text>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><a xlink:href=javascript:alert(1)>x</a></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img src='x' onerror='alert(1)' style='x'>",
    "<IMG SRC=JaVaScRiPt:alert('XSS')>",
    '<img """><script>alert(1)</script>">',
    "<body onload=alert(1)>text",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<isindex action=javascript:alert(1)>",
    "<a href=JaVaScRiPt:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;script:alert(1)'>x</a>",
    "<a href='&#106avascript:alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='javascript&#58;alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='/\\evil.example/'>x</a>",
    "<a href='/\t/evil.example/'>x</a>",
    "<a href='\\\\evil.example'>x</a>",
    "<a href='https:evil'>x</a>",
    "<a href='http://x' onclick=alert(1) onmouseover=alert(1)>x</a>",
    "<a href='http://x\" onclick=\"alert(1)'>x</a>",
    "<a href=http://x target=_top ping=//evil.example/>x</a>",
    "<a href='http://x' class='btn admin'>x</a>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote>",
    "<table background=javascript:alert(1)><td onclick=alert(1) colspan='1;x'>x</table>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<noembed><script>alert(1)</script></noembed>",
    "<p id=location name=cookie>x</p>",
    "<p data-hx-get=/evil data-hx-trigger=load hx-on:load=alert(1)>x</p>",
    "<li contenteditable tabindex=0 accesskey=x>x</li>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    'http://x.example/"onmouseover="alert(1)',
    "http://x.example/<script>alert(1)</script>",
    "www.x.example/'onclick='alert(1)",
    '"><script>alert(1)</script>',
    "';alert(1)//",
    "\ud800<script>alert(1)</script>\udfff",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "＜script＞alert(1)＜/script＞",
]

ATTRIBUTES = {
    "dir": {"auto"},
    "class": {"mention"},
    "rel": {"nofollow noopener ugc"},
}
NUMBERS = {"data-person", "start", "colspan", "rowspan"}


class Witness(HTMLParser):
    """Reads cleaned HTML and fails on whatever is neither text nor plainly harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in BLOCKS | INLINE
        assert len({name for name, _value in attributes}) == len(attributes)
        for name, value in attributes:
            self.check(tag, name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def check(self, tag: str, name: str, value: str) -> None:
        if name in ("href", "cite"):
            assert value.lower().startswith(("http://", "https://", "mailto:", "/"))
            assert not value.startswith(("//", "/\\"))
            assert not any(character <= " " for character in value)
        elif name in NUMBERS:
            assert value.isdecimal()
        elif name != "data-author":
            assert value in ATTRIBUTES[name]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def assert_harmless(cleaned: str) -> None:
    witness = Witness()
    witness.feed(cleaned)
    witness.close()
    assert witness.open == []
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "<p>a{}b</p>", "<ul><li>{}", "<a href='/x'>{}</a>"])
def test_nothing_that_acts_gets_through(payload: str, around: str) -> None:
    cleaned = clean(around.format(payload))
    assert_harmless(cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("payload", PAYLOADS)
def test_plain_text_is_never_read_as_html(payload: str) -> None:
    cleaned = from_text(payload)
    assert_harmless(cleaned)
    assert plain(cleaned).split() == html.scrub(payload).split()


def test_words_of_scripts_and_styles_are_not_shown() -> None:
    dirty = "<p>before</p><script>alert('x')</script><style>p{}</style><p>after</p>"
    assert plain(clean(dirty)) == "before\n\nafter"


def test_random_soup_comes_out_harmless_and_stays_as_it_is() -> None:
    tags = sorted(BLOCKS | INLINE | html.DROPPED | html.SYNONYMS.keys())
    pieces = [f"<{tag}>" for tag in tags] + [f"</{tag}>" for tag in tags]
    pieces += [
        "text",
        " ",
        "\n",
        "&lt;",
        "&amp;lt;",
        "&nbsp;",
        "<",
        ">",
        "&",
        '"',
        "'",
        "<!--",
        "-->",
    ]
    pieces += [
        "<a href=http://x.example>",
        "<a href=javascript:x>",
        "http://a.example/b",
        "a@b.example",
    ]
    pieces += ["<svg>", "<math>", "<p style=x onclick=y>", "<td colspan=2>", "</", "<a\\", "&#x3c;"]
    dice = random.Random(20261122)
    for _round in range(1500):
        soup = "".join(dice.choices(pieces, k=dice.randint(1, 14)))
        cleaned = clean(soup)
        assert_harmless(cleaned)
        assert clean(cleaned) == cleaned, soup


FORMATTED = (
    "<h2>Title</h2><p><strong>bold</strong> <em>slanted</em> <del>gone</del> <s>no</s> "
    "<u>under</u> x<sub>2</sub> y<sup>3</sup> <code>code</code><br>line</p><ul><li>one</li></ul>"
    '<ol start="3"><li>three</li></ol><blockquote>quoted</blockquote><pre>a  b\n  c</pre><hr>'
    '<table><caption>c</caption><thead><tr><th colspan="2">h</th></tr></thead>'
    '<tbody><tr><td rowspan="2">d</td></tr></tbody></table>'
)


def test_formatting_is_kept() -> None:
    assert clean(FORMATTED).replace(' dir="auto"', "") == FORMATTED


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<h1>x</h1>", "<h2>x</h2>"),
        ("<p><b>x</b><i>y</i></p>", "<p><strong>x</strong><em>y</em></p>"),
        ("<p><strike>z</strike></p>", "<p><del>z</del></p>"),
        ("<h6>x</h6>", "<h4>x</h4>"),
        ("<p><span style='x'>x</span></p>", "<p>x</p>"),
        ("bare words", "<p>bare words</p>"),
        ("a<div>b</div>c", "<p>a</p><div>b</div><p>c</p>"),
        ("<p></p><p>x</p><p>&nbsp;</p><p><br></p>", "<p>x</p>"),
        ("<div><br>x<br><br></div>", "<div>x</div>"),
        ("<p>a</p><p><br></p><p>b</p>", "<p>a</p><p><br></p><p>b</p>"),
        (
            "<table>lost?<caption>x</caption></table>",
            "<p>lost?</p><table><caption>x</caption></table>",
        ),
        ("<li>alone</li>", "<div>alone</div>"),
        ("<a href='javascript:x'>words</a>", "<p>words</p>"),
        ("<p>&copy; &#8364; &lt;b&gt; &amp;amp;</p>", "<p>© € &lt;b&gt; &amp;amp;</p>"),
    ],
)
def test_what_is_sent_is_tidied(sent: str, kept: str) -> None:
    assert clean(sent).replace(' dir="auto"', "") == kept


def test_links_lead_out_with_care() -> None:
    cleaned = clean('<p><a href="https://x.example/?a=1&section=2" title="t">x</a></p>')
    assert 'href="https://x.example/?a=1&amp;section=2"' in cleaned
    assert 'rel="nofollow noopener ugc"' in cleaned
    assert "rel=" not in clean('<a href="/c/maths/forum/1">inside</a>')
    assert "rel=" not in clean('<a href="mailto:a@b.example">write</a>')


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("see http://x.example.", "http://x.example", "."),
        ("(https://x.example/a_(b))", "https://x.example/a_(b)", ")"),
        ("https://школа.рф/путь?q=да", "https://школа.рф/путь?q=да", ""),
        ("www.x.example, or", "https://www.x.example", ", or"),
        ("write to anna.p+x@school.example!", "mailto:anna.p+x@school.example", "!"),
        ("«https://x.example»", "https://x.example", "»"),
    ],
)
def test_bare_addresses_become_links(text: str, address: str, rest: str) -> None:
    cleaned = from_text(text)
    assert f'href="{address}"' in cleaned
    assert cleaned.endswith(f"</a>{rest}</p>")


@pytest.mark.parametrize(
    "text", ["forum.py", "a@b", "http://", "x@y@z", "конец.Начало", "<code>http://x.example</code>"]
)
def test_what_is_no_address_stays_text(text: str) -> None:
    assert "<a " not in clean(text)


def test_mentions_name_a_person() -> None:
    mention = '<a href="/people/17" class="mention" data-person="17">Петрова А. И.</a>'
    assert mention in clean(f"<p>{mention}</p>")
    assert "class" not in clean('<a href="/people/17" class="mention">x</a>')
    assert "data-person" not in clean('<a href="/p" class="mention" data-person="17 or 1">x</a>')


@pytest.mark.parametrize("href", ["https://other.example/people/17", "//other.example/", ""])
def test_a_link_that_leads_elsewhere_does_not_wear_a_persons_name(href: str) -> None:
    cleaned = clean(f'<p><a href="{href}" class="mention" data-person="17">Петрова А. И.</a></p>')
    assert "mention" not in cleaned
    assert "data-person" not in cleaned


def test_quotes_say_whose_they_are_and_whence() -> None:
    quote = '<blockquote cite="/c/maths/forum/1/posts/2" data-author="Петрова А. И.">x</blockquote>'
    assert clean(quote) == quote.replace(">x", ' dir="auto">x')


def test_emoji_and_right_to_left_writing_are_kept() -> None:
    text = "👩🏽‍🏫 שלום مرحبا café"
    assert plain(from_text(text)) == text
    assert from_text(text).startswith('<p dir="auto">')


def test_what_turns_the_direction_of_other_words_is_removed() -> None:
    assert plain(clean("<p>a\u202eb&#x202e;c\u202d</p>")) == "abc"


def test_control_characters_and_lone_surrogates_are_removed() -> None:
    dirty = "<p>a\x00b\x08c&#0;d\ud800e&#xd800;f&#8;</p>"
    assert plain(clean(dirty)).replace("\ufffd", "") == "abcdef"


def test_too_long_a_text_is_refused_before_it_is_read() -> None:
    started = time.perf_counter()
    with pytest.raises(TooLarge):
        clean("<p>" * (10 * 1024 * 1024))
    with pytest.raises(TooLarge):
        from_text("ы" * (10 * 1024 * 1024))
    assert time.perf_counter() - started < 1


def test_the_limit_counts_bytes() -> None:
    assert plain(clean("a" * html.MAX_BYTES)) == "a" * html.MAX_BYTES
    with pytest.raises(TooLarge):
        clean("ы" * (html.MAX_BYTES // 2 + 1))


@pytest.mark.parametrize(
    "absurd",
    [
        "<div>" * 200,
        "<b><i>" * 200,
        "<ul><li>" * 200,
        "<table><td>" * 200,
        "<blockquote>" * 15_000,
        "<p>x" * 20_000,
        "&" * 20_000,
        "<a " + "b " * 20_000 + ">",
        "<p>" + "".join(f"<b id={number}>" for number in range(150)),
    ],
)
def test_absurd_formatting_is_refused_quickly(absurd: str) -> None:
    started = time.perf_counter()
    with pytest.raises(DomainError, match=r"simplify|упростите"):
        clean(absurd)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "slow",
    ["&#" + "1" * 100_000, "http://x" + ")" * 100_000, "a@" * 50_000, "<!--" + "-a" * 50_000],
)
def test_no_text_takes_long(slow: str) -> None:
    started = time.perf_counter()
    clean(slow)
    assert time.perf_counter() - started < 2


def test_deep_but_honest_nesting_is_kept() -> None:
    quotes = "<blockquote>" * 40 + "x" + "</blockquote>" * 40
    assert clean(quotes).count("<blockquote") == 40


def test_plain_text_becomes_paragraphs() -> None:
    text = "\n\nFirst line\nsecond <line>\r\n\r\n \n\nNext & last\n"
    assert from_text(text).replace(' dir="auto"', "") == (
        "<p>First line<br>second &lt;line&gt;</p><p>Next &amp; last</p>"
    )
    assert plain(from_text(text)) == "First line\nsecond <line>\n\nNext & last"
    assert from_text(" \n ") == ""


def test_words_of_html() -> None:
    assert plain(clean(FORMATTED)) == (
        "Title\n\nbold slanted gone no under x2 y3 code\nline\n\n• one\n\n• three\n\nquoted\n\n"
        "a  b\nc\n\nc\n\nh\n\nd"
    )


def test_the_beginning_of_a_text_on_one_line() -> None:
    text = from_text("The quick brown fox\n\njumps over the lazy dog")
    assert excerpt(text) == "The quick brown fox jumps over the lazy dog"
    assert excerpt(text, 14) == "The quick…"
    assert excerpt(from_text("One, two"), 6) == "One…"
    assert excerpt(from_text("Supercalifragilistic"), 6) == "Super…"


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        ("<p><br></p><div>&nbsp;</div>", True),
        ("<p><strong> \u200b</strong></p>", True),
        ("<p>.</p>", False),
        ("<hr>", False),
    ],
)
def test_whether_anything_would_be_seen(text: str, blank: bool) -> None:
    assert is_blank(clean(text)) is blank
