"""Coming in and going out: sign-in, sign-out, registration, confirmation of an address."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import SYSTEM, current_viewer
from core.access.marks import public
from core.errors import DomainError, Refused
from core.people import account_operations as operations
from core.people.account_operations import Registration
from core.people.addresses import normal_email, same_site_path
from core.people.blueprint import people
from core.people.carrying import carried_in
from core.people.devices import device_of, know_device
from core.people.forms import RegisterForm, SignInForm
from core.people.passwords import hash_password, needs_rehash, verify_password
from core.people.queries import Credentials, credentials_of, reason_of_suspension
from core.people.sessions import digest_of, remember
from core.people.tokens import CONFIRM, user_of_token
from core.platform.i18n import core_domain, current_locale
from core.platform.limits import limit
from core.platform.submit import DONE, SHOWN, see_other, submit

_ = core_domain.gettext


@people.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The one door for people; what was sent too late passes through it and is sent again."""
    onwards = same_site_path(request.values.get("next")) or url_for("activities.my_day")
    if request.method == "GET" and current_viewer().is_authenticated:
        return redirect(onwards)
    carried = carried_in(request.form)
    form = SignInForm()
    status = submit(form, lambda: _enter(form))
    if status == DONE and carried is not None:
        return render_template("people/send_again.html", carried=carried)
    if status == DONE:
        return see_other(onwards)
    page = render_template("people/sign_in.html", form=form, carried=carried, onwards=onwards)
    return page, status


def _enter(form: SignInForm) -> None:
    typed = form.email.data or ""
    email = normal_email(typed)
    account = digest_of(email or typed.casefold())
    _limit_sign_in(account)
    found = credentials_of(email)
    # An account that nobody has confirmed is answered like none: else whoever registers with an
    # address would learn at the door whether it had an account already.
    if not verify_password(found.password_hash, form.password.data) or not found.confirmed:
        raise DomainError(
            _(
                "The address or the password is not right. "
                "If you have just registered, first open the link in our letter."
            )
        )
    _ensure_open(found)
    stale = needs_rehash(found.password_hash)
    renewed = hash_password(form.password.data) if stale else ""
    former = current_viewer()
    key = operations.sign_in(SYSTEM, found.user_id, found.password_hash, renewed, request)
    if former.is_authenticated:
        operations.sign_out(former)
    remember(key)
    know_device(account)


def _limit_sign_in(account: str) -> None:
    """A school behind one address signs in together; a stranger may try one account ten times, and
    so may its owner where they have signed in before, whatever strangers did."""
    if device := device_of(account):
        limit("sign-in.device", "10 per 15 minutes", account, device)
        return
    place = request.remote_addr or ""
    limit("sign-in", "10 per 15 minutes", account, place)
    limit("sign-in.account", "60 per hour", account)
    limit("sign-in.place", "200 per 15 minutes", place)


def _ensure_open(found: Credentials) -> None:
    """Tell who knows the password, and nobody else, that the account is closed."""
    if found.state == "active":
        return
    reason = reason_of_suspension(found.user_id)
    raise Refused(
        _("This account is suspended: %(reason)s Write to the site's administrator.", reason=reason)
    )


@people.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session on the server too; for somebody signed out already it is no error."""
    viewer = current_viewer()
    if viewer.is_authenticated:
        operations.sign_out(viewer)
    session.clear()
    flash(_("You are signed out."), "success")
    return see_other(url_for("site.front"))


@people.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Make an account; the answer does not tell whether the address had one."""
    if current_viewer().is_authenticated:
        return redirect(url_for("activities.my_day"))
    form = RegisterForm()
    status = submit(form, lambda: _register(form))
    if status == DONE:
        return see_other(url_for("people.registered"))
    return render_template("people/register.html", form=form), status


def _register(form: RegisterForm) -> None:
    limit("register.place", "60 per hour", request.remote_addr or "")
    limit("register", "5 per hour", digest_of(form.address))
    said = Registration(
        email=form.address,
        surname=form.surname.data,
        given_name=form.given_name.data,
        patronymic=form.patronymic.data or "",
        position=form.position.data or "",
        locale=current_locale(),
        zone_name=form.zone_name.data,
        **form.school_values,
    )
    operations.register(said, hash_password(form.password.data))


@people.get("/register/done")
@public
def registered() -> ResponseReturnValue:
    """What comes next: a letter."""
    return render_template("people/registered.html")


@people.get("/consent")
@public
def consent() -> ResponseReturnValue:
    """What one consents to on registering."""
    return render_template("people/consent.html")


@people.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """Confirm an address. Opening the link changes nothing: checkers of letters open it too."""
    if request.method == "POST" and operations.confirm_email(SYSTEM, token):
        flash(_("Your address is confirmed."), "success")
        signed = current_viewer().is_authenticated
        return see_other(url_for("activities.my_day" if signed else "people.sign_in"))
    if request.method == "POST" or user_of_token(CONFIRM, token) is None:
        return render_template("people/dead_link.html", way_out="confirm"), 410
    return render_template("people/confirm.html", what="address"), SHOWN
