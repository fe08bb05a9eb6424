"""Templates keep the words of each language apart, and call what they are given as Jinja does."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, pass_context, pass_environment
from jinja2.runtime import Context

from core.access.actors import GUEST_VIEWER
from core.platform.i18n import use_locale


@pass_context
def names(context: Context, *more: str) -> str:
    return ",".join([str(context.get("row", "-")), *more])


@pass_environment
def trims(environment: Environment) -> bool:
    return environment.trim_blocks


class Greeting:
    """Something callable that is neither a function nor a macro."""

    @pass_context
    def __call__(self, context: Context, whom: str) -> str:
        return f"{whom} {context.get('row', '-')}"


def shown(app: Flask, source: str, **values: Any) -> str:
    return app.jinja_env.from_string(source).render(**values)


def test_what_asks_for_the_context_gets_it_even_inside_a_loop(app: Flask) -> None:
    loop = "{% for each in rows %}{% set row = each %}"
    source = loop + "{{ names('x') }};{{ greet('Hi') }} {% endfor %}"
    values = {"rows": [1, 2], "names": names, "greet": Greeting()}
    text = shown(app, source, **values)
    assert text == Environment().from_string(source).render(**values)
    assert text == "1,x;Hi 1 2,x;Hi 2 "
    assert shown(app, "{{ trims() }}", trims=trims) == "True"


def test_macros_take_blocks_of_their_caller_and_defaults(app: Flask) -> None:
    source = (
        "{% macro box(title, kind='plain') %}[{{ kind }} {{ title }}: {{ caller() }}]{% endmacro %}"
        "{% for row in rows %}{% call box(row) %}{{ row * 2 }}{% endcall %}{% endfor %}"
        "{% call box('b', kind='wide') %}&{% endcall %}"
    )
    assert shown(app, source, rows=[1, 2]) == "[plain 1: 2][plain 2: 4][wide b: &]"


def test_something_that_cannot_be_called_says_so(app: Flask) -> None:
    with pytest.raises(TypeError):
        shown(app, "{{ title() }}", title="words")


def test_a_phrase_is_put_in_for_the_language_in_which_it_is_read(app: Flask) -> None:
    with app.test_request_context():
        for locale, word in (("ru", "Выйти"), ("en", "Sign out"), ("ru", "Выйти")):
            with use_locale(locale):
                frame: Any = app.jinja_env.get_template("macros/frame.html").module
                assert word in frame.account(GUEST_VIEWER, [])


def test_a_phrase_in_a_template_is_escaped_once(app: Flask) -> None:
    """The apostrophe of a constant phrase must not reach an attribute unescaped, nor twice."""
    with app.test_request_context(), use_locale("en"):
        env = app.jinja_env
        text = env.from_string("""<a title='{{ _("One's own & others'") }}'>""").render()
    assert text == "<a title='One&#39;s own &amp; others&#39;'>"
