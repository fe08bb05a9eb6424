"""Files as answers: taken in with a form, and kept for as long as an answer or what somebody has
begun names them.

They belong to a content that stands in no community: the one who answered reads it, with
colleagues where each school has one voice. Whoever runs the poll gets them through its own pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from core.api import (
    Activity,
    Actor,
    AttachmentsField,
    Community,
    Content,
    ContentType,
    ContentView,
    File,
    Form,
    User,
    attach,
    db,
    let_read,
    new_content,
    remove_contents,
    row_number,
)
from plugins.polls.models import Answer, Ballot, Handed, Poll, Question, Unfinished, Voter
from plugins.polls.words import _, _l

FILES = "polls.files"
MOST = 5


def field(name: str, label: str, files: Sequence[File] = (), *, sent: bool = False) -> Any:
    """The field of a question that asks for files. ``files`` are those it begins with; ``sent``
    takes in what the request brings, with what was chosen before."""
    form_class = type("FilesForm", (Form,), {name: AttachmentsField(label, most=MOST)})
    form = form_class(data={name: list(files)}, **({} if sent else {"formdata": None}))
    if sent:
        form.validate()
    return form[name]


def files_in(numbers: Iterable[Any]) -> list[File]:
    """Files by their numbers, in this order, as far as they are there still; at most one query."""
    wanted = [row_number(str(number)) for number in numbers]
    if not wanted:
        return []
    found = {file.id: file for file in db.session.scalars(select(File).where(File.id.in_(wanted)))}
    return [found[number] for number in wanted if number in found]


def settle(actor: Actor, poll: Poll, user_id: int | None) -> None:
    """Keep the files that somebody's answers and beginnings name now, and no others; inside an
    operation that holds the poll. Raises DomainError when one of them is gone."""
    asking = select(Question.id).where(
        Question.activity_id == poll.activity_id, Question.kind == "file"
    )
    if user_id is None or not (questions := db.session.scalars(asking).all()):
        return
    named = _named(poll.activity_id, user_id, questions)
    handed = db.session.scalar(
        select(Handed).where(Handed.activity_id == poll.activity_id, Handed.user_id == user_id)
    )
    if handed is not None and not named:
        remove_contents(actor, [handed.id])
    elif named:
        content = handed.content if handed is not None else _begun(actor, poll, user_id)
        attach(content, files_in(dict.fromkeys(named)))


def _named(activity_id: int, user_id: int, questions: Sequence[int]) -> list[int]:
    """The numbers of all files in the ballot of a person, and in what they have begun."""
    answered = (
        select(Answer.file_id)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.activity_id == activity_id, Ballot.user_id == user_id)
        .where(Answer.file_id.is_not(None))
        .order_by(Answer.id)
    )
    begun = db.session.scalar(
        select(Unfinished.answers).filter_by(activity_id=activity_id, user_id=user_id)
    )
    kept = [number for question in questions for number in (begun or {}).get(str(question), ())]
    return [*db.session.scalars(answered), *kept]


def _begun(actor: Actor, poll: Poll, user_id: int) -> Content:
    content = new_content(actor, FILES)
    db.session.add(
        Handed(id=content.id, content=content, activity_id=poll.activity_id, user_id=user_id)
    )
    db.session.flush()
    let_read(content, [user_id])
    if poll.by_school:
        let_read(content, _colleagues(poll.activity_id, user_id))
    return content


def _colleagues(activity_id: int, user_id: int) -> Select[Any]:
    """Those on the list who are of the same school."""
    here = Voter.activity_id == activity_id
    school = select(Voter.school_id).where(here, Voter.user_id == user_id).scalar_subquery()
    return select(Voter.user_id).where(here, Voter.school_id == school)


def handed_in(activity_id: int, question_id: int) -> Select[int, File, User]:
    """The files of all answers to a question: the numbers of the answers, the files, and who gave
    them. By names of files: the order of coming would say something of whom."""
    return (
        select(Answer.id, File, User)
        .select_from(Answer)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .join(File, File.id == Answer.file_id)
        .outerjoin(User, User.id == Ballot.user_id)
        .where(Ballot.activity_id == activity_id, Answer.question_id == question_id)
        .order_by(File.name, File.id)
    )


def names_in(activity_id: int) -> dict[int, str]:
    """What the files in the answers to a poll are called; one query."""
    query = (
        select(File.id, File.name)
        .join(Answer, Answer.file_id == File.id)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.activity_id == activity_id)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How they are listed among what somebody gave; one query."""
    query = (
        select(Handed.id, Activity.id.label("poll"), Activity.title, Community.slug)
        .join(Activity, Activity.id == Handed.activity_id)
        .join(Community, Community.id == Activity.community_id)
        .where(Handed.id.in_(ids))
    )
    return {
        row.id: ContentView(
            title=_("Files for “%(title)s”", title=row.title),
            url=url_for("polls.show", community=row.slug, activity=row.poll),
            excerpt="",
        )
        for row in db.session.execute(query)
    }


CONTENT = ContentType(kind=FILES, title=_l("Files of an answer"), views=views)
