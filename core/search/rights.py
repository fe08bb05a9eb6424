"""Who may see what is found, asked of the living rows in the same statement that finds it.

The rules are those of the guard and of :mod:`core.contents.places`; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Join,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from core.activities.models import Activity, ActivityState
from core.communities.models import (
    Community,
    CommunityState,
    Membership,
    MembershipState,
    Visibility,
)
from core.contents.models import Content, ContentReader
from core.contract.models import CommunityPlugin
from core.people.models import User
from core.platform.conditions import among
from core.search.models import SearchDocument

# What a content stands in, and what that stands in: a post and its topic, for a comment.
Outer = aliased(Content)
OuterDocument = aliased(SearchDocument)
Outermost = aliased(Content)


def _flag(name: str) -> ColumnElement[bool]:
    return bindparam(name, type_=Boolean)


def joined(hits: Subquery) -> Join[Any]:
    """Documents among the hits, with the rows that say who may see them."""
    place = func.coalesce(Content.community_id, Activity.community_id, SearchDocument.community_id)
    whole: Join[Any] = (
        hits.join(SearchDocument, SearchDocument.id == hits.c.id)
        .outerjoin(Content, Content.id == SearchDocument.content_id)
        .outerjoin(
            Activity, Activity.id == func.coalesce(Content.activity_id, SearchDocument.activity_id)
        )
        .outerjoin(Community, Community.id == place)
        .outerjoin(Outer, Outer.id == SearchDocument.within_id)
        .outerjoin(OuterDocument, OuterDocument.content_id == SearchDocument.within_id)
        .outerjoin(Outermost, Outermost.id == OuterDocument.within_id)
        .outerjoin(User, User.id == SearchDocument.user_id)
    )
    return whole


def seen() -> ColumnElement[bool]:
    """Whether the viewer of the parameters (:meth:`core.search.scope.Scope.facts`) may see it."""
    return or_(_content(), _activity(), _community(), _person())


def _inside() -> ColumnElement[bool]:
    """Where the viewer sees what is done, not only that the community exists."""
    staff = and_(
        _flag("everywhere"), or_(Community.state != CommunityState.DRAFT, _flag("manages"))
    )
    public = and_(
        Community.state == CommunityState.ACTIVE, Community.visibility == Visibility.PUBLIC
    )
    return or_(public, among(Community.id, "inside"), staff)


def _acts(own: str, all_over: str) -> ColumnElement[bool]:
    """Where the viewer holds a right; in a community that has ended nobody holds any."""
    over_all = and_(_flag(all_over), Community.state != CommunityState.LIQUIDATED)
    return or_(among(Community.id, own), over_all)


def _switched_on(plugin: Any) -> ColumnElement[bool]:
    on = exists().where(
        CommunityPlugin.community_id == Community.id, CommunityPlugin.plugin == plugin
    )
    return and_(among(plugin, "plugins"), on.correlate(Community, SearchDocument, Activity))


def _shown(content: Any) -> ColumnElement[bool]:
    """Neither hidden nor waiting, and not only for members if the viewer is none; or the viewer's
    own, or the viewer's to judge."""
    belongs = or_(~content.members_only, among(Community.id, "inside"), _flag("everywhere"))
    return or_(
        content.id.is_(None),
        and_(content.hidden_at.is_(None), content.held_at.is_(None), belongs),
        content.author_id == bindparam("viewer", type_=Integer),
        _acts("moderated", "moderates"),
    )


def _open_activity() -> ColumnElement[bool]:
    return or_(Activity.state != ActivityState.DRAFT, _acts("arranged", "arranges"))


def _content() -> ColumnElement[bool]:
    whole = func.coalesce(Outermost.id, Outer.id, Content.id)
    viewer = bindparam("viewer", type_=Integer)
    given = exists().where(ContentReader.content_id == whole, ContentReader.user_id == viewer)
    own = and_(
        Content.community_id.is_(None),
        or_(Content.author_id == viewer, given.correlate(Content, Outer, Outermost)),
        _shown(Content),
        _shown(Outer),
        _shown(Outermost),
    )
    activity = and_(_open_activity(), _switched_on(Activity.plugin))
    return and_(
        among(Content.kind, "kinds"),
        or_(
            own,
            and_(
                Content.community_id.is_not(None),
                _inside(),
                or_(SearchDocument.plugin == "core", _switched_on(SearchDocument.plugin)),
                or_(Activity.id.is_(None), activity),
                _shown(Content),
                _shown(Outer),
                _shown(Outermost),
            ),
        ),
    )


def _activity() -> ColumnElement[bool]:
    form = Activity.plugin + "." + Activity.kind
    return and_(
        SearchDocument.activity_id.is_not(None),
        among(form, "forms"),
        _inside(),
        _open_activity(),
        _switched_on(Activity.plugin),
    )


def _community() -> ColumnElement[bool]:
    known = and_(
        Community.state == CommunityState.ACTIVE, Community.visibility != Visibility.PRIVATE
    )
    return and_(SearchDocument.community_id.is_not(None), or_(known, _inside()))


def _person() -> ColumnElement[bool]:
    """Oneself, members of a shared community, for administrators everybody."""
    theirs = aliased(Membership)
    shared = (
        select(Membership.id)
        .join(theirs, theirs.community_id == Membership.community_id)
        .where(
            Membership.user_id == bindparam("viewer", type_=Integer),
            Membership.state == MembershipState.ACTIVE,
            theirs.user_id == User.id,
            theirs.state == MembershipState.ACTIVE,
        )
        .correlate(User)
        .exists()
    )
    oneself = User.id == bindparam("viewer", type_=Integer)
    return and_(
        User.state == "active", _flag("signed_in"), or_(_flag("administers"), oneself, shared)
    )
