"""Passwords and addresses: forgotten, set anew, changed."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import SYSTEM, Viewer, current_viewer
from core.access.marks import public, signed_in
from core.errors import DomainError
from core.people import account_operations as operations
from core.people.blueprint import people
from core.people.forms import ChangeEmailForm, ChangePasswordForm, EmailForm, NewPasswordForm
from core.people.passwords import hash_password, verify_password
from core.people.queries import credentials_of, own_account
from core.people.sessions import digest_of
from core.people.tokens import CHANGE_EMAIL, RESET, user_of_token
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@people.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    """Ask for a letter; the answer does not tell whether there is such an account."""
    form = EmailForm()
    status = submit(form, lambda: _request_reset(form))
    if status == DONE:
        return see_other(url_for("people.forgot_done"))
    return render_template("people/forgot.html", form=form), status


def _request_reset(form: EmailForm) -> None:
    limit("reset.place", "60 per hour", request.remote_addr or "")
    limit("reset", "5 per hour", digest_of(form.address))
    operations.request_reset(SYSTEM, form.address)


@people.get("/password/forgotten/done")
@public
def forgot_done() -> ResponseReturnValue:
    """What comes next: a letter, if there is such an account."""
    return render_template("people/forgot_done.html")


@people.route("/password/new/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by the link of a letter."""
    if user_of_token(RESET, token) is None:
        return render_template("people/dead_link.html", way_out="reset"), 410
    form = NewPasswordForm()
    status = submit(form, lambda: _reset(form, token))
    if status == DONE:
        flash(_("The new password is set. You can sign in with it."), "success")
        return see_other(url_for("people.sign_in"))
    return render_template("people/reset.html", form=form), status


def _reset(form: NewPasswordForm, token: str) -> None:
    if not operations.reset_password(SYSTEM, token, hash_password(form.password.data)):
        raise DomainError(_("This link has been used already."), status=410)


@people.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change one's own password; the other devices are signed out."""
    form = ChangePasswordForm()
    status = submit(form, lambda: _change_password(current_viewer(), form))
    if status == DONE:
        flash(_("The new password is set. Your other devices are signed out."), "success")
        return see_other(url_for("people.password"))
    return render_template("people/password.html", form=form), status


def _change_password(viewer: Viewer, form: ChangePasswordForm) -> None:
    compared = compared_hash(viewer, form.current_password.data)
    operations.change_password(viewer, compared, hash_password(form.password.data))


def compared_hash(viewer: Viewer, password: str) -> str:
    """The hash that somebody's own password was compared with; DomainError if it is not right."""
    limit("password", "10 per 15 minutes", str(viewer.id))
    found = credentials_of(viewer.email)
    if not verify_password(found.password_hash, password):
        raise DomainError(_("The password is not right."))
    return found.password_hash


@people.route("/me/email", methods=["GET", "POST"])
@signed_in
def email() -> ResponseReturnValue:
    """Change one's own address; it counts once the letter to the new one was answered."""
    form = ChangeEmailForm()
    status = submit(form, lambda: _change_email(current_viewer(), form))
    if status == DONE:
        flash(_("Open the link in the letter that we sent to the new address."), "success")
        return see_other(url_for("people.email"))
    account = own_account(current_viewer())
    return render_template("people/email.html", form=form, account=account), status


def _change_email(viewer: Viewer, form: ChangeEmailForm) -> None:
    limit("email", "5 per hour", str(viewer.id))
    if form.address == viewer.email:
        raise DomainError(_("This is your address already."))
    compared = compared_hash(viewer, form.current_password.data)
    operations.request_email_change(viewer, compared, form.address)


@people.route("/email/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_email_change(token: str) -> ResponseReturnValue:
    """Put the new address in place; opening the link alone changes nothing."""
    if request.method == "POST" and operations.change_email(token):
        flash(_("Your new address is confirmed."), "success")
        signed = current_viewer().is_authenticated
        return see_other(url_for("people.email" if signed else "people.sign_in"))
    if request.method == "POST" or user_of_token(CHANGE_EMAIL, token) is None:
        return render_template("people/dead_link.html", way_out="email"), 410
    return render_template("people/confirm.html", what="new address")
