"""What is put off, and what is done again and again."""

from __future__ import annotations

from datetime import timedelta

from core.api import Job, Periodic
from plugins.consultations import asking, booking, hours, queueing, team, tutoring

HOUR = timedelta(hours=1)

JOBS = (
    Job(asking.TERM, asking.look_at_term),
    Job(booking.REMIND, booking.send_reminder),
)
PERIODIC = (
    Periodic("consultations.roll_on", HOUR, hours.roll_on),
    Periodic("consultations.breaks", HOUR, team.begin_breaks),
    Periodic("consultations.queues", HOUR, queueing.let_old_go),
    Periodic("consultations.evidence", 6 * HOUR, tutoring.warn_of_ends),
)
