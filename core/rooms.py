"""The doors of core's own rooms: their pages, and who of them follows the event log."""

from core.activities.views import activities
from core.admin.health import health
from core.admin.views import admin
from core.calendar.views import calendar
from core.communities.views import communities, site
from core.contents.views import contents
from core.files.views import files
from core.notices import readers as notice_readers
from core.notices.views import notices
from core.people import letters
from core.people.views import people

BLUEPRINTS = (
    site,
    people,
    communities,
    activities,
    calendar,
    contents,
    notices,
    files,
    admin,
    health,
)
READERS = (letters.READER, notice_readers.READER)
