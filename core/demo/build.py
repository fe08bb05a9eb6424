"""Building the demo by the same operations that the pages call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import Flask
from sqlalchemy import func, select, update

from core.access.actors import SYSTEM, Actor
from core.access.appointments import appoint
from core.access.models import Appointment, Role
from core.activities.models import Activity
from core.communities.models import Community, Membership
from core.communities.operations import Founding, admit, found, join
from core.contents.models import Content
from core.contract.notices import Level
from core.contract.registry import registry
from core.demo.communities import COMMUNITIES, SYNERGY, CommunityFacts
from core.demo.people import ADMINISTRATOR, HEAD, HELPS_WITH, PEOPLE, SCHOOLS
from core.events.readers import deliver, plugin_readers
from core.notices.following import follow
from core.notices.kinds import REQUEST
from core.notices.models import Notice
from core.people.models import School, User
from core.people.passwords import hash_password
from core.platform.dates import use_zone
from core.platform.db import db, operation, utcnow
from core.rooms import READERS

PASSWORD = "sreda-demo-2026"
# Older notices of the demo count as read.
READ_BEFORE = timedelta(days=3)
BEGUN = timedelta(days=75)
ZONES = {"olekminsk": "Asia/Yakutsk", "ingash": "Asia/Krasnoyarsk"}
# The numbers of the people who sign in as what, for the five lines that are printed.
ROLES = {"administrator": ADMINISTRATOR, "coordinator": 0, "moderator": 1, "tutor": 2, "member": 3}


class SignIn(NamedTuple):
    """One line of what is printed: a role, an e-mail address and its password."""

    role: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"{self.role:14} {self.email:28} {self.password}"


@dataclass(frozen=True)
class Cast:
    """The people of one demo community, for plugins that put something under way there."""

    coordinator: User
    moderator: User
    tutor: User
    member: User
    people: list[User] = field(default_factory=list)
    now: datetime = field(default_factory=utcnow)

    def pick(self, number: int) -> User:
        """One of the people, the same for the same number; numbers go round."""
        return self.people[number % len(self.people)]


def email_of(number: int) -> str:
    """The address of a person of the demo."""
    roles = {person: role for role, person in ROLES.items()}
    return f"{roles.get(number, f'teacher{number + 1}')}@sreda.example"


def sign_ins() -> list[SignIn]:
    """The five sign-ins that the demo prints."""
    return [SignIn(role, email_of(number), PASSWORD) for role, number in ROLES.items()]


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not db.session.scalar(select(func.count()).select_from(User))


def is_built() -> bool:
    """Whether the people of the demo are on this site."""
    wanted = select(User.id).where(User.email == email_of(ADMINISTRATOR))
    return db.session.scalar(wanted) is not None


def build(app: Flask) -> None:
    """Fill an empty database with the demo; all of it or nothing."""
    password_hash = hash_password(PASSWORD)
    with app.app_context():
        _build(SYSTEM, password_hash)
        while deliver((*READERS, *plugin_readers())):
            pass
        _settle_notices(SYSTEM)
        _settle_following(SYSTEM)


@operation
def _settle_notices(actor: Actor) -> None:
    """What the demo's people were told is as old as what it is about; they have read what is not
    of the last days, and no letters go to addresses that nobody has."""
    written = select(Content.created_at).where(Content.id == Notice.content_id).scalar_subquery()
    changes = update(Notice).execution_options(synchronize_session=False)
    db.session.execute(changes.where(Notice.content_id.is_not(None)).values(created_at=written))
    joined = (Notice.content_id.is_(None), Notice.kind != REQUEST)
    db.session.execute(changes.where(*joined).values(created_at=utcnow() - BEGUN))
    db.session.execute(changes.values(mail=""))
    old = Notice.created_at < utcnow() - READ_BEFORE
    db.session.execute(changes.where(old).values(read_at=utcnow()))


@operation
def _settle_following(actor: Actor) -> None:
    """The five who sign in follow their first community, and each of its activities in a way of
    their own; now, so that nobody was told of more than others."""
    community = db.session.scalars(select(Community).order_by(Community.id).limit(1)).one()
    here = select(Activity).where(Activity.community_id == community.id).order_by(Activity.id)
    activities = db.session.scalars(here).all()
    levels = (Level.TRACK, Level.ALL, Level.FIRST, Level.OFF)
    for number in ROLES.values():
        user = db.session.scalars(select(User).where(User.email == email_of(number))).one()
        follow(user, community, Level.FIRST)
        for activity, level in zip(activities, levels, strict=False):
            follow(user, activity, level)


@operation
def _build(actor: Actor, password_hash: str) -> None:
    schools = [_school(*facts) for facts in SCHOOLS]
    people = _people(schools, password_hash)
    appoint(
        actor, None, "administrator", people[ADMINISTRATOR].id, basis="Приказ № 14 от 02.09.2026"
    )
    appoint(actor, None, "head", people[HEAD].id, basis="Приказ № 15 от 02.09.2026")
    made: dict[str, Community] = {}
    for facts in COMMUNITIES:
        made[facts.slug] = _community(actor, facts, people, made.get(facts.parent))
    _schools_of_synergy(made[SYNERGY.slug], schools[7:9])
    for facts in COMMUNITIES:
        _contents(made[facts.slug], _cast(facts, people))


def _school(name: str, short_name: str, place: str, category: str) -> School:
    school = School(name=name, short_name=short_name, place=place, category=category)
    db.session.add(school)
    db.session.flush()
    return school


def _people(schools: list[School], password_hash: str) -> list[User]:
    now = utcnow()
    people = []
    for number, facts in enumerate(PEOPLE):
        user = User(
            email=email_of(number), password_hash=password_hash, email_confirmed_at=now,
            surname=facts.surname, given_name=facts.given_name, patronymic=facts.patronymic,
            school_id=schools[facts.school].id, position=facts.position, subjects=facts.subjects,
            helps_with=HELPS_WITH.get(number, ""), locale="ru", zone_name=_zone_of(facts.school),
            created_at=now - timedelta(days=80 - number), last_seen_on=_seen(now, number),
        )  # fmt: skip
        db.session.add(user)
        people.append(user)
    db.session.flush()
    return people


def _zone_of(school: int) -> str:
    if school <= 2:
        return ZONES["olekminsk"]
    return ZONES["ingash"] if school <= 4 else "Europe/Moscow"


def _seen(now: datetime, number: int) -> date:
    return (now - timedelta(days=number % 5 if number % 7 else 100)).date()


def _community(
    actor: Actor, facts: CommunityFacts, people: list[User], parent: Community | None
) -> Community:
    founding = Founding(facts.slug, facts.title, facts.about, facts.charter, parent)
    coordinator = people[facts.coordinator]
    community = found(coordinator, founding, coordinator)
    everybody = dict.fromkeys((*facts.moderators, *facts.tutors, *facts.members))
    for number in everybody:
        if number != facts.coordinator:
            _join(actor, community, people[number])
    for number in facts.moderators:
        appoint(coordinator, community.id, "moderator", people[number].id, basis="Приказ № 21")
    for number in facts.tutors:
        appoint(
            coordinator, community.id, "tutor", people[number].id,
            basis="Высшая квалификационная категория", ends_at=utcnow() + timedelta(days=280),
        )  # fmt: skip
    for number in facts.requests:
        note = "Хочу перенимать опыт и делиться своим."
        join(people[number], community, people[number], accepted=1, note=note)
    _age(community, facts)
    return community


def _join(actor: Actor, community: Community, user: User) -> None:
    membership = join(user, community, user, accepted=community.charter_version)
    db.session.flush()
    if not membership.is_active:
        admit(actor, membership)


def _age(community: Community, facts: CommunityFacts) -> None:
    """The demo's members did not all come this minute."""
    begun = utcnow() - BEGUN
    community.created_at = begun
    roles = select(Role.id).where(Role.community_id == community.id)
    db.session.execute(
        update(Appointment).where(Appointment.role_id.in_(roles)).values(starts_at=begun)
    )
    joined = db.session.scalars(
        select(Membership).where(
            Membership.community_id == community.id, Membership.joined_at.is_not(None)
        )
    )
    for number, membership in enumerate(joined):
        membership.joined_at = begun + timedelta(days=3 * number)


def _schools_of_synergy(community: Community, schools: list[School]) -> None:
    for school in schools:
        db.session.add(
            Membership(
                community_id=community.id, school_id=school.id, state="active", charter_version=1,
                joined_at=utcnow() - timedelta(days=70),
            )
        )  # fmt: skip


def _cast(facts: CommunityFacts, people: list[User]) -> Cast:
    numbers = dict.fromkeys((facts.coordinator, *facts.moderators, *facts.tutors, *facts.members))
    tutor = facts.tutors[0] if facts.tutors else facts.moderators[0]
    return Cast(
        coordinator=people[facts.coordinator],
        moderator=people[facts.moderators[0]],
        tutor=people[tutor],
        member=people[facts.members[0]],
        people=[people[number] for number in numbers],
    )


def _contents(community: Community, cast: Cast) -> None:
    db.session.flush()
    with use_zone(cast.coordinator.zone_name):
        registry().call_all("demo_content", community=community, cast=cast)
