"""What core itself tells people of, and in which words."""

from __future__ import annotations

from flask import url_for

from core.access.standing import role_title
from core.contract.notices import Channel, News, NoticeKind
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy
ngettext = core_domain.ngettext

REQUEST = "core.request"
DECIDED = "core.request_decided"
ROLE = "core.role"
CHARTER = "core.charter"
COMMENT = "core.comment"
REACTION = "core.reaction"
MODERATION = "core.moderation"


def _place(news: News) -> str:
    return news.community.title if news.community is not None else ""


def _request(news: News) -> str:
    place = _place(news)
    if news.single:
        return _("%(who)s asks to join “%(place)s”", who=news.who, place=place)
    return ngettext(
        "%(n)s request to join “%(place)s”", "%(n)s requests to join “%(place)s”",
        news.count, place=place,
    )  # fmt: skip


def _request_decided(news: News) -> str:
    if news.facts.get("admitted"):
        return _("You are a member of “%(place)s” now", place=_place(news))
    return _("Your request to join “%(place)s” was turned down", place=_place(news))


def _role(news: News) -> str:
    role = role_title(str(news.facts.get("role", "")))
    if news.facts.get("appointed"):
        return _("You are appointed in “%(place)s”: %(role)s", place=_place(news), role=role)
    return _("Your appointment in “%(place)s” has ended: %(role)s", place=_place(news), role=role)


def _charter(news: News) -> str:
    return _("“%(place)s” has new rules: read and accept them", place=_place(news))


def _comment(news: News) -> str:
    if news.single:
        return _(
            "%(who)s comments on what you wrote: %(title)s", who=news.who, title=news.title
        )  # fmt: skip
    return ngettext(
        "%(n)s new comment on what you wrote: %(title)s",
        "%(n)s new comments on what you wrote: %(title)s",
        news.count, title=news.title,
    )  # fmt: skip


def _reaction(news: News) -> str:
    if news.single:
        return _("%(who)s reacts to what you wrote: %(title)s", who=news.who, title=news.title)
    return ngettext(
        "%(n)s reaction to what you wrote: %(title)s",
        "%(n)s reactions to what you wrote: %(title)s",
        news.count, title=news.title,
    )  # fmt: skip


def _moderation(news: News) -> str:
    words = {
        "hidden": _("A moderator has hidden what you wrote: %(title)s", title=news.title),
        "restored": _("What you wrote can be seen again: %(title)s", title=news.title),
        "approved": _("What you wrote is approved: %(title)s", title=news.title),
    }
    return words.get(str(news.facts.get("change")), news.title)


KINDS = (
    NoticeKind(
        name=REQUEST, title=_l("Requests to join that I can decide on"), says=_request,
        why=_l("because you admit new members there"), icon="person-plus", hue="green",
        channel=Channel.MAIL, level=None, capability="communities.admit",
        address=lambda news: url_for("communities.requests", community=news.community),
    ),
    NoticeKind(
        name=DECIDED, title=_l("Decisions on my requests to join"), says=_request_decided,
        why=_l("because you asked to join"), icon="people", hue="green",
        channel=Channel.MAIL, level=None,
    ),
    NoticeKind(
        name=ROLE, title=_l("My appointments to roles"), says=_role,
        why=_l("because it is about your role there"), icon="shield-check", hue="purple",
        channel=Channel.MAIL, level=None,
    ),
    NoticeKind(
        name=CHARTER, title=_l("New rules to accept"), says=_charter,
        why=_l("because you are a member and are asked to accept them"),
        icon="journal-text", hue="teal", channel=Channel.DAILY, level=None,
        address=lambda news: url_for("communities.charter", community=news.community),
    ),
    NoticeKind(
        name=COMMENT, title=_l("Comments on what I wrote"), says=_comment,
        why=_l("because it was you who wrote it"), icon="chat-dots", hue="blue",
        channel=Channel.MAIL,
    ),
    NoticeKind(
        name=REACTION, title=_l("Reactions to what I wrote"), says=_reaction,
        why=_l("because it was you who wrote it"), icon="heart", hue="rose",
    ),
    NoticeKind(
        name=MODERATION, title=_l("What moderators do with what I wrote"), says=_moderation,
        why=_l("because it was you who wrote it"), icon="shield-exclamation", hue="orange",
        channel=Channel.MAIL, level=None,
    ),
)  # fmt: skip
