"""Trying out sound, picture and link before a meeting."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from core.api import Activity, current_viewer, lasting, limit, page_may_use, signed_in
from plugins.webinar import queries
from plugins.webinar.providers import provider_of
from plugins.webinar.views import webinar

# Bytes that are sent to and fro to measure the link: on a link that is just enough, for seconds.
DOWN, UP = 300_000, 150_000


@webinar.get("/check")
@signed_in
def check(activity: Activity) -> ResponseReturnValue:
    """What the browser finds out by itself, with what to do about it."""
    found = queries.webinar_at(activity)
    origins = list(provider_of(found).origins(found.address))
    page_may_use("camera", "microphone", connect=origins)
    servers = [urlsplit(origin).netloc for origin in origins]
    return render_template(
        "webinar/check.html", activity=activity, origins=origins, servers=servers, up=UP
    )


@webinar.route("/check/piece", methods=["GET", "POST"])
@lasting
@signed_in
def piece(activity: Activity) -> ResponseReturnValue:
    """Bytes that say nothing, to measure how fast they go: from here, and to here."""
    limit("webinar.check", "30/minute", str(current_viewer().id))
    if request.method == "POST":
        request.get_data(cache=False)
        return "", 204
    headers = {"Cache-Control": "no-store"}
    return Response(os.urandom(DOWN), mimetype="application/octet-stream", headers=headers)
