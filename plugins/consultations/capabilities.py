"""The rights of consultations."""

from core.api import MANAGER, MEMBERS, STAFF, Capability
from plugins.consultations.words import _l

CAPABILITIES = (
    Capability("consultations.ask", _l("Ask consultants, book and join queues"), MEMBERS),
    Capability("consultations.lead", _l("Lead consultation lines: team, load, figures"), STAFF),
    Capability(
        "consultations.qualify",
        _l("Record qualifications and attach tutors to people and schools"),
        frozenset({MANAGER}),
    ),
)
