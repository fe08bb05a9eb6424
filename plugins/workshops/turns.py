"""Whose turn it is, in plain words, for whoever looks: what is to be done, by whom, until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from plugins.workshops.models import Demonstration, PlaceState, Workshop, WorkState
from plugins.workshops.queries import Figures, Part
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.words import _, ngettext


@dataclass(frozen=True)
class Turn:
    """``who`` acts next, or the viewer if it is ``mine``; ``what`` says it in a sentence. ``until``
    is when their time is over; the link leads to where it is done."""

    who: str
    what: str
    mine: bool = False
    until: datetime | None = None
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Scene:
    """What a turn follows from. ``figures`` are there for those who lead the workshop alone."""

    workshop: Workshop
    course: Course
    part: Part
    now: datetime
    demonstration: Demonstration | None = None
    figures: Figures | None = None

    @property
    def kind(self) -> StageKind | None:
        return self.course.at(self.now)

    @property
    def until(self) -> datetime | None:
        return self.course.until(self.kind, self.now) if self.kind is not None else None


def turn_of(scene: Scene) -> Turn:
    """The turn as the viewer sees it; time of their own comes first."""
    if scene.kind is None:
        return Turn(_("the master"), _("The stages are not planned yet."))
    return _own_time(scene) or TURNS[scene.kind](scene)


def _you(what: str, scene: Scene, label: str = "", url: str = "") -> Turn:
    return Turn("", what, True, scene.until, label, url)


def _others(who: str, what: str, scene: Scene) -> Turn:
    return Turn(who, what, until=scene.until)


def _own_time(scene: Scene) -> Turn | None:
    """Somebody has more time than others, and has something left to do."""
    part, course, now = scene.part, scene.course, scene.now
    left = {
        StageKind.PRACTICE: not part.handed_in, StageKind.REVIEW: part.to_review > 0,
        StageKind.REFLECTION: StageKind.REFLECTION not in part.passed,
    }  # fmt: skip
    for kind, is_left in left.items():
        until = part.own_time(kind, now)
        if until is not None and is_left and part.has_seat and not course.is_on(kind, now):
            label, url = _door(kind, part)
            return Turn("", OWN_TIME[kind](), True, until, label, url)
    return None


OWN_TIME: dict[StageKind, Callable[[], str]] = {
    StageKind.PRACTICE: lambda: _("The master gave you more time to hand in your work."),
    StageKind.REVIEW: lambda: _("The master gave you more time to review."),
    StageKind.REFLECTION: lambda: _("The master gave you more time to answer the questions."),
}


def _door(kind: StageKind, part: Part) -> tuple[str, str]:
    if kind == StageKind.PRACTICE:
        return _("To my work"), url_for(".own_work")
    if kind == StageKind.REFLECTION:
        return _("Answer the questions"), url_for(".reflection")
    waiting = next((r for r in part.reviews if r.state != "done"), None)
    return _("Review"), url_for(".review", review=waiting) if waiting is not None else ""


def _announcement(scene: Scene) -> Turn:
    if scene.figures is not None:
        return _you(_("Prepare the stages, the demonstration and the task."), scene)
    return _others(_("nobody yet"), _("Signing up has not begun."), scene)


def _registration(scene: Scene) -> Turn:
    if scene.figures is not None and scene.figures.asked:
        asked = ngettext(
            "%(n)s person waits for your answer.", "%(n)s people wait for your answer.",
            scene.figures.asked,
        )  # fmt: skip
        return _you(asked, scene, _("Decide"), url_for(".people"))
    said = {
        PlaceState.HELD: _("You have a place. Others still sign up."),
        PlaceState.ASKED: _("Your request is with the master."),
        PlaceState.WAITING: _("All places are taken; you get the next one that is free."),
        PlaceState.REFUSED: _("The master could not give you a place. Write to them."),
    }
    what = said.get(PlaceState(scene.part.state or PlaceState.LEFT))
    if what is not None:
        who = _("the master") if scene.part.state == PlaceState.ASKED else _("others")
        return _others(who, what, scene)
    if scene.figures is not None:
        return _others(_("the participants"), _("They sign up."), scene)
    return _you(_("Sign up to take part."), scene)


def _demonstration(scene: Scene) -> Turn:
    found = scene.demonstration
    if scene.figures is not None:
        if found is None:
            return _you(_("Publish what you show: a live meeting, a recording, materials."), scene,
                        _("Demonstration"), url_for(".edit_demonstration"))  # fmt: skip
        return _you(_("Show it, live or recorded, and note who was there."), scene,
                    _("Who takes part"), url_for(".people"))  # fmt: skip
    if not scene.part.has_seat:
        return _without_seat(scene, _("The master shows, participants watch."))
    if StageKind.DEMONSTRATION in scene.part.passed:
        return _others(_("others"), _("You have seen the demonstration."), scene)
    if found is None:
        return _others(_("the master"), _("They will publish the demonstration here."), scene)
    return _you(_("Come to the demonstration, or watch the recording."), scene)


def _practice(scene: Scene) -> Turn:
    part = scene.part
    if scene.figures is not None and not part.has_seat:
        works = ngettext("%(n)s work is handed in.", "%(n)s works are handed in.",
                         scene.figures.works)  # fmt: skip
        return _others(_("the participants"), works, scene)
    if not part.has_seat:
        return _without_seat(scene, _("Participants try it at home and hand in their works."))
    if part.handed_in:
        return _others(_("others"), _("You have handed in your work. It can still be changed."),
                       scene)  # fmt: skip
    if part.work is not None and part.work.state == WorkState.RETURNED:
        what = _("The master asks you to improve your work and hand it in again.")
    elif part.work is not None:
        what = _("Your draft is stored. Hand it in when it is ready.")
    else:
        what = _("Try it at home and hand in your work.")
    return _you(what, scene, _("To my work"), url_for(".own_work"))


def _review(scene: Scene) -> Turn:
    part = scene.part
    if scene.figures is not None and not scene.figures.reviews:
        return _you(_("Distribute the works among the reviewers."), scene, _("Reviews"),
                    url_for(".allocation"))  # fmt: skip
    if scene.figures is not None and not part.has_seat:
        done = _("%(done)s of %(all)s reviews are done.", done=scene.figures.reviews_done,
                 all=scene.figures.reviews)  # fmt: skip
        return _others(_("the reviewers"), done, scene)
    if not part.has_seat:
        return _without_seat(scene, _("Participants review each other's works."))
    if part.to_review:
        label, url = _door(StageKind.REVIEW, part)
        what = ngettext("%(n)s work waits for your review.", "%(n)s works wait for your review.",
                        part.to_review)  # fmt: skip
        return _you(what, scene, label, url)
    if part.reviews:
        return _others(_("others"), _("Your reviews are done. Thank you!"), scene)
    return _others(_("the reviewers"), _("Nothing is given to you to review."), scene)


def _feedback(scene: Scene) -> Turn:
    if scene.figures is not None:
        if scene.figures.unanswered:
            what = ngettext("%(n)s work waits for your feedback.",
                            "%(n)s works wait for your feedback.",
                            scene.figures.unanswered)  # fmt: skip
            return _you(what, scene, _("Works"), url_for(".all_works"))
        return _others(_("nobody"), _("All works have your feedback. Go on when you like."), scene)
    if scene.part.work is not None and scene.part.work.feedback_at is not None:
        return Turn("", _("The master answered your work."), True, None, _("Read"),
                    url_for(".work", work=scene.part.work))  # fmt: skip
    return _others(_("the master"), _("They answer each work."), scene)


def _reflection(scene: Scene) -> Turn:
    if scene.figures is not None and not scene.part.has_seat:
        said = ngettext("%(n)s has answered.", "%(n)s have answered.", scene.figures.reflected)
        return _others(_("the participants"), said, scene)
    if not scene.part.has_seat:
        return _without_seat(scene, _("Participants look back and answer a few questions."))
    if StageKind.REFLECTION in scene.part.passed:
        return _others(_("others"), _("You have answered. Thank you!"), scene)
    return _you(_("Look back and answer a few questions."), scene, _("Answer the questions"),
                url_for(".reflection"))  # fmt: skip


def _results(scene: Scene) -> Turn:
    return Turn(_("nobody"), _("The workshop is over. Thank you all!"), label=_("Results"),
                url=url_for(".results"))  # fmt: skip


def _without_seat(scene: Scene, what: str) -> Turn:
    return _others(_("the participants"), what, scene)


TURNS: dict[StageKind, Callable[[Scene], Turn]] = {
    StageKind.ANNOUNCEMENT: _announcement, StageKind.REGISTRATION: _registration,
    StageKind.DEMONSTRATION: _demonstration, StageKind.PRACTICE: _practice,
    StageKind.REVIEW: _review, StageKind.FEEDBACK: _feedback,
    StageKind.REFLECTION: _reflection, StageKind.RESULTS: _results,
}  # fmt: skip
