"""Core's own facts, in the form in which plugins give theirs."""

from importlib.metadata import version

from core.access.capabilities import CAPABILITIES, COMMUNITY_ROLES, SITE_ROLES
from core.activities import kinds as activities
from core.admin import events as admin
from core.admin.alarms import LETTER as PLUGIN_LETTER
from core.communities import events as communities
from core.contents import events as contents
from core.contents.manifest import COMMENT
from core.contract.manifest import Plugin
from core.files.sweep import SWEEP as UPLOADS
from core.files.thumbnails import MAKE as THUMBNAILS
from core.notices import digests, mailing
from core.notices.kinds import KINDS as NOTICES
from core.people import events as people
from core.people.letters import LETTER
from core.people.sessions import SWEEP as SESSIONS
from core.platform.i18n import core_domain

CORE = Plugin(
    name="core",
    title=core_domain.lazy("Core"),
    version=version("sreda"),
    capabilities=CAPABILITIES,
    contents=(COMMENT,),
    notices=NOTICES,
    jobs=(LETTER, PLUGIN_LETTER, *mailing.JOBS, *digests.JOBS, THUMBNAILS),
    periodic=(UPLOADS, SESSIONS, *digests.PERIODIC),
    events={
        **people.KINDS,
        **communities.KINDS,
        **activities.KINDS,
        **contents.KINDS,
        **admin.KINDS,
    },
)

ROLES = frozenset(role.key for role in (*COMMUNITY_ROLES, *SITE_ROLES))
