"""The page of a person, one's own profile, sessions, and how one wants the site to look."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from core.access.actors import Viewer, current_viewer
from core.access.guard import unseen
from core.access.marks import public, signed_in
from core.people import account_operations, operations, photos
from core.people.actions import actions_with
from core.people.addresses import same_site_path
from core.people.blueprint import people
from core.people.forms import OTHER_SCHOOL, PhotoForm, ProfileForm
from core.people.models import User
from core.people.person_page import contributions_of, roles_of, visible_person
from core.people.queries import own_account, sessions_of
from core.people.sessions import end_sessions
from core.platform.i18n import LANGUAGES, LOCALE_COOKIE, core_domain, current_locale
from core.platform.limits import limit
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext

THEMES = ("auto", "light", "dark")
A_YEAR = 365 * 24 * 3600


@people.get("/people/<int:person>")
@signed_in
def show(person: int) -> ResponseReturnValue:
    """Who somebody is, to those who share a community with them."""
    viewer = current_viewer()
    user = visible_person(viewer, person)
    if user is None:
        raise unseen(viewer)
    return render_template(
        "people/show.html",
        person=user,
        roles=roles_of(viewer, user),
        contributions=contributions_of(viewer, user),
        actions=actions_with([user.id], viewer)[user.id],
    )


@people.route("/me/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """What one says of oneself."""
    viewer = current_viewer()
    account = own_account(viewer)
    form = ProfileForm(data=_said_so_far(account))
    status = submit(form, lambda: operations.change_profile(viewer, viewer.id or 0, **form.values))
    if status == DONE:
        flash(_("Your profile is saved."), "success")
        return see_other(url_for("people.profile"))
    return _profile_page(form, PhotoForm(formdata=None)), status


def _profile_page(form: ProfileForm, photo_form: PhotoForm) -> str:
    account = own_account(current_viewer())
    return render_template("people/profile.html", form=form, photo_form=photo_form, account=account)


def _said_so_far(account: User) -> dict[str, Any]:
    """What the form begins with. It lists schools by number, where an account has the row."""
    columns = {column.key: getattr(account, column.key) for column in User.__table__.columns}
    return columns | {"school": _chosen_school(account), "locale": _language(account)}


def _chosen_school(account: User) -> str:
    if account.school_id is not None:
        return str(account.school_id)
    return OTHER_SCHOOL if account.other_school else ""


def _language(account: User) -> str:
    return account.locale or current_locale()


@people.post("/me/photo")
@signed_in
def photo() -> ResponseReturnValue:
    """Put a photo beside one's name."""
    viewer = current_viewer()
    form = PhotoForm()
    status = submit(form, lambda: _put_photo(viewer, form))
    if status == DONE:
        flash(_("Your photo is saved."), "success")
        return see_other(url_for("people.profile"))
    account = own_account(viewer)
    fields = ProfileForm(formdata=None, data=_said_so_far(account))
    return _profile_page(fields, form), status


def _put_photo(viewer: Viewer, form: PhotoForm) -> None:
    limit("uploads", "60/hour", str(viewer.id))
    photos.put(viewer, form.photo.data)


@people.post("/me/photo/remove")
@signed_in
def remove_photo() -> ResponseReturnValue:
    """Take one's photo away."""
    photos.take_away(current_viewer())
    flash(_("Your photo is removed."), "success")
    return see_other(url_for("people.profile"))


@people.get("/me/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    """Where one is signed in."""
    return render_template("people/sessions.html", sessions=sessions_of(current_viewer()))


@people.post("/me/sessions/end")
@signed_in
def end_session() -> ResponseReturnValue:
    """Sign one of one's own sessions out."""
    account_operations.end_own_session(current_viewer(), request.form.get("session", ""))
    flash(_("That device is signed out."), "success")
    return see_other(url_for("people.sessions"))


@people.post("/me/sessions/end-others")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    viewer = current_viewer()
    end_sessions(viewer, viewer.id or 0, except_key=viewer.session_id)
    flash(_("All your other devices are signed out."), "success")
    return see_other(url_for("people.sessions"))


@people.post("/preferences")
@public
def preferences() -> ResponseReturnValue:
    """How the site shall look: kept with a person, and for guests in their browser."""
    viewer = current_viewer()
    look = _wanted_look()
    answer = see_other(same_site_path(request.form.get("next")) or url_for("site.front"))
    if "locale" in look:
        _keep_locale(answer, look["locale"])
    if viewer.is_authenticated and look:
        account_operations.prefer(viewer, **look)
    elif look:
        session.permanent = True
        session.update({name: value for name, value in look.items() if name != "locale"})
    return answer


def _wanted_look() -> dict[str, Any]:
    """What was chosen; whatever is not among the choices is passed over."""
    sent = request.form
    look: dict[str, Any] = {}
    if sent.get("locale") in LANGUAGES:
        look["locale"] = sent["locale"]
    if sent.get("theme") in THEMES:
        look["theme"] = sent["theme"]
    if sent.get("large_text") in ("0", "1"):
        look["large_text"] = sent["large_text"] == "1"
    return look


def _keep_locale(answer: Response, locale: str) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(LOCALE_COOKIE, locale, max_age=A_YEAR, samesite="Lax", secure=secure)
