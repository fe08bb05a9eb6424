"""Pages of the knowledge base: answers without names, how they are made and agreed to."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    current_viewer,
    lasting,
    note_seen,
    public,
    signed_in,
    status_of,
)
from plugins.consultations import finding, queries, sharing
from plugins.consultations.finding import line_at
from plugins.consultations.forms import ArticleForm
from plugins.consultations.models import Article, Consent, Question
from plugins.consultations.pages import consultations
from plugins.consultations.words import _


@consultations.get("/answers")
@public
def answers(activity: Activity) -> ResponseReturnValue:
    """The knowledge base, and search in it."""
    words = request.args.get("q", "")[:200]
    return render_template(
        "consultations/answers.html", activity=activity, line=line_at(activity), words=words,
        page=queries.articles_in(activity, current_viewer(), words),
    )  # fmt: skip


@consultations.get("/answers/<int:article>")
@public
def article(activity: Activity, article: Article) -> ResponseReturnValue:
    """An answer for everybody; to the asker, before it is published, with the question whether it
    may be."""
    viewer, line = current_viewer(), line_at(activity)
    in_team = finding.consults(viewer, line.id)
    question = (
        finding.question_in(activity, article.question_id)
        if article.question_id is not None and viewer.is_authenticated else None
    )  # fmt: skip
    own = question is not None and question.asker_id == viewer.id
    page = render_template(
        "consultations/article.html", activity=activity, line=line, article=article,
        in_team=in_team, question=question, own=own,
    )  # fmt: skip
    note_seen(viewer, [article.id])
    return page


@consultations.route("/questions/<int:question>/publish", methods=["GET", "POST"])
@signed_in
def publish(activity: Activity, question: Question) -> ResponseReturnValue:
    """Make an answer for everybody of a question."""
    finding.ensure_consults(activity, question.line)
    viewer = current_viewer()
    there = queries.article_about(question)
    form = ArticleForm(data=_begun(question, there))

    def prepare() -> Article:
        return sharing.prepare(
            viewer, question,
            sharing.Draft(
                title=form.title.data, question=form.question.data, answer=form.answer.data,
                version=form.seen_version(),
            ),
        )  # fmt: skip

    made = attempt(form, prepare)
    if made is not None:
        flash(
            _("It is in the knowledge base.") if made.published_at is not None
            else _("The asker is asked whether it may be published."), "success",
        )  # fmt: skip
        return redirect(url_for(".article", article=made), 303)
    html = render_template(
        "consultations/publish.html", activity=activity, question=question, form=form,
        agreed=question.consent == Consent.GIVEN, refused=question.consent == Consent.REFUSED,
    )  # fmt: skip
    return html, status_of(form)


def _begun(question: Question, there: Article | None) -> dict[str, str]:
    if there is not None:
        return {
            "title": there.title, "question": there.question, "answer": there.answer,
            "version": str(there.content.version),
        }  # fmt: skip
    replies = queries.replies_to(question, current_viewer())
    answer = "".join(row.body for row in replies if row.is_answer)
    return {"title": question.title, "question": question.body, "answer": answer}


@consultations.post("/questions/<int:question>/consent")
@lasting
@signed_in
def consent(activity: Activity, question: Question) -> ResponseReturnValue:
    """Agree to a publication without names, or take the consent back."""
    agrees = request.form.get("agrees") == "1"
    if agrees:
        finding.ensure_goes_on(activity)
    sharing.decide(current_viewer(), question, agrees)
    flash(
        _("Thank you: colleagues will find the answer.") if agrees
        else _("It is not published. You can change your mind at any time."), "success",
    )  # fmt: skip
    return redirect(url_for(".question", question=question), 303)
