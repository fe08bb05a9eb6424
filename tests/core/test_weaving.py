"""Formatted text that is changed as plain text, by people whose browser runs no script."""

import random
import time

import pytest

from core.platform.html import MAX_BYTES, clean, from_text, plain, reworded
from core.platform.weaving import MOST_CHANGED

QUOTE = (
    '<blockquote cite="https://x.ru/1" data-author="Anna">How <strong>shall</strong> we?'
    "</blockquote>"
)
ANSWER = (
    '<p>With <a href="https://a.ru/1">this book</a>, see https://b.ru/x and '
    '<a href="/people/3" class="mention" data-person="3">@Boris</a>.</p>'
)
LISTS = "<ul><li>one <em>slanted</em></li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
RIGID = (
    "<h2>Title</h2><hr><table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr>"
    "</tbody></table><pre>x\n\n  y</pre>"
)
WHOLE = clean(QUOTE + ANSWER + LISTS + RIGID)


def changed(html: str, *changes: tuple[str, str]) -> str:
    """What is stored after these words were replaced in the text area."""
    html = clean(html)
    text = plain(html)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    rewritten = reworded(html, text)
    assert clean(rewritten) == rewritten
    return rewritten.replace(' dir="auto"', "").replace(' rel="nofollow noopener ugc"', "")


def test_words_that_were_added_leave_all_the_rest_as_it_was() -> None:
    assert reworded(WHOLE, plain(WHOLE)) == WHOLE
    assert reworded(WHOLE, plain(WHOLE) + "\n\nNext") == WHOLE + '<p dir="auto">Next</p>'


@pytest.mark.parametrize(
    ("html", "before", "after", "stored"),
    [
        ("<p>a <strong>b c</strong> d</p>", "b c", "b x c", "<p>a <strong>b x c</strong> d</p>"),
        ("<p>a <strong>b c</strong> d</p>", "b c", "x", "<p>a <strong>x</strong> d</p>"),
        ("<p>a <strong>b</strong></p>", "b", "b d", "<p>a <strong>b</strong> d</p>"),
        ("<p>a <em>b <u>c</u></em></p>", "c", "d", "<p>a <em>b <u>d</u></em></p>"),
        ("<p>a<br><u>b</u></p>", "b", "b\nc < d", "<p>a<br><u>b</u><br>c &lt; d</p>"),
        ("<p>a <u>b</u> c <u>d</u></p>", "b c", "b\n\nc", "<p>a <u>b</u></p><p>c <u>d</u></p>"),
        ("<h2>Titel</h2><p>a</p>", "Titel", "Title", "<h2>Title</h2><p>a</p>"),
    ],
)
def test_changed_words_wear_what_is_around_them(
    html: str, before: str, after: str, stored: str
) -> None:
    assert changed(html, (before, after)) == stored


def test_items_stay_in_their_lists() -> None:
    more = changed(LISTS, ("• two", "• two\n\n• three"), ("• first\n\n", ""))
    assert more == (
        "<ul><li>one <em>slanted</em></li><li>two</li><li>three</li></ul><ol><li>second</li></ol>"
    )
    assert changed(LISTS, ("• first", "first")).endswith("<p>first</p><ol><li>second</li></ol>")


def test_a_quote_keeps_its_source_and_takes_in_nothing_else() -> None:
    assert "we</blockquote>" in changed(QUOTE + ANSWER, ("we?", "we"))
    parted = changed("<blockquote><p>a</p><p>b</p></blockquote>", ("a", "a\n\nmine"))
    assert parted == (
        "<blockquote><p>a</p></blockquote><p>mine</p><blockquote><p>b</p></blockquote>"
    )
    without = changed(QUOTE + ANSWER, ("How shall we?\n\nWith", "Use"))
    assert "blockquote" not in without
    assert without.startswith('<p>Use <a href="https://a.ru/1">this book</a>')


def test_a_link_with_other_words_does_not_lie() -> None:
    stored = changed(ANSWER, ("this", "that"), ("b.ru/x", "b.ru/y"), ("@Boris", "@Gleb"))
    assert '<a href="https://a.ru/1">that book</a>' in stored
    assert '<a href="https://b.ru/y">https://b.ru/y</a>' in stored
    assert "@Gleb" in stored
    assert "mention" not in stored


def test_what_has_no_plain_form_is_kept_whole_or_becomes_plain() -> None:
    assert changed(RIGID, ("Title", "Titles")) == RIGID.replace("Title", "Titles")
    broken = changed(RIGID, ("a\tb", "a\td"), ("x\n\ny", "x\n\nz"))
    assert broken == "<h2>Title</h2><hr><p>a\td</p><p>c</p><p>x</p><p>z</p>"


def test_nothing_typed_is_nothing() -> None:
    assert reworded(WHOLE, " \n ") == ""
    assert reworded(clean("<hr>"), "") == ""
    assert reworded("", "a\n\nb") == from_text("a\n\nb")


def test_whatever_is_typed_is_what_is_read() -> None:
    chance = random.Random(5)
    text = plain(WHOLE)
    for _turn in range(300):
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        new = text[:start] + chance.choice(["", " new\n\nwords ", "• ", "\n"]) + text[end:]
        stored = reworded(WHOLE, new)
        assert clean(stored) == stored
        assert plain(stored).replace("•", "").split() == new.replace("•", "").split()


def test_much_that_changed_takes_no_time() -> None:
    words = [str(n % 97) for n in range(MAX_BYTES // 4)]
    stored = from_text(" ".join(words))
    started = time.process_time()
    assert plain(reworded(stored, " ".join(reversed(words)))).split() == words[::-1]
    few = "a " * (MOST_CHANGED // 5)
    reworded(from_text(few), few[1:] + "b")
    reworded(from_text("a\n\n" * 2_000), "a\n\nb\n\n" * 1_000)
    assert time.process_time() - started < 2
