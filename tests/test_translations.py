"""Every phrase of every owner is there in Russian, and the checks that say so can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.platform import messages

ROOT = Path(__file__).parent.parent
OWNERS = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/plugin.py"))]

SOURCE = """
_ = _l = ngettext = print
_("Edit")
_l("Hello, %(name)s")
ngettext("%(n)s vote", "%(n)s votes", 3)
"""
TEMPLATE = '<p>{{ _("From the page") }}</p>'
HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || """
HEAD += """n%100>14) ? 1 : 2);\\n"

"""
COMPLETE = {
    "Edit": 'msgid "Edit"\nmsgstr "Править"\n',
    "Hello": 'msgid "Hello, %(name)s"\nmsgstr "Здравствуйте, %(name)s"\n',
    "votes": (
        'msgid "%(n)s vote"\nmsgid_plural "%(n)s votes"\n'
        'msgstr[0] "%(n)s голос"\nmsgstr[1] "%(n)s голоса"\nmsgstr[2] "%(n)s голосов"\n'
    ),
    "page": 'msgid "From the page"\nmsgstr "Со страницы"\n',
}


@pytest.mark.parametrize("owner", OWNERS, ids=lambda path: path.name)
def test_everything_is_said_in_russian(owner: Path) -> None:
    assert messages.faults(messages.words_of(owner)) == []


@pytest.fixture
def polls(tmp_path: Path) -> messages.Words:
    """A plugin with four phrases and no catalogue yet."""
    folder = tmp_path / "polls"
    (folder / "templates" / "polls").mkdir(parents=True)
    (folder / "templates" / "polls" / "show.html").write_text(TEMPLATE)
    (folder / "views.py").write_text(SOURCE)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_views.py").write_text('_("Not for people")')
    return messages.words_of(folder)


def translate(words: messages.Words, **changed: str) -> None:
    path = words.path("ru")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join((COMPLETE | changed).values()), encoding="utf-8")


def test_python_and_templates_are_read_and_tests_are_not(polls: messages.Words) -> None:
    said = {message.id for message in messages.extract(polls) if message.id}
    assert said == {
        "Edit", "Hello, %(name)s", ("%(n)s vote", "%(n)s votes"), "From the page",
    }  # fmt: skip


def test_a_complete_catalogue_has_no_faults(polls: messages.Words) -> None:
    translate(polls)
    assert messages.faults(polls) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"Edit": ""}, "missing: 'Edit'"),
        ({"Edit": 'msgid "Edit"\nmsgstr ""\n'}, "not translated: 'Edit'"),
        ({"Edit": '#, fuzzy\nmsgid "Edit"\nmsgstr "Править"\n'}, "fuzzy: 'Edit'"),
        ({"old": 'msgid "Gone"\nmsgstr "Ушло"\n'}, "said no more: 'Gone'"),
        ({"old": '#~ msgid "Gone"\n#~ msgstr "Ушло"\n'}, "obsolete: 'Gone'"),
        ({"Hello": COMPLETE["Hello"].replace("е, %(name)s", "е, %(nom)s")}, "other placeholders"),
        ({"votes": COMPLETE["votes"].replace('[2] "%(n)s голосов"', '[2] ""')}, "not translated"),
        ({"votes": COMPLETE["votes"].replace('[0] "%(n)s', '[0] "Один')}, "other placeholders"),
    ],
)
def test_each_fault_is_found(polls: messages.Words, changed: dict[str, str], fault: str) -> None:
    translate(polls, **changed)
    [found] = messages.faults(polls)
    assert fault in found


def test_a_phrase_has_a_plural_wherever_it_is_said_or_nowhere(polls: messages.Words) -> None:
    translate(polls)
    (polls.folders[0] / "forms.py").write_text('_("%(n)s vote")')
    assert messages.faults(polls) == ["polls: said with and without a plural: '%(n)s vote'"]


def test_an_update_keeps_translations_and_drops_what_is_gone(polls: messages.Words) -> None:
    translate(polls, old='msgid "Gone"\nmsgstr "Ушло"\n')
    messages.update(polls)
    assert messages.faults(polls) == []
    first = polls.path("ru").read_text(encoding="utf-8")
    messages.update(polls)
    assert polls.path("ru").read_text(encoding="utf-8") == first
    assert "Date" not in first


def test_an_update_adds_new_phrases_empty(polls: messages.Words) -> None:
    translate(polls)
    (polls.folders[0] / "forms.py").write_text('_("New")')
    messages.update(polls)
    assert messages.faults(polls) == ["polls/ru: not translated: 'New'"]


def test_a_phrase_that_gains_a_plural_is_translated_anew(polls: messages.Words) -> None:
    translate(polls)
    plural = SOURCE.replace('_("Edit")', 'ngettext("Edit", "Edit %(n)s posts", 2)')
    (polls.folders[0] / "views.py").write_text(plural)
    messages.update(polls)
    [fault] = messages.faults(polls)
    assert "not translated: ('Edit', 'Edit %(n)s posts')" in fault
