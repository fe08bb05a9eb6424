"""Two addresses for machines: does the process live, and may it be sent visitors."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from gevent import monkey

from core.access.marks import public
from core.platform.migrate import pending

health = Blueprint("health", __name__)
log = logging.getLogger("sreda.health")


@health.get("/healthz")
@public
def alive() -> Response:
    """The process answers. Asks nothing else, so that a slow database does not get it killed."""
    return jsonify(status="ok", monkey=monkey.is_module_patched("socket"))


@health.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """The database answers and is up to date, else 503: the proxy then sends nobody here."""
    facts = _readiness()
    good = facts["database"] and not facts["behind"]
    return jsonify(status="ok" if good else "not ready", **facts), 200 if good else 503


def _readiness() -> dict[str, Any]:
    try:
        return {"database": True, "behind": list(pending(current_app))}
    except Exception:
        log.exception("the database does not answer")
        return {"database": False, "behind": []}
