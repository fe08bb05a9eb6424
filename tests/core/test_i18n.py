"""Each owner speaks its own words, in the language of the person who reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader
from markupsafe import Markup

from core.platform import i18n, templating
from core.platform.i18n import Domain, LazyString, current_locale, select_locale, use_locale

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || """
HEAD += """n%100>14) ? 1 : 2);\\n"

"""
CORE = """
msgid "Edit"
msgstr "Изменить"

msgid "Back"
msgstr "Назад"
"""
FORUM = """
msgid "Edit"
msgstr "Править"

msgid "Hello, %(name)s"
msgstr "Здравствуйте, %(name)s"

msgid "%(n)s reply"
msgid_plural "%(n)s replies"
msgstr[0] "%(n)s ответ"
msgstr[1] "%(n)s ответа"
msgstr[2] "%(n)s ответов"
"""
TEMPLATES = {
    "layout.html": "{{ _('Edit') }}|{% block body %}{% endblock %}|{% include 'foot.html' %}",
    "foot.html": "{{ _('Back') }}",
    "macros.html": "{% macro edit() %}{{ _('Edit') }}{% endmacro %}",
    "forum/topic.html": (
        "{% extends 'layout.html' %}{% from 'macros.html' import edit %}"
        "{% block body %}{{ _('Edit') }} {{ edit() }} "
        "{{ ngettext('%(n)s reply', '%(n)s replies', n) }}{% endblock %}"
    ),
    "forum/hello.html": "{{ _('Hello, %(name)s', name=name) }}",
}

forum = Domain("forum")


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Core and a forum with words of their own, instead of the real ones."""
    monkeypatch.setattr(i18n, "_directories", {})
    for name, words in (("core", CORE), ("forum", FORUM)):
        folder = tmp_path / name / "ru" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / f"{name}.po").write_text(HEAD + words, encoding="utf-8")
        i18n.register_domain(name, tmp_path / name)
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


class Site(Flask):
    jinja_environment = templating.Environment


@pytest.fixture
def site() -> Flask:
    app = Site(__name__)
    app.jinja_loader = DictLoader(TEMPLATES)
    i18n.init_app(app)
    return app


def test_an_owner_speaks_its_own_words_and_borrows_cores() -> None:
    assert forum.gettext("Edit") == "Править"
    assert forum.gettext("Back") == "Назад"
    assert i18n.core_domain.gettext("Edit") == "Изменить"
    assert forum.gettext("Nobody translated this") == "Nobody translated this"


@pytest.mark.parametrize(
    ("number", "phrase"), [(1, "1 ответ"), (3, "3 ответа"), (11, "11 ответов"), (21, "21 ответ")]
)
def test_russian_has_three_plural_forms(number: int, phrase: str) -> None:
    assert forum.ngettext("%(n)s reply", "%(n)s replies", number) == phrase


def test_english_has_two_plural_forms() -> None:
    with use_locale("en"):
        assert forum.ngettext("%(n)s reply", "%(n)s replies", 1) == "1 reply"
        assert forum.ngettext("%(n)s reply", "%(n)s replies", 21) == "21 replies"


def test_values_are_filled_in() -> None:
    assert forum.gettext("Hello, %(name)s", name="Анна") == "Здравствуйте, Анна"


def test_a_percent_sign_without_values_is_just_that() -> None:
    assert forum.gettext("100% done") == "100% done"


def test_markup_within_a_phrase_stays_and_all_else_is_escaped() -> None:
    said = forum.gettext("Hello, %(name)s", name=Markup("<b>Анна</b>"))
    assert said == Markup("Здравствуйте, <b>Анна</b>")
    said = forum.gettext("%(a)s & %(b)s", a=Markup("<b>x</b>"), b="<i>")
    assert said == Markup("<b>x</b> &amp; &lt;i&gt;")


def test_each_template_file_speaks_the_words_of_its_owner(site: Flask) -> None:
    with site.test_request_context():
        page = render_template("forum/topic.html", n=5)
    assert page == "Изменить|Править Изменить 5 ответов|Назад"


def test_a_template_speaks_every_language(site: Flask) -> None:
    with site.test_request_context():
        assert render_template("forum/topic.html", n=1).startswith("Изменить|Править")
        with use_locale("en"):
            assert render_template("forum/topic.html", n=1) == "Edit|Edit Edit 1 reply|Back"


def test_values_in_templates_are_escaped(site: Flask) -> None:
    with site.test_request_context():
        page = render_template("forum/hello.html", name="<script>")
        assert page == "Здравствуйте, &lt;script&gt;"
        assert "<b>" in render_template("forum/hello.html", name=Markup("<b>А</b>"))


def test_a_folder_of_core_is_no_plugin() -> None:
    assert i18n.domain_of("forum/topic.html") == "forum"
    assert i18n.domain_of("people/profile.html") == "core"
    assert i18n.domain_of("forum.html") == "core"
    assert i18n.domain_of(None) == "core"


def test_a_lazy_phrase_is_translated_when_it_is_shown() -> None:
    title = forum.lazy("Hello, %(name)s", name="Анна")
    assert str(title) == "Здравствуйте, Анна"
    assert f"{title}!" == "Здравствуйте, Анна!"
    with use_locale("en"):
        assert str(title) == "Hello, Анна"
        assert f"{forum.lazy('Edit'):>6}" == "  Edit"


def test_lazy_phrases_behave_like_words() -> None:
    edit = forum.lazy("Edit")
    assert edit == "Править" == edit
    assert edit != 5
    assert {edit: 1}["Править"] == 1  # type: ignore[index]
    assert len(edit) == 7
    assert sorted([edit, i18n.core_domain.lazy("Back")]) == ["Назад", "Править"]
    assert forum.lazy("Hello, %(name)s") % {"name": "Анна"} == "Здравствуйте, Анна"


def test_a_lazy_phrase_is_escaped_in_templates_and_plain_in_json(site: Flask) -> None:
    phrase = LazyString(lambda: "Вопросы & <ответы>")
    assert Markup("<i>{}</i>").format(phrase) == "<i>Вопросы &amp; &lt;ответы&gt;</i>"
    assert json.loads(site.json.dumps({"title": phrase})) == {"title": "Вопросы & <ответы>"}
    assert "Вопросы" in site.json.dumps({"title": phrase})


@pytest.mark.parametrize(
    ("preferred", "cookie", "header", "locale"),
    [
        ("en", "ru", "ru", "en"),
        (None, "en", "ru", "en"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "de, en;q=0.5", "en"),
        (None, None, "de", "ru"),
        (None, None, "", "ru"),
        (None, "xx", "en", "en"),
        ("de", None, "en", "en"),
    ],
)
def test_the_language_of_a_request(
    site: Flask, preferred: str | None, cookie: str | None, header: str, locale: str
) -> None:
    headers = {"Accept-Language": header} | ({"Cookie": f"locale={cookie}"} if cookie else {})
    with site.test_request_context(headers=headers):
        assert select_locale(preferred) == locale
        assert current_locale() == locale


def test_a_request_that_nobody_prepared_finds_its_language(site: Flask) -> None:
    with site.test_request_context(headers={"Accept-Language": "en"}):
        assert current_locale() == "en"


def test_a_letter_within_a_request_speaks_the_language_of_its_reader(site: Flask) -> None:
    with site.test_request_context():
        select_locale("en")
        with use_locale("ru"):
            assert forum.gettext("Edit") == "Править"
        assert forum.gettext("Edit") == "Edit"


def test_jobs_speak_russian_unless_told(site: Flask) -> None:
    assert current_locale() == "ru"
    with site.app_context():
        assert current_locale() == "ru"
        with use_locale("en"):
            assert current_locale() == "en"
    with use_locale("xx"):
        assert current_locale() == "ru"
