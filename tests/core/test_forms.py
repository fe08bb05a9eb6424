"""Forms: our words, nothing odd let in, nothing typed lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from core.platform.dates import use_zone
from core.platform.forms import COUNTED, WORDS, Form, LocalDateTimeField, RichTextField
from core.platform.i18n import LazyString, use_locale

STORED = '<p dir="auto">Some <strong>bold</strong> words</p>'


class PostForm(Form):
    title = StringField("Title", [validators.InputRequired(), validators.Length(3, 10)])
    notes = TextAreaField("Notes")
    password = PasswordField("Password")
    count = IntegerField("Count", [validators.Optional(), validators.NumberRange(1, 5)])
    day = DateField("Day", [validators.Optional()])
    kind = SelectField("Kind", choices=[("a", LazyString(lambda: "A & B"))], default="a")
    opens_at = LocalDateTimeField("Opens", [validators.Optional()])
    body = RichTextField("Text", [validators.InputRequired()])


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    """A request in which forms may be made."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="0123456789abcdef", WTF_CSRF_ENABLED=False)
    with app.test_request_context():
        yield


def sent(**fields: str) -> PostForm:
    """The form as somebody sent it, complete but for what is given."""
    complete = {"title": "Title", "kind": "a", "body": "Words", "body-format": "text"}
    answers = {name.replace("__", "-"): value for name, value in fields.items()}
    return PostForm(MultiDict(complete | answers))


def opened(**values: Any) -> PostForm:
    """The form as it is first shown, for changing what is stored."""
    return PostForm(None, data=values)


def errors(form: PostForm, name: str) -> list[str]:
    assert form.validate() is (not form.errors)
    return [str(error) for error in form.errors.get(name, [])]


def test_a_complete_form_is_valid() -> None:
    form = sent()
    assert form.validate()
    assert form.errors == {}


@pytest.mark.parametrize(
    ("name", "typed", "russian", "english"),
    [
        ("title", "", "Пожалуйста, заполните это поле.", "Please fill this in."),
        ("title", "x", "Нужно от 3 до 10 знаков.", "Please use from 3 to 10 characters."),
        ("count", "7", "Введите число от 1 до 5.", "Please give from 1 to 5."),
        ("count", "two", "Введите целое число.", "Please give a whole number."),
        ("day", "soon", "Введите дату, например 24.11.2026.", "Please give a date, such as"),
        ("kind", "z", "Пожалуйста, выберите один из вариантов.", "Please choose one of the"),
        ("opens_at", "soon", "Введите дату и время", "Please give a date and time"),
        ("body", " ", "Пожалуйста, заполните это поле.", "Please fill this in."),
    ],
)
def test_errors_are_said_in_our_words(name: str, typed: str, russian: str, english: str) -> None:
    for locale, words in (("ru", russian), ("en", english)):
        with use_locale(locale):
            assert errors(sent(**{name: typed}), name)[0].startswith(words)


@pytest.mark.parametrize(
    ("least", "words"),
    [(1, "Нужен хотя бы 1 знак."), (3, "Нужно хотя бы 3 знака."), (8, "Нужно хотя бы 8 знаков.")],
)
def test_errors_count_in_russian(least: int, words: str) -> None:
    class Counted(Form):
        name = StringField(validators=[validators.Length(min=least)])

    form = Counted(MultiDict({"name": ""}))
    assert not form.validate()
    assert form.name.errors == [words]


def test_our_words_keep_the_values_of_theirs() -> None:
    """A value that WTForms does not fill in would show as %(…)s."""
    values = re.compile(r"%\((\w+)\)")
    for theirs, ours in WORDS.items():
        assert set(values.findall(str(ours))) <= set(values.findall(theirs))
    for theirs, (_one, many) in COUNTED.items():
        assert set(values.findall(many)) == set(values.findall(theirs))


def test_every_word_of_wtforms_in_the_table_is_really_said_by_it() -> None:
    import flask_wtf.csrf
    import flask_wtf.file
    import wtforms.fields.choices
    import wtforms.fields.datetime
    import wtforms.fields.numeric
    import wtforms.validators

    modules = (
        wtforms.validators, wtforms.fields.choices, wtforms.fields.datetime,
        wtforms.fields.numeric, flask_wtf.csrf, flask_wtf.file,
    )  # fmt: skip
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in modules)
    for theirs in [*WORDS, *COUNTED]:
        assert f'"{theirs}"' in source


def test_what_nobody_types_is_removed() -> None:
    form = sent(title="  a\x00b\r\nc\ud800 ", notes="one\x00\r\ntwo\r\n\r\n", password=" s\x00 ")
    assert form.title.data == "ab c"
    assert form.notes.data == "one\ntwo"
    assert form.password.data == " s "


def test_what_was_typed_comes_back_with_the_error() -> None:
    form = sent(title="Title", count="two", opens_at="soon", body="Two words", notes="<b>")
    assert not form.validate()
    assert 'value="two"' in form.count()
    assert 'value="soon"' in form.opens_at()
    assert "Two words</textarea>" in form.body()
    assert "&lt;b&gt;" in form.notes()


def test_a_moment_is_typed_by_the_clock_on_the_wall() -> None:
    with use_zone("Asia/Vladivostok"):
        form = sent(opens_at="2026-11-24T15:00")
        assert form.opens_at.data == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
        assert 'value="2026-11-24T15:00"' in form.opens_at()
        stored = opened(opens_at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
        assert 'value="2026-11-24T15:00"' in stored.opens_at()


@pytest.mark.parametrize("typed", ["2026-11-24T15:00:00", "24.11.2026 15:00", "24.11.2026, 15:00"])
def test_a_moment_may_be_typed_by_hand(typed: str) -> None:
    assert sent(opens_at=typed).opens_at.data == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_choices_are_pairs_with_titles_in_the_language_of_the_page() -> None:
    assert "A &amp; B</option>" in opened().kind()


def test_no_moment_is_none() -> None:
    form = sent(opens_at="")
    assert form.validate()
    assert form.opens_at.data is None
    assert 'value=""' in opened().opens_at()


def test_plain_text_becomes_html() -> None:
    form = sent(body="One\r\n\r\nTwo <b>", body__format="text")
    assert form.body.data == '<p dir="auto">One</p><p dir="auto">Two &lt;b&gt;</p>'


def test_html_of_the_editor_is_cleaned() -> None:
    form = sent(body="<div>One<script>x</script> <b>two</b></div>", body__format="html")
    assert form.body.data == '<div dir="auto">One <strong>two</strong></div>'


def test_html_is_text_unless_the_editor_says_otherwise() -> None:
    assert "&lt;b&gt;" in sent(body="<b>x</b>", body__format="what").body.data
    form = PostForm(MultiDict({"title": "Title", "kind": "a", "body": "<b>x</b>"}))
    assert "&lt;b&gt;" in form.body.data


def test_an_editor_left_empty_is_empty() -> None:
    with use_locale("en"):
        form = sent(body="<div><br></div>", body__format="html")
        assert errors(form, "body") == ["Please fill this in."]


def test_the_page_works_for_both_ways_of_writing() -> None:
    area = opened(body=STORED).body()
    assert "Some bold words</textarea>" in area
    assert 'data-html="&lt;p dir=&#34;auto&#34;&gt;Some &lt;strong&gt;bold' in area
    assert '<input type="hidden" id="body-format" name="body-format" value="text">' in area


def test_text_left_as_it_was_keeps_its_formatting() -> None:
    changed = {"title": "Other", "kind": "a", "body": "Some bold words", "body-format": "text"}
    assert PostForm(MultiDict(changed), data={"body": STORED}).body.data == STORED


def test_text_changed_without_script_loses_no_other_formatting() -> None:
    changed = {"title": "Other", "kind": "a", "body-format": "text"}
    changed["body"] = "Some very bold words\r\n\r\nNext"
    edited = PostForm(MultiDict(changed), data={"body": STORED})
    assert edited.body.data.replace(' dir="auto"', "") == (
        "<p>Some very <strong>bold</strong> words</p><p>Next</p>"
    )


def test_what_the_editor_sent_comes_back_into_it() -> None:
    form = sent(title="", body="<div><b>x</b></div>", body__format="html")
    assert not form.validate()
    assert "&lt;strong&gt;x&lt;/strong&gt;" in form.body()
    assert ">\r\nx</textarea>" in form.body()


@pytest.mark.parametrize("kind", ["html", "text"])
def test_what_cannot_be_taken_is_not_lost(kind: str) -> None:
    too_much = "слово " * 40_000
    form = sent(body=too_much, body__format=kind)
    with use_locale("en"):
        [error] = errors(form, "body")
    assert "200" in error
    assert too_much in form.body()
    assert f'name="body-format" value="{kind}"' in form.body()
    assert "data-html" not in form.body()


def test_several_rich_texts_each_say_how_they_were_written() -> None:
    class Two(Form):
        first = RichTextField()
        second = RichTextField()

    answers = {
        "first": "<b>",
        "first-format": "text",
        "second": "<b>x</b>",
        "second-format": "html",
    }
    form = Two(MultiDict(answers))
    assert form.first.data == '<p dir="auto">&lt;b&gt;</p>'
    assert form.second.data == '<p dir="auto"><strong>x</strong></p>'
