"""Being forgotten: what is left of a person who deletes their account is what others rely on,
without a name."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from core.access.actors import Actor, Viewer
from core.access.appointments import end_appointments
from core.calendar import operations as calendar
from core.communities.models import Membership, MembershipState
from core.communities.operations import leave
from core.contents import personal
from core.contract.registry import registry
from core.errors import DomainError
from core.events.log import record
from core.notices import personal as notices
from core.people import events
from core.people.models import SignedInSession, User
from core.people.operations import ensure_another_administrator
from core.platform.db import HOLD, db, operation
from core.platform.i18n import core_domain
from core.search.indexing import forget_person

_ = core_domain.gettext

# What a row says of nobody in particular.
NAMELESS = {
    "email": None, "pending_email": None, "email_confirmed_at": None, "password_hash": "",
    "surname": "", "given_name": "", "patronymic": "", "school_id": None, "other_school": "",
    "position": "", "subjects": "", "helps_with": "", "about": "", "photo": "", "locale": "",
    "last_seen_on": None,
}  # fmt: skip


@operation
def erase(actor: Viewer, compared_hash: str) -> None:
    """Delete one's own account. Raises DomainError for the only administrator."""
    user = db.session.get_one(User, actor.id, with_for_update=HOLD, populate_existing=True)
    if user.password_hash != compared_hash or user.state != "active":
        raise DomainError(_("Something has changed just now. Please try once more."))
    ensure_another_administrator(user)
    _leave_everything(actor, user)
    registry().call_all("erase_user_data", user=user)
    personal.erase(user)
    notices.erase(user)
    calendar.erase(user)
    forget_person(user.id)
    db.session.execute(delete(SignedInSession).where(SignedInSession.user_id == user.id))
    for name, value in NAMELESS.items():
        setattr(user, name, value)
    user.state = "erased"
    record(events.ERASED, user, subject_id=user.id)


def _leave_everything(actor: Actor, user: User) -> None:
    memberships = select(Membership).where(
        Membership.user_id == user.id,
        Membership.state.in_((MembershipState.ACTIVE, MembershipState.REQUESTED)),
    )
    for membership in db.session.scalars(memberships.order_by(Membership.community_id)).all():
        leave(actor, membership)
    db.session.execute(
        update(Membership).where(Membership.user_id == user.id).values(note="", reason="")
    )
    end_appointments(None, user.id)
