"""What a question means, and what is marked in what was found."""

from __future__ import annotations

import pytest

from core.platform.html import clean, plain, text_of
from core.search.asking import LONGEST, MOST_WORDS, asked, other_layout
from core.search.engines import Fts5, Gin
from core.search.snippets import LENGTH, marked_title, snippet
from core.search.stems import folded, stem, words_of

HOSTILE = (
    '"', '""', '"" ""', "'", "-", "--", '-"', "*", "a*", "NEAR(a b)", "a AND b OR NOT c", "(", ")",
    "title_stems : a", "{title_stems} : a", "^a", "a + b", "a:*", "!a & b | c <-> d", "'a':*ABCD",
    "\\", "%", "_", ";", "a; DROP TABLE users", "\x00", "a\x00b", "🙂", "🙂🙂 урок", "שלום עולם",
    "\u202eурок", "e\u0301cole", "ﬁ", "𝐀𝐁", "٣", "½", "²", "ß", "İ", "\ud800", "«»", "«урок", "“",
    "x" * 10_000, "слово " * 5_000, '"' * 10_000, "-" * 10_000, "- - -", '-"a b" c', "c12", "@c12",
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("дробями", "Дробь"), ("учителя", "учителей"), ("ёлка", "ЕЛКИ"), ("running", "runs"),
        ("за\u0301мок", "замок"), ("шести\u00adклассники", "шестиклассников"),
    ],
)  # fmt: skip
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_other_words_are_others() -> None:
    assert stem("дробь") != stem("дроздов")
    assert stem("мир") != stem("мера")


def test_words_are_letters_and_digits() -> None:
    text = "6-й класс: «Ёлка», план_урока.docx (№ 3)"
    assert list(words_of(text)) == ["6", "й", "класс", "Ёлка", "план", "урока", "docx", "3"]


def test_a_question_is_taken_apart() -> None:
    question = asked('Дроби "в шестом классе" -ЕГЭ пример')
    assert question.words == ("дроби", "пример")
    assert question.phrases == (("в", "шестом", "классе"),)
    assert question.without == ("егэ",)
    assert question.open_end


def test_quotes_of_both_languages_make_phrases() -> None:
    for typed in ("«наш дом»", "“наш дом”", '"наш дом', '"наш дом"'):
        assert asked(typed).phrases == (("наш", "дом"),), typed


def test_a_hyphen_within_a_word_leaves_nothing_out() -> None:
    question = asked("кое-как чёрно-белый")
    assert question.words == ("кое", "как", "черно", "белый")
    assert question.without == ()


def test_a_word_may_go_on_only_where_it_is_being_typed() -> None:
    assert asked("урок дроб").open_end
    for finished in ('"урок дроб"', "урок -дроб", "до", "урок!"):
        assert not asked(finished).open_end, finished


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_has_a_meaning(typed: str) -> None:
    question = asked(typed)
    assert len(question.text) <= LONGEST
    found = (*question.words, *question.without, *(w for p in question.phrases for w in p))
    assert len(found) <= MOST_WORDS
    assert all(word.isalnum() for word in found)


@pytest.mark.parametrize("engine", [Fts5(), Gin()])
def test_nobodys_syntax_enters_the_language_of_an_engine(engine: Fts5 | Gin) -> None:
    for typed in HOSTILE:
        question = asked(typed)
        if not question.is_empty:
            match = engine.match(question, [])
            for word in question.words:
                assert f'"{stem(word)}"' in match or f"'{stem(word)}'" in match


def test_the_other_layout() -> None:
    assert other_layout("ghbdtn") == "привет"
    assert other_layout("руддщ") == "hello"


def test_marks_stand_around_the_forms_of_the_words() -> None:
    words = {stem("дробь"), stem("класс")}
    assert snippet("Дроби в 6 классе", words) == "<mark>Дроби</mark> в 6 <mark>классе</mark>"
    assert marked_title("Дробями", words) == "<mark>Дробями</mark>"


def test_a_word_that_goes_on_is_marked_too() -> None:
    assert snippet("Олимпиада", [stem("олим")], "олим") == "<mark>Олимпиада</mark>"


def test_text_of_people_never_is_markup() -> None:
    text = '<script>alert(1)</script> урок & "дом"'
    shown = snippet(text, [stem("урок")])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<mark>урок</mark>" in shown
    assert marked_title("<mark>урок</mark>", [stem("урок")]).count("<mark>") == 1


def test_a_snippet_is_the_part_with_the_words() -> None:
    text = f"{'слово ' * 200}нужное место {'слово ' * 200}"
    shown = snippet(text, [stem("нужный"), stem("место")])
    assert "<mark>нужное</mark> <mark>место</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < LENGTH + 60


def test_a_snippet_of_a_text_without_any_space() -> None:
    assert len(snippet("а" * 10_000, [stem("б")])) <= LENGTH + 4


def test_a_very_long_text_is_marked_in_time() -> None:
    assert "<mark>" in snippet("урок " * 30_000, [stem("урок")])


def test_a_word_has_no_more_letters_than_any_real_one() -> None:
    assert len(folded("я" * 1_000)) == 60


@pytest.mark.parametrize(
    "written",
    [
        "<p>сло<strong>во</strong> и <em>дело</em></p><p>другое</p>",
        "первая<br>вторая<hr>третья<ul><li>раз<li>два</ul>",
        "<table><tr><td>а<td>б</table><pre>x &lt; y &amp;&amp; z &gt; 1</pre>",
        '<a href="https://x.ru/?a=1&b=2">да</a> <blockquote cite="/x" data-author="<b>">о',
        "м<sup>2</sup> &laquo;ёлка&raquo; 1 &lt;2&gt; &amp;amp;",
    ],
)
def test_the_words_of_clean_markup_are_those_that_a_browser_shows(written: str) -> None:
    html = clean(written)
    assert text_of(html).split() == plain(html).split()
