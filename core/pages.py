"""What every page shares: language, frame, headers, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from jinja2 import Environment
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from core import frame
from core.access.actors import GUEST_VIEWER, Viewer, current_viewer
from core.access.guard import CharterNeeded, MembershipNeeded, SignInNeeded
from core.access.standing import can, over_because
from core.config import current as current_config
from core.contents.forms import comment_files
from core.errors import DomainError, TooManyRequests
from core.manifest import CORE
from core.people.sessions import touch_stale_session, viewer_by_key
from core.platform import dates, i18n
from core.platform.forms import new_submission
from core.platform.i18n import LANGUAGES, core_domain, current_locale
from core.platform.pictograms import avatar, drawing
from core.platform.policy import set_policy
from core.platform.submit import answer_script
from core.platform.visits import form_token

_ = core_domain.gettext
SPRITE = "vendor/bootstrap-icons/icons.svg"
log = logging.getLogger("sreda.pages")


def install_sign_in(login: LoginManager) -> None:
    """Tell Flask-Login how a cookie becomes a viewer."""
    login.user_loader(viewer_by_key)
    login.anonymous_user = lambda: GUEST_VIEWER


def prepare_request() -> None:
    """First of all: who looks, in which language and time zone."""
    viewer = current_viewer()
    i18n.select_locale(viewer.locale)
    dates.select_zone(viewer.zone_name)


def install(app: Flask) -> None:
    """Give templates their words and facts, errors their pages, answers their headers."""
    app.context_processor(_facts)
    app.jinja_env.filters.update(
        moment=dates.format_moment, day=dates.format_day, ago=dates.ago, timestamp=dates.timestamp,
        numeric=dates.format_numeric, short_weekday=dates.short_weekday,
        day_number=dates.day_number, weekday=dates.weekday, exact=dates.format_exact,
    )  # fmt: skip
    words: dict[str, Any] = app.jinja_env.globals
    words["may"], words["over_here"] = may, over_here
    words["csrf_token"] = form_token
    words["new_submission"] = new_submission
    words["comment_files"] = comment_files
    words["zone_title"] = dates.zone_title
    words["fragments"] = frame.fragments
    words["frame_of"] = frame.frame_of
    words["account_menu"], words["bottom_bar"] = frame.account_menu, frame.bottom_bar
    words["top_items"] = frame.top_items
    words["draw_icon"], words["draw_tile"] = drawing(words["static"](SPRITE))
    words["draw_avatar"] = avatar
    words["script_words"] = lru_cache(partial(_script_words, app.jinja_env))
    words["choices"] = partial(_choices, lru_cache(partial(_drawn_choices, app.jinja_env)))
    app.after_request(answer_script)
    app.after_request(_secure)
    app.after_request(_touch)
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, server_error)


def _script_words(environment: Environment, locale: str) -> str:
    """What the scripts of a page may have to say, in the language of the request."""
    module: Any = environment.get_template("macros/frame.html").module
    words: str = module.script_words()
    return words


def _choices(drawn: Callable[..., str], name: str, theme: str, large: bool) -> Markup:
    """The choices of language and look of this page; they lead back to it."""
    back = request.full_path.rstrip("?") if request.method == "GET" else request.referrer or "/"
    html = drawn(name, theme, large, current_locale())
    html = html.replace("%TOKEN%", form_token()).replace("%NEXT%", escape(back))
    return Markup(html)  # noqa: S704  # our own template; what was put in is escaped


def _drawn_choices(
    environment: Environment, name: str, theme: str, large: bool, locale: str
) -> str:
    """They are alike on all pages but for two values, and every page has them twice."""
    module: Any = environment.get_template("macros/frame.html").module
    return str(getattr(module, name)(theme, large, locale, LANGUAGES))


def _facts() -> dict[str, Any]:
    viewer = current_viewer()
    theme, large = _look(viewer)
    return {
        "viewer": viewer,
        "csrf_token": form_token,
        "theme": theme,
        "large_text": large,
        "locale": g.get("locale", "ru"),
        "site_name": current_config().site_name,
        "version": CORE.version,
    }


def _look(viewer: Viewer) -> tuple[str, bool]:
    """A person's look is kept with them, a guest's in the cookie of the visit."""
    if viewer.is_authenticated:
        return viewer.theme, viewer.large_text
    return session.get("theme", "auto"), bool(session.get("large_text"))


def may(capability: str, content: Any = None) -> bool:
    """For templates: whether the viewer may do something in the place of this page."""
    return can(current_viewer(), capability, g.get("community"), g.get("activity"), content)


def over_here() -> str:
    """For templates: why nothing can be changed in the place of this page; empty where it can."""
    return over_because(g.get("community"), g.get("activity"))


def _secure(response: Response) -> Response:
    headers = response.headers
    set_policy(response)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_config().environment == "production":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # An answer holds what this person may see; nobody else's cache may keep it.
    headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _touch(response: Response) -> Response:
    touch_stale_session(response)
    return response


def wants_json() -> bool:
    """Whether a script asked, which wants facts rather than a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def domain_error(error: DomainError) -> ResponseReturnValue:
    """The answer to a refusal that no view turned into a form."""
    if isinstance(error, SignInNeeded):
        return _offered_again(lambda: frame.ask_to_sign_in(error))
    steps = _next_steps(error)
    response = error_page(error.status, str(error), steps)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _next_steps(error: DomainError) -> list[tuple[str, str]]:
    community = g.get("community")
    if isinstance(error, MembershipNeeded) and community is not None:
        return [
            (
                _("About the community and how to join"),
                url_for("communities.home", community=community),
            )
        ]
    if isinstance(error, CharterNeeded) and community is not None:
        return [(_("Read the rules"), url_for("communities.charter", community=community))]
    return []


def _ways_on() -> list[tuple[str, str]]:
    """Where somebody can go who has come to a dead end."""
    communities = (_("Communities"), url_for("site.catalogue"))
    if current_viewer().is_authenticated:
        return [(_("My day"), url_for("activities.my_day")), communities]
    return [(_("To the front page"), url_for("site.front")), communities]


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """A form that came too late or from elsewhere: nothing happens, nothing typed is lost."""
    words = _("This page was open for too long. Send it once more.")
    return _offered_again(lambda: frame.expired_form(words))


def _offered_again(page: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What was sent, with the way on; or that it is too much to be read at all."""
    try:
        return page()
    except HTTPException as error:
        return http_error(error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Errors that Flask itself raises: unknown addresses, wrong methods, too large bodies."""
    code = error.code or 500
    if code < 400:
        return error.get_response()
    return error_page(code, _words_for(code), [])


def _words_for(code: int) -> str:
    words = {
        404: _("There is no such page, or it is not open to you."),
        405: _("This address does not take such requests."),
        413: _("More was sent than fits in one go. Send less at a time."),
    }
    return words.get(code, _("The request could not be understood. Go back and try again."))


def server_error(error: Exception) -> ResponseReturnValue:
    """Our own fault: say so. Where even the frame of a page fails, in plain words."""
    log.error("a page failed", exc_info=getattr(error, "original_exception", error))
    message = _("Something broke on our side. It is noted; try again in a minute.")
    g.frame_refused = True
    try:
        return error_page(500, message, [])
    except Exception:
        log.exception("the page of the error failed too")
        return message, 500, {"Content-Type": "text/plain; charset=utf-8"}


def error_page(status: int, message: str, steps: list[tuple[str, str]]) -> Response:
    """A page, or for scripts a JSON answer, that says what happened and what to do next."""
    if wants_json():
        body = json.dumps({"error": message, "steps": [{"text": t, "url": u} for t, u in steps]})
        return current_app.response_class(body, status, mimetype="application/json")
    html = render_template(
        "errors/error.html",
        status=status,
        message=message,
        next_steps=steps or _ways_on(),
        kept=_typed(),
    )
    return current_app.response_class(html, status, mimetype="text/html")


def _typed() -> str:
    """The text that was sent to a page which failed, as far as it can be read."""
    try:
        return request.form.get("body", "") if request.method == "POST" else ""
    except HTTPException:
        return ""
