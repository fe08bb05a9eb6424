"""Whom core tells of what: it reads the event log, as everybody does, so that no page waits."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from core.access.actors import SYSTEM
from core.communities import events as communities
from core.communities.models import Community, Membership, MembershipState
from core.communities.readers import able_to
from core.contents import events as contents
from core.contents.comments import KIND as COMMENT_KIND
from core.contents.comments import comment_of
from core.contents.models import Content
from core.events.log import Event
from core.events.readers import Reader
from core.notices import kinds
from core.notices.following import forget_community
from core.notices.telling import notify, retract
from core.platform.db import db


def _request_once(event: Event) -> str:
    return f"request:{event.community_id}:{event.subject_id}:"


def _requested(event: Event, community: Community) -> None:
    notify(
        kinds.REQUEST, able_to(community, "communities.admit"), by=event.subject_id,
        once=f"{_request_once(event)}{event.id}", about=community,
    )  # fmt: skip


def _decided(event: Event, community: Community) -> None:
    retract(kinds.REQUEST, community.id, _request_once(event))
    if event.kind == communities.REQUEST_WITHDRAWN or event.subject_id is None:
        return
    notify(
        kinds.DECIDED, [event.subject_id], by=event.actor_id, once=f"decided:{event.id}",
        about=community, admitted=event.kind == communities.MEMBER_JOINED,
    )  # fmt: skip


def _left(event: Event, community: Community) -> None:
    if event.subject_id is not None:
        forget_community(SYSTEM, community.id, event.subject_id)


def _appointed(event: Event, community: Community) -> None:
    if event.subject_id is not None:
        notify(
            kinds.ROLE, [event.subject_id], by=event.actor_id, once=f"role:{event.id}",
            about=community, role=event.facts.get("role", ""),
            appointed=event.kind == communities.APPOINTED,
        )  # fmt: skip


def _charter_changed(event: Event, community: Community) -> None:
    version = event.facts["version"]
    behind = select(Membership.user_id).where(
        Membership.community_id == community.id, Membership.state == MembershipState.ACTIVE,
        Membership.charter_version < version, Membership.user_id.is_not(None),
    )  # fmt: skip
    notify(
        kinds.CHARTER, behind, by=event.actor_id, once=f"charter:{community.id}:{version}",
        about=community,
    )  # fmt: skip


def _commented(event: Event, comment: Content) -> None:
    """A comment that can be seen; one that waits for approval is told of when it is approved."""
    target = db.session.get(Content, comment_of(comment).on_id)
    if target is not None and target.author_id is not None and comment.is_visible:
        notify(
            kinds.COMMENT, [target.author_id], by=comment.author_id, once=f"comment:{comment.id}",
            content=comment, about=target,
        )  # fmt: skip


def _reacted(event: Event, content: Content) -> None:
    if content.author_id is not None:
        notify(
            kinds.REACTION, [content.author_id], by=event.actor_id,
            once=f"reaction:{content.id}:{event.actor_id}:{event.facts.get('sign', '')}",
            content=content,
        )  # fmt: skip


def _moderated(event: Event, content: Content) -> None:
    if content.author_id is not None:
        notify(
            kinds.MODERATION, [content.author_id], by=event.actor_id, once=f"moderation:{event.id}",
            content=content, change=event.kind.rpartition(".")[2],
        )  # fmt: skip
    if event.kind == contents.APPROVED and content.kind == COMMENT_KIND:
        _commented(event, content)


ABOUT_COMMUNITIES: dict[str, Callable[[Event, Community], None]] = {
    communities.JOIN_REQUESTED: _requested,
    communities.REQUEST_WITHDRAWN: _decided,
    communities.MEMBER_JOINED: _decided,
    communities.MEMBER_REFUSED: _decided,
    communities.MEMBER_LEFT: _left,
    communities.MEMBER_EXCLUDED: _left,
    communities.APPOINTED: _appointed,
    communities.DISMISSED: _appointed,
    communities.CHARTER_CHANGED: _charter_changed,
}
ABOUT_CONTENTS: dict[str, Callable[[Event, Content], None]] = {
    contents.COMMENTED: _commented,
    contents.REACTED: _reacted,
    contents.HIDDEN: _moderated,
    contents.RESTORED: _moderated,
    contents.APPROVED: _moderated,
}


def take(event: Event) -> None:
    """Tell whom an event concerns; nothing where what it is about is gone."""
    if event.kind in ABOUT_COMMUNITIES:
        community = db.session.get(Community, event.community_id or 0)
        if community is not None:
            ABOUT_COMMUNITIES[event.kind](event, community)
        return
    content = db.session.get(Content, event.content_id or 0)
    if content is not None:
        ABOUT_CONTENTS[event.kind](event, content)


READER = Reader("notices", frozenset({*ABOUT_COMMUNITIES, *ABOUT_CONTENTS}), take)
