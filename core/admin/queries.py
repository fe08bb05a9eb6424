"""What the administration reads: plugins and their state, people, schools, communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import aliased

from core.access.models import Appointment, Role
from core.access.standing import role_title
from core.communities.models import Community, Membership, MembershipState
from core.contract.models import CommunityPlugin, plugins_off_on_site, upgrade_failures
from core.contract.registry import Installed, registry
from core.events.models import EventRow, EventSetAside
from core.people.models import School, User
from core.platform.db import db, utcnow
from core.platform.migrate import pending
from core.platform.paging import Page, paginate
from core.platform.words import contains_words, folded

BY_NAME = (folded(User.surname), folded(User.given_name), User.id)


@dataclass(frozen=True)
class PluginState:
    """A plugin as its page shows it. ``troubles`` are (seconds ago, hook, traceback)."""

    plugin: Installed
    enabled: bool
    is_behind: bool
    is_left_out: bool
    communities: int
    troubles: Sequence[tuple[float, str, str]]
    upgrade_error: str = ""


def plugin_states() -> list[PluginState]:
    """Every mounted plugin with what is known of it in this process and in the database."""
    off, behind, counts = plugins_off_on_site(), pending(current_app), _communities_by_plugin()
    failures = upgrade_failures()
    breaker = registry().breaker
    now = breaker.clock()
    return [
        PluginState(
            plugin,
            name not in off,
            name in behind,
            breaker.is_open(name),
            counts.get(name, 0),
            [(now - t.at, t.hook, t.traceback) for t in reversed(breaker.troubles.get(name, ()))],
            failures.get(name, ""),
        )
        for name, plugin in registry().installed.items()
    ]


def _communities_by_plugin() -> dict[str, int]:
    query = select(CommunityPlugin.plugin, func.count().label("communities")).group_by(
        CommunityPlugin.plugin
    )
    return {row.plugin: row.communities for row in db.session.execute(query)}


def events_set_aside() -> Sequence[Any]:
    """Events that a reader could not take in, the latest first."""
    query = (
        select(
            EventSetAside.id, EventSetAside.reader, EventSetAside.error, EventSetAside.created_at,
            EventSetAside.retry_asked_at, EventRow.kind, EventRow.occurred_at,
        )
        .join(EventRow, EventRow.id == EventSetAside.event_id)
        .order_by(EventSetAside.id.desc())
        .limit(50)
    )  # fmt: skip
    return db.session.execute(query).all()


@dataclass(frozen=True)
class Wanted:
    """Whom the administrator looks for."""

    words: str = ""
    school: int = 0
    state: str = ""


def people_page(wanted: Wanted) -> Page[Row[Any]]:
    """People by name, a page at a time; their addresses are for administrators alone."""
    query = (
        select(
            User.id, User.surname, User.given_name, User.patronymic, User.photo, User.email,
            User.email_confirmed_at, User.state, User.position, User.last_seen_on,
            User.other_school, School.short_name.label("school"),
        )
        .outerjoin(School, School.id == User.school_id)
        .where(User.state != "erased")
        .where(contains_words(wanted.words, *_SEARCHED))
        .order_by(*BY_NAME)
    )  # fmt: skip
    if wanted.school:
        query = query.where(User.school_id == wanted.school)
    if wanted.state == "unconfirmed":
        query = query.where(User.email_confirmed_at.is_(None))
    elif wanted.state:
        query = query.where(User.state == wanted.state)
    return paginate(query)


_SEARCHED = (
    User.surname, User.given_name, User.patronymic, func.coalesce(User.email, ""), User.position,
    User.other_school, func.coalesce(School.short_name, ""),
)  # fmt: skip


def people_matching(words: str, limit: int = 12) -> list[User]:
    """Active people whom some words mean: for choosing one."""
    if not words.strip():
        return []
    searched = (User.surname, User.given_name, User.patronymic, func.coalesce(User.email, ""))
    query = select(User).where(User.state == "active", contains_words(words, *searched))
    return list(db.session.scalars(query.order_by(*BY_NAME).limit(limit)))


def site_roles_of(user_ids: Sequence[int]) -> dict[int, list[str]]:
    """The keys of the roles of the site that people hold now."""
    now = utcnow()
    query = (
        select(Appointment.user_id, Role.key)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id.is_(None), Appointment.user_id.in_(user_ids))
        .where(Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
        .order_by(Role.key)
    )
    held: dict[int, list[str]] = {}
    for user_id, key in db.session.execute(query):
        held.setdefault(user_id, []).append(key)
    return held


def site_role_titles(keys: Sequence[str]) -> list[str]:
    """What roles of the site are called."""
    return [role_title(key) for key in keys]


def person(person_id: int) -> User | None:
    """Somebody's row, unless they were forgotten."""
    user = db.session.get(User, person_id)
    return None if user is None or user.state == "erased" else user


def memberships_of(user_id: int) -> Sequence[Any]:
    """Communities that somebody is in, or asked to be."""
    query = (
        select(Community.title, Community.slug, Membership.state, Membership.joined_at)
        .join(Membership, Membership.community_id == Community.id)
        .where(Membership.user_id == user_id)
        .where(Membership.state.in_((MembershipState.ACTIVE, MembershipState.REQUESTED)))
        .order_by(folded(Community.title))
    )
    return db.session.execute(query).all()


def schools_page(words: str) -> Page[Row[Any]]:
    """Schools by short name with the number of their people, a page at a time."""
    people = select(func.count(User.id)).where(User.school_id == School.id).scalar_subquery()
    query = (
        select(
            School.id, School.short_name, School.name, School.place, School.category,
            people.label("people"),
        )
        .where(contains_words(words, School.short_name, School.name, School.place))
        .order_by(folded(School.short_name), School.id)
    )  # fmt: skip
    return paginate(query)


def schools_named_by_people() -> Sequence[Any]:
    """What people called schools that are not in the list, with how many did."""
    query = (
        select(User.other_school.label("name"), func.count(User.id).label("people"))
        .where(User.other_school != "", User.school_id.is_(None))
        .group_by(User.other_school)
        .order_by(func.count(User.id).desc(), User.other_school)
        .limit(50)
    )
    return db.session.execute(query).all()


def communities_page(words: str, state: str, plugin: str) -> Page[Row[Any]]:
    """All communities, private and ended ones too, a page at a time."""
    above = aliased(Community)
    query = (
        select(
            Community.id, Community.slug, Community.title, Community.state, Community.visibility,
            Community.member_count, Community.member_limit, Community.created_at,
            above.title.label("parent"),
        )
        .outerjoin(above, above.id == Community.parent_id)
        .where(contains_words(words, Community.title, Community.slug))
        .order_by(folded(Community.title), Community.id)
    )  # fmt: skip
    if state:
        query = query.where(Community.state == state)
    if plugin:
        using = select(CommunityPlugin.community_id).where(CommunityPlugin.plugin == plugin)
        query = query.where(Community.id.in_(using))
    return paginate(query)


def community_titles() -> list[tuple[int, str]]:
    """Every community as (id, title), for a list to choose from."""
    query = select(Community.id, Community.title).order_by(folded(Community.title))
    return [(number, title) for number, title in db.session.execute(query)]
