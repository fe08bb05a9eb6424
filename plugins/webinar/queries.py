"""Reading webinars: for their page, for lists of activities, and for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.api import (
    Activity,
    Community,
    Face,
    Page,
    School,
    Summary,
    User,
    Viewer,
    can,
    current_viewer,
    db,
    face_columns,
    face_of,
    is_outsider,
    paginate,
    timestamp,
    utcnow,
    visible_to,
)
from plugins.webinar.doors import is_live
from plugins.webinar.models import (
    LINGER,
    Attendance,
    Film,
    FilmState,
    Host,
    Meeting,
    MeetingState,
    Place,
    PlaceState,
    Rating,
    Recording,
    Room,
    Webinar,
)
from plugins.webinar.words import _, _l, ngettext

FACES = 12


def webinar_at(activity: Activity) -> Webinar:
    """The webinar of an activity, with its content."""
    query = select(Webinar).where(Webinar.activity_id == activity.id)
    return db.session.scalars(query.options(joinedload(Webinar.content))).one()


def meetings_of(webinar: Webinar) -> Sequence[Meeting]:
    """All meetings, the first first."""
    query = select(Meeting).where(Meeting.webinar_id == webinar.id)
    return db.session.scalars(query.order_by(Meeting.begins_at, Meeting.id)).all()


def next_of(meetings: Sequence[Meeting]) -> Meeting | None:
    """The meeting that matters now: the first that is not over, else the last that took place."""
    now = utcnow()
    ahead = [m for m in meetings if not m.is_over(now)]
    held = [m for m in meetings if m.state != MeetingState.CANCELLED]
    return next(iter(ahead), next(reversed(held), next(reversed(meetings), None)))


def meeting_in(activity: Activity, number: int) -> Meeting | None:
    """A meeting of this activity, for the guard."""
    query = select(Meeting).where(Meeting.id == number, Meeting.activity_id == activity.id)
    return db.session.scalar(query.options(joinedload(Meeting.webinar)))


def place_in(activity: Activity, number: int) -> Place | None:
    """Somebody's place in this activity, for the guard."""
    return db.session.scalar(
        select(Place).where(Place.id == number, Place.activity_id == activity.id)
    )


def place_of(webinar: Webinar, viewer: Viewer) -> str | None:
    """The state of the viewer's place, if they ever asked for one. Whoever left the community, and
    may only look in now, has none: should they come back, it is there again."""
    if viewer.id is None or is_outsider(viewer, webinar.activity.community):
        return None
    query = select(Place.state).where(Place.webinar_id == webinar.id, Place.user_id == viewer.id)
    return db.session.scalar(query)


def place_in_queue(webinar: Webinar, viewer: Viewer) -> int:
    """How many get a free place before the viewer does, and themself: 1 is the next."""
    own = (
        select(Place.asked_at)
        .where(Place.webinar_id == webinar.id, Place.user_id == viewer.id)
        .scalar_subquery()
    )
    before = select(func.count()).where(
        Place.webinar_id == webinar.id, Place.state == PlaceState.WAITING, Place.asked_at <= own
    )
    return db.session.scalar(before) or 1


def films_of(webinar: Webinar) -> tuple[frozenset[int], Sequence[Film]]:
    """Meetings whose recordings are being made on a server that is still asked for them, and those
    that wait for a host's word; one query."""
    query = (
        select(Room.meeting_id, Room.marked, Room.due_at, Film)
        .join(Meeting, Meeting.id == Room.meeting_id)
        .outerjoin(Film, Film.meeting_id == Room.meeting_id)
        .where(Meeting.webinar_id == webinar.id, Room.ended_at.is_not(None))
        .options(contains_eager(Film.meeting, alias=Meeting))
        .order_by(Room.meeting_id, Film.id)
    )
    making, waiting = set(), []
    for row in db.session.execute(query):
        film: Film | None = row.Film
        if film is not None and film.state == FilmState.READY:
            waiting.append(film)
            making.add(row.meeting_id)
        elif row.due_at and (film.state == FilmState.MAKING if film is not None else row.marked):
            making.add(row.meeting_id)
    return frozenset(making), waiting


def film_in(activity: Activity, number: int) -> Film | None:
    """A recording of this activity that a server made, for the guard."""
    return db.session.scalar(select(Film).where(Film.id == number, Film.activity_id == activity.id))


def recording_in(activity: Activity, number: int) -> Recording | None:
    """A recording of this activity, for the guard; hidden ones are for the staff."""
    query = select(Recording).join(Recording.content)
    return db.session.scalar(
        query.where(Recording.id == number, Recording.activity_id == activity.id)
        .where(visible_to(current_viewer(), activity.community))
        .options(joinedload(Recording.content))
    )  # fmt: skip


def recordings_of(activity: Activity, viewer: Viewer) -> Sequence[Recording]:
    """What was recorded, the latest first."""
    query = select(Recording).join(Recording.content).where(Recording.activity_id == activity.id)
    query = query.where(visible_to(viewer, activity.community))
    query = query.options(contains_eager(Recording.content))
    return db.session.scalars(query.order_by(Recording.id.desc()).limit(100)).all()


def _faces(webinar: Webinar, joined: Any, where: ColumnElement[bool]) -> Any:
    return (
        select(*face_columns())
        .select_from(joined)
        .join(User, User.id == joined.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(joined.webinar_id == webinar.id, where)
    )


def hosts_of(webinar: Webinar) -> Sequence[Face]:
    """Who runs a webinar."""
    query = _faces(webinar, Host, User.state == "active").order_by(User.surname, User.id)
    return [face_of(row, Face) for row in db.session.execute(query)]


def guests_of(webinar: Webinar) -> Sequence[Face]:
    """Some of those who have a place."""
    query = _faces(webinar, Place, Place.state == PlaceState.HELD)
    query = query.order_by(Place.asked_at, Place.id).limit(FACES)
    return [face_of(row, Face) for row in db.session.execute(query)]


def runs(viewer: Viewer, activity: Activity, hosts: Sequence[Face] | None = None) -> bool:
    """Whether the viewer may do what hosts do: whoever has the right, and those who are named, as
    long as they belong to the community."""
    if viewer.id is None:
        return False
    if can(viewer, "webinar.run", activity.community, activity):
        return True
    if is_outsider(viewer, activity.community):
        return False
    if hosts is not None:
        return any(face.id == viewer.id for face in hosts)
    query = select(Host.user_id).join(Webinar, Webinar.id == Host.webinar_id)
    mine = query.where(Webinar.activity_id == activity.id, Host.user_id == viewer.id)
    return db.session.scalar(mine) is not None


# ---- For those who run it


@dataclass(frozen=True, kw_only=True)
class Guest(Face):
    """Somebody who signed up."""

    state: str


STATES: Mapping[str, Any] = {
    PlaceState.ASKED: _l("asks for a place"),
    PlaceState.WAITING: _l("waits for a free place"),
    PlaceState.HELD: _l("has a place"),
    PlaceState.REFUSED: _l("was refused"),
}


def people_of(webinar: Webinar) -> Page[Row[*tuple[Any, ...]]]:
    """Everybody who signed up: those who wait for an answer first, then the queue, then seats."""
    order = {PlaceState.ASKED: 0, PlaceState.WAITING: 1, PlaceState.HELD: 2}
    rank = case({str(state): number for state, number in order.items()}, value=Place.state, else_=3)
    return paginate(_people(webinar).order_by(rank, Place.asked_at, Place.id), 100)


def _people(webinar: Webinar) -> Any:
    return (
        select(Place, *face_columns())
        .join(User, User.id == Place.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Place.webinar_id == webinar.id, Place.state != PlaceState.LEFT)
    )


def everybody_in(webinar: Webinar) -> Sequence[Guest]:
    """The same, all of it, for a table."""
    query = _people(webinar).order_by(User.surname, User.given_name, User.id)
    return [face_of(row, Guest, state=row.Place.state) for row in db.session.execute(query)]


def attendance_of(
    webinar: Webinar, people: Sequence[int] | None = None
) -> Mapping[int, Mapping[int, Attendance]]:
    """Who came, by person and meeting; all, or these people alone."""
    query = select(Attendance).join(Meeting, Meeting.id == Attendance.meeting_id)
    query = query.where(Meeting.webinar_id == webinar.id)
    if people is not None:
        query = query.where(Attendance.user_id.in_(people))
    found: dict[int, dict[int, Attendance]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.user_id, {})[row.meeting_id] = row
    return found


def ratings_of(webinar: Webinar) -> Sequence[Row[*tuple[Any, ...]]]:
    """Feedback with the meetings it is about, the latest first; names are not asked for."""
    query = (
        select(Rating.stars, Rating.words, Rating.rated_at, Meeting.begins_at)
        .join(Meeting, Meeting.id == Rating.meeting_id)
        .where(Meeting.webinar_id == webinar.id)
        .order_by(Rating.rated_at.desc())
        .limit(500)
    )
    return db.session.execute(query).all()


def own_rating(meeting: Meeting, viewer: Viewer) -> Rating | None:
    """What the viewer said of a meeting."""
    return db.session.get(Rating, {"meeting_id": meeting.id, "user_id": viewer.id})


# ---- For lists of activities


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """One line of news about each webinar: when, how many places are left; two queries."""
    now = utcnow()
    ids = [activity.id for activity in activities]
    mine = and_(Place.webinar_id == Webinar.id, Place.user_id == viewer.id)
    webinars = {
        row.activity_id: row
        for row in db.session.execute(
            select(
                Webinar.activity_id, Webinar.seats, Webinar.held, Place.state.label("mine")
            ).outerjoin(Place, mine).where(Webinar.activity_id.in_(ids))
        )
    }  # fmt: skip
    on = and_(Meeting.state == MeetingState.ON, Meeting.ends_at > now - LINGER)
    planned = and_(Meeting.state == MeetingState.PLANNED, Meeting.ends_at > now)
    first = (
        select(Meeting)
        .where(Meeting.activity_id.in_(ids), or_(on, planned))
        .order_by(Meeting.begins_at.desc(), Meeting.id.desc())
    )
    meetings = {meeting.activity_id: meeting for meeting in db.session.scalars(first)}
    return {
        activity.id: _summary(
            webinars.get(activity.id), meetings.get(activity.id), activity.community, viewer
        )
        for activity in activities
    }


def _summary(
    webinar: Row[*tuple[Any, ...]] | None, meeting: Meeting | None, community: Community,
    viewer: Viewer,
) -> Summary:  # fmt: skip
    if webinar is None or meeting is None:
        return Summary(text=_("Nothing is planned at present"))
    live = is_live(meeting, utcnow())
    text = timestamp(meeting.begins_at).striptags()
    if webinar.seats is not None:
        taken = _("%(held)s of %(seats)s places", held=webinar.held, seats=webinar.seats)
        text = f"{text} · {taken}"
    elif webinar.held:
        people = ngettext("%(n)s person signed up", "%(n)s people signed up", webinar.held)
        text = f"{text} · {people}"
    going = webinar.mine == PlaceState.HELD and not is_outsider(viewer, community)
    return Summary(
        text=f"{text} · {meeting.topic}" if meeting.topic else text,
        state=_("you have a place") if going else "", live=live,
        due=meeting.begins_at if going and not live else None,
    )  # fmt: skip
