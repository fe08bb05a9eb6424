"""The application, put together. Read :func:`create_app` from top to bottom to see the house."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from core import pages
from core.access.guard import install_guard
from core.access.marks import public
from core.activities.places import (
    place_of,
    place_of_activity,
    place_of_community,
    places_of_activity,
    places_of_community,
)
from core.admin.switches import enabled_plugins
from core.config import Config
from core.contents.places import enter as enter_content
from core.contract.discovery import load_plugins
from core.contract.registry import registry_of
from core.jobs.running import init_jobs
from core.manifest import CORE, ROLES
from core.mounting import mount_plugin, set_up_plugins
from core.notices.stop_views import stop
from core.people.sessions import viewers_by_keys
from core.platform import garbage, i18n, sockets, templating
from core.platform.addresses import KeepsAddresses
from core.platform.arriving import watch_arrivals
from core.platform.contribution import Shared
from core.platform.db import init_db
from core.platform.static import StaticFiles
from core.platform.visits import Visits
from core.realtime.hub import Finders
from core.realtime.opening import install_realtime
from core.rooms import BLUEPRINTS, TRACES

HERE = Path(__file__).resolve().parent
# What pages, scripts, phones and feed readers fetch; files are compressed beforehand or by nature.
MIMETYPES = ["text/html", "text/plain", "text/calendar", "application/json", "application/atom+xml"]

# A post of 200 KB comes percent-encoded, Cyrillic letters three times as long.
FORM_BYTES = 4 * 1024 * 1024


# How real time, which stands below the rooms, finds what is in them.
_FINDERS = Finders(
    activity=place_of_activity, activity_for=places_of_activity,
    community=place_of_community, community_for=places_of_community,
    viewers=viewers_by_keys, content=enter_content,
)  # fmt: skip


class Application(KeepsAddresses):
    """Flask, with a template environment that knows the words of each template's owner."""

    jinja_environment = templating.Environment


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings, database, doors, rooms, plugins, in this order.

    Raises :class:`~core.errors.SetupError` with a sentence when it cannot work as it is.
    """
    config = config or Config.from_environ(os.environ)
    app = Application("core", static_folder=None, template_folder=None)
    _configure(app, config)
    watch_arrivals(app)
    init_db(app, config.database_url)
    init_jobs(app)
    i18n.init_app(app)
    _install_doors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["sreda-traces"] = TRACES
    sockets.init_sockets(app, config)
    install_realtime(app, _FINDERS)
    _install_plugins(app, config)
    _install_templates(app)
    _install_static(app, config)
    pages.install(app)
    set_up_plugins(app)
    garbage.resume()
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SREDA=config,
        SECRET_KEY=config.secret_key,
        TESTING=config.environment == "test",
        SREDA_RAISE_HOOK_ERRORS=config.environment == "test",
        MAX_CONTENT_LENGTH=config.upload_limit + FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        SESSION_COOKIE_NAME="sreda",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.environment == "production",
        # The cookie is renewed when the session's row is, not with every page.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Tests post without reading the form first; the fixture `forgery_check` turns this on.
        WTF_CSRF_ENABLED=config.environment != "test",
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=4,
        COMPRESS_ALGORITHM=["br", "gzip"],
        # Files are sent as they are: their lengths are known, and parts of them can be asked for.
        COMPRESS_STREAMS=False,
        COMPRESS_MIMETYPES=MIMETYPES,
    )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _install_doors(app: Flask) -> None:
    """What every request passes: sign-in, language, forgery check, guard."""
    app.session_interface = Visits()
    login = LoginManager(app)
    login.session_protection = None
    pages.install_sign_in(login)
    app.before_request(pages.prepare_request)
    install_guard(app, place_of)
    # Mail services post to the link in a letter, and have no form of ours.
    CSRFProtect(app).exempt(stop)
    Compress(app)


def _install_plugins(app: Flask, config: Config) -> None:
    registry = load_plugins(CORE, roles_of_core=ROLES, safe_mode=config.safe_mode)
    registry.enabled_in = enabled_plugins
    app.extensions["sreda-plugins"] = registry
    for plugin in list(registry.installed.values()):
        mount_plugin(app, registry, plugin)


def template_folder() -> Path:
    """Core's templates: inside the package once installed, beside it in the repository."""
    inside = HERE / "templates"
    return inside if inside.is_dir() else HERE.parent / "templates"


def _install_templates(app: Flask) -> None:
    """Each plugin's templates are found under its own name alone: none can shadow another."""
    plugins = {
        name: FileSystemLoader(plugin.folder / "templates" / name)
        for name, plugin in registry_of(app).installed.items()
    }
    app.jinja_loader = ChoiceLoader([PrefixLoader(plugins), FileSystemLoader(template_folder())])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in ("globals", "filters", "tests"):
        setattr(app.jinja_env, name, Shared(getattr(app.jinja_env, name)))


def _install_static(app: Flask, config: Config) -> None:
    roots = {"": HERE / "static"}
    for name, plugin in registry_of(app).installed.items():
        if (plugin.folder / "static").is_dir():
            roots[f"{name}/"] = plugin.folder / "static"
    static = app.extensions["sreda-static"] = StaticFiles.build(roots, config.data_dir)
    app.wsgi_app = static.wrap(app.wsgi_app)  # type: ignore[assignment,method-assign]
    app.jinja_env.globals["static"] = static.url

    @app.get("/favicon.ico")
    @public
    def favicon() -> ResponseReturnValue:
        return redirect(static.url("img/favicon.svg"))
