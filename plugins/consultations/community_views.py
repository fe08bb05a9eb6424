"""Pages of a community about its tutors: qualifications, and who looks after whom."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Community,
    User,
    attempt,
    can,
    current_viewer,
    hand_out,
    readers_among,
    readers_matching,
    requires,
    row_number,
    status_of,
    utcnow,
)
from plugins.consultations import papers, tutor_queries, tutoring
from plugins.consultations.forms import CopiesForm, EvidenceForm, WardForm
from plugins.consultations.pages import community_pages
from plugins.consultations.tutoring_models import EVIDENCE_TITLES, Evidence, Ward
from plugins.consultations.words import _


@community_pages.get("/tutors")
@requires("consultations.ask")
def tutors(community: Community) -> ResponseReturnValue:
    """Who is qualified to consult, on what evidence and until when."""
    viewer, day = current_viewer(), utcnow().date()
    page = tutor_queries.register(community, day)
    words = request.args.get("q", "")[:100]
    records = can(viewer, "consultations.qualify", community)
    shown = [row.Evidence for row in page.items]
    return render_template(
        "consultations/tutors.html", community=community, page=page, words=words,
        files=papers.files_of([e for e in shown if papers.may_read(viewer, community, e)]),
        people=tutor_queries.qualified_in(page.items, day + tutoring.WARN_BEFORE),
        titles=EVIDENCE_TITLES, records=records,
        offered=readers_matching(community, words) if words.strip() and records else [],
    )  # fmt: skip


def _member_asked_for(community: Community, name: str) -> User | None:
    number = row_number(request.args.get(name, ""))
    return tutor_queries.user_named(number) if readers_among(community, {number}) else None


@community_pages.route("/evidence/new", methods=["GET", "POST"])
@requires("consultations.qualify")
def new_evidence(community: Community) -> ResponseReturnValue:
    """Record on what evidence somebody may consult."""
    person = _member_asked_for(community, "person")
    if person is None:
        flash(_("Find the person first."), "info")
        return redirect(url_for(".tutors"), 303)
    form = EvidenceForm(data={"valid_from": utcnow().date()})
    number = person.id

    def keep() -> Evidence:
        document = tutoring.Document(
            kind=form.kind.data, document=form.document.data,
            valid_from=form.valid_from.data or utcnow().date(), valid_until=form.valid_until.data,
            files=form.files.data,
        )  # fmt: skip
        return tutoring.record_evidence(current_viewer(), community, number, document)

    if attempt(form, keep) is not None:
        flash(_("The evidence is recorded."), "success")
        return redirect(url_for(".tutors"), 303)
    html = render_template(
        "consultations/evidence.html", community=community, person=person, form=form
    )
    return html, status_of(form)


@community_pages.route("/evidence/<int:evidence>/files", methods=["GET", "POST"])
@requires("consultations.qualify")
def copies(community: Community, evidence: Evidence) -> ResponseReturnValue:
    """Copies of the document that evidence rests on: added, and taken away."""
    form = CopiesForm(data={"files": papers.files_of([evidence])[evidence.id]})

    def keep() -> bool:
        papers.keep(current_viewer(), evidence, form.files.data)
        return True

    if attempt(form, keep):
        flash(_("The copies are stored."), "success")
        return redirect(url_for(".tutors"), 303)
    html = render_template(
        "consultations/copies.html", community=community, evidence=evidence, form=form,
        person=tutor_queries.user_named(evidence.user_id),
    )  # fmt: skip
    return html, status_of(form)


@community_pages.get("/evidence/<int:evidence>/files/<int:position>")
@requires("consultations.ask")
def copy(community: Community, evidence: Evidence, position: int) -> ResponseReturnValue:
    """One copy, by its place."""
    found = papers.files_of([evidence])[evidence.id]
    readable = papers.may_read(current_viewer(), community, evidence)
    if not readable or not 1 <= position <= len(found):
        abort(404)
    return hand_out(found[position - 1])


@community_pages.post("/evidence/<int:evidence>/remove")
@requires("consultations.qualify")
def remove_evidence(community: Community, evidence: Evidence) -> ResponseReturnValue:
    """Take evidence back."""
    tutoring.remove_evidence(current_viewer(), community, evidence)
    flash(_("The evidence is removed."), "success")
    return redirect(url_for(".tutors"), 303)


@community_pages.get("/wards")
@requires("consultations.ask")
def wards(community: Community) -> ResponseReturnValue:
    """For a tutor, those whom they look after; for those who attach tutors, everybody."""
    viewer, day = current_viewer(), utcnow().date()
    page = tutor_queries.proteges(community, viewer, day)
    records = can(viewer, "consultations.qualify", community)
    return render_template(
        "consultations/wards.html", community=community, page=page, now=utcnow(),
        people=[tutor_queries.protege_of(row) for row in page.items],
        own=tutor_queries.own_wards(community, viewer, day),
        questions=tutor_queries.questions_of_wards(community, viewer), records=records,
    )  # fmt: skip


@community_pages.get("/wards/all")
@requires("consultations.qualify")
def all_wards(community: Community) -> ResponseReturnValue:
    """Who looks after whom in the community."""
    return render_template(
        "consultations/all_wards.html", community=community,
        page=tutor_queries.wards_in(community),
    )  # fmt: skip


@community_pages.route("/wards/new", methods=["GET", "POST"])
@requires("consultations.qualify")
def new_ward(community: Community) -> ResponseReturnValue:
    """Attach a tutor to a teacher or a school."""
    tutor = _member_asked_for(community, "tutor")
    if tutor is None:
        flash(_("Choose the tutor in the register first."), "info")
        return redirect(url_for(".tutors"), 303)
    person = _member_asked_for(community, "person")
    form = WardForm(data={"since": utcnow().date()})
    schools = [] if person is not None else tutor_queries.schools_in(community)
    form.school.choices = [(0, "—"), *schools]
    number = tutor.id

    def attach() -> Ward:
        care = tutoring.Care(
            user_id=person.id if person is not None else None,
            school_id=form.school.data or None, basis=form.basis.data or "",
            since=form.since.data or utcnow().date(), until=form.until.data,
        )  # fmt: skip
        return tutoring.attach_ward(current_viewer(), community, number, care)

    if attempt(form, attach) is not None:
        flash(_("The tutor is attached; both are told."), "success")
        return redirect(url_for(".all_wards"), 303)
    words = request.args.get("q", "")[:100]
    found = readers_matching(community, words) if words.strip() else []
    html = render_template(
        "consultations/new_ward.html", community=community, tutor=tutor, person=person, form=form,
        words=words, offered=[face for face in found if face.id != tutor.id],
    )  # fmt: skip
    return html, status_of(form)


@community_pages.post("/wards/<int:ward>/release")
@requires("consultations.qualify")
def release_ward(community: Community, ward: Ward) -> ResponseReturnValue:
    """End a tutor's care."""
    tutoring.release_ward(current_viewer(), community, ward)
    flash(_("The tutor is released."), "success")
    return redirect(url_for(".all_wards"), 303)
