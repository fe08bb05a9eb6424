"""Contents whatever their plugin: where they are seen, their history, the signs under them."""

from __future__ import annotations

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.guard import ensure
from core.access.marks import public, signed_in
from core.contents import reactions
from core.contents.blueprint import contents
from core.contents.drafts import local_path
from core.contents.history import versions_of
from core.contents.models import Content
from core.contents.places import enter, is_moderator
from core.contents.queries import addresses, kind_title
from core.errors import Missing, Refused
from core.platform.i18n import core_domain
from core.platform.limits import limit

_ = core_domain.gettext

HISTORY_PAGE = 10


@contents.get("/contents/<int:content>")
@public
def show(content: int) -> ResponseReturnValue:
    """Lead to the page on which a content is seen."""
    return redirect(address_of(enter(content)))


def address_of(content: Content) -> str:
    """The page on which a content is seen; raises Missing while its plugin is not installed."""
    url = addresses({content.id: content.kind}).get(content.id)
    if url is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    return url


def back_to(content: Content) -> str:
    """Where to go after an action: where one came from, else where the content is seen."""
    return local_path(request.form.get("next", "")) or address_of(content)


def allowed(content_id: int, capability: str) -> Content:
    """The content of an address, for a viewer who may do this to it."""
    content = enter(content_id)
    ensure(current_viewer(), capability, g.get("community"), g.get("activity"), content)
    return content


@contents.post("/contents/<int:content>/react")
@signed_in
def react(content: int) -> ResponseReturnValue:
    """Put a sign under a content, or take it back; a script gets only the row of signs."""
    viewer = current_viewer()
    row = allowed(content, "contents.react")
    limit("reactions", "120/minute", str(viewer.id))
    reactions.react(viewer, row, request.form.get("sign", ""))
    if "HX-Request" not in request.headers:
        return redirect(back_to(row), 303)
    signs = reactions.reactions_of([content], viewer)[content]
    return render_template(
        "contents/reactions.html", content_id=content, signs=signs, shared="shared" in request.form
    )


@contents.get("/contents/<int:content>/history")
@public
def history(content: int) -> ResponseReturnValue:
    """What a content said before each edit."""
    row = enter(content)
    viewer = current_viewer()
    _ensure_history_open(viewer, row)
    newest = request.args.get("from", row.version, int)
    newest = min(max(1, newest), row.version)
    return render_template(
        "contents/history.html", content=row, kind=kind_title(row.kind), back=address_of(row),
        versions=versions_of(row, newest, HISTORY_PAGE), newest=newest, step=HISTORY_PAGE,
    )  # fmt: skip


def _ensure_history_open(viewer: Viewer, content: Content) -> None:
    community = g.get("community")
    if community is None or community.visible_history or viewer.id == content.author_id:
        return
    if not is_moderator(viewer, community):
        raise Refused(
            _("In this community only the author and the moderators see former versions.")
        )
