"""The doors of core's own rooms: their pages, who of them follows the event log, and what a plugin
leaves in each."""

from core.access.traces import TRACES as OF_ACCESS
from core.activities.traces import TRACES as OF_ACTIVITIES
from core.activities.views import activities
from core.admin.health import health
from core.admin.views import admin
from core.calendar.views import calendar
from core.communities.views import communities, site
from core.contents.traces import TRACES as OF_CONTENTS
from core.contents.views import contents
from core.contract.leaving import TRACES as OF_CONTRACT
from core.events.traces import TRACES as OF_EVENTS
from core.files.views import files
from core.jobs.traces import TRACES as OF_JOBS
from core.notices import readers as notice_readers
from core.notices.traces import TRACES as OF_NOTICES
from core.notices.views import notices
from core.people import letters
from core.people.views import people
from core.realtime.traces import TRACES as OF_REALTIME
from core.search.traces import TRACES as OF_SEARCH
from core.search.views import search

BLUEPRINTS = (
    site,
    people,
    communities,
    activities,
    calendar,
    contents,
    notices,
    files,
    search,
    admin,
    health,
)
READERS = (letters.READER, notice_readers.READER)
# In the order in which they can be removed: what tells of others before these others.
TRACES = (
    *OF_NOTICES, *OF_SEARCH, *OF_EVENTS, *OF_REALTIME, *OF_CONTENTS, *OF_ACTIVITIES, *OF_ACCESS,
    *OF_JOBS, *OF_CONTRACT,
)  # fmt: skip
